"""Jobs: work that was accepted and is done later, by whichever machine takes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cropwright.core.hosting import Upload


class JobState(StrEnum):
    """Where a job is in its life; the last three are for good."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.PENDING, JobState.PROCESSING)
"""The states of a job that is not over."""


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A job about to be accepted."""

    token: str
    """Unguessable; what callers know it by."""
    key_id: int | None
    """Whose it is; None where no key is asked for."""
    wish: str
    """What to do with which pictures, as text that outlives this version."""
    pictures: int
    """How many there are."""
    labels: tuple[str, ...]
    """The caller's own words for it; many jobs may share one."""
    created_ms: int
    """Milliseconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to send word when a job is completed or has failed."""

    url: str
    secret: str | None
    """What the receiver knows the word by."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was accepted."""

    id: int
    draft: JobDraft
    state: JobState
    done: int
    """Pictures worked on so far."""
    attempts: int
    """How often it was begun."""
    reason: str | None
    """Why it failed, or why it is tried again."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job, until it ends or is lengthened."""

    job: Job
    holder: str
    """Another one each time: who lost a lease cannot write under the next one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one picture of a job."""

    position: int
    """Which one it is, from 0."""
    facts: str
    """What there is to say about it, as text that outlives this version."""
    upload: Upload | None
    """The result; None where there is none, or not any more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Word of a job that is to be sent."""

    job: Job
    hook: Hook
    tries: int
    """How often it was sent without success."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the queue is doing."""

    pending: int
    processing: int
    oldest_ms: int | None
    """When the oldest pending job was accepted."""

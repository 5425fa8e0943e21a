"""Jobs: work that was accepted and is done later, by whichever machine takes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """Where a job is in its life; the last three are for good."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


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
class Backlog:
    """How the queue is doing."""

    pending: int
    processing: int
    oldest_ms: int | None
    """When the oldest pending job was accepted."""

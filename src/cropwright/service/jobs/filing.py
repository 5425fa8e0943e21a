"""Filing jobs, and reading them back: what is wished is kept in the words of the door it came by.

A job may be begun by a later version than the one that took it. So nothing of our own classes is
kept: each picture's fields stay as they were sent, and are parsed again by whoever works on them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cropwright.core.hosting import ApiKey, Upload
from cropwright.core.jobs import Hook, Job, JobDraft, Outcome
from cropwright.core.report import Report
from cropwright.errors import CropwrightError, JobNotFoundError, OverloadedError
from cropwright.service.calls import Source, fetched
from cropwright.service.render import Made

if TYPE_CHECKING:
    from cropwright.service.parts import Parts

VERSION = 1
"""Of the text that jobs are kept as."""
_FACTS = ("rect", "fractions", "decided_by", "result", "cutout")
_TOKEN_BYTES = 18
_RETRY_AFTER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Given:
    """One picture of a job, as its door took it: fields in JSON's types, and files."""

    task: str
    """What to do with it, by its name in the door's tasks."""
    fields: Mapping[str, Any]
    files: Mapping[str, Source] = field(default_factory=dict)
    """By field: what was sent along, as base64 or bytes."""


@dataclass(frozen=True, slots=True)
class Filing:
    """A job that a door wants done."""

    door: str
    """Whose words these are, by its name in the table of doors that take jobs."""
    pictures: tuple[Given, ...]
    labels: tuple[str, ...] = ()
    hook: Hook | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One picture of a job, as it is read back."""

    name: str
    fields: Mapping[str, Any]
    files: Mapping[str, str]
    """By field: the token of the file that was sent along."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job is to do."""

    door: str
    base: str
    """Where the request came to: links begin so, unless a setting says otherwise."""
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What a task made of a picture."""

    facts: dict[str, Any]
    """What the door wants to know of it later, in JSON's types."""
    made: Made | None
    """The result to be hosted, if there is any."""
    seconds: int = 0
    """How long its link lives; 0 until it is deleted."""


@dataclass(frozen=True, slots=True)
class State:
    """A job as it can be told of."""

    job: Job
    wish: Wish
    outcomes: Sequence[Outcome]


DoTask = Callable[["Parts", ApiKey | None, Mapping[str, Any], Mapping[str, bytes]], Done]
"""Works on a picture, from its fields and the files sent along; raises what our calls raise."""


@dataclass(frozen=True, slots=True)
class JobDoor:
    """What a door that takes jobs has to know about them."""

    tasks: Mapping[str, DoTask]
    told: Callable[[Parts, State], dict[str, Any]]
    """The body of a webhook, in JSON's types."""


def file(parts: Parts, key: ApiKey | None, filing: Filing, base: str) -> Job:
    """Take a job: on return it is durable. `base` is where the request came to.

    Raises OverloadedError if too many wait, QuotaExceededError, StorageUnavailableError, and what
    is wrong with the files that were sent along.
    """
    catalog, key_id = parts.host.catalog, key.id if key else None
    if catalog.jobs.backlog().pending >= parts.jobs.waiting:
        raise OverloadedError(_RETRY_AFTER_SECONDS)
    inputs: list[Upload] = []
    try:
        pictures = [_kept(parts, key, given, inputs) for given in filing.pictures]
    except CropwrightError:
        for upload in inputs:
            parts.host.drop(upload)
        raise
    wish = {"version": VERSION, "door": filing.door, "base": base, "pictures": pictures}
    draft = JobDraft(
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        key_id=key_id,
        wish=json.dumps(wish),
        pictures=len(pictures),
        labels=filing.labels,
        created_ms=parts.host.now_ms(),
    )
    return catalog.jobs.accept(draft, inputs, filing.hook)


def _kept(parts: Parts, key: ApiKey | None, given: Given, inputs: list[Upload]) -> dict[str, Any]:
    """One picture as it is kept; the files that were sent along go to `inputs`."""
    files = {}
    for name, source in given.files.items():
        data = fetched(parts, key, source).data
        upload = parts.host.hold_input(data, key.id if key else None)
        inputs.append(upload)
        files[name] = upload.draft.token
    return {"task": given.task, "fields": dict(given.fields), "files": files}


def wish_of(job: Job) -> Wish | None:
    """What a job is to do; None if a later version than this one has filed it."""
    told = json.loads(job.draft.wish)
    if told["version"] > VERSION:
        return None
    tasks = (Task(row["task"], row["fields"], row["files"]) for row in told["pictures"])
    return Wish(told["door"], told["base"], tuple(tasks))


def found(parts: Parts, key: ApiKey | None, token: str) -> State:
    """A key's own job, with what came of its pictures. Raises JobNotFoundError."""
    job = parts.host.catalog.jobs.find(key.id if key else None, token)
    if job is None:
        raise JobNotFoundError(token)
    return state_of(parts, job)


def state_of(parts: Parts, job: Job) -> State:
    """A job with what came of its pictures so far."""
    outcomes = parts.host.catalog.jobs.outcomes(job, parts.host.now_ms())
    return State(job, wish_of(job) or Wish("", "", ()), outcomes)


def listed(
    parts: Parts, key: ApiKey | None, labels: Sequence[str], *, start: int, limit: int
) -> list[Job]:
    """A key's own jobs with any of the labels, or all of them; the newest first."""
    key_id = key.id if key else None
    return parts.host.catalog.jobs.labelled(key_id, labels, start=start, limit=limit)


def facts_of(report: Report) -> dict[str, Any]:
    """What is kept of why a picture is what it is: all doors tell of the same."""
    told = report.as_dict()
    return {name: told[name] for name in _FACTS if name in told}


def forget_old(parts: Parts) -> None:
    """Drop jobs that are over and older than they are kept."""
    seconds, now = parts.jobs.keep_seconds, parts.host.now_ms()
    while seconds and parts.host.catalog.jobs.forget(now - seconds * 1000):
        pass


def waited_seconds(parts: Parts) -> float:
    """How long the oldest job that waits has done so; 0 if none does."""
    oldest = parts.host.catalog.jobs.backlog().oldest_ms
    return 0.0 if oldest is None else max(0.0, (parts.host.now_ms() - oldest) / 1000)


def cancel(parts: Parts, key: ApiKey | None, token: str) -> None:
    """End a key's own job; one that is over stays as it is. Raises JobNotFoundError."""
    jobs, key_id = parts.host.catalog.jobs, key.id if key else None
    if not jobs.cancel(key_id, token) and jobs.find(key_id, token) is None:
        raise JobNotFoundError(token)

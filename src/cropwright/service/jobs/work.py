"""One job's work: each picture once, what came of it written down, the job ended under its lease."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cropwright.core.hosting import ApiKey
from cropwright.core.jobs import Job, Lease, Outcome
from cropwright.core.media import media_of
from cropwright.errors import (
    CapacityError,
    CropwrightError,
    KeyRejectedError,
    ModelError,
    SourceBlockedError,
    WorkerLostError,
)
from cropwright.service.jobs.filing import Done, JobDoor, Task, wish_of

if TYPE_CHECKING:
    from cropwright.service.parts import Parts

log = logging.getLogger(__name__)

PASSING = (CapacityError, ModelError, SourceBlockedError, WorkerLostError)
"""What may be otherwise a while later: these are tried again."""
_TOO_NEW = "a later version of this program filed it"


def work(
    parts: Parts, doors: Mapping[str, JobDoor], lease: Lease, is_stopping: Callable[[], bool]
) -> None:
    """Work on a job until it is over, put off, or given back because we are told to stop.

    StorageUnavailableError if nothing could be written; then the lease ends by itself.
    """
    jobs, now_ms = parts.host.catalog.jobs, parts.host.now_ms
    wish = wish_of(lease.job)
    if wish is None:
        jobs.postpone(lease, _TOO_NEW, now_ms() + _delay_ms(parts, lease.job))
        return
    over = {outcome.position for outcome in jobs.outcomes(lease.job, now_ms())}
    for position, task in enumerate(wish.tasks):
        if position in over:
            continue
        if is_stopping():
            jobs.release(lease, now_ms())
            return
        try:
            outcome = _outcome(parts, doors[wish.door], lease.job, position, task)
        except PASSING as error:
            if lease.job.attempts < parts.jobs.attempts:
                jobs.postpone(lease, str(error), now_ms() + _delay_ms(parts, lease.job))
                return
            outcome = _failed(position, error.code, str(error))
        if not jobs.record(lease, outcome):
            return  # it was cancelled, or given to another worker
    _end(parts, lease)


def _end(parts: Parts, lease: Lease) -> None:
    """A job in which no picture went well has failed."""
    jobs = parts.host.catalog.jobs
    told = [json.loads(row.facts) for row in jobs.outcomes(lease.job, parts.host.now_ms())]
    errors = [facts["error"]["detail"] for facts in told if "error" in facts]
    if len(errors) == len(told):
        jobs.fail(lease, errors[0])
    else:
        jobs.complete(lease)


def _outcome(parts: Parts, door: JobDoor, job: Job, position: int, task: Task) -> Outcome:
    try:
        done = _done(parts, door, _key(parts, job), task)
        return _kept(parts, job, position, done)
    except PASSING:
        raise
    except CropwrightError as error:
        return _failed(position, error.code, str(error))
    except Exception:
        log.exception("picture %d of job %d failed", position, job.id)
        return _failed(position, CropwrightError.code, CropwrightError.sentence)


def _done(parts: Parts, door: JobDoor, key: ApiKey | None, task: Task) -> Done:
    files = {name: parts.host.held(token) for name, token in task.files.items()}
    return door.tasks[task.name](parts, key, task.fields, files)


def _kept(parts: Parts, job: Job, position: int, done: Done) -> Outcome:
    if done.made is None:
        return Outcome(position, json.dumps(done.facts), None)
    media = media_of(done.made.format.name)
    upload = parts.host.hold(done.made.data, media, key_id=job.draft.key_id, seconds=done.seconds)
    return Outcome(position, json.dumps(done.facts), upload)


def _key(parts: Parts, job: Job) -> ApiKey | None:
    """Whose job it is. KeyRejectedError if that key was revoked meanwhile."""
    if job.draft.key_id is None:
        return None
    key = parts.host.catalog.keys.numbered(job.draft.key_id)
    if key is None or key.revoked_ms is not None:
        raise KeyRejectedError
    return key


def _failed(position: int, code: str, detail: str) -> Outcome:
    return Outcome(position, json.dumps({"error": {"code": code, "detail": detail}}), None)


def _delay_ms(parts: Parts, job: Job) -> int:
    """Twice as long each time."""
    return parts.jobs.retry_seconds * 1000 << (job.attempts - 1)

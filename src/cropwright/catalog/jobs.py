"""The jobs that were accepted: who works on which, until when, and what came of it.

A job is taken under a lease. Whoever dies stops lengthening it; `reap` then gives the job to the
next one. Everything written about a job under way names its lease, so that a worker that was only
slow, and comes back after its job was given away, writes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from cropwright.catalog.database import Database
from cropwright.catalog.schema import (
    State,
    job_hooks,
    job_inputs,
    job_labels,
    job_results,
    jobs,
    uploads,
)
from cropwright.catalog.uploads import some
from cropwright.core.hosting import Upload
from cropwright.core.jobs import OPEN, Backlog, Hook, Job, JobDraft, JobState, Lease, Outcome

_HOLDER_BYTES = 8
_DRAFT = ("token", "key_id", "wish", "pictures", "created_ms")
_AT_ONCE = 200


class Jobs:
    """Rows about jobs. Each method raises StorageUnavailableError if the database is not well.

    Times are milliseconds since 1970, UTC.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(
        self, draft: JobDraft, inputs: Sequence[Upload] = (), hook: Hook | None = None
    ) -> Job:
        """Keep a job; on return it survives a crash, and will be begun.

        `inputs` are reserved files that are the job's own: they are swept once it is over.
        """
        values = {name: getattr(draft, name) for name in _DRAFT}
        values |= {"state": JobState.PENDING, "due_ms": draft.created_ms, "done": 0, "attempts": 0}
        labels = list(enumerate(draft.labels))
        with self._database.writing() as connection:
            made = connection.execute(jobs.insert().values(values).returning(jobs.c.id))
            number: int = made.scalar_one()
            rows = [{"job_id": number, "position": at, "label": label} for at, label in labels]
            if rows:
                connection.execute(job_labels.insert(), rows)
            if inputs:
                owned = [{"upload_id": upload.id, "job_id": number} for upload in inputs]
                connection.execute(job_inputs.insert(), owned)
            if hook is not None:
                sent = {"job_id": number, "url": hook.url, "secret": hook.secret}
                connection.execute(job_hooks.insert(), sent | {"tries": 0, "due_ms": 0})
        return Job(number, draft, JobState.PENDING, 0, 0, None)

    def claim(self, now_ms: int, until_ms: int) -> Lease | None:
        """The job that waits longest, leased until then; None if none is due."""
        waiting = (jobs.c.state == JobState.PENDING) & (jobs.c.due_ms <= now_ms)
        first = select(jobs.c.id).where(waiting).order_by(jobs.c.due_ms, jobs.c.id).limit(1)
        holder = secrets.token_hex(_HOLDER_BYTES)
        with self._database.reading() as connection:
            if connection.execute(first).scalar() is None:
                return None  # idle workers ask often: most of them need not write
        with self._database.writing() as connection:
            # What another worker is taking is left to it; SQLite has one writer anyway.
            number = connection.execute(first.with_for_update(skip_locked=True)).scalar()
            if number is None:
                return None
            taken = {"state": JobState.PROCESSING, "due_ms": until_ms, "holder": holder}
            attempt = update(jobs).where(jobs.c.id == number)
            connection.execute(attempt.values(attempts=jobs.c.attempts + 1, **taken))
            (job,) = found(connection, jobs.c.id == number)
        return Lease(job, holder)

    def beat(self, lease: Lease, until_ms: int) -> bool:
        """Lengthen a lease; False if it is lost."""
        return self._write(lease, due_ms=until_ms)

    def record(self, lease: Lease, outcome: Outcome) -> bool:
        """Note what came of a picture, for whoever goes on with the job; False if the lease is lost.

        Its file stays reserved, and safe from sweepers, until the job is over.
        """
        number = None if outcome.upload is None else outcome.upload.id
        row = {"job_id": lease.job.id, "position": outcome.position, "facts": outcome.facts}
        with self._database.writing() as connection:
            under_lease = update(jobs).where(_leased(lease))
            if connection.execute(under_lease.values(done=jobs.c.done + 1)).rowcount != 1:
                return False
            connection.execute(job_results.insert(), row | {"upload_id": number})
        return True

    def release(self, lease: Lease, now_ms: int) -> bool:
        """Give a job back as if it had not been begun: its worker was told to end."""
        attempts = jobs.c.attempts - 1
        return self._write(
            lease, state=JobState.PENDING, due_ms=now_ms, holder=None, attempts=attempts
        )

    def postpone(self, lease: Lease, reason: str, due_ms: int) -> bool:
        """Have a job tried again, not before that time; False if the lease is lost."""
        return self._write(lease, state=JobState.PENDING, due_ms=due_ms, holder=None, reason=reason)

    def fail(self, lease: Lease, reason: str) -> bool:
        """End a job for good; False if the lease is lost. What it made is swept."""
        return self._write(lease, state=JobState.FAILED, holder=None, reason=reason)

    def complete(self, lease: Lease) -> bool:
        """End a job; the files that were recorded become live in the same transaction.

        False, and nothing is done, if the lease is lost or a sweeper took a file for lost.
        """
        made = select(job_results.c.upload_id).where(
            job_results.c.job_id == lease.job.id, job_results.c.upload_id.is_not(None)
        )
        ready = uploads.c.id.in_(made) & (uploads.c.state == State.RESERVED)
        ended = {"state": JobState.COMPLETED, "holder": None, "reason": None}
        with self._database.writing() as connection:
            if connection.execute(update(jobs).where(_leased(lease)).values(ended)).rowcount != 1:
                return False
            live = connection.execute(update(uploads).where(ready).values(state=State.LIVE))
            if live.rowcount != len(connection.execute(made).all()):
                connection.rollback()
                return False
        return True

    def reap(self, now_ms: int, most_attempts: int, reason: str) -> int:
        """Take the jobs whose leases ended from their workers, and count them.

        They wait again, except those begun `most_attempts` times: they fail for that reason, or a
        picture that ends every worker would do so for ever.
        """
        lost = (jobs.c.state == JobState.PROCESSING) & (jobs.c.due_ms <= now_ms)
        worn = update(jobs).where(lost, jobs.c.attempts >= most_attempts)
        again = update(jobs).where(lost)
        with self._database.writing() as connection:
            failed = connection.execute(
                worn.values(state=JobState.FAILED, holder=None, reason=reason)
            )
            waiting = connection.execute(
                again.values(state=JobState.PENDING, holder=None, due_ms=now_ms)
            )
        return failed.rowcount + waiting.rowcount

    def cancel(self, key_id: int | None, token: str) -> bool:
        """End a key's own job that is not over yet; who works on it finds its lease lost."""
        own = (jobs.c.token == token) & _owned(key_id)
        ending = update(jobs).where(own, jobs.c.state.in_(OPEN))
        with self._database.writing() as connection:
            done = connection.execute(ending.values(state=JobState.CANCELLED, holder=None))
        return done.rowcount == 1

    def find(self, key_id: int | None, token: str) -> Job | None:
        """A key's own job; another key's is none."""
        with self._database.reading() as connection:
            rows = found(connection, (jobs.c.token == token) & _owned(key_id))
        return rows[0] if rows else None

    def labelled(
        self, key_id: int | None, labels: Sequence[str], *, start: int, limit: int
    ) -> list[Job]:
        """A key's own jobs with any of the labels, or all of its jobs if none is named.

        The newest first, `limit` of them from `start`.
        """
        chosen = _owned(key_id)
        if labels:
            named = select(job_labels.c.job_id).where(job_labels.c.label.in_(labels))
            chosen &= jobs.c.id.in_(named)
        with self._database.reading() as connection:
            return found(connection, chosen, start, limit)

    def outcomes(self, job: Job, now_ms: int) -> list[Outcome]:
        """What came of each picture so far, in their order; files only while their links work."""
        chosen = select(job_results).where(job_results.c.job_id == job.id)
        with self._database.reading() as connection:
            rows = list(connection.execute(chosen.order_by(job_results.c.position)))
            live = some(connection, [row.upload_id for row in rows if row.upload_id], now_ms)
        return [Outcome(row.position, row.facts, live.get(row.upload_id)) for row in rows]

    def forget(self, before_ms: int) -> int:
        """Drop jobs that are over and were accepted before that time, some at once; how many."""
        old = (jobs.c.created_ms < before_ms) & jobs.c.state.not_in(OPEN)
        with self._database.writing() as connection:
            chosen = select(jobs.c.id).where(old).limit(_AT_ONCE).with_for_update(skip_locked=True)
            numbers = list(connection.execute(chosen).scalars())
            for table in (job_labels, job_results, job_inputs, job_hooks):
                connection.execute(delete(table).where(table.c.job_id.in_(numbers)))
            connection.execute(delete(jobs).where(jobs.c.id.in_(numbers)))
        return len(numbers)

    def backlog(self) -> Backlog:
        """How many jobs wait and are worked on, and since when the oldest waits."""
        counted = select(jobs.c.state, func.count(), func.min(jobs.c.created_ms))
        counted = counted.where(jobs.c.state.in_(OPEN)).group_by(jobs.c.state)
        with self._database.reading() as connection:
            rows = {row[0]: row for row in connection.execute(counted)}
        waiting, begun = rows.get(JobState.PENDING), rows.get(JobState.PROCESSING)
        return Backlog(
            waiting[1] if waiting else 0, begun[1] if begun else 0, waiting[2] if waiting else None
        )

    def _write(self, lease: Lease, **values: Any) -> bool:
        with self._database.writing() as connection:
            done = connection.execute(update(jobs).where(_leased(lease)).values(**values))
        return done.rowcount == 1


def _leased(lease: Lease) -> ColumnElement[bool]:
    under_way = jobs.c.state == JobState.PROCESSING
    return (jobs.c.id == lease.job.id) & (jobs.c.holder == lease.holder) & under_way


def _owned(key_id: int | None) -> ColumnElement[bool]:
    return jobs.c.key_id == key_id


def found(
    connection: Connection, condition: ColumnElement[bool], start: int = 0, limit: int = 1
) -> list[Job]:
    """The jobs that meet a condition, the newest first."""
    chosen = select(jobs).where(condition).order_by(jobs.c.id.desc()).offset(start).limit(limit)
    rows = list(connection.execute(chosen))
    labels: dict[int, list[str]] = {row.id: [] for row in rows}
    named = select(job_labels).where(job_labels.c.job_id.in_(labels))
    for row in connection.execute(named.order_by(job_labels.c.position)):
        labels[row.job_id].append(row.label)
    return [_job(row, tuple(labels[row.id])) for row in rows]


def _job(row: Row[Any], labels: tuple[str, ...]) -> Job:
    facts = row._mapping
    draft = JobDraft(labels=labels, **{name: facts[name] for name in _DRAFT})
    state = JobState(facts["state"])
    return Job(facts["id"], draft, state, facts["done"], facts["attempts"], facts["reason"])

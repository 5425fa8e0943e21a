"""The jobs that were accepted: who works on which, until when, and what came of it.

A job is taken under a lease. Whoever dies stops lengthening it; `reap` then gives the job to the
next one. Everything written about a job under way names its lease, so that a worker that was only
slow, and comes back after its job was given away, writes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from cropwright.catalog.database import Database
from cropwright.catalog.schema import State, job_labels, job_results, jobs, uploads
from cropwright.core.hosting import Upload
from cropwright.core.jobs import Backlog, Job, JobDraft, JobState, Lease

_HOLDER_BYTES = 8
_DRAFT = ("token", "key_id", "wish", "pictures", "created_ms")
_OPEN = (JobState.PENDING, JobState.PROCESSING)


class Jobs:
    """Rows about jobs. Each method raises StorageUnavailableError if the database is not well.

    Times are milliseconds since 1970, UTC.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, draft: JobDraft) -> Job:
        """Keep a job; on return it survives a crash, and will be begun."""
        values = {name: getattr(draft, name) for name in _DRAFT}
        values |= {"state": JobState.PENDING, "due_ms": draft.created_ms, "done": 0, "attempts": 0}
        labels = list(enumerate(draft.labels))
        with self._database.writing() as connection:
            made = connection.execute(jobs.insert().values(values).returning(jobs.c.id))
            number: int = made.scalar_one()
            rows = [{"job_id": number, "position": at, "label": label} for at, label in labels]
            if rows:
                connection.execute(job_labels.insert(), rows)
        return Job(number, draft, JobState.PENDING, 0, 0, None)

    def claim(self, now_ms: int, until_ms: int) -> Lease | None:
        """The job that waits longest, leased until then; None if none is due."""
        waiting = (jobs.c.state == JobState.PENDING) & (jobs.c.due_ms <= now_ms)
        first = select(jobs.c.id).where(waiting).order_by(jobs.c.due_ms, jobs.c.id).limit(1)
        holder = secrets.token_hex(_HOLDER_BYTES)
        with self._database.writing() as connection:
            # What another worker is taking is left to it; SQLite has one writer anyway.
            number = connection.execute(first.with_for_update(skip_locked=True)).scalar()
            if number is None:
                return None
            taken = {"state": JobState.PROCESSING, "due_ms": until_ms, "holder": holder, "done": 0}
            attempt = update(jobs).where(jobs.c.id == number)
            connection.execute(attempt.values(attempts=jobs.c.attempts + 1, **taken))
            (job,) = _found(connection, jobs.c.id == number)
        return Lease(job, holder)

    def beat(self, lease: Lease, done: int, until_ms: int) -> bool:
        """Lengthen a lease and tell how many pictures are done; False if it is lost."""
        return self._write(lease, done=done, due_ms=until_ms)

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
        """End a job for good without results; False if the lease is lost."""
        return self._write(lease, state=JobState.FAILED, holder=None, reason=reason)

    def complete(self, lease: Lease, results: Sequence[Upload]) -> bool:
        """End a job with its results, whose reserved files become live in the same transaction.

        False, and nothing is done, if the lease is lost or a sweeper took a file for lost.
        """
        numbers = [upload.id for upload in results]
        rows = [
            {"job_id": lease.job.id, "position": at, "upload_id": number}
            for at, number in enumerate(numbers)
        ]
        ready = uploads.c.id.in_(numbers) & (uploads.c.state == State.RESERVED)
        ended = {"state": JobState.COMPLETED, "holder": None, "reason": None}
        with self._database.writing() as connection:
            under_lease = update(jobs).where(_leased(lease))
            done = connection.execute(under_lease.values(done=lease.job.draft.pictures, **ended))
            if done.rowcount != 1:
                return False
            live = connection.execute(update(uploads).where(ready).values(state=State.LIVE))
            if live.rowcount != len(numbers):
                connection.rollback()
                return False
            if rows:
                connection.execute(job_results.insert(), rows)
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
        ending = update(jobs).where(own, jobs.c.state.in_(_OPEN))
        with self._database.writing() as connection:
            done = connection.execute(ending.values(state=JobState.CANCELLED, holder=None))
        return done.rowcount == 1

    def find(self, key_id: int | None, token: str) -> Job | None:
        """A key's own job; another key's is none."""
        with self._database.reading() as connection:
            found = _found(connection, (jobs.c.token == token) & _owned(key_id))
        return found[0] if found else None

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
            return _found(connection, chosen, start, limit)

    def results(self, job: Job) -> list[int]:
        """The numbers of a completed job's uploads, in the order of its pictures."""
        chosen = select(job_results.c.upload_id).where(job_results.c.job_id == job.id)
        with self._database.reading() as connection:
            return list(connection.execute(chosen.order_by(job_results.c.position)).scalars())

    def backlog(self) -> Backlog:
        """How many jobs wait and are worked on, and since when the oldest waits."""
        counted = select(jobs.c.state, func.count(), func.min(jobs.c.created_ms))
        counted = counted.where(jobs.c.state.in_(_OPEN)).group_by(jobs.c.state)
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


def _found(
    connection: Connection, condition: ColumnElement[bool], start: int = 0, limit: int = 1
) -> list[Job]:
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

"""The word that is to be sent of jobs that are over: durable, so that it arrives at least once."""

from __future__ import annotations

from sqlalchemy import select, update

from cropwright.catalog.database import Database
from cropwright.catalog.jobs import found
from cropwright.catalog.schema import job_hooks, jobs
from cropwright.core.jobs import Delivery, Hook, JobState

_TOLD = (JobState.COMPLETED, JobState.FAILED)


class Hooks:
    """Rows about webhooks. Each method raises StorageUnavailableError if the database is not well.

    A row is kept with its job from the start, and is due as soon as that is over: there is no
    moment at which a crash could lose it. Times are milliseconds since 1970, UTC.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now_ms: int, until_ms: int) -> Delivery | None:
        """Word that is due, kept from others until then; None if there is none.

        Who dies before it is settled has it sent again: it may arrive twice, but does arrive.
        """
        due = select(job_hooks).join(jobs).where(jobs.c.state.in_(_TOLD))
        due = due.where(job_hooks.c.due_ms <= now_ms).order_by(job_hooks.c.due_ms).limit(1)
        with self._database.reading() as connection:
            if connection.execute(due).one_or_none() is None:
                return None
        with self._database.writing() as connection:
            row = connection.execute(
                due.with_for_update(skip_locked=True, of=job_hooks)
            ).one_or_none()
            if row is None:
                return None
            taken = update(job_hooks).where(job_hooks.c.job_id == row.job_id)
            connection.execute(taken.values(due_ms=until_ms))
            (job,) = found(connection, jobs.c.id == row.job_id)
        return Delivery(job, Hook(row.url, row.secret), row.tries)

    def settle(self, delivery: Delivery, due_ms: int | None) -> None:
        """Note that word was sent: it is over if `due_ms` is None, else sent again then."""
        same = job_hooks.c.job_id == delivery.job.id
        sent = update(job_hooks).where(same, job_hooks.c.tries == delivery.tries)
        with self._database.writing() as connection:
            connection.execute(sent.values(due_ms=due_ms, tries=delivery.tries + 1))

"""One database as the tables' users see it: reading, writing, and no error but ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import Any

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cropwright.catalog.settings import CatalogSettings
from cropwright.errors import StorageUnavailableError

RETRY_AFTER_SECONDS = 5
"""In about so long a database restarts, or a crowd before it has gone."""
READING = "cropwright_reading"
"""The execution option that says that nothing will be written."""

Insert = sqlite.Insert | postgresql.Insert

_INSERTS: dict[str, Callable[[Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Database:
    """An engine whose transactions are short. Safe to use from many threads at once."""

    def __init__(self, engine: Engine, settings: CatalogSettings) -> None:
        self._engine = engine
        self._timeout_seconds = settings.timeout_seconds
        # SQLite's waiters do not queue, they try now and then: one of many may do so for seconds.
        self._writers = Semaphore(1 if engine.dialect.name == "sqlite" else settings.connections)
        # A single statement needs no transaction around it: that saves two ways to the server.
        self._reader = engine.execution_options(**_reading(engine.dialect.name))
        self._insert = _INSERTS[engine.dialect.name]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for statements that each see what is committed when they begin."""
        with border(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: durable on leaving, undone if anything is raised in it."""
        if not self._writers.acquire(timeout=self._timeout_seconds):
            raise StorageUnavailableError(RETRY_AFTER_SECONDS)
        try:
            with border(), self._engine.begin() as connection:
                yield connection
        finally:
            self._writers.release()

    def insert(self, table: Table) -> Insert:
        """An insert that may say what to do on conflict: both databases can, in the same words."""
        return self._insert(table)

    def ping(self) -> None:
        """Nothing if a transaction can be begun and ended, else StorageUnavailableError."""
        with self.writing() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close the connections that nobody uses; the others as they come back."""
        self._engine.dispose()


@contextmanager
def border() -> Iterator[None]:
    """What the database refuses, in our words."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        raise StorageUnavailableError(RETRY_AFTER_SECONDS) from error


def _reading(dialect: str) -> dict[str, Any]:
    # SQLite is driven by the events in sqlite.py and knows no such level of its own.
    levels = {"postgresql": {"isolation_level": "AUTOCOMMIT"}}
    return {READING: True, **levels.get(dialect, {})}

"""One database as the tables' users see it: reading, writing, and no error but ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Semaphore
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Engine, Table, text
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


class Prepared:
    """A statement in the driver's own words. `execute` would find them anew each time, which costs
    several times what the database itself takes for a row."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._given = dict(compiled.params)
        self._order = getattr(compiled, "positiontup", None)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What the statement answers. `values` are those of its parameters."""
        named = self._given | dict(values)
        given = named if self._order is None else [named[name] for name in self._order]
        driver: Any = connection.connection.dbapi_connection
        found: list[tuple[Any, ...]] = driver.execute(self._text, given).fetchall()
        return found


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
        self._border = partial(border, engine.dialect.loaded_dbapi.Error)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for statements that each see what is committed when they begin."""
        with self._border(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: durable on leaving, undone if anything is raised in it."""
        if not self._writers.acquire(timeout=self._timeout_seconds):
            raise StorageUnavailableError(RETRY_AFTER_SECONDS)
        try:
            with self._border(), self._engine.begin() as connection:
                yield connection
        finally:
            self._writers.release()

    def insert(self, table: Table) -> Insert:
        """An insert that may say what to do on conflict: both databases can, in the same words."""
        return self._insert(table)

    def prepared(self, statement: ClauseElement) -> Prepared:
        """A statement that is needed often, and whose every parameter has a name."""
        return Prepared(statement, self._engine.dialect)

    def ping(self) -> None:
        """Nothing if a transaction can be begun and ended, else StorageUnavailableError."""
        with self.writing() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close the connections that nobody uses; the others as they come back."""
        self._engine.dispose()


@contextmanager
def border(*own: type[Exception]) -> Iterator[None]:
    """What the database refuses, in our words; `own` are errors of the driver itself."""
    refusals: tuple[type[Exception], ...] = (DBAPIError, PoolTimeoutError, *own)
    try:
        yield
    except refusals as error:
        raise StorageUnavailableError(RETRY_AFTER_SECONDS) from error


def _reading(dialect: str) -> dict[str, Any]:
    # SQLite is driven by the events in sqlite.py and knows no such level of its own.
    levels = {"postgresql": {"isolation_level": "AUTOCOMMIT"}}
    return {READING: True, **levels.get(dialect, {})}

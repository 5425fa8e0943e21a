"""The catalog in a SQLite file: many readers, one writer at a time, on any number of processes."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from cropwright.catalog.database import READING, RETRY_AFTER_SECONDS
from cropwright.catalog.settings import CatalogSettings
from cropwright.errors import SettingsError, StorageUnavailableError

_PAUSE_SECONDS = 0.02


def engine(url: URL, settings: CatalogSettings) -> Engine:
    """An engine on a file, which is made if absent, for its owner only: links are secrets.

    Raises SettingsError if the URL names no file, StorageUnavailableError if there can be none.
    """
    if not url.database or url.database == ":memory:" or url.query or url.host:
        raise SettingsError("CROPWRIGHT_CATALOG_URL", "names no file; expected sqlite:///path")
    path = Path(url.database).absolute()
    try:
        _make_file(path)
        _set_journal(path, settings.timeout_seconds)
    except (OSError, sqlite3.Error) as error:
        raise StorageUnavailableError(RETRY_AFTER_SECONDS) from error
    made = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=settings.connections,
        max_overflow=0,
        pool_timeout=settings.timeout_seconds,
        connect_args={"timeout": settings.timeout_seconds},
    )
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def hold(connection: Connection) -> None:
    """Nothing: each transaction that writes is alone from its beginning."""
    del connection


def _make_file(path: Path) -> None:
    try:
        # Only a file that was not there may be closed again: this process may have it open as a
        # database, and closing any descriptor of a file drops all locks on it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def _set_journal(path: Path, timeout_seconds: float) -> None:
    """Let readers and the writer not wait for each other; the file remembers it."""
    deadline = time.monotonic() + timeout_seconds
    connection = sqlite3.connect(path, timeout=timeout_seconds)
    try:
        while not _is_write_ahead(connection):
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError("the journal's mode cannot be set")
            time.sleep(_PAUSE_SECONDS)
    finally:
        connection.close()


def _is_write_ahead(connection: sqlite3.Connection) -> bool:
    try:
        return bool(connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",))
    except sqlite3.OperationalError as error:
        # SQLite does not itself wait here for another process that does the same.
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise


def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # else Python's module begins transactions, and too late
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    # A transaction that begins by reading may find that it cannot write any more.
    if not connection.get_execution_options().get(READING):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

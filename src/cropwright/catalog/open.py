"""The catalog as its users see it, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from cropwright.catalog import postgresql, sqlite
from cropwright.catalog.answers import Answers
from cropwright.catalog.database import RETRY_AFTER_SECONDS, Database
from cropwright.catalog.hooks import Hooks
from cropwright.catalog.jobs import Jobs
from cropwright.catalog.keys import Keys
from cropwright.catalog.migrate import migrate
from cropwright.catalog.settings import CatalogSettings
from cropwright.catalog.uploads import Uploads
from cropwright.errors import SettingsError, StorageUnavailableError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of database."""

    engine: Callable[[URL, CatalogSettings], Engine]
    hold: Callable[[Connection], None]
    """Keeps others from migrating until the transaction ends."""


_POSTGRESQL = Kind(postgresql.engine, postgresql.hold)
KINDS = {
    "sqlite": Kind(sqlite.engine, sqlite.hold),
    "postgresql": _POSTGRESQL,
    "postgresql+psycopg": _POSTGRESQL,
    "postgres": _POSTGRESQL,
}
"""The databases there are, by what a URL begins with."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The facts about what is hosted. Many threads, processes and machines may use one at once."""

    uploads: Uploads
    keys: Keys
    answers: Answers
    jobs: Jobs
    hooks: Hooks
    database: Database

    @classmethod
    def open(cls, url: str, settings: CatalogSettings | None = None) -> Catalog:
        """The catalog in a database, whose tables are made or brought up to date.

        Raises SettingsError if the URL cannot be used, StorageUnavailableError if the database
        cannot be reached.
        """
        return _opened(_parsed(url), settings or CatalogSettings())

    def ping(self) -> None:
        """Nothing if the database can be reached, else StorageUnavailableError."""
        self.database.ping()

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_catalog(settings: CatalogSettings, data: Path) -> Catalog:
    """The catalog that the settings name; `data` is the directory of the service's own files.

    Raises what Catalog.open raises.
    """
    if settings.url:
        return Catalog.open(settings.url, settings)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailableError(RETRY_AFTER_SECONDS) from error
    return _opened(URL.create("sqlite", database=str(data / "catalog.db")), settings)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        raise _no_database() from error
    if parsed.drivername not in KINDS:
        raise _no_database()
    return parsed


def _no_database() -> SettingsError:
    # The URL itself is not told: a password may be in it.
    reason = "names no database; expected sqlite:///path or postgresql://user@host/name"
    return SettingsError("CROPWRIGHT_CATALOG_URL", reason)


def _opened(url: URL, settings: CatalogSettings) -> Catalog:
    kind = KINDS[url.drivername]
    database = Database(kind.engine(url, settings), settings)
    try:
        migrate(database, kind.hold)
    except BaseException:
        database.close()
        raise
    return Catalog(
        Uploads(database),
        Keys(database),
        Answers(database),
        Jobs(database),
        Hooks(database),
        database,
    )

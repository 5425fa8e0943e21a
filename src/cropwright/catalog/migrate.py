"""Bringing a database's tables to where this version of Cropwright wants them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from cropwright.catalog.database import Database
from cropwright.errors import SettingsError

_one_at_a_time = threading.Lock()
"""What a migration is written with belongs to a whole process."""


def migrate(database: Database, hold: Callable[[Connection], None]) -> None:
    """Make or change the tables if need be; `hold` keeps other machines from doing it meanwhile.

    It is done whole or not at all. Raises SettingsError if the tables are of a later version.
    """
    config = Config()
    config.set_main_option("script_location", "cropwright.catalog:migrations")
    head = ScriptDirectory.from_config(config).get_current_head()
    with database.reading() as connection:
        if _revision(connection) == head:
            return
    with _one_at_a_time, database.writing() as connection:
        hold(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            reason = "names a database made by a later version of Cropwright"
            raise SettingsError("CROPWRIGHT_CATALOG_URL", reason) from error


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()

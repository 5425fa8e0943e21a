"""The catalog in PostgreSQL, for several machines."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, text

from cropwright.catalog.settings import CatalogSettings
from cropwright.errors import SettingsError

_LOCK = 0x63726F70_77726967
"""Of all advisory locks of the database, the one for migrations."""
_STATEMENT_SECONDS = 30
_MIGRATION_SECONDS = 300
_DEAD_PEER = {
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""A server that is gone without a word is noticed in about 20 seconds, not in hours."""


def engine(url: URL, settings: CatalogSettings) -> Engine:
    """An engine on a server; what the URL says of itself wins. SettingsError if it makes no sense.

    Connects when first used.
    """
    try:
        make_conninfo(**dict.fromkeys(url.query, ""))
    except psycopg.Error as error:
        reason = "has options that PostgreSQL does not know"
        raise SettingsError("CROPWRIGHT_CATALOG_URL", reason) from error
    return create_engine(
        _completed(url, settings.timeout_seconds),
        pool_size=settings.connections,
        max_overflow=0,
        pool_timeout=settings.timeout_seconds,
        pool_pre_ping=True,  # a restarted server costs no request its answer
    )


def hold(connection: Connection) -> None:
    """Let no other machine migrate until the transaction ends."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{_MIGRATION_SECONDS}s'"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{_MIGRATION_SECONDS}s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _completed(url: URL, timeout_seconds: float) -> URL:
    session = {
        "lock_timeout": f"{timeout_seconds:g}s",
        "statement_timeout": f"{_STATEMENT_SECONDS}s",
        # A machine that stalls in a transaction must not hold its key's row for ever.
        "idle_in_transaction_session_timeout": f"{_STATEMENT_SECONDS}s",
    }
    options = [f"-c {name}={value}" for name, value in session.items()]
    said = url.query.get("options", ())
    options += [said] if isinstance(said, str) else said
    return url.set(drivername="postgresql+psycopg").update_query_dict(
        {
            "application_name": "cropwright",
            "connect_timeout": str(max(2, round(timeout_seconds))),
            **_DEAD_PEER,
            **url.query,
            "options": " ".join(options),
        }
    )

"""The tables; `migrations` makes them, and a test holds the two together."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()


class State(StrEnum):
    """Where an upload is in its life; it goes downwards only, and may skip the second."""

    RESERVED = "reserved"
    """Paid for from its key's quota; the bytes are on their way, or lost in a crash."""
    LIVE = "live"
    """Its link works until it expires."""
    RETIRED = "retired"
    """Its link is dead for good; the bytes may still have to be deleted."""


def _number() -> Column[int]:
    # Only under exactly this type does SQLite count the rows itself.
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Column("id", kind, Identity(), primary_key=True)


keys = Table(
    "keys",
    metadata,
    _number(),
    Column("name", Text, nullable=False),
    Column("handle", Text, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
    Column("quota_bytes", BigInteger),
    Column("quota_files", BigInteger),
    Column("rate_per_minute", BigInteger),
    Column("queue", BigInteger),
    Column("used_bytes", BigInteger, nullable=False),
    Column("used_files", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    sqlite_autoincrement=True,
)
in_use = keys.c.revoked_ms.is_(None)
Index("keys_name_in_use", keys.c.name, unique=True, sqlite_where=in_use, postgresql_where=in_use)

uploads = Table(
    "uploads",
    metadata,
    _number(),
    Column("token", Text, nullable=False, unique=True),
    Column("extension", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("key_id", BigInteger, ForeignKey("keys.id")),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),
    Column("state", String(8), nullable=False),
    # A number is never given twice, not even the highest one after its row is gone.
    sqlite_autoincrement=True,
)
# With the size in it, adding up what is live reads no rows.
Index("uploads_due", uploads.c.state, uploads.c.expires_ms, uploads.c.size_bytes)

answers = Table(
    "answers",
    metadata,
    # 0 for nobody: a NULL would be unequal to every other one.
    Column("key_id", BigInteger, primary_key=True, autoincrement=False),
    Column("word", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("begun_ms", BigInteger, nullable=False, index=True),
    Column("status", Integer),
    Column("body", Text),
)

jobs = Table(
    "jobs",
    metadata,
    _number(),
    Column("token", Text, nullable=False, unique=True),
    Column("key_id", BigInteger, ForeignKey("keys.id")),
    Column("wish", Text, nullable=False),
    Column("pictures", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    # When a pending job may be begun, and when the lease of one that was begun ends.
    Column("due_ms", BigInteger, nullable=False),
    Column("holder", Text),
    Column("done", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    sqlite_autoincrement=True,
)
Index("jobs_due", jobs.c.state, jobs.c.due_ms)
Index("jobs_owner", jobs.c.key_id, jobs.c.id)

job_labels = Table(
    "job_labels",
    metadata,
    Column("job_id", BigInteger, ForeignKey("jobs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", Text, nullable=False, index=True),
)

job_results = Table(
    "job_results",
    metadata,
    Column("job_id", BigInteger, ForeignKey("jobs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    # No foreign key: a result's link ends, and its row goes, while the job is still told about.
    Column("upload_id", BigInteger, index=True),
    Column("facts", Text, nullable=False),
)

job_inputs = Table(
    "job_inputs",
    metadata,
    # What was sent with a job: reserved for as long as the job is open, and never live.
    Column("upload_id", BigInteger, primary_key=True, autoincrement=False),
    Column("job_id", BigInteger, ForeignKey("jobs.id"), nullable=False, index=True),
)

job_hooks = Table(
    "job_hooks",
    metadata,
    Column("job_id", BigInteger, ForeignKey("jobs.id"), primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("secret", Text),
    Column("tries", Integer, nullable=False),
    # When word may be sent next; none once it arrived or was given up.
    Column("due_ms", BigInteger, index=True),
)

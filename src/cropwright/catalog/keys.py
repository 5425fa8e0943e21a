"""The API keys: what proves them and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import bindparam, select, update

from cropwright.catalog.database import Database
from cropwright.catalog.schema import in_use, keys
from cropwright.core.hosting import Allowance, ApiKey
from cropwright.errors import InvalidValueError

LONGEST_NAME = 100
LARGEST_ALLOWANCE = 2**63 - 1

_ALLOWANCE = [row.name for row in fields(Allowance)]
_FACTS = ("id", "name", "handle", "digest", "created_ms", "revoked_ms", *_ALLOWANCE)
_KEY = select(*(keys.c[name] for name in _FACTS))
_BY_HANDLE = _KEY.where(keys.c.handle == bindparam("wanted"))


class Keys:
    """Rows about keys. Each method raises StorageUnavailableError if the database is not well."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_handle = database.prepared(_BY_HANDLE)

    def add(
        self, name: str, handle: str, digest: bytes, allowance: Allowance, created_ms: int
    ) -> ApiKey:
        """Keep a new key. Raises InvalidValueError if a key of that name is in use, or none can be."""
        _check(name, allowance)
        statement = self._database.insert(keys).values(
            name=name,
            handle=handle,
            digest=digest,
            created_ms=created_ms,
            used_bytes=0,
            used_files=0,
            **asdict(allowance),
        )
        statement = statement.on_conflict_do_nothing(index_elements=["name"], index_where=in_use)
        with self._database.writing() as connection:
            row = connection.execute(statement.returning(keys.c.id)).one_or_none()
        if row is None:
            raise InvalidValueError("name", name, "a name that no other key in use has")
        return ApiKey(row.id, name, handle, digest, allowance, created_ms)

    def find(self, handle: str) -> ApiKey | None:
        """The key with this handle, also if it is revoked: who asks decides."""
        with self._database.reading() as connection:
            rows = self._by_handle.rows(connection, {"wanted": handle})
        return _key(rows[0]) if rows else None

    def numbered(self, number: int) -> ApiKey | None:
        """The key with this number, also if it is revoked."""
        with self._database.reading() as connection:
            row = connection.execute(_KEY.where(keys.c.id == number)).one_or_none()
        return None if row is None else _key(row)

    def all(self) -> list[ApiKey]:
        """Every key there ever was, the oldest first."""
        with self._database.reading() as connection:
            return [_key(row) for row in connection.execute(_KEY.order_by(keys.c.id))]

    def revoke(self, name: str, now_ms: int) -> bool:
        """End the key in use of that name, for good; False if there is none."""
        chosen = update(keys).where(keys.c.name == name, in_use)
        with self._database.writing() as connection:
            return connection.execute(chosen.values(revoked_ms=now_ms)).rowcount == 1


def _check(name: str, allowance: Allowance) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        expected = f"1 to {LONGEST_NAME} printable characters"
        raise InvalidValueError("name", repr(name[:LONGEST_NAME]), expected)
    for field, number in asdict(allowance).items():
        if number is not None and not 0 <= number <= LARGEST_ALLOWANCE:
            raise InvalidValueError(field, str(number), f"0 to {LARGEST_ALLOWANCE}")


def _key(row: Sequence[Any]) -> ApiKey:
    number, name, handle, digest, created_ms, revoked_ms, *allowance = row
    return ApiKey(number, name, handle, digest, Allowance(*allowance), created_ms, revoked_ms)

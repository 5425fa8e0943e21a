"""The files that are hosted: who pays for them, when their links work, what is to be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import delete as delete_from

from cropwright.catalog.database import RETRY_AFTER_SECONDS, Database
from cropwright.catalog.schema import State, job_inputs, job_results, jobs, keys, uploads
from cropwright.core.hosting import Draft, Upload, Usage
from cropwright.core.jobs import OPEN
from cropwright.errors import KeyRejectedError, QuotaExceededError, StorageUnavailableError

_LARGEST_NUMBER = 2**63 - 1

_DRAFT = [row.name for row in fields(Draft)]
_UPLOAD = select(uploads.c.id, *(uploads.c[name] for name in _DRAFT))
_SHOWN = _UPLOAD.where(
    uploads.c.state == State.LIVE,
    uploads.c.expires_ms.is_(None) | (uploads.c.expires_ms > bindparam("now")),
)
_BY_TOKEN = _SHOWN.where(uploads.c.token == bindparam("wanted"))
_RESERVE = (
    uploads.insert()
    .values({name: bindparam(name) for name in ("state", *_DRAFT)})
    .returning(uploads.c.id)
)
_CHARGE = (
    update(keys)
    .where(keys.c.id == bindparam("payer"))
    .values(
        used_bytes=keys.c.used_bytes + bindparam("bytes"),
        used_files=keys.c.used_files + bindparam("files"),
    )
    .returning(keys.c.quota_bytes, keys.c.used_bytes, keys.c.quota_files, keys.c.used_files)
)
_ADVANCE = (
    update(uploads)
    .where(uploads.c.id == bindparam("number"), uploads.c.state == bindparam("source"))
    .values(state=bindparam("target"))
    .returning(uploads.c.id)
)
_FORGET = (
    delete_from(uploads)
    .where(uploads.c.id == bindparam("number"))
    .returning(uploads.c.key_id, uploads.c.size_bytes)
)


class Uploads:
    """Rows about files. Each method raises StorageUnavailableError if the database is not well."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_token = database.prepared(_BY_TOKEN)
        self._reserve = database.prepared(_RESERVE)
        self._charge = database.prepared(_CHARGE)
        self._step = database.prepared(_ADVANCE)

    def reserve(self, draft: Draft) -> Upload:
        """Charge a file to its key and give it its number, before its bytes are stored.

        Raises QuotaExceededError if the key has no room for it, KeyRejectedError if there is no
        such key; then nothing is charged.
        """
        values = {"state": State.RESERVED.value, **{name: getattr(draft, name) for name in _DRAFT}}
        with self._database.writing() as connection:
            if draft.key_id is not None:
                _check(self._charge.rows(connection, _of(draft.key_id, draft.size_bytes)))
            ((number,),) = self._reserve.rows(connection, values)
        return Upload(number, draft)

    def publish(self, upload: Upload) -> None:
        """Make a reserved file's link work, from the return of this on and after any crash.

        StorageUnavailableError also if a sweeper took the file for lost: its bytes may be gone.
        """
        if not self._advance(upload, State.RESERVED, State.LIVE):
            raise StorageUnavailableError(RETRY_AFTER_SECONDS)

    def find(self, token: str, now_ms: int) -> Upload | None:
        """The file whose link has this token, if the link works now."""
        with self._database.reading() as connection:
            rows = self._by_token.rows(connection, {"wanted": token, "now": now_ms})
        return _upload(rows[0]) if rows else None

    def owned(
        self,
        key_id: int | None,
        *,
        number: int | None = None,
        token: str | None = None,
        now_ms: int,
    ) -> Upload | None:
        """A key's own file by its number or its token, if its link works now."""
        chosen = _SHOWN.where(uploads.c.key_id == key_id)
        if number is not None:
            if not 0 < number <= _LARGEST_NUMBER:  # what callers send may be more than fits
                return None
            chosen = chosen.where(uploads.c.id == number)
        if token is not None:
            chosen = chosen.where(uploads.c.token == token)
        with self._database.reading() as connection:
            row = connection.execute(chosen, {"now": now_ms}).one_or_none()
        return None if row is None else _upload(row)

    def retire(self, upload: Upload) -> bool:
        """End a link for good; False if it was over already."""
        return self._advance(upload, State.LIVE, State.RETIRED)

    def condemn(self, now_ms: int, reserved_before_ms: int, limit: int) -> list[Upload]:
        """Files whose bytes are to be deleted, `limit` at most; their links are ended for good.

        These are the expired, those reserved before that time and never published, those reserved
        for a job that is over, and what others have ended before: whoever was to delete those may
        have crashed. What an open job has reserved stays however long it takes.
        """
        expired = (uploads.c.state == State.LIVE) & (uploads.c.expires_ms <= now_ms)
        late = (uploads.c.created_ms < reserved_before_ms) & ~_of_job(jobs.c.state.in_(OPEN))
        lost = (uploads.c.state == State.RESERVED) & (late | _of_job(jobs.c.state.not_in(OPEN)))
        with self._database.writing() as connection:
            ending = _claimed(connection, expired, limit)
            ending += _claimed(connection, lost, limit - len(ending))
            over = _claimed(connection, uploads.c.state == State.RETIRED, limit - len(ending))
            if ending:
                chosen = uploads.c.id.in_([upload.id for upload in ending])
                connection.execute(update(uploads).where(chosen).values(state=State.RETIRED))
        return ending + over

    def forget(self, upload: Upload) -> None:
        """Drop a file whose bytes are gone, and give its key the room back, once."""
        with self._database.writing() as connection:
            gone = connection.execute(_FORGET, {"number": upload.id}).one_or_none()
            if gone is not None and gone.key_id is not None:
                self._charge.rows(connection, _of(gone.key_id, -gone.size_bytes, files=-1))

    def usage(self, key_id: int | None) -> Usage:
        """What a key is charged for: files on their way in, live, and not deleted yet."""
        if key_id is None:
            return self._sum(uploads.c.key_id.is_(None))
        chosen = select(keys.c.used_bytes, keys.c.used_files).where(keys.c.id == key_id)
        with self._database.reading() as connection:
            row = connection.execute(chosen).one_or_none()
        return Usage(0, 0) if row is None else Usage(*row)

    def totals(self) -> Usage:
        """What is live, of all keys together."""
        return self._sum(uploads.c.state == State.LIVE)

    def _advance(self, upload: Upload, source: State, target: State) -> bool:
        step = {"number": upload.id, "source": source.value, "target": target.value}
        with self._database.writing() as connection:
            return bool(self._step.rows(connection, step))

    def _sum(self, condition: ColumnElement[bool]) -> Usage:
        size = func.coalesce(func.sum(uploads.c.size_bytes), 0)
        with self._database.reading() as connection:
            row = connection.execute(select(size, func.count()).where(condition)).one()
        return Usage(int(row[0]), row[1])  # PostgreSQL adds up to a decimal


def _of(key_id: int, size_bytes: int, *, files: int = 1) -> dict[str, int]:
    return {"payer": key_id, "bytes": size_bytes, "files": files}


def _check(charged: list[tuple[Any, ...]]) -> None:
    """Refuse a charge beyond a quota.

    The key's row is locked to the end of the transaction: what it says stays true, and an error
    undoes the charge.
    """
    if not charged:
        raise KeyRejectedError
    quota_bytes, used_bytes, quota_files, used_files = charged[0]
    if quota_bytes is not None and used_bytes > quota_bytes:
        raise QuotaExceededError(quota_bytes, used_bytes, "bytes")
    if quota_files is not None and used_files > quota_files:
        raise QuotaExceededError(quota_files, used_files, "files")


def some(connection: Connection, numbers: Sequence[int], now_ms: int) -> dict[int, Upload]:
    """Of files with these numbers, those whose links work."""
    chosen = _SHOWN.where(uploads.c.id.in_(numbers))
    return {row.id: _upload(row) for row in connection.execute(chosen, {"now": now_ms})}


def _of_job(state: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a file is what was sent to, or made by, a job in such a state."""
    tables = (job_inputs, job_results)
    return or_(
        *(
            exists(jobs.c.id).where(
                table.c.upload_id == uploads.c.id, table.c.job_id == jobs.c.id, state
            )
            for table in tables
        )
    )


def _claimed(connection: Connection, condition: ColumnElement[bool], limit: int) -> list[Upload]:
    # What another sweeper has in hand is left to it; in SQLite it would have the whole database.
    chosen = _UPLOAD.where(condition).limit(limit).with_for_update(skip_locked=True)
    return [_upload(row) for row in connection.execute(chosen)]


def _upload(row: Sequence[Any]) -> Upload:
    return Upload(row[0], Draft(*row[1:]))

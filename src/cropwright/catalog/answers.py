"""Answers given to requests that may be sent again: what an Idempotency-Key stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from cropwright.catalog.database import Database
from cropwright.catalog.schema import answers
from cropwright.errors import IdempotencyError

LOST_MS = 60_000
"""A request that is under way for so long has crashed: the next one takes its place."""
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    """Of HTTP."""
    body: str


class Answers:
    """Rows about requests, by the key that sent them and its word for each.

    Each method raises StorageUnavailableError if the database is not well.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, key_id: int | None, word: str, fingerprint: str, now_ms: int) -> Answer | None:
        """The answer given before, or None: then it is the caller who does it, and nobody else.

        Raises IdempotencyError if the word stands for another request, or its first one is still
        under way.
        """
        row = {"key_id": key_id or _NOBODY, "word": word, "fingerprint": fingerprint}
        statement = self._database.insert(answers).values(begun_ms=now_ms, **row)
        made = statement.on_conflict_do_nothing().returning(answers.c.word)
        chosen = select(answers).where(_request(key_id, word)).with_for_update()
        with self._database.writing() as connection:
            while connection.execute(made).one_or_none() is None:
                there = connection.execute(chosen).one_or_none()
                if there is not None:  # else it was abandoned between the two statements
                    return _resumed(connection, there, fingerprint, now_ms)
        return None

    def finish(self, key_id: int | None, word: str, answer: Answer) -> None:
        """Remember the answer; the first one given stays."""
        unanswered = _request(key_id, word) & answers.c.status.is_(None)
        statement = update(answers).where(unanswered)
        with self._database.writing() as connection:
            connection.execute(statement.values(status=answer.status, body=answer.body))

    def abandon(self, key_id: int | None, word: str) -> None:
        """Forget a request that got no answer worth keeping: the next try is the first again."""
        unanswered = _request(key_id, word) & answers.c.status.is_(None)
        with self._database.writing() as connection:
            connection.execute(delete(answers).where(unanswered))

    def expire(self, before_ms: int) -> None:
        """Forget the requests that began before that time."""
        with self._database.writing() as connection:
            connection.execute(delete(answers).where(answers.c.begun_ms < before_ms))


def _request(key_id: int | None, word: str) -> ColumnElement[bool]:
    return (answers.c.key_id == (key_id or _NOBODY)) & (answers.c.word == word)


def _resumed(connection: Connection, row: Row[Any], fingerprint: str, now_ms: int) -> Answer | None:
    if row.fingerprint != fingerprint:
        raise IdempotencyError("stands for another request")
    if row.status is not None:
        return Answer(row.status, row.body)
    if row.begun_ms > now_ms - LOST_MS:
        raise IdempotencyError("is still under way")
    mine = (answers.c.key_id == row.key_id) & (answers.c.word == row.word)
    connection.execute(update(answers).where(mine).values(begun_ms=now_ms))
    return None

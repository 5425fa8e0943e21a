"""Answers given to requests that may be sent again: what an Idempotency-Key stands for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update

from cropwright.catalog.database import Database
from cropwright.catalog.schema import answers
from cropwright.errors import IdempotencyError

LOST_MS = 60_000
"""A request that is under way for so long has crashed: the next one takes its place."""
_NOBODY = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a request: until it is lost to another one that was tried long after."""

    key_id: int
    word: str
    begun_ms: int


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

    def begin(self, key_id: int | None, word: str, fingerprint: str, now_ms: int) -> Answer | Claim:
        """The answer given before, or a claim: then it is the caller who does it, and nobody else.

        Raises IdempotencyError if the word stands for another request, or its first one is still
        under way.
        """
        claim = Claim(key_id or _NOBODY, word, now_ms)
        row = {"fingerprint": fingerprint, **asdict(claim)}
        statement = self._database.insert(answers).values(**row)
        made = statement.on_conflict_do_nothing().returning(answers.c.word)
        mine = (answers.c.key_id == claim.key_id) & (answers.c.word == word)
        with self._database.writing() as connection:
            while connection.execute(made).one_or_none() is None:
                there = connection.execute(select(answers).where(mine).with_for_update())
                if (found := there.one_or_none()) is not None:  # else it was just abandoned
                    answer = _given(found, fingerprint, now_ms)
                    if answer is not None:
                        return answer
                    connection.execute(update(answers).where(mine).values(begun_ms=now_ms))
                    return claim
        return claim

    def finish(self, claim: Claim, answer: Answer) -> None:
        """Remember the answer, unless the claim was lost; the first one given stays."""
        statement = update(answers).where(_held(claim))
        with self._database.writing() as connection:
            connection.execute(statement.values(status=answer.status, body=answer.body))

    def abandon(self, claim: Claim) -> None:
        """Forget a request that got no answer worth keeping: the next try is the first again."""
        with self._database.writing() as connection:
            connection.execute(delete(answers).where(_held(claim)))

    def expire(self, before_ms: int) -> None:
        """Forget the requests that began before that time."""
        with self._database.writing() as connection:
            connection.execute(delete(answers).where(answers.c.begun_ms < before_ms))


def _held(claim: Claim) -> ColumnElement[bool]:
    """The claim's row, while it is the claim's: who took it over began at another time."""
    return (
        (answers.c.key_id == claim.key_id)
        & (answers.c.word == claim.word)
        & (answers.c.begun_ms == claim.begun_ms)
        & answers.c.status.is_(None)
    )


def _given(row: Row[Any], fingerprint: str, now_ms: int) -> Answer | None:
    """The answer in a row, or None if it is time to take the request over. IdempotencyError."""
    if row.fingerprint != fingerprint:
        raise IdempotencyError("stands for another request")
    if row.status is not None:
        return Answer(row.status, row.body)
    if row.begun_ms > now_ms - LOST_MS:
        raise IdempotencyError("is still under way")
    return None

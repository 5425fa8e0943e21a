"""Requests that are done once however often they are sent: the Idempotency-Key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cropwright.catalog.answers import Answer, Claim
    from cropwright.catalog.open import Catalog

KEPT_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Once:
    """Remembers answers for a day."""

    catalog: Catalog
    now_ms: Callable[[], int]

    def begin(self, key_id: int | None, word: str, fingerprint: str) -> Answer | Claim:
        """The answer given before, or a claim: then this request is the one to do it.

        Raises IdempotencyError if the word stands for another request, or its first is under way.
        """
        return self.catalog.answers.begin(key_id, word, fingerprint, self.now_ms())

    def finish(self, claim: Claim, answer: Answer) -> None:
        """Remember the answer."""
        self.catalog.answers.finish(claim, answer)

    def abandon(self, claim: Claim) -> None:
        """There is no answer to remember: the next try is the first again."""
        self.catalog.answers.abandon(claim)

    def forget(self) -> None:
        """Drop answers older than a day."""
        self.catalog.answers.expire(self.now_ms() - KEPT_MS)

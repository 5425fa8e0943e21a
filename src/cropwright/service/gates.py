"""Who is let in: bounded queues, rates and a brake on guessing, each on this machine alone."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakValueDictionary

from cropwright.core.hosting import ApiKey
from cropwright.errors import OverloadedError, QueueFullError, RateExceededError
from cropwright.service.settings import GateSettings

CROWD_SECONDS = 0.25
"""Refusals for longer than this are no crowd."""
CALM_SECONDS = 1.0
"""After so long without a refusal they are over."""
_FORGET_AT = 10_000
"""Buckets kept before the full ones are dropped."""


@dataclass(slots=True)
class Gate:
    """Lets so many in at once and refuses the rest at once: nobody waits outside.

    A crowd that soon has gone may fill it. Where more come than can be served, for longer than a
    crowd takes, only `lasting` are let in at once: as many are served, and each waits less.
    """

    limit: int
    lasting: int | None = None
    """None for as many as ever."""
    clock: Callable[[], float] = time.monotonic
    inside: int = 0
    _lock: Lock = field(default_factory=Lock)
    _refusing_since: float = -math.inf
    _refused_at: float = -math.inf

    @property
    def is_full(self) -> bool:
        """Whether the next one would be refused."""
        return self.inside >= self._places()

    def check(self) -> None:
        """Raise OverloadedError if the next one would be refused."""
        with self._lock:
            self._check()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """A place for as long as the block runs. Raises OverloadedError if there is none."""
        with self._lock:
            self._check()
            self.inside += 1
        try:
            yield
        finally:
            with self._lock:
                self.inside -= 1

    def _check(self) -> None:
        if not self.is_full:
            return
        now = self.clock()
        if now - self._refused_at > CALM_SECONDS:
            self._refusing_since = now
        self._refused_at = now
        raise OverloadedError(retry_after_seconds=1)

    def _places(self) -> int:
        now = self.clock()
        is_crowd = now - self._refusing_since <= CROWD_SECONDS
        if self.lasting is None or is_crowd or now - self._refused_at > CALM_SECONDS:
            return self.limit
        return self.lasting


class Arrivals:
    """Bounds the bodies that are arriving: how many, and the memory they take together.

    Slow senders hold little, so that many of them are no trouble.
    """

    def __init__(self, count: int, held_bytes: int) -> None:
        self.gate = Gate(count)
        self._limit = held_bytes
        self._lock = Lock()
        self._held = 0

    @property
    def held(self) -> int:
        """Bytes that have arrived of bodies that are not whole yet."""
        return self._held

    @contextmanager
    def entered(self) -> Iterator[Callable[[int], None]]:
        """A place for one body, as a function that takes note of more bytes of it.

        OverloadedError if there is no place, or no memory for those bytes.
        """
        held = 0

        def hold(count: int) -> None:
            nonlocal held
            with self._lock:
                if self._held + count > self._limit:
                    raise OverloadedError(retry_after_seconds=1)
                self._held += count
                held += count

        with self.gate.entered():
            try:
                yield hold
            finally:
                with self._lock:
                    self._held -= held


class Line:
    """Lets so many in at once; others wait for their turn, up to so many and so long.

    For requests that come in crowds and take little, such as the tiles of a viewer.
    """

    def __init__(self, inside: int, waiting: int, seconds: float) -> None:
        self._places = asyncio.Semaphore(inside)
        self._room = Gate(inside + waiting)
        self._seconds = seconds
        self._alone: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """A place for as long as the block runs. OverloadedError if the turn does not come."""
        with self._room.entered():
            try:
                async with asyncio.timeout(self._seconds):
                    await self._places.acquire()
            except TimeoutError:
                raise OverloadedError(retry_after_seconds=1) from None
            try:
                yield
            finally:
                self._places.release()

    @asynccontextmanager
    async def alone(self, subject: Hashable) -> AsyncIterator[None]:
        """One at a time of those with the same subject, for as long as the block runs."""
        with self._room.entered():
            async with self._alone.setdefault(subject, asyncio.Lock()):
                yield


class Rate:
    """A token bucket for each subject: so many a minute, all of them at once if need be."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, subject: Hashable, per_minute: int) -> None:
        """Take one; RateExceededError with the seconds to wait if there is none left."""
        with self._lock:
            left = self._left(subject, per_minute)
            if left < 1:
                seconds = math.ceil((1 - left) * 60 / per_minute)
                raise RateExceededError(retry_after_seconds=seconds, limit=per_minute)
            self._keep(subject, left - 1, per_minute)

    def _left(self, subject: Hashable, per_minute: int) -> float:
        left, since = self._buckets.get(subject, (float(per_minute), self._clock()))
        return min(float(per_minute), left + (self._clock() - since) * per_minute / 60)

    def _keep(self, subject: Hashable, left: float, per_minute: int) -> None:
        if len(self._buckets) >= _FORGET_AT:
            minute_ago = self._clock() - 60
            self._buckets = {k: v for k, v in self._buckets.items() if v[1] > minute_ago}
        self._buckets[subject] = (min(left, float(per_minute)), self._clock())


class Doorkeeper:
    """Holds one key to its rate and its queue."""

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._rate = Rate()
        self._failures = Rate()
        self._lock = Lock()
        self._waiting: Counter[int] = Counter()

    @contextmanager
    def admitted(self, key: ApiKey | None) -> Iterator[None]:
        """A place in the key's own queue. Raises RateExceededError or QueueFullError."""
        if key is None:
            yield
            return
        rate = key.allowance.rate_per_minute or self._settings.rate_per_minute
        if rate:
            self._rate.take(key.id, rate)
        self._enter(key.id, key.allowance.queue or self._settings.per_key)
        try:
            yield
        finally:
            self._leave(key.id)

    def failed(self, address: str) -> None:
        """Note a wrong key; RateExceededError if this address tried too many."""
        self._failures.take(address, self._settings.failures_per_minute)

    def _enter(self, key_id: int, limit: int) -> None:
        with self._lock:
            if limit and self._waiting[key_id] >= limit:
                raise QueueFullError(retry_after_seconds=1, limit=limit)
            self._waiting[key_id] += 1

    def _leave(self, key_id: int) -> None:
        with self._lock:
            self._waiting[key_id] -= 1
            if not self._waiting[key_id]:
                del self._waiting[key_id]

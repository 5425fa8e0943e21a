"""What time it is, for links that end: steps of the machine's clock do not count."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock

log = logging.getLogger(__name__)

STEP_MS = 60_000
"""A clock that is off by more at once was set, and by less is being corrected."""


def wall_ms() -> int:
    """Milliseconds since 1970, UTC, by the machine's clock."""
    return time.time_ns() // 1_000_000


def running_ms() -> int:
    """Milliseconds that this machine has been running, asleep or not, however its clock is set."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


class Clock:
    """Follows the machine's clock as long as that goes forward as time does.

    A clock that is set forward by an hour would end links an hour early, and delete their files;
    one that is set back would let ended ones live again. Until the next start such a step is left
    out.
    """

    def __init__(
        self, wall: Callable[[], int] = wall_ms, running: Callable[[], int] = running_ms
    ) -> None:
        self._wall, self._running = wall, running
        self._lock = Lock()
        self._offset = wall() - running()
        self._latest = 0
        self._told = False

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC; never less than it was before."""
        with self._lock:
            running, wall = self._running(), self._wall()
            step = wall - running - self._offset
            if abs(step) <= STEP_MS:
                self._offset += step
            elif not self._told:
                log.warning(
                    "the machine's clock was set by %d s; links do not follow", step // 1000
                )
            self._told = abs(step) > STEP_MS
            self._latest = max(self._latest, running + self._offset)
            return self._latest

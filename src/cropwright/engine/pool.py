"""Disposable workers: processes that decode pictures under limits and may be lost at any time.

A picture that crashes the decoder, eats memory or never ends costs one worker and one answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import LifoQueue
from typing import Any

from cropwright.core.limits import WorkerLimits
from cropwright.engine.hand import Hand
from cropwright.engine.scratch import Scratch
from cropwright.engine.worker import Result
from cropwright.errors import WorkerError


class Workers:
    """A pool of workers. Use it as a context manager: leaving it ends them all.

    `niceness` is how far they give way to others where there are too few processors for all.
    A worker is started when there is a first task for it.
    """

    def __init__(
        self, limits: WorkerLimits, count: int | None = None, *, niceness: int = 0
    ) -> None:
        self.limits = limits
        self.count = count or limits.processes
        self.losses: Counter[str] = Counter()
        """How many workers were lost, by the error's code."""
        self._scratch = Scratch()
        scratch = str(self._scratch.path)
        self._hands = [Hand(limits, scratch, niceness) for _ in range(self.count)]
        # The last one to finish is the next to work: its caches are warm.
        self._idle: LifoQueue[Hand] = LifoQueue()
        for hand in self._hands:
            self._idle.put(hand)
        self._threads = ThreadPoolExecutor(self.count, "worker")

    def start(self) -> None:
        """Have all workers start now, sooner than each with its first task."""
        for hand in self._hands:
            hand.start()

    def run(
        self, task: Callable[..., Result], *arguments: Any, seconds: float | None = None
    ) -> Result:
        """Wait for a free worker and for what it makes of a task.

        Raises what the task raised, DeadlineExceededError if it was killed for taking too long,
        or WorkerLostError if its process died or ran out of memory.
        """
        hand = self._idle.get()
        try:
            return hand.run(task, arguments, seconds or self.limits.deadline_seconds)
        except WorkerError as error:
            self.losses[error.code] += 1
            raise
        finally:
            self._idle.put(hand)

    def submit(
        self, task: Callable[..., Result], *arguments: Any, seconds: float | None = None
    ) -> Future[Result]:
        """Hand a task to the next free worker; its result is what `run` answers or raises."""
        return self._threads.submit(self.run, task, *arguments, seconds=seconds)

    def pids(self) -> list[int]:
        """The processes that run now."""
        return [pid for hand in self._hands if (pid := hand.pid) is not None]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_exc: object) -> None:
        for hand in self._hands:
            hand.end()
        self._threads.shutdown()
        for hand in self._hands:
            hand.close()
        self._scratch.close()

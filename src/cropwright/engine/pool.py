"""Disposable workers: processes that decode pictures under limits and may be lost at any time.

A picture that crashes the decoder, eats memory or never ends costs one worker and one answer.
pebble keeps the processes: it kills a worker at its task's deadline and puts another in place.
They are spawned, not forked, so that none inherits a lock that some thread was holding.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock
from typing import Any, Generic
from weakref import WeakSet

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from cropwright.core.limits import WorkerLimits
from cropwright.engine.handover import Handover
from cropwright.engine.worker import Pending, Result, confine
from cropwright.errors import DeadlineExceededError, WorkerError, WorkerLostError


class Workers:
    """A pool of workers. Use it as a context manager: leaving it ends them all.

    `niceness` is how far they give way to others where there are too few processors for all.
    """

    def __init__(
        self, limits: WorkerLimits, count: int | None = None, *, niceness: int = 0
    ) -> None:
        self.limits = limits
        self._niceness = niceness
        self.count = count or limits.processes
        self._scratch = tempfile.mkdtemp(prefix="cropwright-")
        self._processes = _Processes()
        self._renewing = Lock()
        self.losses: Counter[str] = Counter()
        """How many workers were lost, by the error's code."""
        self._pool = self._made()

    def handover(self) -> Handover:
        """A way to hand bytes to a task and back, for one task."""
        return Handover(self._scratch)

    def submit(
        self, task: Callable[..., Result], *arguments: Any, seconds: float | None = None
    ) -> Pending[Result]:
        """Hand a task to the next free worker."""
        deadline = seconds or self.limits.deadline_seconds
        schedule = partial(self._scheduled, task, arguments, deadline)
        return _Scheduled(schedule, deadline, self.losses)

    def pids(self) -> list[int]:
        """The processes that run now."""
        return self._processes.pids()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._end(self._pool)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _made(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.count,
            initializer=confine,
            initargs=(self.limits, self._scratch, self._niceness),
            context=self._processes,
        )

    def _scheduled(
        self, task: Callable[..., Result], arguments: tuple[Any, ...], deadline: float
    ) -> ProcessFuture[Result]:
        pool = self._pool
        try:
            return pool.schedule(task, args=arguments, timeout=deadline)
        except RuntimeError:
            # pebble gives a pool up when its workers die while none has a task.
            with self._renewing:
                if self._pool is pool:
                    self._end(pool)
                    self._pool = self._made()
            return self._pool.schedule(task, args=arguments, timeout=deadline)

    def _end(self, pool: ProcessPool) -> None:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it untyped
        self._processes.kill()
        pool.join()


class _Processes(SpawnContext):
    """Spawns the pool's processes and remembers them.

    One that is still starting when the pool ends would find the pool's locks gone, and say so
    with a stack trace on standard error before any of our code runs: it is killed first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._spawned: WeakSet[SpawnProcess] = WeakSet()

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802  # a class there, a method here
        """A process to be started, remembered."""
        process = SpawnProcess(*arguments, **named)
        self._spawned.add(process)
        return process

    def pids(self) -> list[int]:
        """Every process that was started and still runs."""
        return [p.pid for p in list(self._spawned) if p.pid is not None and p.is_alive()]

    def kill(self) -> None:
        """End them all."""
        for process in list(self._spawned):
            if process.pid is not None and process.is_alive():
                process.kill()


class _Scheduled(Generic[Result]):
    """A task in the pool."""

    def __init__(
        self,
        schedule: Callable[[], ProcessFuture[Result]],
        seconds: float,
        losses: Counter[str],
    ) -> None:
        self._schedule = schedule
        self._future = schedule()
        self._seconds = seconds
        self._losses = losses

    def result(self) -> Result:
        """Wait for the task's result.

        Raises what the task raised, DeadlineExceededError if it was killed for taking too long,
        or WorkerLostError if its process died or ran out of memory.
        """
        try:
            return self._lasting()
        except WorkerError as error:
            self._losses[error.code] += 1
            raise

    def _lasting(self) -> Result:
        try:
            return self._awaited()
        except TimeoutError as error:
            raise DeadlineExceededError(seconds=self._seconds) from error
        except ProcessExpired as error:
            raise WorkerLostError(signal=max(0, -(error.exitcode or 0))) from error
        except (MemoryError, BrokenProcessPool, CancelledError) as error:
            raise WorkerLostError(signal=0) from error

    def _awaited(self) -> Result:
        try:
            return self._future.result()
        except BrokenProcessPool:
            # Idle workers were killed: no fault of this task, which has not been started.
            self._future = self._schedule()
            return self._future.result()

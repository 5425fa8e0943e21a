"""A single disposable worker, for programs that have one picture to do.

It is forked, because the process it runs in has no other thread yet and every millisecond of
starting counts; for the same reason it does without the pool's library.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic

from cropwright.core.limits import WorkerLimits
from cropwright.engine.scratch import Scratch
from cropwright.engine.worker import Pending, Result, confine
from cropwright.errors import DeadlineExceededError, WorkerLostError

_FAREWELL_SECONDS = 1.0
"""Time for a process to end by itself once its work is done."""


class OneOff:
    """Forks a worker for every task.

    Use it as a context manager, in a process that has no other thread.
    """

    def __init__(self, limits: WorkerLimits) -> None:
        self.limits = limits
        self._scratch = Scratch()

    def submit(
        self, task: Callable[..., Result], *arguments: Any, seconds: float | None = None
    ) -> Pending[Result]:
        """Fork a worker and hand it the task."""
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(
            target=_work,
            args=(self.limits, str(self._scratch.path), sender, task, arguments),
            daemon=True,
        )
        process.start()
        sender.close()
        deadline = seconds or self.limits.deadline_seconds
        return _Forked(process, receiver, deadline, time.monotonic())

    def __enter__(self) -> OneOff:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._scratch.close()


@dataclass(frozen=True, slots=True)
class _Forked(Generic[Result]):
    """A task in a process of its own."""

    process: BaseProcess
    receiver: Connection
    seconds: float
    started: float

    def result(self) -> Result:
        left = self.started + self.seconds - time.monotonic()
        try:
            if not self.receiver.poll(max(0.0, left)):
                raise DeadlineExceededError(seconds=self.seconds)
            well, value = self.receiver.recv()
            self.process.join(_FAREWELL_SECONDS)
        except EOFError as error:
            self.process.join()
            raise WorkerLostError(signal=max(0, -(self.process.exitcode or 0))) from error
        finally:
            self.process.kill()
            self.process.join()
            self.receiver.close()
        if well:
            done: Result = value
            return done
        if isinstance(value, MemoryError):
            raise WorkerLostError(signal=0) from value
        raise value


def _work(
    limits: WorkerLimits,
    scratch: str,
    sender: Connection,
    task: Callable[..., Result],
    arguments: tuple[Any, ...],
) -> None:
    confine(limits, scratch)
    try:
        answer: tuple[bool, Any] = True, task(*arguments)
    except Exception as error:  # noqa: BLE001  # the outermost frame: it goes to who asked
        answer = False, error
    sender.send(answer)

"""One worker's place: a process behind a pipe, started when needed and replaced when lost."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock
from typing import Any

from cropwright.core.limits import WorkerLimits
from cropwright.engine.handover import receive, send, sent
from cropwright.engine.worker import Result, confine, end_with_parent
from cropwright.errors import DeadlineExceededError, WorkerLostError

_SPAWN = multiprocessing.get_context("spawn")
_START_SECONDS = 60
"""Time for a process to be ready, on a machine however busy; no task's deadline runs meanwhile."""
_SO_FAR = b"so far"
"""What a process sends once it is ready, and when it has taken a task."""
_FAREWELL_SECONDS = 1.0
"""Time for a process that is dying to be dead, so that what ended it can be told."""
_STALL_SECONDS = 10
"""Longest silence within a message: who stalls there is lost, whatever its deadline."""


class Hand:
    """A worker that does one task at a time; one thread talks with it at a time.

    Spawned, not forked, so that it inherits no lock that some thread was holding.
    """

    def __init__(self, limits: WorkerLimits, scratch: str, niceness: int) -> None:
        self._birth = (limits, scratch, niceness)
        self._lock = Lock()
        """Held while a process is started or ended."""
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._is_ready = self._is_over = False

    @property
    def pid(self) -> int | None:
        """Its process, if one runs."""
        process = self._process
        return process.pid if process is not None and process.is_alive() else None

    def start(self) -> Connection:
        """The pipe to its process, which is started if there is none. WorkerLostError if over."""
        with self._lock:
            if self._is_over:
                raise WorkerLostError(signal=0)
            if self._pipe is not None and self.pid is not None:
                return self._pipe
            self._discard()
            ours, theirs = _pipe()
            process = _SPAWN.Process(target=_work, args=(theirs, *self._birth), daemon=True)
            try:
                process.start()
            except OSError as error:
                ours.close()
                raise WorkerLostError(signal=0) from error
            finally:
                theirs.close()
            self._process, self._pipe, self._is_ready = process, ours, False
            return ours

    def run(
        self, task: Callable[..., Result], arguments: tuple[Any, ...], seconds: float
    ) -> Result:
        """Have a task done within `seconds`.

        Raises what it raised, DeadlineExceededError if its process was killed for taking too long,
        or WorkerLostError if that died or ran out of memory.
        """
        pieces = sent((task, arguments))
        try:
            pipe = self._taken(pieces)
            if not pipe.poll(seconds):
                raise DeadlineExceededError(seconds=seconds)
            well, value = receive(pipe)
        except DeadlineExceededError:
            self._replace(patience_seconds=0)
            raise
        except (EOFError, OSError) as error:
            lost_to = self._replace(patience_seconds=_FAREWELL_SECONDS)
            raise WorkerLostError(signal=lost_to) from error
        if well:
            done: Result = value
            return done
        if isinstance(value, MemoryError):
            raise WorkerLostError(signal=0) from value
        raise value

    def end(self) -> None:
        """Kill its process and start no other. Who waits for a task then loses it."""
        with self._lock:
            self._is_over = True
            process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Let go of everything, once nobody talks with it any more."""
        self._discard()

    def _taken(self, pieces: list[bytes | memoryview]) -> Connection:
        """The pipe to a process that has taken the task."""
        try:
            return self._sent(pieces)
        except (EOFError, OSError):  # it was killed while it had nothing to do
            self._replace(patience_seconds=0)
        return self._sent(pieces)

    def _sent(self, pieces: list[bytes | memoryview]) -> Connection:
        pipe = self.start()
        if not self._is_ready:
            _await(pipe)
            self._is_ready = True
        send(pipe, pieces)
        _await(pipe)
        return pipe

    def _replace(self, *, patience_seconds: float) -> int:
        """Have another process instead of a lost one; the signal that ended that, or 0."""
        status = self._discard(patience_seconds)
        if not self._is_over:
            with suppress(WorkerLostError):  # the next task tries again
                self.start()
        return max(0, -status)

    def _discard(self, patience_seconds: float = 0) -> int:
        """End the process, if there is one; its exit status."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is None:
            return 0
        process.join(patience_seconds)
        process.kill()
        process.join()
        return process.exitcode or 0


def _pipe() -> tuple[Connection, Connection]:
    """Two ends; whoever reads or writes at the first gives up after a long silence."""
    ours, theirs = socket.socketpair()
    silence = struct.pack("ll", _STALL_SECONDS, 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        ours.setsockopt(socket.SOL_SOCKET, option, silence)
    return Connection(ours.detach()), Connection(theirs.detach())


def _await(pipe: Connection) -> None:
    """Wait for a process to say that it is so far. EOFError if it never will be."""
    if not pipe.poll(_START_SECONDS):
        raise EOFError
    pipe.recv_bytes()


def _work(pipe: Connection, limits: WorkerLimits, scratch: str, niceness: int) -> None:
    """A worker's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's goes to all; the program decides
    confine(limits, scratch, niceness)
    try:
        pipe.send_bytes(_SO_FAR)
        while True:
            _answer(pipe)
    except (EOFError, OSError):
        end_with_parent(scratch)


def _answer(pipe: Connection) -> None:
    # In a function of its own, so that nothing of a task is kept until the next one.
    task, arguments = receive(pipe)
    pipe.send_bytes(_SO_FAR)
    try:
        pieces = sent((True, task(*arguments)))
    except Exception as error:  # noqa: BLE001  # the outermost frame: it goes to who asked
        pieces = sent((False, error))
    send(pipe, pieces)

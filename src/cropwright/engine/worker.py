"""What every worker process is: bound to its limits, and gone when the program is gone.

Two kinds are made of it: a pool that lives (`pool`) and a single one (`oneoff`).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, TypeVar

from cropwright.core.limits import MEBIBYTE, WorkerLimits

Result = TypeVar("Result")
Awaited = TypeVar("Awaited", covariant=True)

_MALLOPT = {-8: 2, -1: 64 * MEBIBYTE, -3: 32 * MEBIBYTE}
"""malloc.h: M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD."""


class Pending(Protocol[Awaited]):
    """A task handed to a worker."""

    def result(self) -> Awaited:
        """Wait for the task's result.

        Raises what the task raised, DeadlineExceededError if it was killed for taking too long,
        or WorkerLostError if its process died or ran out of memory.
        """
        ...


class Runner(Protocol):
    """Runs tasks in processes that may be lost. A context manager: leaving it ends them all."""

    def submit(
        self, task: Callable[..., Result], *arguments: Any, seconds: float | None = None
    ) -> Pending[Result]:
        """Hand a task to a worker; task and arguments must be picklable.

        `seconds` takes the place of the deadline that all tasks have.
        """
        ...


def confine(limits: WorkerLimits, scratch: str, niceness: int = 0) -> None:
    """Bind this process to its limits before any picture is seen."""
    os.nice(niceness)
    # Told to end, it ends: a handler in Python would have to wait for the decoder to come back.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_space_bytes,) * 2)
    give_memory_back()
    # Answers go back through a pipe. Standard output belongs to the program alone, and what
    # libraries mutter about a picture on standard error is nothing a caller should read.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _clear_up(Path(scratch))
    own = Path(scratch) / str(os.getpid())
    own.mkdir(exist_ok=True)
    # Written for libraries that read them when first loaded; nothing of ours reads them.
    os.environ["TMPDIR"] = str(own)  # noqa: TID251
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # noqa: TID251
    try:
        Thread(target=end_with_parent, args=(scratch,), daemon=True).start()
        from cropwright.engine.vips import single_threaded
    except (ImportError, OSError, MemoryError, RuntimeError):
        os._exit(os.EX_OSERR)  # too little memory to begin: a worker lost, like any other
    single_threaded()


def _clear_up(scratch: Path) -> None:
    """Remove what workers that were killed left in their own folders."""
    for folder in scratch.iterdir():
        if folder.name.isdecimal() and not _runs(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def give_memory_back() -> None:
    """Keep a long-lived process from holding on to what its largest pictures needed.

    glibc's allocator otherwise has an arena per thread and a threshold that only ever rises; other
    C libraries have no such switch and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for switch, value in _MALLOPT.items():
            mallopt(switch, value)


def end_with_parent(scratch: str) -> None:
    """End this worker at once when the program is gone: nobody else would, at its deadline."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(scratch, ignore_errors=True)
        os.kill(os.getpid(), signal.SIGKILL)

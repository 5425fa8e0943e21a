"""A driver process on the runner's side: requests out, answers back, one line each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class PeerError(Exception):
    """A system could not do what it was asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured call or process."""

    wall_ms: float
    cpu_ms: float
    """All threads; for a command-line program all its processes."""
    bytes: int = 0
    """Size of what was written."""
    peak_mb: float = 0.0
    """Largest resident memory of a command-line program's largest process."""


class Driver:
    """A long-lived process that speaks the lines of `loop.py`."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=ROOT
        )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request. Raises PeerError."""
        pipes = self._process
        if pipes.stdin is None or pipes.stdout is None:
            raise PeerError("no pipes")
        try:
            pipes.stdin.write(json.dumps(request) + "\n")
            line = pipes.stdout.readline()
        except OSError as error:
            raise PeerError(f"the process is gone: {error.strerror}") from error
        if not line:
            raise PeerError(f"the process ended with status {pipes.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def __enter__(self) -> Driver:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _at: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()

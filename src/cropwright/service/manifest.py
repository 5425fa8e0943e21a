"""What a bulk run has done so far: a file of JSON lines that the next run goes on from.

The first line says what the run is; each other line what became of one picture, the last one about
a picture counts. A line that a crash has cut short does not count.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cropwright.errors import InvalidValueError, OutputUnwritableError
from cropwright.service.bulk import Outcome

_FORMAT = 1
_RUN, _DONE, _FAILED = "run", "done", "failed"


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a picture from an earlier run."""

    name: str
    version: str
    failed: bool


class Manifest:
    """A manifest that this run alone writes. Use it as a context manager.

    Raises OutputUnwritableError where there can be none, and InvalidValueError if it is another
    run's: one under way, or one that was asked for something else.
    """

    def __init__(self, path: Path, wish: dict[str, Any]) -> None:
        """`wish` is all that decides the results, in JSON's types."""
        self.path = path
        self._wish = wish

    def __enter__(self) -> Manifest:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("a+b")
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._file.close()

    def records(self) -> Iterator[Record]:
        """What earlier runs have done, the oldest first."""
        with self.path.open("rb") as lines:
            next(lines, None)
            for line in lines:
                told = json.loads(line)
                yield Record(told["name"], told["version"], told["state"] == _FAILED)

    def add(self, outcome: Outcome) -> None:
        """Write down what became of a picture. A crash of the program does not lose it."""
        told: dict[str, Any] = {"name": outcome.item.name, "version": outcome.item.version}
        if outcome.error is not None:
            error = outcome.error
            told |= {"state": _FAILED, "code": error.code, "error": str(error)}
        else:
            told |= {"state": _DONE, "output": outcome.output, "bytes": outcome.bytes}
        if outcome.size is not None:
            told |= {"width": outcome.size.width, "height": outcome.size.height}
        self._write(told)

    def _begin(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidValueError(
                "manifest", str(self.path), "one that no other run is writing"
            ) from error
        self._cut_torn_line()
        self._file.seek(0)
        first = self._file.readline()
        if not first:
            self._write({_RUN: _FORMAT, "wish": self._wish})
        elif _wish_of(first) != self._wish:
            expected = "that of the same call; name another with --manifest, or another destination"
            raise InvalidValueError("manifest", str(self.path), expected)

    def _cut_torn_line(self) -> None:
        size = self._file.seek(0, os.SEEK_END)
        at = size
        while at > 0:
            start = max(0, at - 4096)
            self._file.seek(start)
            found = self._file.read(at - start).rfind(b"\n")
            if found >= 0:
                at = start + found + 1
                break
            at = start
        if at < size:
            self._file.truncate(at)

    def _write(self, told: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(told).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> OutputUnwritableError:
        reason = error.strerror or "refused"
        return OutputUnwritableError(str(self.path), "file", reason, error.errno or 0)


def _wish_of(line: bytes) -> Any:
    try:
        told = json.loads(line)
        return told["wish"] if told[_RUN] == _FORMAT else None
    except (ValueError, TypeError, LookupError):
        return None

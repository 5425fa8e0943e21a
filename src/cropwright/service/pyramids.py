"""Pyramids on this machine's disk: so many bytes of them, those in use longest, none without its picture."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cropwright.errors import StorageUnavailableError

_RETRY_SECONDS = 30
_PART_SECONDS = 60 * 60
"""What is unfinished for so long was left by a crash."""
_NAME = re.compile(r"(.+)\.([0-9a-f]+)\.tif", re.ASCII)


@dataclass(frozen=True, slots=True)
class Label:
    """What a pyramid is of: an owner has one at a time."""

    owner: str
    """An upload's token, or another word without a dot that is no token."""
    version: str
    """Hexadecimal; changes when the owner's bytes do."""

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"{self.owner}.{self.version}.tif"


@dataclass(frozen=True, slots=True)
class Pyramids:
    """A folder of pyramids. Any number of processes may use it at once."""

    folder: Path
    limit_bytes: int
    """Beyond this the ones not asked for longest are deleted; the newest stays in any case."""

    def find(self, label: Label) -> Path | None:
        """The file of a pyramid, if it is there; it counts as used now."""
        path = self.folder / label.file_name
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    @contextmanager
    def building(self, label: Label) -> Iterator[Path]:
        """Where to write a pyramid; it is found once the block ends well, and only whole.

        StorageUnavailableError if the disk refuses.
        """
        part = self.folder / f"{secrets.token_hex(16)}.part"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the names are secrets
            try:
                yield part
                part.replace(self.folder / label.file_name)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailableError(_RETRY_SECONDS) from error
        self._make_room(label)

    def forget(self, owner: str) -> None:
        """Delete what there is of an owner."""
        for path, label in self._files():
            if label.owner == owner:
                path.unlink(missing_ok=True)

    def owners(self) -> set[str]:
        """Whose pyramids are there."""
        return {label.owner for _, label in self._files()}

    def bytes(self) -> int:
        """What they take together."""
        return sum(_state(path)[1] for path, _ in self._files())

    def sweep(self) -> None:
        """Delete what crashes have left unfinished."""
        for path in self.folder.glob("*.part"):
            if _state(path)[0] < time.time() - _PART_SECONDS:
                path.unlink(missing_ok=True)

    def _make_room(self, newest: Label) -> None:
        """Delete older versions of this one, then whatever was not asked for longest."""
        kept = []
        for path, label in self._files():
            if label.owner == newest.owner and label != newest:
                path.unlink(missing_ok=True)
            elif label != newest:
                kept.append((*_state(path), path))
        held = sum(size for _, size, _ in kept) + _state(self.folder / newest.file_name)[1]
        for _, size, path in sorted(kept):
            if held <= self.limit_bytes:
                break
            path.unlink(missing_ok=True)
            held -= size

    def _files(self) -> Iterator[tuple[Path, Label]]:
        with contextlib.suppress(FileNotFoundError):
            for path in list(self.folder.iterdir()):
                if named := _NAME.fullmatch(path.name):
                    yield path, Label(named[1], named[2])


def _state(path: Path) -> tuple[float, int]:
    """When it was last used and how many bytes it has; nothing of either once it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0.0, 0
    return found.st_mtime, found.st_size

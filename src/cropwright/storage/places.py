"""Where many pictures lie and where results go: a folder, or a prefix in a bucket."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from cropwright.errors import (
    InvalidValueError,
    LimitExceededError,
    OutputUnwritableError,
    SourceUnreadableError,
)
from cropwright.storage.files import write_file
from cropwright.storage.settings import StorageSettings

_BUCKETS = ("s3://", "gs://", "az://")


@dataclass(frozen=True, slots=True)
class Item:
    """A file that lies in a place."""

    name: str
    """Its path below the place, with slashes."""
    size: int
    """Bytes."""
    version: str
    """Changes when its bytes do."""


class Place(Protocol):
    """A folder or a bucket's prefix. Safe to use from many threads."""

    def items(self) -> Iterator[Item]:
        """Every file below, in no order, as it is found. Names that begin with a dot are left out.

        Raises SourceUnreadableError where it cannot be looked at, StorageUnavailableError.
        """
        ...

    def read(self, item: Item, limit: int) -> bytes:
        """A file's bytes.

        Raises SourceUnreadableError if it is gone, LimitExceededError if it is longer than `limit`.
        """
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put a file there, whole or not at all; what was there is replaced.

        Raises OutputUnwritableError or StorageUnavailableError.
        """
        ...


def is_bucket(text: str) -> bool:
    """Whether a place is named that lies in a bucket."""
    return text.startswith(_BUCKETS)


def open_place(text: str, settings: StorageSettings) -> Place:
    """The place that `text` names: a path, or s3://, gs:// or az://bucket/prefix.

    `settings` have the endpoint, the region and the times for buckets. Raises InvalidValueError,
    or SettingsError for credentials.
    """
    if not is_bucket(text):
        return Folder(Path(text))
    from cropwright.storage.bucket import Bucket

    return Bucket(text, replace(settings, url=text))


def lies_within(inner: str, outer: str) -> bool:
    """Whether one place is the other, or below it."""
    if is_bucket(inner) or is_bucket(outer):
        return f"{inner.rstrip('/')}/".startswith(f"{outer.rstrip('/')}/")
    return Path(inner).resolve().is_relative_to(Path(outer).resolve())


def too_long(item: Item, limit: int) -> LimitExceededError:
    """What is said of a file that is too long to be read."""
    return LimitExceededError("file size", limit, item.size, "bytes")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this machine, or one that it mounts. Links to files are followed, to folders not."""

    root: Path

    def items(self) -> Iterator[Item]:
        """Every file below."""
        waiting = [""]
        while waiting:
            below = waiting.pop()
            for entry in self._entries(below):
                name = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{name}/")
                elif (state := _state(entry)) is not None:
                    yield Item(name, state.st_size, f"{state.st_size}-{state.st_mtime_ns}")

    def read(self, item: Item, limit: int) -> bytes:
        """A file's bytes."""
        if item.size > limit:
            raise too_long(item, limit)
        try:
            with (self.root / item.name).open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise SourceUnreadableError(item.name, error.strerror or "unreadable") from error
        if len(data) > limit:
            raise too_long(replace(item, size=len(data)), limit)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Put a file there; one that leaves the folder is refused: buckets have such names."""
        path = Path(name)
        if path.is_absolute() or ".." in path.parts:
            raise OutputUnwritableError(name, "file", "the name leaves the folder", 0)
        write_file(self.root / path, data, replace=True)

    def _entries(self, below: str) -> list[os.DirEntry[str]]:
        folder = self.root / below
        try:
            with os.scandir(folder) as found:
                return [entry for entry in found if not entry.name.startswith(".")]
        except OSError as error:
            raise SourceUnreadableError(str(folder), error.strerror or "unreadable") from error


def _state(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Of a regular file, through links; None for what is none, or is gone."""
    try:
        state = entry.stat()
    except OSError:
        return None
    return state if stat.S_ISREG(state.st_mode) else None


def wrong_place(text: str) -> InvalidValueError:
    """What is said of a text that names no place."""
    return InvalidValueError("place", text, "a folder, or s3://, gs:// or az://bucket/prefix")

"""Files on a disk: each is whole and on stable storage before its key can be read."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cropwright.errors import StorageUnavailableError
from cropwright.storage.keys import check_key

RETRY_AFTER_SECONDS = 30
"""A full disk is not emptied sooner."""


class DiskStore:
    """A Store in a directory of its own, which is made when first needed.

    `free_bytes` of the disk are left free: what would take of them is refused.
    """

    def __init__(self, root: Path, free_bytes: int = 1_000_000_000) -> None:
        self._root = root.absolute()
        self._partial = self._root / ".partial"  # no key has a dot
        self._free_bytes = free_bytes
        self._lasting: dict[Path, int] = {}
        """Directories whose names this process has brought to stable storage, by inode."""

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under a key. StorageUnavailableError if the disk is full or refuses."""
        place = self._place(key)
        with _border():
            try:
                self._put(place, data)
            except FileNotFoundError:  # somebody took a directory away
                self._lasting.clear()
                self._put(place, data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes from `start`, at most `length` of them; reads no others from the disk."""
        place = self._place(key)
        with _border():
            try:
                with _opened(place) as file:
                    return _read(file, start, length)
            except FileNotFoundError as error:
                raise KeyError(key) from error

    def delete(self, key: str) -> None:
        """Forget a key. On return not even a crash brings the bytes back: they are someone's."""
        place = self._place(key)
        with _border(), contextlib.suppress(FileNotFoundError), _opened(place.parent) as directory:
            place.unlink()
            os.fsync(directory)

    def link(self, key: str, seconds: int, media_type: str) -> None:
        """There is none."""
        del key, seconds, media_type

    def ping(self) -> None:
        """Write a little and take it away again; StorageUnavailableError if that fails."""
        with _border():
            self._make_directory(self._root)
            with self._written(b"?"):
                pass

    def sweep_partial(self, older_than_seconds: float) -> int:
        """Remove what writes that a crash cut short have left, and count it.

        A write under way is younger; one that is swept all the same fails, and nothing is lost.
        """
        newest = time.time() - older_than_seconds
        with _border():
            return sum(_removed_if_older(path, newest) for path in list(self._partial.glob("*")))

    def _put(self, place: Path, data: bytes) -> None:
        # Opened before anything is in its place, so that what can fail fails before.
        with self._directory(place.parent) as directory, self._written(data) as partial:
            partial.replace(place)
            os.fsync(directory)

    @contextmanager
    def _directory(self, path: Path) -> Iterator[int]:
        """A directory, made if absent, whose name is on stable storage; opened."""
        known = self._lasting.get(path)
        if known is None:
            self._make_directory(path)
        with _opened(path) as directory:
            number = os.fstat(directory).st_ino
            if known not in (None, number):  # another one has taken its place
                self._make_directory(path)
            self._lasting[path] = number
            yield directory

    def _place(self, key: str) -> Path:
        # With a suffix that no key has, "a" and "a/b" can be kept side by side.
        return self._root / f"{check_key(key)}.file"

    def _make_directory(self, directory: Path) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)  # the names are secrets
        directory.mkdir(parents=True, exist_ok=True)
        # Names of directories have to last too. Every process does this itself, for another may
        # have made them just now and not be so far.
        for above in directory.parents[: len(directory.relative_to(self._root).parts) + 1]:
            with _opened(above) as opened:
                os.fsync(opened)

    @contextmanager
    def _written(self, data: bytes) -> Iterator[Path]:
        """A file with the data, on stable storage; gone afterwards unless it is renamed."""
        self._refuse_if_full(len(data))
        self._partial.mkdir(exist_ok=True)
        partial = self._partial / secrets.token_hex(16)
        try:
            with partial.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield partial
        finally:
            partial.unlink(missing_ok=True)

    def _refuse_if_full(self, wanted: int) -> None:
        disk = os.statvfs(self._root)
        if disk.f_bavail * disk.f_frsize - wanted < self._free_bytes:
            raise StorageUnavailableError(RETRY_AFTER_SECONDS)


@contextmanager
def _border() -> Iterator[None]:
    """What the system refuses, in our words."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailableError(RETRY_AFTER_SECONDS) from error


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(file: int, start: int, length: int | None) -> bytes:
    left = max(0, os.fstat(file).st_size - start)
    left = left if length is None else min(left, length)
    pieces = []
    while left and (piece := os.pread(file, left, start)):  # reads 2 GB at a time at most
        pieces.append(piece)
        start, left = start + len(piece), left - len(piece)
    return b"".join(pieces)


def _removed_if_older(path: Path, newest: float) -> bool:
    try:
        if path.stat().st_mtime > newest:
            return False
        path.unlink()
    except FileNotFoundError:  # its write has come to its end meanwhile
        return False
    return True

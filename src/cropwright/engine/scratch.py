"""Scratch folders: one for each program that has workers, which goes when the program goes.

Of a program that was killed together with its workers the next one takes it away: a lock on the
folder tells whether anybody is left that it belongs to.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_MARK = "cropwright-held-"
"""Not only the program's name: versions before this one held no lock on folders they used."""


class Scratch:
    """A folder of one's own, for as long as this is open."""

    def __init__(self) -> None:
        home = Path(tempfile.gettempdir())
        _clear(home)
        # Made beside and renamed once it is locked: nobody takes a new one for a stale one.
        made = Path(tempfile.mkdtemp(prefix=f".{_MARK}", dir=home))
        self._lock = _opened(made)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.path = made.rename(home / f"{_MARK}{secrets.token_hex(8)}")

    def close(self) -> None:
        """Take it away."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _clear(home: Path) -> None:
    """Remove the folders of our own that nobody holds."""
    for folder in home.glob(f"{_MARK}*"):
        with suppress(OSError):  # gone meanwhile, somebody else's, or in use
            lock = _opened(folder)
            try:
                if os.fstat(lock).st_uid == os.getuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)

"""Writing a file whole or not at all: beside its place first, then renamed into it."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

from cropwright.errors import OutputExistsError, OutputUnwritableError

_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
"""What file systems without hard links answer."""


def write_file(path: str | Path, data: bytes, *, replace: bool) -> None:
    """Put `data` at `path`, making its directories; what was there stays until all is written.

    Links are followed; devices and pipes are written to directly. Raises OutputExistsError if
    something is there and `replace` is false, OutputUnwritableError if the system refuses.
    """
    try:
        target = Path(os.path.realpath(path))
        _make_directory(target.parent, str(path))
        mode = _mode_there(target)
        if mode is not None and not stat.S_ISREG(mode):
            _write_through(target, data)
            return
        if mode is not None and not replace:
            raise OutputExistsError(str(path))
        _write_beside(target, data, mode, replace=replace)
    except FileExistsError as error:
        raise OutputExistsError(str(path)) from error
    except OSError as error:
        raise _unwritable(path, "file", error) from error
    except ValueError as error:  # a NUL in the name
        raise OutputUnwritableError(str(path), "file", "Invalid argument", errno.EINVAL) from error


def _make_directory(directory: Path, path: str) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(Path(path).parent, "directory", error) from error


def _mode_there(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _write_through(target: Path, data: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    with target.open("wb") as file:
        file.write(data)


def _write_beside(target: Path, data: bytes, mode: int | None, *, replace: bool) -> None:
    beside = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            if mode is not None:
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
        if replace:
            beside.replace(target)
        else:
            _link(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def _link(beside: Path, target: Path) -> None:
    try:
        os.link(beside, target)  # unlike a rename, refuses what came there meanwhile
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
        beside.replace(target)


def _unwritable(path: str | Path, step: str, error: OSError) -> OutputUnwritableError:
    reason = error.strerror or "refused"
    return OutputUnwritableError(str(path), step, reason, error.errno or errno.EIO)

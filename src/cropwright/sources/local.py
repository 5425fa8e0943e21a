"""Files on this machine, named by whoever runs the program."""

from __future__ import annotations

import stat
from pathlib import Path

from cropwright.core.limits import Limits
from cropwright.errors import SourceUnreadableError


def read_file(path: str | Path, limits: Limits) -> bytes:
    """All bytes of a regular file.

    Raises SourceUnreadableError if it cannot be read, LimitExceededError if it is larger than
    `limits.picture_bytes`; the size is judged before anything is read.
    """
    try:
        state = Path(path).stat()
        if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for its writer
            raise SourceUnreadableError(str(path), "not a regular file")
        limits.check_bytes(state.st_size)
        with Path(path).open("rb") as file:
            data = file.read(limits.picture_bytes + 1)
    except OSError as error:
        raise SourceUnreadableError(str(path), error.strerror or "unreadable") from error
    except ValueError as error:  # a NUL in the name
        raise SourceUnreadableError(str(path), "not a file name") from error
    limits.check_bytes(len(data))
    return data

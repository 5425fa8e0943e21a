"""Handing bytes to a worker and back: by a file beside the workers where they are many.

The pool's pipe is one for all: what goes through it holds up every other task while it does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

INLINE_BYTES = 32 * 1024
"""So many bytes go through the pool's own pipe sooner than a file is made."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Some bytes on their way, or where they lie."""

    inline: bytes = b""
    path: str = ""

    def unpacked(self) -> bytes:
        """The bytes."""
        return Path(self.path).read_bytes() if self.path else self.inline


class Handover:
    """One exchange with a worker. A context manager: leaving it takes its files away."""

    def __init__(self, folder: str) -> None:
        stem = Path(folder) / secrets.token_hex(8)
        self.there, self.back = stem.with_suffix(".in"), str(stem.with_suffix(".out"))

    def packed(self, data: bytes) -> Parcel:
        """The way there."""
        return packed(data, str(self.there))

    def __enter__(self) -> Handover:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.there.unlink(missing_ok=True)
        Path(self.back).unlink(missing_ok=True)


def packed(data: bytes, path: str) -> Parcel:
    """`data` as a parcel, with `path` for a file if it takes one."""
    if len(data) <= INLINE_BYTES:
        return Parcel(inline=data)
    Path(path).write_bytes(data)
    return Parcel(path=path)

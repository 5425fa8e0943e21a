"""How much a picture may be and what a worker may use. Every number is a setting."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cropwright.core.geometry import Size
from cropwright.errors import LimitExceededError

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on one picture, judged from its header before any pixel is decoded."""

    picture_bytes: int = 256 * MEBIBYTE
    """Largest file read from disk or memory, in bytes."""
    pixels: int = 50_000_000
    """Most pixels in one frame, and over all frames of an animation."""
    edge: int = 65_535
    """Longest side, in pixels."""
    bands: int = 5
    """Most channels a picture may have."""
    frames: int = 100
    """Most frames when animation is asked for."""

    def check_bytes(self, count: int) -> None:
        """Refuse a file of `count` bytes that is too large (LimitExceededError)."""
        _check("file size", count, self.picture_bytes, "bytes")

    def check_frame(self, frame: Size, bands: int) -> None:
        """Refuse a frame that is too large (LimitExceededError)."""
        _check("longest edge", max(frame.width, frame.height), self.edge, "pixels")
        _check("picture size", frame.width * frame.height, self.pixels, "pixels")
        _check("channels", bands, self.bands, "bands")

    def check_result(self, frame: Size, frames: int) -> None:
        """Refuse to enlarge beyond what would be taken as a picture (LimitExceededError)."""
        _check("result's longest edge", max(frame.width, frame.height), self.edge, "pixels")
        _check("result size", frame.width * frame.height * frames, self.pixels, "pixels")

    def check_animation(self, frame: Size, frames: int) -> None:
        """Refuse an animation with too many frames or pixels in all (LimitExceededError)."""
        _check("animation", frames, self.frames, "frames")
        _check("animation size", frame.width * frame.height * frames, self.pixels, "pixels")


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How many workers there are and what each may use."""

    count: int = 0
    """Worker processes; 0 for one per processor."""
    deadline_seconds: float = 10.0
    """Time for one picture; then its worker is killed."""
    cutout_seconds: float = 30.0
    """The same for a picture that a model has to look at."""
    address_space_bytes: int = 2048 * MEBIBYTE
    """Memory a worker may map (RLIMIT_AS)."""
    file_bytes: int = 512 * MEBIBYTE
    """Largest temporary file a worker may write (RLIMIT_FSIZE)."""

    @property
    def processes(self) -> int:
        """Worker processes, the default filled in."""
        return self.count or _processors()


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a request's body may be and how long it may take."""

    bytes: int
    seconds: float
    parts: int = 40
    """Most fields of a form, and most files: every word that a request may have fits in."""


def _processors() -> int:
    """Those this process may use, where the system tells; else all there are."""
    own = getattr(os, "sched_getaffinity", None)
    return len(own(0)) if own is not None else os.cpu_count() or 1


def _check(field: str, actual: int, limit: int, unit: str) -> None:
    if actual > limit:
        raise LimitExceededError(field=field, limit=limit, actual=actual, unit=unit)

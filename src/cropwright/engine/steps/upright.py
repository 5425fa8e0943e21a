"""Turning upright, last of all: only the window's pixels are turned, never the whole picture."""

from __future__ import annotations

from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work


def turn_upright(work: Work) -> Work:
    """Every frame turned and mirrored as its EXIF orientation says."""
    if work.opened.orientation == 1:
        return work
    with decoding(work.opened.facts.format):
        return work.showing(tuple(_turned(frame, work.opened.orientation) for frame in work.frames))


def _turned(frame: pyvips.Image, orientation: int) -> pyvips.Image:
    # Rows arrive in stored order, so turning needs them in memory.
    frame = frame.copy_memory().copy()
    frame.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return frame.autorot()

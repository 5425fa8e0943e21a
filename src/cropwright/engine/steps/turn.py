"""Mirroring and turning as the wish says, once the picture is upright."""

from __future__ import annotations

from cropwright.core.command import Turn
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work

_QUARTERS = {90: "d90", 180: "d180", 270: "d270"}


def turn(work: Work) -> Work:
    """Every frame mirrored, then turned clockwise; clear corners around what is no quarter turn."""
    wanted = work.edit.turn
    if not wanted.mirror and wanted.degrees % 360 == 0:
        return work
    with decoding(work.opened.facts.format):
        return work.showing(tuple(_turned(frame, wanted) for frame in work.frames))


def _turned(frame: pyvips.Image, wanted: Turn) -> pyvips.Image:
    frame = frame.copy_memory()  # rows arrive in order, turning needs them all
    if wanted.mirror:
        frame = frame.fliphor()
    degrees = wanted.degrees % 360
    if degrees in _QUARTERS:
        return frame.rot(_QUARTERS[int(degrees)])
    return _rotated(frame, degrees) if degrees else frame


def _rotated(frame: pyvips.Image, degrees: float) -> pyvips.Image:
    if not frame.hasalpha():
        frame = frame.addalpha()
    # Colours must not mix with the nothing in the corners.
    weighted = frame.premultiply().rotate(degrees, background=[0.0] * frame.bands)
    return weighted.unpremultiply().cast(frame.format)

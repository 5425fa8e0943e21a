"""Laying transparent pictures on a colour, for formats without transparency."""

from __future__ import annotations

from cropwright.core.colour import Colour
from cropwright.engine.vips import pyvips
from cropwright.engine.work import Work


def lay_on_background(work: Work) -> Work:
    """Every frame opaque, if the format written cannot hold transparency."""
    if work.target.alpha:
        return work
    return work.showing(tuple(_opaque(frame, work.edit.background) for frame in work.frames))


def _opaque(frame: pyvips.Image, background: Colour | None) -> pyvips.Image:
    if not frame.hasalpha():
        return frame
    if background is None:
        return frame.extract_band(0, n=frame.bands - 1)
    channels = [float(c) for c in (background.red, background.green, background.blue)]
    if frame.bands == 2:
        if len(set(channels)) == 1:
            return frame.flatten(background=channels[:1])
        frame = frame.colourspace("srgb")
    return frame.flatten(background=channels)

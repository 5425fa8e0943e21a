"""Resizing, when the wish names a size; the window's own pixels are kept otherwise."""

from __future__ import annotations

from cropwright.core.geometry import Size, upright_size
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work


def resize(work: Work) -> Work:
    """Every frame at the result's size (turned as stored), by Lanczos with alpha weighted in."""
    if work.edit.resize is None:
        return work
    size = upright_size(work.result, work.opened.orientation)
    with decoding(work.opened.facts.format):
        return work.showing(tuple(_resized(frame, size) for frame in work.frames))


def _resized(frame: pyvips.Image, size: Size) -> pyvips.Image:
    if (frame.width, frame.height) == (size.width, size.height):
        return frame
    across, down = size.width / frame.width, size.height / frame.height
    if not frame.hasalpha():
        return frame.resize(across, vscale=down)
    # Colours under clear pixels must not bleed into their neighbours.
    weighted = frame.premultiply().resize(across, vscale=down)
    return weighted.unpremultiply().cast(frame.format)

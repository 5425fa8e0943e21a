"""Reading the pixels of the window: as few of them, and as small, as the result needs."""

from __future__ import annotations

import math

from cropwright.core.geometry import Rect, to_stored
from cropwright.engine.load import Opened, cut
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work


def read(work: Work) -> Work:
    """The window's pixels of every frame, as stored; smaller already where decoding can do that."""
    opened = work.opened
    rect = to_stored(work.window.rect, opened.facts.size, opened.orientation)
    with decoding(opened.facts.format):
        if work.edit.animate:
            return work.showing(tuple(cut(frame, rect) for frame in opened.frames()))
        if work.window.decoded is not None:
            return work.showing((cut(work.window.decoded, rect),))
        return work.showing((_read_still(opened, rect, _shrink(work)),))


def shrunk(opened: Opened, shrink: float) -> tuple[pyvips.Image, float]:
    """The whole picture divided by up to `shrink` while decoding, and by how much it was."""
    if opened.must_decode_all():
        return opened.decoded(), 1.0
    factor = next((step for step in opened.shrinks if step <= shrink), 1)
    if factor > 1:
        return opened.stream(shrink=factor), float(factor)
    if opened.facts.format == "webp" and shrink > 1:
        return opened.stream(scale=1 / shrink), shrink
    return opened.stream(), 1.0


def _shrink(work: Work) -> float:
    """How many window pixels become one pixel of the result, on the axis that shrinks least."""
    if work.edit.layout is not None:
        return 1.0  # its scale is not known before the subject's edges are
    window, result = work.window.rect, work.result
    return min(window.width / result.width, window.height / result.height)


def _read_still(opened: Opened, rect: Rect, shrink: float) -> pyvips.Image:
    image, factor = shrunk(opened, shrink)
    return cut(image, rect if factor == 1 else _scaled_down(rect, factor, image))


def _scaled_down(rect: Rect, factor: float, image: pyvips.Image) -> Rect:
    x = min(math.floor(rect.x / factor), image.width - 1)
    y = min(math.floor(rect.y / factor), image.height - 1)
    width = min(max(1, round(rect.width / factor)), image.width - x)
    return Rect(x, y, width, min(max(1, round(rect.height / factor)), image.height - y))

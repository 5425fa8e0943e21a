"""Where a mask is open: its transparent pixels."""

from __future__ import annotations

from cropwright.core.geometry import Rect, Size, to_upright
from cropwright.core.limits import Limits
from cropwright.engine.load import open_picture
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding

_HALF = 128
"""Coverage (0 to 255) below which a pixel counts as transparent."""


def hole(data: bytes, limits: Limits) -> tuple[Size, Rect | None]:
    """A mask's size and the box around its transparent pixels, both upright; None without any.

    Raises InputError for what is wrong with the mask.
    """
    opened = open_picture(data, limits)
    if not opened.facts.has_alpha:
        return opened.facts.size, None
    with decoding(opened.facts.format):
        image = to_srgb(opened.decoded())
        clear = image.extract_band(image.bands - 1) < _HALF
        x, y, width, height = clear.find_trim(threshold=1, background=[0], line_art=True)
    if not width or not height:
        return opened.facts.size, None
    box = to_upright(Rect(x, y, width, height), opened.facts.size, opened.orientation)
    return opened.facts.size, box

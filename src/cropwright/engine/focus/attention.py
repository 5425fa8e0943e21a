"""Gravity `attention`: libvips' own idea of what people look at (skin, saturation, edges).

The point is found once on a small copy, the same way for every window, so that a picture has one
point of attention whatever size is asked for.
"""

from __future__ import annotations

from typing import Any

from cropwright.core.geometry import Rect, Size
from cropwright.core.gravity import centred_start
from cropwright.engine.load import cut
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import pyvips

EDGE = 256
"""Longest side of the small copy, in pixels."""
_FLAT = 0.5
"""Standard deviation of brightness below which a picture has nothing to look at."""


def find(image: pyvips.Image, stored: Size, field: Rect, window: Size) -> Rect | None:
    """The window of a size centred on the point of attention in `field` (stored pixels).

    `image` is the whole picture, at its own size or smaller; `stored` is its own size. None when
    the field is flat.
    """
    small = to_srgb(image.thumbnail_image(EDGE, size="down", no_rotate=True)).copy_memory()
    across, down = small.width / stored.width, small.height / stored.height
    part = cut(small, _on_small(field, across, down, small))
    if part.colourspace("b-w").extract_band(0).deviate() < _FLAT:
        return None
    half = (max(1, part.width // 2), max(1, part.height // 2))
    found: Any = part.smartcrop(*half, interesting="attention", attention_x=True, attention_y=True)
    x = centred_start(round((found[1]["attention_x"] + 0.5) / across), field.width, window.width)
    y = centred_start(round((found[1]["attention_y"] + 0.5) / down), field.height, window.height)
    return Rect(field.x + x, field.y + y, window.width, window.height)


def _on_small(field: Rect, across: float, down: float, small: pyvips.Image) -> Rect:
    x = min(int(field.x * across), small.width - 1)
    y = min(int(field.y * down), small.height - 1)
    width = min(max(1, round(field.width * across)), small.width - x)
    return Rect(x, y, width, min(max(1, round(field.height * down)), small.height - y))

"""Gravities that look at the picture: one file each, one row each in FINDERS.

A finder gets the opened picture, the field to stay inside and the window's size, all in stored
pixels, and answers where the window goes, or None when the picture gives no reason; then the
centre is taken. It may hand back the whole picture if it had to decode it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cropwright.core.geometry import Rect, Size
from cropwright.engine.load import Opened
from cropwright.engine.vips import decoding, pyvips


@dataclass(frozen=True, slots=True)
class Found:
    """What a finder answers."""

    rect: Rect | None
    decoded: pyvips.Image | None = None
    """The whole picture as stored, if finding needed it in memory."""


Finder = Callable[[Opened, Rect, Size], Found]


def _entropy(opened: Opened, field: Rect, window: Size) -> Found:
    # NumPy costs as much to import as everything else together: only when needed.
    from cropwright.engine.focus import entropy
    from cropwright.engine.raster import rasterise

    raster = rasterise(opened)
    return Found(entropy.find(raster, field, window), raster.image)


def _attention(opened: Opened, field: Rect, window: Size) -> Found:
    from cropwright.engine.focus import attention
    from cropwright.engine.steps.read import shrunk

    decoded = None
    with decoding(opened.facts.format):
        if opened.shrinks:
            # A small copy costs a fraction of the whole, even decoded twice; half of the small
            # copy's size is left to be shrunk with care.
            longest = max(opened.stored.width, opened.stored.height)
            image, _ = shrunk(opened, longest / (2 * attention.EDGE))
        else:
            image = decoded = opened.decoded()
        return Found(attention.find(image, opened.stored, field, window), decoded)


FINDERS: dict[str, Finder] = {"entropy": _entropy, "attention": _attention}

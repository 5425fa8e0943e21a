"""Pictures for the pages, drawn and cut by the program when the site is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cropwright
from cropwright.engine.draw import drawing

_SHOWN = (360, 240)
"""Pixels: enough to see what is meant, and a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and what it shows in words."""

    shows: str
    make: Callable[[], bytes]
    """A WebP file's bytes."""


def _source() -> cropwright.Picture:
    return cropwright.open(drawing(960, 640))


def _balloon() -> bytes:
    crop = _source().crop(aspect="4:5", gravity="entropy", resize=_SHOWN)
    return crop.to_bytes("webp", quality=75)


def _cutout() -> bytes:
    cut = _source().cutout(model="classical", background="#f3e9dc", resize=_SHOWN, shadow=True)
    return cut.to_bytes("webp", quality=75)


PICTURES = {
    "balloon": Picture(
        "The striped balloon of the sample picture, cropped to 4:5 by entropy.", _balloon
    ),
    "cutout": Picture("The balloon before another background.", _cutout),
}
"""Every picture, by the name that a page in the navigation calls it."""


def shown(name: str) -> str:
    """The line of Markdown that shows a picture."""
    return f"![{PICTURES[name].shows}](pictures/{name}.webp)"

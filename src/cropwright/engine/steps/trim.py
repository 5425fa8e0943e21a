"""Finding plain borders: everything around the box that looks like the top left corner."""

from __future__ import annotations

from cropwright.core.geometry import Rect
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding, pyvips

_TOLERANCE = 10
"""How far a channel (0 to 255) may be from the corner's colour and still be border."""


def plain_border(image: pyvips.Image, format_name: str) -> Rect | None:
    """The box inside the plain border of a decoded picture; None if all of it is plain."""
    with decoding(format_name):
        image = to_srgb(image)
        corner = image.getpoint(0, 0)
        if image.hasalpha() and corner[-1] == 0:
            image, corner = image.extract_band(image.bands - 1), [0.0]
        elif image.hasalpha():
            image, corner = image.flatten(background=corner[:-1]), corner[:-1]
        # Specks are smoothed away first, which takes three pixels on each side.
        tiny = min(image.width, image.height) < 3
        x, y, width, height = image.find_trim(
            threshold=_TOLERANCE, background=corner, line_art=tiny
        )
    return Rect(x, y, width, height) if width and height else None

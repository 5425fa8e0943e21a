"""What the networks that find boxes have in common: one scaled and padded input, no box twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cropwright.core.geometry import Rect, Size
from cropwright.engine.matte import Floats, pixels_of
from cropwright.engine.vips import pyvips

MOST = 32
"""Most boxes that are told of one picture."""

Picked = npt.NDArray[np.intp]


def framed(image: pyvips.Image, longest: int, frame: Size, *, padding: int) -> tuple[Floats, float]:
    """BGR values 0 to 255, 1 x 3 x rows x columns, and how many times smaller than `image`.

    The picture's longer side becomes `longest`; it lies at the top left of the frame.
    """
    scale = longest / max(image.width, image.height)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    small = pixels_of(image.thumbnail_image(width, height=height, size="force", no_rotate=True))
    batch = np.full((1, 3, frame.height, frame.width), padding, np.float32)
    batch[0, :, :height, :width] = small[:, :, ::-1].transpose(2, 0, 1)
    return batch, scale


def apart(boxes: Floats, scores: Floats, overlap: float) -> list[int]:
    """Rows of `boxes` (left, top, right, bottom), best first, none overlapping a better one more."""
    kept: list[int] = []
    left: Picked = np.argsort(-scores, kind="stable")
    while left.size and len(kept) < MOST:
        best = int(left[0])
        kept.append(best)
        left = left[1:][_overlaps(boxes[best], boxes[left[1:]]) <= overlap]
    return kept


def _overlaps(one: Floats, others: Floats) -> Floats:
    """Intersection over union of a box with others."""
    top_left = np.maximum(one[:2], others[:, :2])
    sides = np.clip(np.minimum(one[2:], others[:, 2:]) - top_left, 0, None)
    common = sides[:, 0] * sides[:, 1]
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    own = (one[2] - one[0]) * (one[3] - one[1])
    ratio: Floats = common / np.maximum(own + areas - common, 1e-6)
    return ratio


def rect_of(box: Floats, within: Size) -> Rect | None:
    """The box in whole pixels, as far as a picture reaches; None if it lies outside."""
    x, y = max(0, round(float(box[0]))), max(0, round(float(box[1])))
    right, bottom = (
        min(within.width, round(float(box[2]))),
        min(within.height, round(float(box[3]))),
    )
    return Rect(x, y, right - x, bottom - y) if right > x and bottom > y else None

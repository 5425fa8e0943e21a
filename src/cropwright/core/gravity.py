"""Where a window goes, when numbers alone decide; gravities that look at pixels are in engine."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from cropwright.core.geometry import Rect, Size

COMPASS: dict[str, tuple[int, int]] = {
    "northwest": (0, 0),
    "north": (1, 0),
    "northeast": (2, 0),
    "west": (0, 1),
    "center": (1, 1),
    "east": (2, 1),
    "southwest": (0, 2),
    "south": (1, 2),
    "southeast": (2, 2),
}
"""Name -> halves of the free room left of and above the window."""

FOCAL_POINT = "focal_point"
SUBJECT = "subject"
"""The box of what the picture shows, found by a model; the window is cut to it."""
FACE = "face"
"""Around the heads of all faces that the window holds, the largest first."""
PERSON = "person"
"""Around all persons that the window holds, the largest first."""
AUTO = "auto"
"""face, then subject, then attention, then the centre; it never fails for what is not there."""
BY_PEOPLE = {FACE: (FACE,), PERSON: (PERSON,), AUTO: (FACE, SUBJECT, "attention")}
"""Gravities that models place a window by -> who is asked, in order; the centre is last."""
BY_PIXELS = ("entropy", "attention")
"""Gravities that look at the picture; one file each in `engine/focus`."""

GRAVITIES = (*COMPASS, FOCAL_POINT, *BY_PIXELS, SUBJECT, *BY_PEOPLE)


def at_compass(window: Size, field: Rect, gravity: str) -> Rect:
    """`window` inside `field`, at one of the nine compass points; odd room is rounded down."""
    across, down = COMPASS[gravity]
    x = field.x + (field.width - window.width) * across // 2
    y = field.y + (field.height - window.height) * down // 2
    return Rect(x, y, window.width, window.height)


def at_focal_point(window: Size, field: Rect, focal_x: float, focal_y: float) -> Rect:
    """`window` inside `field`, as centred on the focal point as the field allows.

    The focal point is a fraction of the field on each axis, clamped to 0..1. The sum is done in
    single precision because the reference does (dpf contract, 7.3: 0.29 of 100 is pixel 29).
    """
    x = _focal_start(focal_x, field.width, window.width)
    y = _focal_start(focal_y, field.height, window.height)
    return Rect(field.x + x, field.y + y, window.width, window.height)


def holding(window: Size, field: Rect, boxes: Sequence[Rect]) -> Rect:
    """`window` inside `field`, centred on as many of `boxes` as it holds together, in their order.

    The first box counts even where it is larger than the window.
    """
    kept = boxes[0]
    for box in boxes[1:]:
        both = kept.joined(box)
        if both.width <= window.width and both.height <= window.height:
            kept = both
    x = centred_start(kept.x - field.x + kept.width // 2, field.width, window.width)
    y = centred_start(kept.y - field.y + kept.height // 2, field.height, window.height)
    return Rect(field.x + x, field.y + y, window.width, window.height)


def _focal_start(focal: float, extent: int, length: int) -> int:
    point = int(_single(_single(min(max(focal, 0.0), 1.0)) * _single(extent)))
    return centred_start(point, extent, length)


def centred_start(point: int, extent: int, length: int) -> int:
    """Start of a window of `length` centred on `point` and kept inside 0..`extent`."""
    return min(max(point - length // 2, 0), extent - length)


def _single(value: float) -> float:
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded

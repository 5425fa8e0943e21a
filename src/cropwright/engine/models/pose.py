"""BlazePose lite: points of one body in a square; 5.6 MB (Bazarevsky and others, 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cropwright.core.body import Marks
from cropwright.core.geometry import Rect, Size, whole
from cropwright.core.people import Point
from cropwright.engine.matte import Floats, pixels_of
from cropwright.engine.vips import pyvips

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

NAME = "pose"
_SIDE = 256
_POINTS, _FACTS = 39, 5
"""Points, and what is told of each: x, y, z, visibility and presence."""
_BELIEVED = 0.5
"""Confidence from which there is a body at all."""
_ROOM = 2 * 0.55 * 1.25
"""Side of the square by the longer side of the body's box."""
_BEYOND = 0.1
"""How far outside a person's box a point may lie, by the box's longer side."""
_UPPER, _LOWER = 0.5, 0.8
"""Visibility from which a point counts. Legs below the picture's edge reach .76, hidden elbows .5."""
_SEEN = {
    "shoulders": ((11, 12), _UPPER),
    "elbows": ((13, 14), _UPPER),
    "hips": ((23, 24), _UPPER),
    "knees": ((25, 26), _LOWER),
    "feet": ((27, 28, 29, 30, 31, 32), _LOWER),
}
"""The network's numbers of the points, and what they need."""


def marks(image: pyvips.Image, session: InferenceSession, box: Rect, body: Rect) -> Marks:
    """The points of a person that are really seen in an upright 8-bit sRGB picture.

    `box` is what the picture shows of the person, `body` the whole of it, which may lie partly
    outside: the network expects a whole body in its square and bends what it does not get.
    """
    side = _ROOM * max(body.width, body.height)
    left, top = body.x + (body.width - side) / 2, body.y + (body.height - side) / 2
    told = _told(session, _square(image, left, top, side))
    if told is None:
        return Marks()
    places = told[:, :2] * (side / _SIDE) + np.array([left, top])
    sure = 1 / (1 + np.exp(-told[:, 3:5].min(axis=1)))
    room = _BEYOND * max(box.width, box.height)
    field = _rows_and_columns(box, room, Size(image.width, image.height))

    def seen(numbers: tuple[int, ...], least: float) -> tuple[Point, ...]:
        points = [(Point(float(places[n, 0]), float(places[n, 1])), sure[n]) for n in numbers]
        return tuple(p for p, certain in points if certain >= least and _within(p, field))

    return Marks(**{name: seen(*wanted) for name, wanted in _SEEN.items()})


def _told(session: InferenceSession, square: Floats) -> Floats | None:
    """The points' facts; None where there is no body. Outputs are known by their sizes."""
    answers = session.run(None, {session.get_inputs()[0].name: square})
    by_size = {np.asarray(answer).size: np.asarray(answer, np.float32) for answer in answers}
    if float(by_size[1].flat[0]) < _BELIEVED:
        return None
    return by_size[_POINTS * _FACTS].reshape(_POINTS, _FACTS)


def _square(image: pyvips.Image, left: float, top: float, side: float) -> Floats:
    """RGB values 0 to 1, 1 x rows x columns x 3; black outside the picture."""
    scale = _SIDE / side
    asked = Rect(round(left), round(top), max(1, round(side)), max(1, round(side)))
    part = asked.inside(whole(Size(image.width, image.height)))
    width, height = max(1, round(part.width * scale)), max(1, round(part.height * scale))
    small = image.crop(part.x, part.y, part.width, part.height)
    small = small.thumbnail_image(width, height=height, size="force", no_rotate=True)
    x, y = round((part.x - left) * scale), round((part.y - top) * scale)
    values: Floats = pixels_of(small.embed(x, y, _SIDE, _SIDE))[None].astype(np.float32)
    return values / np.float32(255)


def _rows_and_columns(box: Rect, room: float, size: Size) -> tuple[float, float, float, float]:
    left, top = max(0.0, box.x - room), max(0.0, box.y - room)
    return left, top, min(size.width, box.right + room), min(size.height, box.bottom + room)


def _within(point: Point, field: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = field
    return left <= point.x < right and top <= point.y < bottom

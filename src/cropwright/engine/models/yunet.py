"""YuNet: faces with five points each; 0.2 MB (Wu, Peng and Yu, 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cropwright.core.geometry import Size
from cropwright.core.people import Face, Point
from cropwright.engine.matte import Floats
from cropwright.engine.models.boxes import apart, framed, rect_of
from cropwright.engine.vips import pyvips

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

NAME = "yunet"
_LONGEST = 640
_STRIDES = (8, 16, 32)
_BELIEVED = 0.7
"""Score from which a face counts: flowers reach .62, faces stay above."""
_OVERLAP = 0.3
_WIDE = 0.9
"""Width of a face by its height above which it may lie on its side."""
_NARROW = 0.15
"""Distance of the eyes by the face's height below which they do not look like eyes of a front."""


def faces(image: pyvips.Image, session: InferenceSession) -> list[Face]:
    """The faces in an upright 8-bit sRGB picture, in its own pixels.

    Where there is none, or a lone one that looks as if lying, the picture is tried on both of its
    sides: the network knows upright faces only.
    """
    found = _upright(image, session)
    if len(found) > 1 or (found and not _odd(found[0])):
        return found
    lying = [_turned_back(image, session, angle) for angle in (90, 270)]
    return max([found, *lying], key=lambda tried: max((f.confidence for f in tried), default=0.0))


def _odd(face: Face) -> bool:
    right_eye, left_eye = face.points[:2]
    apart_by = abs(left_eye.x - right_eye.x)
    wide = face.box.width > _WIDE * face.box.height
    return wide or apart_by < _NARROW * face.box.height


def _turned_back(image: pyvips.Image, session: InferenceSession, angle: int) -> list[Face]:
    """Faces of the picture turned clockwise, in pixels of the picture as it was."""
    turned = image.rot90() if angle == 90 else image.rot270()
    return [
        _back(face, angle, Size(image.width, image.height)) for face in _upright(turned, session)
    ]


def _back(face: Face, angle: int, size: Size) -> Face:
    def place(x: float, y: float) -> tuple[float, float]:
        return (y, size.height - x) if angle == 90 else (size.width - y, x)

    one = place(face.box.x, face.box.y)
    other = place(face.box.right, face.box.bottom)
    corners = np.array([*np.minimum(one, other), *np.maximum(one, other)], np.float32)
    box = rect_of(corners, size)
    first, second, third, fourth, fifth = (Point(*place(p.x, p.y)) for p in face.points)
    points = (first, second, third, fourth, fifth)
    return Face(box or face.box, points, face.confidence)


def _upright(image: pyvips.Image, session: InferenceSession) -> list[Face]:
    scale = _LONGEST / max(image.width, image.height)
    frame = Size(_padded(image.width * scale), _padded(image.height * scale))
    batch, scale = framed(image, _LONGEST, frame, padding=0)
    boxes, points, scores = _read(session, batch, frame)
    size, found = Size(image.width, image.height), []
    for row in apart(boxes, scores, _OVERLAP):
        box = rect_of(boxes[row] / scale, size)
        if box is not None:
            pairs = (points[row] / scale).reshape(5, 2)
            one, two, three, four, five = (Point(float(x), float(y)) for x, y in pairs)
            found.append(Face(box, (one, two, three, four, five), float(scores[row])))
    return found


def _padded(length: float) -> int:
    """The network wants sides that are multiples of 32."""
    return max(32, -(-round(length) // 32) * 32)


def _read(session: InferenceSession, batch: Floats, frame: Size) -> tuple[Floats, Floats, Floats]:
    """Boxes, points and scores of what is believed, in pixels of the input.

    The network's own names are the published ones: cls, obj, bbox and kps, with each stride.
    """
    names = [f"{kind}_{s}" for s in _STRIDES for kind in ("cls", "obj", "bbox", "kps")]
    answers = session.run(names, {session.get_inputs()[0].name: batch})
    boxes, points, scores = [], [], []
    for index, stride in enumerate(_STRIDES):
        cls, obj, box, kps = (np.asarray(a)[0] for a in answers[index * 4 : index * 4 + 4])
        score = np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1))
        rows = np.flatnonzero(score >= _BELIEVED)
        across = frame.width // stride
        cell = np.stack([rows % across, rows // across], axis=1)
        middle = (box[rows, :2] + cell) * stride
        half = np.exp(box[rows, 2:]) * stride / 2
        boxes.append(np.concatenate([middle - half, middle + half], axis=1))
        points.append((kps[rows] + np.tile(cell, 5)) * stride)
        scores.append(score[rows])
    return np.concatenate(boxes), np.concatenate(points), np.concatenate(scores)

"""YOLOX-nano: boxes around persons; 3.7 MB (Ge and others, 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cropwright.core.geometry import Size
from cropwright.core.people import Person
from cropwright.engine.models.boxes import apart, framed, rect_of
from cropwright.engine.vips import pyvips

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

NAME = "yolox"
_SIDE = 416
_STRIDES = (8, 16, 32)
_BELIEVED = 0.4
_OVERLAP = 0.5
_PADDING = 114
_PERSON = 5
"""Column of the class "person"."""


def persons(image: pyvips.Image, session: InferenceSession) -> list[Person]:
    """The persons in an upright 8-bit sRGB picture, in its own pixels."""
    batch, scale = framed(image, _SIDE, Size(_SIDE, _SIDE), padding=_PADDING)
    answer = np.asarray(session.run(None, {session.get_inputs()[0].name: batch})[0])[0]
    scores = answer[:, 4] * answer[:, _PERSON]
    rows = np.flatnonzero(scores >= _BELIEVED)
    cells, strides = _grid()
    middle = (answer[rows, :2] + cells[rows]) * strides[rows]
    half = np.exp(answer[rows, 2:4]) * strides[rows] / 2
    boxes, scores = np.concatenate([middle - half, middle + half], axis=1), scores[rows]
    size, found = Size(image.width, image.height), []
    for row in apart(boxes, scores, _OVERLAP):
        box = rect_of(boxes[row] / scale, size)
        if box is not None:
            found.append(Person(box, float(scores[row])))
    return found


def _grid() -> tuple[np.ndarray, np.ndarray]:
    """Column and row of every cell, and its stride."""
    cells, strides = [], []
    for stride in _STRIDES:
        count = _SIDE // stride
        index = np.arange(count * count)
        cells.append(np.stack([index % count, index // count], axis=1))
        strides.append(np.full((count * count, 1), stride))
    return np.concatenate(cells), np.concatenate(strides)

"""People in a picture, as models see them: faces, heads and whole persons, in upright pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cropwright.core.geometry import Rect, Size

_ABOVE, _BESIDE, _BELOW = 0.5, 0.36, 0.2
"""What a head has beyond its face on each side, as parts of the face's longer side.

Measured on the sample photographs: hair above takes .29 to .44, beside it .29 at most, the chin .14.
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in pixels of the upright picture."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Face:
    """A face: brow to chin and cheek to cheek."""

    box: Rect
    points: tuple[Point, Point, Point, Point, Point]
    """The person's right and left eye, the nose's tip, the right and left corner of the mouth."""
    confidence: float
    """0 to 1."""

    def head(self, within: Size) -> Rect:
        """The whole head, hair and chin, as far as a picture of size `within` reaches.

        Its room follows the way from mouth to eyes, so that heads that are tilted or lie on their
        side keep their hair as well.
        """
        up_x, up_y = self.up
        unit = max(self.box.width, self.box.height)
        left, right = round(unit * _beyond(-up_x)), round(unit * _beyond(up_x))
        top, bottom = round(unit * _beyond(-up_y)), round(unit * _beyond(up_y))
        x, y = max(0, self.box.x - left), max(0, self.box.y - top)
        far, low = self.box.right + right, self.box.bottom + bottom
        return Rect(x, y, min(within.width, far) - x, min(within.height, low) - y)

    @property
    def up(self) -> tuple[float, float]:
        """The way from mouth to eyes, of length 1; 0, -1 of an upright face."""
        right_eye, left_eye, _, right_mouth, left_mouth = self.points
        across = right_eye.x + left_eye.x - right_mouth.x - left_mouth.x
        down = right_eye.y + left_eye.y - right_mouth.y - left_mouth.y
        length = math.hypot(across, down)
        return (across / length, down / length) if length else (0.0, -1.0)


@dataclass(frozen=True, slots=True)
class Person:
    """A whole person, or what the picture shows of one."""

    box: Rect
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody that was seen; the largest first."""

    faces: tuple[Face, ...] = ()
    persons: tuple[Person, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    """Who looked, and where its file comes from: "verified" or "own file"."""
    milliseconds: int = 0
    """What looking took."""
    parts: tuple[Mapping[str, Rect], ...] = ()
    """The parts that are seen of each person, by name, where bodies were looked at."""

    def as_dict(self, source: Size) -> dict[str, Any]:
        """The same in JSON's types, for a picture of a size."""
        faces = [
            {
                "box": sides(face.box),
                "head": sides(face.head(source)),
                "confidence": round(face.confidence, 3),
            }
            for face in self.faces
        ]
        persons = [
            {"box": sides(person.box), "confidence": round(person.confidence, 3)}
            for person in self.persons
        ]
        models = [{"model": model, "origin": origin} for model, origin in self.models]
        told: dict[str, Any] = {"faces": faces, "persons": persons, "models": models}
        if self.parts:
            told["parts"] = [{name: sides(box) for name, box in one.items()} for one in self.parts]
        return told | {"milliseconds": self.milliseconds}


def sides(rect: Rect) -> dict[str, int]:
    """A rectangle in JSON's types."""
    return {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}


def _beyond(along: float) -> float:
    """The room on a side that lies so far (-1 to 1) in the direction of the head's top."""
    end = _ABOVE if along > 0 else _BELOW
    return _BESIDE + (end - _BESIDE) * abs(along)

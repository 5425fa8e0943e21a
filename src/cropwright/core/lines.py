"""Lines across faces, and what of a picture lies on one side of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cropwright.core.body import EVERYBODY, LARGEST, check_who, chosen
from cropwright.core.geometry import Rect, Size
from cropwright.core.people import Face
from cropwright.errors import InvalidValueError, PartMissingError

EYES, NOSE, MOUTH, BELOW_FACE = "eyes", "nose", "mouth", "below_face"
BETWEEN_EYES_AND_NOSE, BETWEEN_NOSE_AND_MOUTH = "between_eyes_and_nose", "between_nose_and_mouth"
LINES = (EYES, BETWEEN_EYES_AND_NOSE, NOSE, BETWEEN_NOSE_AND_MOUTH, MOUTH, BELOW_FACE)
"""From the top down."""
BELOW, ABOVE = SIDES = ("below", "above")
_HALF = 0.08
"""Half the height of an eye, the nose's tip or the mouth, as a part of the face's longer side."""


@dataclass(frozen=True, slots=True)
class Line:
    """The wish to keep only what lies on one side of a line across faces. Checked on making.

    What the line is named after is not kept. Of several faces that are meant, the line of the one
    that leaves least counts, so that nobody's eyes come in again.
    """

    name: str
    """One of LINES."""
    keep: str = BELOW
    """`below`: from the line to the picture's lower edge; `above`: to its upper edge."""
    who: str = EVERYBODY
    """`all`, `largest`, or a number from the left."""
    further: float = 0.0
    """How far beyond the line the cut is made, in percent of the picture's height."""
    reach: float = 100.0
    """How much is kept of the way from the cut to the picture's edge, in percent."""
    left: float = 100.0
    """How much is kept of the way from the picture's middle to its left edge, in percent."""
    right: float = 100.0

    def __post_init__(self) -> None:
        if self.name not in LINES:
            raise InvalidValueError("line", self.name, ", ".join(LINES))
        if self.keep not in SIDES:
            raise InvalidValueError("keep", self.keep, " or ".join(SIDES))
        check_who(self.who)
        for name in ("further", "reach", "left", "right"):
            value: float = getattr(self, name)
            if not 0 <= value <= 100:
                raise InvalidValueError(name, f"{value:g}", "0 to 100")


def height_of(face: Face, name: str, keep: str) -> float:
    """Where a line lies on a face, in pixels from the picture's top.

    Lines keep their order and lie on the near side of what they are named after, also on a head
    that is tilted: of both eyes and both corners of the mouth the one further on counts.
    """
    lines = _below(face) if keep == BELOW else _above(face)
    return lines[name]


def kept_by(line: Line, faces: Sequence[Face], size: Size) -> Rect:
    """What a line leaves of a picture, at least one pixel. Raises PartMissingError.

    Crop.photo's margins (contract notes 6.6, CP-6): top is `further`, bottom is `reach`.
    """
    if not faces:
        raise PartMissingError("face")
    meant = chosen(faces, line.who, lambda face: face.box, "face")
    if line.who == LARGEST:
        meant = [max(meant, key=lambda face: face.box.width * face.box.height)]
    heights = [height_of(face, line.name, line.keep) for face in meant]
    shift = line.further / 100 * size.height
    half = size.width / 2
    x, right = round(half - half * line.left / 100), round(half + half * line.right / 100)
    x = min(x, size.width - 1)
    y, bottom = _rows(line, heights, shift, size.height)
    return Rect(x, y, max(1, right - x), bottom - y)


def _rows(line: Line, heights: Sequence[float], shift: float, height: int) -> tuple[int, int]:
    if line.keep == BELOW:
        y = min(height - 1, max(0, _up(max(heights) + shift)))
        return y, y + max(1, round((height - y) * line.reach / 100))
    bottom = min(height, max(1, int(min(heights) - shift)))
    return bottom - max(1, round(bottom * line.reach / 100)), bottom


def _up(value: float) -> int:
    """The next whole number: half a row of an eye is an eye."""
    return -int(-value // 1)


def _below(face: Face) -> dict[str, float]:
    right_eye, left_eye, nose, right_mouth, left_mouth = (point.y for point in face.points)
    half = _HALF * max(face.box.width, face.box.height)
    eyes, mouth = max(right_eye, left_eye), max(right_mouth, left_mouth)
    told, least = {}, float("-inf")
    raw = [eyes + half, (eyes + nose) / 2, nose + half, (nose + mouth) / 2, mouth + half]
    for name, value in zip(LINES, [*raw, float(face.box.bottom)], strict=True):
        told[name] = least = max(least, value)
    return told


def _above(face: Face) -> dict[str, float]:
    right_eye, left_eye, nose, right_mouth, left_mouth = (point.y for point in face.points)
    half = _HALF * max(face.box.width, face.box.height)
    eyes, mouth = min(right_eye, left_eye), min(right_mouth, left_mouth)
    told, most = {}, float("inf")
    raw = [eyes - half, (eyes + nose) / 2, nose - half, (nose + mouth) / 2, mouth - half]
    for name, value in zip(reversed(LINES), [float(face.box.bottom), *reversed(raw)], strict=True):
        told[name] = most = min(most, value)
    return told

"""Parts of people: from a face, body points and a person's box to the box of each part.

Heights are those of somebody who stands or sits; of those who lie, the face and the head are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeVar

from cropwright.core.geometry import Rect, Size, whole
from cropwright.core.people import Face, Person, Point
from cropwright.errors import InvalidValueError, PartMissingError

FACE, HEAD, PERSON = "face", "head", "person"
HEAD_TO_SHOULDER, HEAD_TO_ELBOWS = "head_to_shoulder", "head_to_elbows"
HEAD_TO_KNEES, HIPS = "head_to_knees", "hips"
UPPER_HALF, MID_HALF, LOWER_HALF = "upper_half", "mid_half", "lower_half"
NEEDS = {
    FACE: "face",
    HEAD: "face",
    HEAD_TO_SHOULDER: "shoulders",
    HEAD_TO_ELBOWS: "elbows",
    HEAD_TO_KNEES: "knees",
    HIPS: "hips",
    PERSON: "person",
    UPPER_HALF: "waist",
    MID_HALF: "thighs",
    LOWER_HALF: "feet",
}
"""Every part -> what the picture has to show for it."""
BY_FACE = (FACE, HEAD)
"""Parts that need no body."""
LARGEST, EVERYBODY = "largest", "all"
_NUMBER = re.compile(r"[1-9][0-9]?")

Seen = TypeVar("Seen")

# Lengths, in heights of the head.
_SHOULDER, _LIMB, _FOOT = (0.35, 0.35), (0.25, 0.25), (0.7, 0.4)
"""What a shoulder, an elbow or knee, and a foot has beside, and above and below its point."""
_LEAST_TORSO = 0.8
"""From shoulders to hips; below this the hips are none. The samples' standing men have 1.8."""
_HEADS, _LEAST_HEADS = 7.5, 6.0
"""Heights of the head in a grown person, and in anybody who might be one."""
# Lengths, in parts of the way from shoulders to hips.
_WAIST, _UPPER_WAIST, _THIGHS, _HIP = 0.2, 0.4, 0.4, 0.25
"""The waist and its upper end above the hips, the thighs below, the region around the hips."""
_UPRIGHT = 0.7
"""How much of the way from mouth to eyes leads upwards in an upright face."""
_KNEES = 0.2
"""How far below the hips knees are, at least, when somebody sits."""


@dataclass(frozen=True, slots=True)
class Part:
    """The wish to have the window cut to a part of somebody. Checked on making."""

    name: str
    """A name of NEEDS."""
    who: str = LARGEST
    """`largest`, `all`, or a number from the left."""
    around_face: bool = False
    """Have the face in the middle from left to right, as far as the picture reaches."""

    def __post_init__(self) -> None:
        if self.name not in NEEDS:
            raise InvalidValueError("part", self.name, ", ".join(NEEDS))
        check_who(self.who)


@dataclass(frozen=True, slots=True)
class Marks:
    """Points of a body, in pixels of the upright picture; only those that are really seen."""

    shoulders: tuple[Point, ...] = ()
    elbows: tuple[Point, ...] = ()
    hips: tuple[Point, ...] = ()
    knees: tuple[Point, ...] = ()
    feet: tuple[Point, ...] = ()
    """Ankles, heels and toes."""

    def scaled(self, scale: float) -> Marks:
        """The same points in a picture so many times as large."""
        return Marks(
            *(
                tuple(Point(point.x * scale, point.y * scale) for point in points)
                for points in (self.shoulders, self.elbows, self.hips, self.knees, self.feet)
            )
        )


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of one person; a face, a box or both."""

    face: Face | None = None
    person: Person | None = None
    marks: Marks = field(default_factory=Marks)

    def parts(self, within: Size) -> dict[str, Rect]:
        """The box of every part that a picture of size `within` shows, by its name.

        Boxes nest as anatomy does: each is made of the smaller ones.
        """
        return _Drawn(self, within).parts()

    def reach(self, box: Rect, within: Size) -> Rect:
        """Where the whole body may lie, of which a picture shows `box`; it may leave the picture.

        Below an upright head there is a body of several heads, whatever hides it.
        """
        if self.face is None or self.face.up[1] > -_UPRIGHT:
            return box
        head = self.face.head(within)
        top = min(box.y, head.y)
        height = max(box.bottom - top, round(_LEAST_HEADS * head.height))
        return Rect(box.x, top, box.width, height)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A body in a picture, while its parts are drawn."""

    body: Body
    within: Size

    def parts(self) -> dict[str, Rect]:
        found: dict[str, Rect] = {}
        if self.head is not None and self.body.face is not None:
            found |= {FACE: self.body.face.box.inside(self.head), HEAD: self.head}
        if self.body.person is None:
            return found
        trunk = self._trunk(self.body.person.box)
        found[PERSON] = self._around([trunk], self.body.marks.feet, _FOOT)
        top = self.head.y if self.head else trunk.y
        if not self.body.marks.shoulders:
            return found
        found[HEAD_TO_SHOULDER] = bust = self._bust(trunk, top)
        if self.body.marks.elbows:
            low = _lowest(self.body.marks.elbows) + _LIMB[1] * self.unit
            found[HEAD_TO_ELBOWS] = bust.joined(_band(trunk, top, low))
        return found | self._below(trunk, top, found)

    @property
    def head(self) -> Rect | None:
        return self.body.face.head(self.within) if self.body.face else None

    @property
    def unit(self) -> float:
        """The height of the head, or what it may be."""
        if self.body.face is not None:
            return self.body.face.head(self.within).height
        return self.body.person.box.height / _HEADS if self.body.person else 1.0

    def _trunk(self, box: Rect) -> Rect:
        """All but the feet: boxes of persons are rough, and end at the ankles or below the shoes."""
        marks, head = self.body.marks, [self.head] if self.head else []
        limbs = (*marks.elbows, *marks.hips, *marks.knees)
        return self._around([self._around([box, *head], limbs, _LIMB)], marks.shoulders, _SHOULDER)

    def _bust(self, trunk: Rect, top: int) -> Rect:
        head = [self.head] if self.head else []
        bust = self._around(head, self.body.marks.shoulders, _SHOULDER).inside(trunk)
        return bust.joined(Rect(bust.x, top, bust.width, 1))

    def _around(
        self, boxes: Sequence[Rect], points: Sequence[Point], room: tuple[float, float]
    ) -> Rect:
        """The box around boxes and points, and the room that points need, inside the picture."""
        across, down = (round(part * self.unit) for part in room)
        rooms = [
            Rect(round(p.x) - across, round(p.y) - down, 2 * across + 1, 2 * down + 1)
            for p in points
        ]
        return _joined([*boxes, *rooms]).inside(whole(self.within))

    def _below(self, trunk: Rect, top: int, found: dict[str, Rect]) -> dict[str, Rect]:
        """The parts that the hips tell."""
        marks, bust, person = self.body.marks, found[HEAD_TO_SHOULDER], found[PERSON]
        hips = _level(marks.hips) if marks.hips else float("-inf")
        torso = hips - _level(marks.shoulders)
        if torso < _LEAST_TORSO * self.unit:
            return {}
        waist = hips - _WAIST * torso
        told = {UPPER_HALF: bust.joined(_band(trunk, top, waist))}
        if person.bottom >= hips + _HIP * torso:
            told[HIPS] = _band(trunk, hips - _HIP * torso, hips + _HIP * torso)
        if person.bottom >= hips + _THIGHS * torso:
            told[MID_HALF] = _band(trunk, hips - _UPPER_WAIST * torso, hips + _THIGHS * torso)
        knees = [p for p in marks.knees if p.y >= hips + _KNEES * torso]
        if knees:
            legs = _band(trunk, top, _lowest(knees) + _LIMB[1] * self.unit)
            told[HEAD_TO_KNEES] = found.get(HEAD_TO_ELBOWS, bust).joined(legs)
        if marks.feet:
            told[LOWER_HALF] = _band(person, waist, person.bottom)
        return told


def bodies(faces: Sequence[Face], persons: Sequence[Person]) -> tuple[Body, ...]:
    """Whose face is whose: of the faces in a person's box, the one nearest to where heads are."""
    left, made = list(faces), []
    for person in persons:
        face = min(
            (face for face in left if _in_box(_centre(face.box), person.box)),
            key=lambda face: _off_the_neck(face, person.box),
            default=None,
        )
        if face is not None:
            left.remove(face)
        made.append(Body(face, person))
    return (*made, *(Body(face) for face in left))


def part_box(found: Sequence[Body], part: Part, within: Size) -> Rect:
    """The box of the part that is wished for, in pixels of a picture of size `within`.

    Of several people the largest who show it, or all who do. Raises PartMissingError.
    """
    if not found or (part.name in BY_FACE and not any(body.face for body in found)):
        raise PartMissingError(NEEDS[part.name] if part.name in BY_FACE else PERSON)
    drawn = [(body, body.parts(within)) for body in found]
    asked = chosen(drawn, part.who, lambda one: _extent(one[1]), PERSON)
    boxes = [_centred(box, body, part, within) for body, box in _showing(asked, part.name)]
    if not boxes:
        raise PartMissingError(NEEDS[part.name])
    return _joined(boxes) if part.who == EVERYBODY else max(boxes, key=_area)


def chosen(seen: Iterable[Seen], who: str, box_of: Callable[[Seen], Rect], what: str) -> list[Seen]:
    """All of `seen` that may be meant: everybody, or the one of a number from the left.

    Raises PartMissingError for a number that is higher than there are.
    """
    from_left = sorted(seen, key=lambda one: _centre(box_of(one)).x)
    if who in (LARGEST, EVERYBODY):
        return from_left
    if int(who) > len(from_left):
        raise PartMissingError(f"{what} {who}")
    return [from_left[int(who) - 1]]


def check_who(who: str) -> None:
    """Refuse a word that names nobody (InvalidValueError)."""
    if who not in (LARGEST, EVERYBODY) and not _NUMBER.fullmatch(who):
        expected = f"{LARGEST}, {EVERYBODY}, or a number from the left, 1 to 99"
        raise InvalidValueError("who", who, expected)


def _showing(asked: Iterable[tuple[Body, dict[str, Rect]]], name: str) -> list[tuple[Body, Rect]]:
    return [(body, parts[name]) for body, parts in asked if name in parts]


def _extent(parts: dict[str, Rect]) -> Rect:
    return parts.get(PERSON) or parts[HEAD]


def _centred(box: Rect, body: Body, part: Part, within: Size) -> Rect:
    if not part.around_face or body.face is None:
        return box
    middle = round(_centre(body.face.box).x)
    half = max(middle - box.x, box.right - middle)
    x, right = max(0, middle - half), min(within.width, middle + half)
    return Rect(x, box.y, right - x, box.height)


def _off_the_neck(face: Face, box: Rect) -> float:
    """How far a face is from the middle of a person's upper edge."""
    middle = _centre(face.box)
    return abs(middle.x - box.x - box.width / 2) + abs(middle.y - box.y)


def _in_box(point: Point, box: Rect) -> bool:
    return box.x <= point.x < box.right and box.y <= point.y < box.bottom


def _band(person: Rect, top: float, bottom: float) -> Rect:
    """The person's whole width between two heights, at least one row."""
    low = min(person.bottom, max(round(top) + 1, round(bottom)))
    high = max(person.y, min(round(top), low - 1))
    return Rect(person.x, high, person.width, low - high)


def _joined(boxes: Sequence[Rect]) -> Rect:
    return reduce(Rect.joined, boxes)


def _lowest(points: Sequence[Point]) -> float:
    return max(point.y for point in points)


def _level(points: Sequence[Point]) -> float:
    return sum(point.y for point in points) / len(points)


def _centre(box: Rect) -> Point:
    return Point(box.x + box.width / 2, box.y + box.height / 2)


def _area(box: Rect) -> int:
    return box.width * box.height

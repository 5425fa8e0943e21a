"""The crops that are measured, one row each, in words every system's driver understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bench.pictures import PICTURES, Picture

RECT, CENTRE, FILL, LOOKED_FOR, WINDOW = "rect", "centre", "fill", "looked_for", "window"

SIDE = 1000
"""Sides of the rects and the centre crop, in pixels."""
THUMBNAIL = 512
LARGE = ("jpeg12", "png12", "webp12", "jpeg24")
TWELVE = LARGE[:3]


@dataclass(frozen=True, slots=True)
class Case:
    """One crop of one picture, written back in the picture's own format at quality 85."""

    kind: str
    picture: str
    title: str
    format: str
    x: int
    y: int
    width: int
    height: int
    """The window; where `gravity` is to find it, only its size counts."""
    gravity: str = ""
    """Empty for a rect given in pixels."""
    resize: int = 0
    """Sides of the result, 0 to keep the window's own pixels."""

    @property
    def said(self) -> str:
        """How the tables call it."""
        return f"{PICTURES[self.picture].said}, {self.title}"

    @property
    def result(self) -> tuple[int, int]:
        """Width and height of the result."""
        return (self.resize, self.resize) if self.resize else (self.width, self.height)

    def as_dict(self) -> dict[str, Any]:
        """The fields, for a driver in another process."""
        return asdict(self)


def crops() -> Iterator[Case]:
    """Crops and thumbnails that peers can do too."""
    for key in LARGE:
        picture = PICTURES[key]
        yield from _rects(picture)
        if key in TWELVE:
            yield _centred(picture, CENTRE, (SIDE, SIDE))
        yield _thumbnail(picture, FILL, "center")


def looked_for() -> Iterator[Case]:
    """Thumbnails of what a strategy finds."""
    for key in TWELVE:
        for gravity in ("entropy", "attention"):
            yield _thumbnail(PICTURES[key], LOOKED_FOR, gravity)


def window_pairs() -> Iterator[tuple[Case, Case]]:
    """The same window at the centre and by entropy, without resizing: what looking costs."""
    for key in TWELVE:
        picture = PICTURES[key]
        square = min(picture.width, picture.height)
        for size in ((SIDE, SIDE), (2000, 1500), (square, square)):
            yield (
                _centred(picture, WINDOW, size),
                _centred(picture, WINDOW, size, gravity="entropy"),
            )


def small_rect() -> Case:
    """The crop of the small picture that start-up and stream are measured with."""
    return _at(PICTURES["small"], RECT, "rect 200x150", (50, 50, 200, 150))


def memory_rect() -> Case:
    """The crop that peak memory is measured with."""
    return next(iter(_rects(PICTURES["jpeg12"], ("middle",))))


def _rects(
    picture: Picture, places: tuple[str, ...] = ("top", "middle", "bottom")
) -> Iterator[Case]:
    tops = {"top": 0, "middle": (picture.height - SIDE) // 2, "bottom": picture.height - SIDE}
    for place in places:
        window = ((picture.width - SIDE) // 2, tops[place], SIDE, SIDE)
        yield _at(picture, RECT, f"rect {place}", window)


def _centred(
    picture: Picture, kind: str, size: tuple[int, int], *, gravity: str = "center"
) -> Case:
    width, height = size
    window = ((picture.width - width) // 2, (picture.height - height) // 2, width, height)
    return _at(picture, kind, f"{gravity} {width}x{height}", window, gravity=gravity)


def _thumbnail(picture: Picture, kind: str, gravity: str) -> Case:
    square = min(picture.width, picture.height)
    window = ((picture.width - square) // 2, (picture.height - square) // 2, square, square)
    title = f"{gravity} fill {THUMBNAIL}x{THUMBNAIL}"
    return _at(picture, kind, title, window, gravity=gravity, resize=THUMBNAIL)


def _at(
    picture: Picture,
    kind: str,
    title: str,
    window: tuple[int, int, int, int],
    **others: Any,
) -> Case:
    return Case(kind, picture.key, title, picture.format, *window, **others)

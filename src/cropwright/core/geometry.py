"""Rectangles and sizes in pixels, and how EXIF orientation moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from cropwright.errors import RectEmptyError, RectOutsideError


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def turned(self) -> Size:
        """The same size lying on its side."""
        return Size(self.height, self.width)

    def clamped(self, to: Size) -> Size:
        """This size, no larger than `to` on either axis."""
        return Size(min(self.width, to.width), min(self.height, to.height))


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels; `x`, `y` is its top left corner, right and bottom are exclusive."""

    x: int
    y: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    @property
    def right(self) -> int:
        """First column right of the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below the rectangle."""
        return self.y + self.height

    def moved(self, dx: int, dy: int) -> Rect:
        """The same rectangle `dx` pixels to the right and `dy` down."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def fractions(self, of: Size) -> tuple[float, float, float, float]:
        """x, y, width, height as fractions (0 to 1) of a picture of size `of`."""
        return (
            self.x / of.width,
            self.y / of.height,
            self.width / of.width,
            self.height / of.height,
        )

    def joined(self, other: Rect) -> Rect:
        """The smallest rectangle around this one and another."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Rect(x, y, right - x, bottom - y)

    def meets(self, other: Rect) -> bool:
        """Whether both have pixels in common."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def inside(self, field: Rect) -> Rect:
        """The part of this rectangle that lies in `field`; all of `field` if none does."""
        x, y = max(self.x, field.x), max(self.y, field.y)
        right, bottom = min(self.right, field.right), min(self.bottom, field.bottom)
        return Rect(x, y, right - x, bottom - y) if right > x and bottom > y else field

    def check_inside(self, size: Size) -> None:
        """Refuse a rectangle that leaves a picture of `size`, then one without area.

        The order (width, height, emptiness) is that of the dpf contract, section 7.2.
        Raises RectOutsideError or RectEmptyError.
        """
        if self.x < 0 or self.right > size.width:
            raise RectOutsideError("width", self.x, self.width, size.width)
        if self.y < 0 or self.bottom > size.height:
            raise RectOutsideError("height", self.y, self.height, size.height)
        if self.width < 1 or self.height < 1:
            raise RectEmptyError(self.width, self.height)


def whole(size: Size) -> Rect:
    """The rectangle that covers a picture of `size`."""
    return Rect(0, 0, size.width, size.height)


def largest_with_aspect(size: Size, aspect: Fraction) -> Size:
    """The largest size inside `size` whose width ÷ height is `aspect`, rounded to whole pixels."""
    if Fraction(size.width, size.height) > aspect:
        return Size(max(1, min(size.width, round(size.height * aspect))), size.height)
    return Size(size.width, max(1, min(size.height, round(size.width / aspect))))


def smallest_with_aspect(size: Size, aspect: Fraction, room: Size) -> Size:
    """The smallest size of a shape (width ÷ height) that holds `size`, as far as `room` allows."""
    wide = max(size.width, math.ceil(size.height * aspect))
    held = Size(wide, max(size.height, math.ceil(wide / aspect)))
    return largest_with_aspect(held.clamped(room), aspect)


# EXIF 2.32, tag 0x0112 Orientation: does the stored picture have to be turned on its side, and
# does its first stored column (row) appear at the far end once upright?
_TURNED = frozenset({5, 6, 7, 8})
_COLUMNS_REVERSED = frozenset({2, 3, 7, 8})
_ROWS_REVERSED = frozenset({3, 4, 6, 7})


def upright_size(stored: Size, orientation: int) -> Size:
    """Size of the upright picture for a stored size and an EXIF orientation (1 to 8)."""
    return stored.turned if orientation in _TURNED else stored


def to_stored(rect: Rect, upright: Size, orientation: int) -> Rect:
    """Where an upright rectangle lies in the stored picture, for an EXIF orientation (1 to 8)."""
    stored = upright_size(upright, orientation)
    if orientation in _TURNED:
        rect = Rect(rect.y, rect.x, rect.height, rect.width)
    return _reversed(rect, stored, orientation)


def to_upright(rect: Rect, upright: Size, orientation: int) -> Rect:
    """Where a rectangle of the stored picture lies once upright: the inverse of `to_stored`."""
    rect = _reversed(rect, upright_size(upright, orientation), orientation)
    if orientation in _TURNED:
        rect = Rect(rect.y, rect.x, rect.height, rect.width)
    return rect


def _reversed(rect: Rect, stored: Size, orientation: int) -> Rect:
    x = stored.width - rect.right if orientation in _COLUMNS_REVERSED else rect.x
    y = stored.height - rect.bottom if orientation in _ROWS_REVERSED else rect.y
    return Rect(x, y, rect.width, rect.height)

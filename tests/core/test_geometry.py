"""Rectangles, sizes and EXIF orientation, against the definition of its eight values."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.geometry import (
    Rect,
    Size,
    largest_with_aspect,
    to_stored,
    to_upright,
    upright_size,
    whole,
)
from cropwright.errors import RectEmptyError, RectOutsideError

ORIENTATIONS = range(1, 9)
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
"""EXIF 2.32, tag 0x0112: on which visual side stored row 0 and stored column 0 are."""

Picture = list[list[str]]


def upright(stored: Picture, orientation: int) -> Picture:
    """The picture as people see it: every cell put as far from its sides as EXIF says."""
    rows, columns = len(stored), len(stored[0])
    row_side, column_side = SIDES[orientation]
    width, height = (columns, rows) if row_side in ("top", "bottom") else (rows, columns)
    seen = [[""] * width for _ in range(height)]
    for row in range(rows):
        for column in range(columns):
            far = {row_side: row, column_side: column}
            x = far["left"] if "left" in far else width - 1 - far["right"]
            y = far["top"] if "top" in far else height - 1 - far["bottom"]
            seen[y][x] = stored[row][column]
    return seen


def cut(picture: Picture, rect: Rect) -> Picture:
    return [row[rect.x : rect.right] for row in picture[rect.y : rect.bottom]]


def rects_in(size: Size) -> list[Rect]:
    """Every rectangle with an area inside a small size."""
    return [
        Rect(x, y, right - x, bottom - y)
        for x in range(size.width)
        for y in range(size.height)
        for right in range(x + 1, size.width + 1)
        for bottom in range(y + 1, size.height + 1)
    ]


@st.composite
def rects_inside(draw: st.DrawFn) -> tuple[Rect, Size]:
    size = Size(draw(st.integers(1, 65_535)), draw(st.integers(1, 65_535)))
    x, y = draw(st.integers(0, size.width - 1)), draw(st.integers(0, size.height - 1))
    width = draw(st.integers(1, size.width - x))
    return Rect(x, y, width, draw(st.integers(1, size.height - y))), size


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_upright_rectangle_shows_the_cells_cut_from_the_stored_picture(orientation):
    stored = [[f"{column},{row}" for column in range(4)] for row in range(3)]
    seen = upright(stored, orientation)
    size = upright_size(Size(4, 3), orientation)
    assert size == Size(len(seen[0]), len(seen))
    for rect in rects_in(size):
        part = cut(stored, to_stored(rect, size, orientation))
        assert upright(part, orientation) == cut(seen, rect)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@settings(max_examples=60, deadline=None)
@given(rects_inside())
def test_to_stored_and_to_upright_undo_each_other_inside_the_picture(orientation, drawn):
    rect, size = drawn
    stored = to_stored(rect, size, orientation)
    assert to_upright(stored, size, orientation) == rect
    assert to_stored(to_upright(stored, size, orientation), size, orientation) == stored
    stored.check_inside(upright_size(size, orientation))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_whole_picture_stays_the_whole_picture(orientation):
    size = Size(30, 20)
    stored = upright_size(size, orientation)
    assert to_stored(whole(size), size, orientation) == whole(stored)
    assert (stored == Size(20, 30)) is (orientation > 4)


@pytest.mark.parametrize("rect", [Rect(0, 0, 10, 8), Rect(9, 7, 1, 1), Rect(0, 7, 10, 1)])
def test_a_rectangle_up_to_the_last_pixel_is_inside(rect):
    assert rect.check_inside(Size(10, 8)) is None


@pytest.mark.parametrize(
    ("rect", "facts"),
    [
        (Rect(1, 0, 10, 8), ("width", 1, 10, 10)),
        (Rect(10, 0, 1, 1), ("width", 10, 1, 10)),
        (Rect(-1, 0, 5, 5), ("width", -1, 5, 10)),
        (Rect(0, 1, 10, 8), ("height", 1, 8, 8)),
        (Rect(0, -2, 5, 5), ("height", -2, 5, 8)),
        (Rect(9, 9, 9, 9), ("width", 9, 9, 10)),
        (Rect(0, 9, 0, 0), ("height", 9, 0, 8)),
        (Rect(2**32 - 1, 0, 2, 5), ("width", 2**32 - 1, 2, 10)),
    ],
)
def test_a_rectangle_outside_is_refused_width_first_then_height(rect, facts):
    with pytest.raises(RectOutsideError) as refusal:
        rect.check_inside(Size(10, 8))
    assert tuple(refusal.value.facts().values()) == facts


@pytest.mark.parametrize("rect", [Rect(0, 0, 0, 5), Rect(0, 0, 5, 0), Rect(10, 8, 0, 0)])
def test_a_rectangle_without_area_is_refused_once_it_is_inside(rect):
    with pytest.raises(RectEmptyError) as refusal:
        rect.check_inside(Size(10, 8))
    assert refusal.value.facts() == {"width": rect.width, "height": rect.height}


def test_moving_keeps_the_size():
    assert Rect(3, 4, 5, 6).moved(-3, 10) == Rect(0, 14, 5, 6)


def test_a_size_is_clamped_on_each_axis_alone():
    assert Size(30, 20).clamped(Size(25, 40)) == Size(25, 20)
    assert Size(30, 20).turned == Size(20, 30)


@settings(max_examples=200, deadline=None)
@given(
    st.builds(Size, st.integers(1, 65_535), st.integers(1, 65_535)),
    st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000),
)
def test_the_largest_size_of_a_shape_fits_and_is_true_to_half_a_pixel(size, aspect):
    largest = largest_with_aspect(size, aspect)
    assert largest.clamped(size) == largest
    width = max(1, min(size.width, size.height * aspect))
    height = max(1, min(size.height, size.width / aspect))
    assert abs(largest.width - width) <= Fraction(1, 2)
    assert abs(largest.height - height) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("size", "aspect", "largest"),
    [
        (Size(640, 480), Fraction(1), Size(480, 480)),
        (Size(640, 480), Fraction(16, 9), Size(640, 360)),
        (Size(480, 640), Fraction(4, 5), Size(480, 600)),
        (Size(640, 480), Fraction(4, 3), Size(640, 480)),
        (Size(3, 1000), Fraction(1000), Size(3, 1)),
        (Size(1000, 3), Fraction(1, 1000), Size(1, 3)),
    ],
)
def test_the_largest_size_of_a_shape(size, aspect, largest):
    assert largest_with_aspect(size, aspect) == largest


def test_fractions_are_of_the_picture_s_own_sides():
    assert Rect(10, 10, 50, 20).fractions(Size(100, 40)) == (0.1, 0.25, 0.5, 0.5)
    assert whole(Size(7, 3)).fractions(Size(7, 3)) == (0, 0, 1, 1)

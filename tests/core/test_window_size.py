"""How large a window is, and how a placed one is finished."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.command import Edit, Margin, Resize
from cropwright.core.geometry import Rect, Size
from cropwright.core.window import finished, window_size

FIELD = Size(640, 480)


@pytest.mark.parametrize(
    ("edit", "size"),
    [
        (Edit(), FIELD),
        (Edit(width=100), Size(100, 480)),
        (Edit(height=100), Size(640, 100)),
        (Edit(width=100, height=50), Size(100, 50)),
        (Edit(width=9999, height=50), Size(640, 50)),
        (Edit(width=9999, height=9999), FIELD),
        (Edit(aspect=Fraction(1)), Size(480, 480)),
        (Edit(aspect=Fraction(16, 9)), Size(640, 360)),
        (Edit(width=300, aspect=Fraction(3, 2)), Size(300, 200)),
        (Edit(height=200, aspect=Fraction(3, 2)), Size(300, 200)),
        (Edit(width=1, aspect=Fraction(1000)), Size(1, 1)),
        (Edit(height=1, aspect=Fraction(1, 1000)), Size(1, 1)),
        (Edit(resize=Resize(100, 100)), FIELD),
        (Edit(resize=Resize(100, 100, "exact")), FIELD),
        (Edit(resize=Resize(100, 100, "fill")), Size(480, 480)),
        (Edit(width=300, height=100, resize=Resize(50, 100, "fill")), Size(50, 100)),
    ],
)
def test_the_window_s_size(edit, size):
    assert window_size(FIELD, edit) == size


@pytest.mark.parametrize(
    ("edit", "size"),
    [
        (Edit(width=600, aspect=Fraction(1)), Size(480, 480)),
        (Edit(height=9999, aspect=Fraction(16, 9)), Size(640, 360)),
    ],
)
def test_a_shape_with_a_side_too_large_is_the_largest_of_that_shape(edit, size):
    assert window_size(FIELD, edit) == size


@settings(max_examples=150, deadline=None)
@given(
    st.builds(Size, st.integers(1, 9000), st.integers(1, 9000)),
    st.one_of(st.none(), st.integers(1, 9000)),
    st.one_of(st.none(), st.fractions(Fraction(1, 999), 999, max_denominator=999)),
    st.one_of(st.none(), st.builds(Resize, *[st.integers(1, 99)] * 2, st.just("fill"))),
)
def test_a_window_is_never_larger_than_its_field_nor_empty(field, width, aspect, resize):
    size = window_size(field, Edit(width=width, aspect=aspect, resize=resize))
    assert size.clamped(field) == size
    assert min(size.width, size.height) >= 1


@pytest.mark.parametrize(
    ("edit", "rect"),
    [
        (Edit(), Rect(100, 100, 60, 40)),
        (Edit(margin=Margin(10)), Rect(90, 90, 80, 60)),
        (Edit(margin=Margin(10, percent=True)), Rect(94, 96, 72, 48)),
        (Edit(margin=Margin(9999)), Rect(0, 0, 640, 480)),
        (Edit(resize=Resize(30, 30, "fill")), Rect(110, 100, 40, 40)),
        (Edit(resize=Resize(60, 20, "fill")), Rect(100, 110, 60, 20)),
        (Edit(margin=Margin(10), resize=Resize(30, 30, "fill")), Rect(100, 90, 60, 60)),
        (Edit(resize=Resize(30, 30, "exact")), Rect(100, 100, 60, 40)),
    ],
)
def test_a_placed_window_gets_its_margin_then_the_shape_of_the_resize(edit, rect):
    assert finished(Rect(100, 100, 60, 40), edit, FIELD) == rect


def test_narrowing_an_odd_amount_leaves_the_extra_pixel_on_the_far_side():
    edit = Edit(resize=Resize(10, 10, "fill"))
    assert finished(Rect(0, 0, 15, 10), edit, FIELD) == Rect(2, 0, 10, 10)
    assert finished(Rect(0, 0, 10, 15), edit, FIELD) == Rect(0, 2, 10, 10)

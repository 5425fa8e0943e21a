"""Windows placed by numbers: the compass and the focal point (dpf contract, 7.3)."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.geometry import Rect, Size
from cropwright.core.gravity import (
    BY_PEOPLE,
    BY_PIXELS,
    COMPASS,
    FOCAL_POINT,
    GRAVITIES,
    SUBJECT,
    at_compass,
    at_focal_point,
    centred_start,
)

FIELD = Rect(1000, 2000, 101, 52)
"""Not at the picture's corner, so that a forgotten offset shows."""


@pytest.mark.parametrize(
    ("gravity", "x", "y"),
    [
        ("northwest", 1000, 2000),
        ("north", 1035, 2000),
        ("northeast", 1071, 2000),
        ("west", 1000, 2015),
        ("center", 1035, 2015),
        ("east", 1071, 2015),
        ("southwest", 1000, 2031),
        ("south", 1035, 2031),
        ("southeast", 1071, 2031),
    ],
)
def test_each_compass_point_with_odd_room_rounded_down(gravity, x, y):
    assert at_compass(Size(30, 21), FIELD, gravity) == Rect(x, y, 30, 21)


@pytest.mark.parametrize("gravity", COMPASS)
def test_a_window_as_large_as_the_field_is_the_field(gravity):
    assert at_compass(FIELD.size, FIELD, gravity) == FIELD


@pytest.mark.parametrize(("focal", "pixel"), [(0.29, 29), (0.57, 57), (0.58, 58), (1 / 3, 33)])
def test_the_focal_point_is_computed_in_single_precision(focal, pixel):
    rect = at_focal_point(Size(1, 1), Rect(0, 0, 100, 100), focal, focal)
    assert rect == Rect(pixel, pixel, 1, 1)


def test_center_and_the_middle_focal_point_differ_by_a_pixel_as_in_the_contract():
    field, window = Rect(0, 0, 200, 200), Size(101, 101)
    assert at_compass(window, field, "center").x == 49
    assert at_focal_point(window, field, 0.5, 0.5).x == 50


@pytest.mark.parametrize(
    ("focal", "x", "y"),
    [
        ((0, 0), 1000, 2000),
        ((1, 1), 1071, 2031),
        ((-3, 7.5), 1000, 2031),
        ((1e9, -1e9), 1071, 2000),
        ((0.5, 0.25), 1035, 2003),
        ((0.1, 0.9), 1000, 2031),
    ],
)
def test_the_window_is_centred_on_the_focal_point_as_far_as_the_field_allows(focal, x, y):
    assert at_focal_point(Size(30, 21), FIELD, *focal) == Rect(x, y, 30, 21)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.floats(-1, 2), st.integers(1, 65_535))
def test_the_focal_window_starts_where_single_precision_arithmetic_says(data, focal, extent):
    length = data.draw(st.integers(1, extent))
    point = int(numpy.float32(min(max(focal, 0), 1)) * numpy.float32(extent))
    start = at_focal_point(Size(length, 1), Rect(0, 0, extent, 1), focal, 0).x
    assert start == min(max(point - length // 2, 0), extent - length)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(1, 5000), st.integers(-(10**6), 10**6))
def test_a_centred_start_never_leaves_the_extent(data, extent, point):
    length = data.draw(st.integers(1, extent))
    start = centred_start(point, extent, length)
    assert 0 <= start <= extent - length


def test_the_list_of_gravities_names_each_once():
    assert sorted(GRAVITIES) == sorted({*COMPASS, FOCAL_POINT, *BY_PIXELS, SUBJECT, *BY_PEOPLE})

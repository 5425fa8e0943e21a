"""The Edit and its parts: what they refuse, and the sizes they lead to."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.command import Edit, Facts, Margin, Output, Resize, settled
from cropwright.core.geometry import Rect, Size
from cropwright.core.gravity import GRAVITIES
from cropwright.core.layout import Layout
from cropwright.errors import InvalidValueError, MissingFieldError

RECT = Rect(1, 2, 3, 4)
FACTS = Facts(640, 480, "jpeg", has_alpha=False, frames=1)
SIZES = st.builds(Size, st.integers(1, 65_535), st.integers(1, 65_535))
LENGTHS = st.integers(1, 65_535)


def refused(kind: type, **fields: object) -> tuple[str, str]:
    """The field and value that making a `kind` of these fields is refused for."""
    with pytest.raises(InvalidValueError) as refusal:
        kind(**fields)
    assert refusal.value.expected
    return refusal.value.field, refusal.value.value


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"gravity": "centre"}, ("gravity", "centre")),
        ({"gravity": "Center"}, ("gravity", "Center")),
        ({"width": 0}, ("width", "0")),
        ({"height": -7}, ("height", "-7")),
        ({"aspect": Fraction(0)}, ("aspect", "0")),
        ({"aspect": Fraction(-4, 5)}, ("aspect", "-4/5")),
        ({"width": 5, "height": 5, "aspect": Fraction(1)}, ("aspect", "1")),
        ({"rect": RECT, "width": 5}, ("width", "5")),
        ({"rect": RECT, "height": 6}, ("height", "6")),
        ({"rect": RECT, "aspect": Fraction(4, 5)}, ("aspect", "4/5")),
        ({"rect": RECT, "trim": True}, ("trim", "true")),
    ],
)
def test_an_edit_that_cannot_be_followed_is_refused_with_its_field(fields, fact):
    assert refused(Edit, **fields) == fact


@pytest.mark.parametrize("gravity", GRAVITIES)
def test_every_gravity_and_the_smallest_window_are_taken(gravity):
    edit = Edit(gravity=gravity, width=1, height=1)
    assert (edit.gravity, edit.width, edit.height) == (gravity, 1, 1)


@pytest.mark.parametrize("side", ["width", "height"])
def test_an_aspect_may_stand_beside_one_side(side):
    assert Edit(**{side: 10}, aspect=Fraction(4, 5)).aspect == Fraction(4, 5)


def test_an_unknown_gravity_is_answered_with_the_known_ones():
    with pytest.raises(InvalidValueError) as refusal:
        Edit(gravity="nowhere")
    assert refusal.value.expected.split(", ") == list(GRAVITIES)


def test_edits_cannot_be_changed_and_equal_ones_are_equal():
    with pytest.raises(FrozenInstanceError):
        Edit().gravity = "north"
    assert Edit() == Edit(gravity="center", focal_x=0.5, focal_y=0.5, margin=Margin(0))


@pytest.mark.parametrize("amount", [-1, -0.001, 65_535.5, float("nan"), float("inf")])
def test_a_margin_outside_its_range_is_refused(amount):
    assert refused(Margin, amount=amount) == ("margin", f"{amount:g}")


@pytest.mark.parametrize("side", ["top", "right", "bottom", "left"])
def test_each_side_of_a_margin_has_the_same_range(side):
    assert refused(Margin, **{side: -1}) == ("margin", "-1")


@pytest.mark.parametrize(
    ("margin", "grown"),
    [
        (Margin(), Rect(40, 40, 20, 10)),
        (Margin(5), Rect(35, 35, 30, 20)),
        (Margin(4.6), Rect(35, 35, 30, 20)),
        (Margin(50, percent=True), Rect(30, 35, 40, 20)),
        (Margin(12.5, percent=True), Rect(38, 39, 24, 12)),
        (Margin(65_535), Rect(0, 0, 100, 90)),
        (Margin(5, top=1, left=0), Rect(40, 39, 25, 16)),
        (Margin(percent=True, bottom=100, right=50), Rect(40, 40, 30, 20)),
    ],
)
def test_a_margin_is_pixels_or_percent_of_the_window_s_own_sides(margin, grown):
    assert margin.around(Rect(40, 40, 20, 10), Size(100, 90)) == grown


def test_a_margin_in_percent_is_true_to_a_pixel_on_large_windows():
    margin = Margin(10, percent=True)
    grown = margin.around(Rect(2000, 2000, 3000, 2000), Size(9000, 9000))
    assert grown == Rect(1700, 1800, 3600, 2400)


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"width": 5, "height": 5, "mode": "cover"}, ("resize_mode", "cover")),
        ({"width": 0, "height": 5}, ("resize width", "0")),
        ({"width": 5, "height": -1}, ("resize height", "-1")),
    ],
)
def test_a_resize_with_a_wrong_value_is_refused(fields, fact):
    assert refused(Resize, **fields) == fact


@pytest.mark.parametrize(
    ("width", "height", "mode"),
    [
        (None, None, "fit"),
        (None, None, "exact"),
        (5, None, "fill"),
        (None, 5, "fill"),
        (5, None, "exact"),
        (None, 5, "exact"),
    ],
)
def test_a_resize_without_the_sides_its_mode_needs_is_refused(width, height, mode):
    with pytest.raises(MissingFieldError) as refusal:
        Resize(width, height, mode)
    assert refusal.value.field == "resize"
    assert refusal.value.reason


@pytest.mark.parametrize(
    ("resize", "plain", "enlarged"),
    [
        ((100, 100, "fit"), (100, 50), (100, 50)),
        ((100, None, "fit"), (100, 50), (100, 50)),
        ((None, 25, "fit"), (50, 25), (50, 25)),
        ((900, 900, "fit"), (200, 100), (900, 450)),
        ((400, None, "fit"), (200, 100), (400, 200)),
        ((None, 300, "fit"), (200, 100), (600, 300)),
        ((60, 80, "exact"), (60, 80), (60, 80)),
        ((400, 100, "exact"), (200, 50), (400, 100)),
        ((200, 400, "exact"), (50, 100), (200, 400)),
        ((100, 50, "fill"), (100, 50), (100, 50)),
        ((400, 200, "fill"), (200, 100), (400, 200)),
        ((33, 1, "fit"), (2, 1), (2, 1)),
    ],
)
def test_the_result_of_a_200_x_100_window_without_and_with_enlarging(resize, plain, enlarged):
    window = Size(200, 100)
    assert Resize(*resize).result(window) == Size(*plain)
    assert Resize(*resize, enlarge=True).result(window) == Size(*enlarged)


@settings(max_examples=200, deadline=None)
@given(SIZES, LENGTHS, LENGTHS, st.sampled_from(["fit", "fill", "exact"]), st.booleans())
def test_a_result_has_at_least_a_pixel_and_is_never_larger_than_asked(
    window, width, height, mode, enlarge
):
    result = Resize(width, height, mode, enlarge).result(window)
    assert min(result.width, result.height) >= 1
    assert result.clamped(Size(width, height)) == result
    assert enlarge or result.clamped(window) == result


@settings(max_examples=100, deadline=None)
@given(SIZES, LENGTHS, LENGTHS, st.sampled_from(["fill", "exact"]))
def test_enlarging_fill_and_exact_give_exactly_what_is_asked(window, width, height, mode):
    assert Resize(width, height, mode, enlarge=True).result(window) == Size(width, height)


@settings(max_examples=100, deadline=None)
@given(SIZES, LENGTHS)
def test_fit_keeps_the_window_s_shape_to_a_pixel(window, width):
    result = Resize(width, None, enlarge=True).result(window)
    ideal = Fraction(width * window.height, window.width)
    assert result.width == width
    assert abs(result.height - ideal) <= Fraction(1, 2) or (result.height == 1 and ideal < 1)


@pytest.mark.parametrize("window", [Size(65_535, 1), Size(1, 65_535)])
@pytest.mark.parametrize("mode", ["fit", "fill", "exact"])
def test_a_line_shrunk_to_a_point_is_still_a_pixel(window, mode):
    assert Resize(1, 1, mode).result(window) == Size(1, 1)


def test_only_fill_asks_for_a_shape():
    assert Resize(160, 90, "fill").shape == Fraction(16, 9)
    assert Resize(160, 90, "exact").shape is None
    assert Resize(160, 90).shape is None


@pytest.mark.parametrize("quality", [0, 101, -1])
def test_a_quality_outside_1_to_100_is_refused(quality):
    assert refused(Output, quality=quality) == ("quality", str(quality))


@pytest.mark.parametrize("quality", [1, 100])
def test_the_ends_of_the_quality_range_are_taken(quality):
    assert Output(quality=quality).quality == quality


def test_a_plan_is_asked_with_the_facts_and_an_edit_is_itself():
    edit = Edit(width=5)
    assert settled(edit, FACTS) is edit
    assert settled(lambda facts: Edit(width=facts.size.height), FACTS) == Edit(width=480)


@pytest.mark.parametrize("focal", [float("nan"), float("inf")])
def test_a_focal_point_is_a_number(focal):
    with pytest.raises(InvalidValueError, match="focal_y"):
        Edit(focal_y=focal)


@pytest.mark.parametrize(
    "beside",
    [
        {"rect": RECT},
        {"resize": Resize(5, 5)},
        {"width": 5},
        {"aspect": Fraction(1)},
        {"margin": Margin(1)},
        {"trim": True},
        {"animate": True},
    ],
)
def test_a_layout_decides_alone_what_is_kept(beside):
    assert refused(Edit, layout=Layout(), **beside) == ("layout", "given")

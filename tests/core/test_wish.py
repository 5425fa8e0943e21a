"""Wishes: every word as text and as typed values, and what is said of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.body import Part
from cropwright.core.colour import WHITE, Colour
from cropwright.core.command import Edit, Margin, Output, Resize
from cropwright.core.geometry import Rect
from cropwright.core.gravity import GRAVITIES
from cropwright.core.lines import Line
from cropwright.core.wish import (
    Wish,
    edit_of,
    parse_aspect,
    parse_focal,
    parse_margin,
    parse_rect,
    parse_size,
)
from cropwright.errors import InvalidValueError, MissingFieldError, WishError

PARSERS = {
    "size": parse_size,
    "rect": parse_rect,
    "aspect": parse_aspect,
    "margin": parse_margin,
    "focal": parse_focal,
}
NEARLY = st.one_of(st.text(max_size=20), st.text("0123456789.,:/xX%p# -+e", max_size=14))
"""Any text, and text that looks much like what is expected."""


def refusal_of(call: Callable[..., object], *arguments: object) -> WishError | None:
    """The WishError of a call, if it has one; anything else it raises is a failure."""
    try:
        call(*arguments)
    except WishError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("wish", "edit"),
    [
        ({}, Edit()),
        ({"rect": "10, 20,300,200"}, Edit(rect=Rect(10, 20, 300, 200))),
        ({"rect": (10, 20, 300, 200)}, Edit(rect=Rect(10, 20, 300, 200))),
        ({"gravity": "northeast"}, Edit(gravity="northeast")),
        ({"focal": "0.3, 0.7"}, Edit(gravity="focal_point", focal_x=0.3, focal_y=0.7)),
        ({"focal": (0, 1)}, Edit(gravity="focal_point", focal_x=0, focal_y=1)),
        ({"focal": "1,0"}, Edit(gravity="focal_point", focal_x=1, focal_y=0)),
        (
            {"focal": (0.25, 0.5), "gravity": "focal_point"},
            Edit(gravity="focal_point", focal_x=0.25),
        ),
        ({"gravity": "focal_point"}, Edit(gravity="focal_point")),
        ({"width": 30}, Edit(width=30)),
        ({"height": 20}, Edit(height=20)),
        ({"aspect": "4:5"}, Edit(aspect=Fraction(4, 5))),
        ({"aspect": "16/9"}, Edit(aspect=Fraction(16, 9))),
        ({"aspect": " 1.91 : 1 "}, Edit(aspect=Fraction(191, 100))),
        ({"aspect": "1.5"}, Edit(aspect=Fraction(3, 2))),
        ({"aspect": 0.8}, Edit(aspect=Fraction(4, 5))),
        ({"aspect": 2}, Edit(aspect=Fraction(2))),
        ({"aspect": Fraction(16, 9)}, Edit(aspect=Fraction(16, 9))),
        ({"margin": "20"}, Edit(margin=Margin(20))),
        ({"margin": "20px"}, Edit(margin=Margin(20))),
        ({"margin": "5%"}, Edit(margin=Margin(5, percent=True))),
        ({"margin": 20}, Edit(margin=Margin(20))),
        ({"margin": 2.5}, Edit(margin=Margin(2.5))),
        ({"margin": 100.0}, Edit(margin=Margin(100))),
        ({"margin": 0.0}, Edit()),
        ({"trim": True}, Edit(trim=True)),
        ({"resize": "600x400"}, Edit(resize=Resize(600, 400))),
        ({"resize": "600 X 400"}, Edit(resize=Resize(600, 400))),
        ({"resize": "600x"}, Edit(resize=Resize(600, None))),
        ({"resize": "x400"}, Edit(resize=Resize(None, 400))),
        ({"resize": (600, 400)}, Edit(resize=Resize(600, 400))),
        ({"resize": (None, 400)}, Edit(resize=Resize(None, 400))),
        ({"resize": (600, None)}, Edit(resize=Resize(600, None))),
        (
            {"resize": "6x4", "resize_mode": "fill", "enlarge": True},
            Edit(resize=Resize(6, 4, "fill", enlarge=True)),
        ),
        ({"background": "#102030"}, Edit(background=Colour(16, 32, 48))),
        ({"background": "white"}, Edit(background=WHITE)),
        ({"animate": True}, Edit(animate=True)),
        ({"part": "hips"}, Edit(part=Part("hips"))),
        (
            {"part": "head", "who": 2, "around_face": True},
            Edit(part=Part("head", "2", around_face=True)),
        ),
        ({"line": "eyes"}, Edit(line=Line("eyes"))),
        ({"line": "nose", "keep": "above", "who": "1"}, Edit(line=Line("nose", "above", "1"))),
    ],
)
def test_every_word_as_text_and_as_values(wish, edit):
    assert edit_of(wish) == edit


@pytest.mark.parametrize("word", ["rect", "gravity", "focal", "width", "height", "aspect"])
def test_a_word_that_is_none_is_a_word_not_said(word):
    assert edit_of({word: None}) == Edit()


@pytest.mark.parametrize("word", ["margin", "resize", "background"])
def test_an_empty_manner_is_the_default_manner(word):
    assert edit_of({word: None}) == Edit()


def test_the_output_is_passed_through():
    output = Output("webp", "a.webp", 50)
    assert edit_of({"width": 5}, output) == Edit(width=5, output=output)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("rect", "1,2,3"),
        ("rect", "1,2,3,4,5"),
        ("rect", "1,2,3,-4"),
        ("rect", "1,2,3,4.0"),
        ("rect", "1,2,3,"),
        ("rect", "1,2,3,99999999"),
        ("rect", ""),
        ("rect", (1, 2, 3)),
        ("rect", (1, 2, 3, None)),
        ("rect", (1.5, 2, 3, 4)),
        ("rect", (1, 2, 3, -4)),
        ("gravity", "middle"),
        ("focal", "0.3"),
        ("focal", "0.3,0.4,0.5"),
        ("focal", "0.3,1.01"),
        ("focal", "1.01,0.3"),
        ("focal", "-0.3,0.5"),
        ("focal", "a,b"),
        ("focal", (0.5, 2)),
        ("focal", (float("nan"), 0.5)),
        ("width", 0),
        ("height", -1),
        ("aspect", "4:0"),
        ("aspect", "0:5"),
        ("aspect", "4:5:6"),
        ("aspect", "0"),
        ("aspect", "-1"),
        ("aspect", "wide"),
        ("aspect", 0.0),
        ("aspect", -0.8),
        ("aspect", float("nan")),
        ("aspect", float("inf")),
        ("aspect", Fraction(-4, 5)),
        ("margin", "5 percent"),
        ("margin", "-5"),
        ("margin", "%"),
        ("margin", "65536"),
        ("margin", -1.0),
        ("margin", float("inf")),
        ("resize", "600"),
        ("resize", "x"),
        ("resize", "600x400x2"),
        ("resize", "6.5x4"),
        ("resize", "-6x4"),
        ("resize", (None, None)),
        ("resize", (600,)),
        ("background", "transparent"),
        ("background", ""),
    ],
)
def test_a_wrong_value_is_refused_with_its_word_and_what_is_right(word, value):
    with pytest.raises(InvalidValueError) as refusal:
        edit_of({word: value})
    assert refusal.value.field == word
    assert str(refusal.value).startswith(f"{word} is ")
    assert refusal.value.expected


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"focal": "0.1,0.2", "gravity": "north"}, "focal"),
        ({"rect": "0,0,5,5", "width": 5}, "width"),
        ({"rect": "0,0,5,5", "aspect": "1:1"}, "aspect"),
        ({"rect": "0,0,5,5", "trim": True}, "trim"),
        ({"width": 5, "height": 5, "aspect": "1:1"}, "aspect"),
        ({"resize": "0x5"}, "resize width"),
        ({"resize": "5x0"}, "resize height"),
        ({"resize": "5x5", "resize_mode": "cover"}, "resize_mode"),
        ({"part": "torso"}, "part"),
        ({"part": "head", "who": "me"}, "who"),
        ({"part": "head", "gravity": "north"}, "gravity"),
        ({"part": "head", "rect": "0,0,9,9"}, "part"),
        ({"part": "head", "line": "eyes"}, "line"),
        ({"part": "head", "trim": True}, "trim"),
        ({"line": "chin"}, "line"),
        ({"line": "eyes", "keep": "beside"}, "keep"),
        ({"line": "eyes", "rect": "0,0,9,9"}, "line"),
        ({"line": "eyes", "trim": True}, "trim"),
        ({"line": "eyes", "margin": 3}, "margin"),
        ({"who": 1}, "who"),
        ({"keep": "above"}, "keep"),
        ({"around_face": True}, "around_face"),
    ],
)
def test_words_that_do_not_go_together_are_refused_by_name(wish, field):
    with pytest.raises(InvalidValueError) as refusal:
        edit_of(wish)
    assert refusal.value.field == field


def test_a_fill_with_one_side_open_says_what_is_missing():
    with pytest.raises(MissingFieldError) as refusal:
        edit_of({"resize": "600x", "resize_mode": "fill"})
    assert str(refusal.value) == "resize is missing: fill needs both a width and a height"


@pytest.mark.parametrize("word", PARSERS)
@settings(max_examples=150, deadline=None)
@given(text=NEARLY)
def test_a_parser_answers_or_refuses_with_field_and_text(word, text):
    refused = refusal_of(PARSERS[word], text, "the field")
    if refused is not None and refused.field != "margin":
        assert (refused.field, refused.value) == ("the field", repr(text))


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "rect": NEARLY,
            "gravity": st.sampled_from([*GRAVITIES, "zzz"]),
            "focal": st.one_of(NEARLY, st.tuples(*[st.floats()] * 2)),
            "width": st.integers(-2, 10**6),
            "height": st.integers(-2, 10**6),
            "aspect": st.one_of(NEARLY, st.floats(), st.integers(), st.fractions()),
            "margin": st.one_of(NEARLY, st.floats(), st.integers()),
            "trim": st.booleans(),
            "resize": st.one_of(NEARLY, st.tuples(*[st.none() | st.integers()] * 2)),
            "resize_mode": st.text(max_size=5),
            "background": NEARLY,
        },
    )
)
def test_any_wish_is_an_edit_or_a_refusal(wish):
    refused = refusal_of(edit_of, wish)
    assert refused is None or refused.field.split()[0] in wish


@settings(max_examples=100, deadline=None)
@given(st.tuples(*[st.integers(0, 9_999_999)] * 4), st.tuples(*[st.integers(1, 9_999_999)] * 2))
def test_rectangles_and_sizes_are_read_back_from_their_text(rect, size):
    said = edit_of({"rect": ",".join(map(str, rect)), "resize": "{}x{}".format(*size)})
    assert said == edit_of({"rect": rect, "resize": size})
    assert (said.rect, said.resize) == (Rect(*rect), Resize(*size))


NO_WORDS = {"layout", "turn", "tone", "forgiving"}
"""What only a contract's door asks for."""


def test_the_words_of_a_wish_are_the_fields_it_can_set():
    assert (
        set(Wish.__annotations__)
        - {"focal", "resize_mode", "enlarge", "keep", "who", "around_face"}
        == set(Edit.__dataclass_fields__) - {"focal_x", "focal_y", "output", "cutout"} - NO_WORDS
    )


def test_a_float_of_many_digits_is_taken_as_aspect():
    assert edit_of({"aspect": 2 / 3}).aspect == pytest.approx(2 / 3, abs=1e-6)


@pytest.mark.parametrize("text", ["0:5", "5:0", "0", "0.0:0.0"])
def test_a_shape_without_area_is_no_shape(text):
    with pytest.raises(InvalidValueError, match="the field is "):
        parse_aspect(text, "the field")


@pytest.mark.parametrize("focal", [(1 / 3, 2 / 3), (0.1 + 0.2, 0.5), (1e-7, 0.5)])
def test_any_focal_fraction_from_0_to_1_is_taken(focal):
    edit = edit_of({"focal": focal})
    assert (edit.focal_x, edit.focal_y) == pytest.approx(focal, abs=1e-6)


@pytest.mark.parametrize("aspect", [Fraction(0.8), Fraction(123_457, 100_003)])
def test_any_fraction_above_0_is_taken_as_aspect(aspect):
    assert edit_of({"aspect": aspect}).aspect == pytest.approx(aspect, abs=1e-6)


def test_a_misspelt_word_is_refused_by_name():
    with pytest.raises(InvalidValueError, match="widht"):
        edit_of({"widht": 100})


def test_a_margin_has_one_unit():
    with pytest.raises(InvalidValueError):
        edit_of({"margin": "20px%"})


@pytest.mark.parametrize("width", ["100", 10.5])
def test_a_width_that_is_no_whole_number_is_refused(width):
    with pytest.raises(InvalidValueError, match="width"):
        edit_of({"width": width})


@pytest.mark.parametrize(
    "wish",
    [
        {"rect": "0,0,5,5", "gravity": "north"},
        {"rect": "0,0,5,5", "focal": (0.1, 0.1)},
        {"resize_mode": "fill"},
        {"enlarge": True},
    ],
)
def test_a_word_that_could_have_no_effect_is_refused(wish):
    word = list(wish)[-1]
    with pytest.raises(InvalidValueError, match=f"no {word} (beside|without)"):
        edit_of(wish)

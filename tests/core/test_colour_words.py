"""Colours as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.colour import WHITE, Colour, parse_colour
from cropwright.errors import InvalidValueError


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("white", WHITE),
        ("Black", Colour(0, 0, 0)),
        ("grey", Colour(128, 128, 128)),
        ("gray", Colour(128, 128, 128)),
        ("#fff", WHITE),
        ("#1a2", Colour(0x11, 0xAA, 0x22)),
        ("#102030", Colour(0x10, 0x20, 0x30)),
        ("FF8000", Colour(255, 128, 0)),
        (" #ff8000 ", Colour(255, 128, 0)),
    ],
)
def test_a_colour_is_a_name_or_hex_digits(text, colour):
    assert parse_colour(text) == colour


@pytest.mark.parametrize(
    "text",
    ["", "#", "red", "#12", "#1234", "#12345g", "#1234567", "##123", "rgb(1,2,3)", "\uff11" * 3],
)
def test_anything_else_is_refused_as_it_was_written(text):
    with pytest.raises(InvalidValueError) as refusal:
        parse_colour(text, "border")
    assert (refusal.value.field, refusal.value.value) == ("border", text)


@settings(max_examples=100, deadline=None)
@given(*[st.integers(0, 255)] * 3)
def test_every_colour_can_be_written_and_read(red, green, blue):
    assert parse_colour(f"#{red:02X}{green:02x}{blue:02x}") == Colour(red, green, blue)


def test_eight_digits_are_a_colour_only_where_it_may_be_clear():
    assert parse_colour("#ff573380", clear=True) == Colour(255, 87, 51, 128)
    with pytest.raises(InvalidValueError):
        parse_colour("#ff573380")

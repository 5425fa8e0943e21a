"""Wishes for cut-outs as people write them, and windows around a subject's box."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cropwright.core.colour import Colour
from cropwright.core.command import Edit, Margin, Resize
from cropwright.core.cutout import Blur, Cutout, Shadow
from cropwright.core.geometry import Rect, Size, smallest_with_aspect
from cropwright.core.window import around
from cropwright.core.wish import cutout_of
from cropwright.errors import InvalidValueError

FIELD = Rect(0, 0, 400, 300)
BOX = Rect(100, 50, 80, 120)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, Cutout()),
        ({"background": "transparent"}, Cutout()),
        ({"background": " Blur "}, Cutout(background=Blur())),
        ({"background": "#0f0"}, Cutout(background=Colour(0, 255, 0))),
        ({"background_picture": b"png"}, Cutout(background=b"png")),
        ({"model": "quality", "shadow": True}, Cutout(model="isnet", shadow=Shadow())),
        ({"only_mask": True}, Cutout(only_mask=True)),
        ({"no_subject": "keep"}, Cutout(no_subject="keep")),
    ],
)
def test_words_become_a_cutout(words, expected):
    assert cutout_of(words).cutout == expected


def test_the_other_words_keep_their_meaning():
    edit = cutout_of({"gravity": "subject", "margin": "5%", "aspect": "4:5"})
    assert (edit.gravity, edit.margin, edit.aspect) == (
        "subject",
        Margin(5, percent=True),
        Fraction(4, 5),
    )


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"model": "rmbg"}, "model"),
        ({"background": "blueish"}, "background"),
        ({"background": "blur", "background_picture": b"png"}, "background"),
        ({"background": "blur", "only_mask": True}, "only_mask"),
        ({"no_subject": "clear"}, "no_subject"),
        ({"sharpness": 3}, "sharpness"),
        ({"animate": True}, "animate"),
    ],
)
def test_a_word_that_cannot_be_followed_is_named(words, field):
    with pytest.raises(InvalidValueError) as refusal:
        cutout_of(words)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Edit(), BOX),
        (Edit(margin=Margin(10)), Rect(90, 40, 100, 140)),
        (Edit(margin=Margin(60)), Rect(40, 0, 200, 230)),
        (Edit(aspect=Fraction(1)), Rect(80, 50, 120, 120)),
        (Edit(aspect=Fraction(3)), Rect(0, 50, 360, 120)),
        (Edit(aspect=Fraction(1, 4)), Rect(103, 0, 75, 300)),
        (Edit(width=50, height=50), Rect(115, 85, 50, 50)),
        (Edit(width=900), Rect(0, 50, 400, 120)),
        (Edit(resize=Resize(40, 40, "fill")), Rect(80, 50, 120, 120)),
    ],
)
def test_a_window_around_the_subject_holds_it_with_its_margin(edit, expected):
    assert around(BOX, FIELD, edit) == expected


def test_a_window_around_the_subject_stays_in_its_field():
    field = Rect(90, 40, 100, 140)
    window = around(BOX, field, Edit(aspect=Fraction(1), margin=Margin(50)))
    assert window.inside(field) == window


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(16, 9), Fraction(2, 3), Fraction(7)])
def test_the_smallest_size_of_a_shape_holds_what_it_is_for(aspect):
    held = smallest_with_aspect(Size(37, 53), aspect, Size(5000, 5000))
    assert held.width >= 37
    assert held.height >= 53
    assert abs(held.width - held.height * aspect) <= max(1, aspect)


def test_a_rectangle_outside_its_field_is_all_of_it():
    assert Rect(500, 500, 5, 5).inside(FIELD) == FIELD

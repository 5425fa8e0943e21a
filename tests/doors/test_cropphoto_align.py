"""auto-resize-align and lifestyle: their fields (contract notes, 6.2, 6.4 and 6.7), and a service."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cropwright.core.colour import WHITE, Colour
from cropwright.core.command import Output
from cropwright.core.cutout import KEEP, Cutout
from cropwright.core.geometry import Size
from cropwright.core.layout import END, MIDDLE, START, Axis, Layout, Room
from cropwright.doors.cropphoto import errors
from cropwright.doors.cropphoto.wire import PictureCall
from cropwright.doors.cropphoto.wire_align import parse_auto_resize_align, parse_lifestyle
from cropwright.errors import CropwrightError
from cropwright.http.fields import from_json
from cropwright.service.calls import Source

URL = "https://shop.example/a.jpg"
SIDES = {"top": 20, "bottom": 20, "left": 50, "right": 0, "unit": "px"}
AUTO = Output(among=("jpeg", "png", "webp"))


def align(**values: Any) -> PictureCall:
    return parse_auto_resize_align(from_json(json.dumps({"image_url": URL, **values}).encode()))


def lifestyle(**values: Any) -> PictureCall:
    told = {"image_url": URL, "minimum_margins": SIDES, **values}
    return parse_lifestyle(from_json(json.dumps(told).encode()))


def refusal(parse, **values: Any) -> str:
    with pytest.raises(CropwrightError) as refused:
        parse(**values)
    row, detail = errors.row_of(refused.value)
    assert (row.status, row.kind) == (400, "invalid_payload")
    return detail


def test_without_a_word_a_product_is_centred_on_white_in_its_picture_s_size():
    call = align()
    assert (call.source, call.as_link, call.behind) == (Source(url=URL, field="image_url"), 0, None)
    assert call.edit.cutout == Cutout(background=WHITE, no_subject=KEEP)
    assert (call.edit.layout, call.edit.output) == (Layout(), AUTO)


@pytest.mark.parametrize(
    ("word", "background"),
    [
        ("white", WHITE),
        ("", WHITE),
        ("White", WHITE),
        ("transparent", None),
        ("#fff", WHITE),
        ("#FF5733", Colour(255, 87, 51)),
        ("#ff573380", Colour(255, 87, 51, 128)),
    ],
)
def test_a_background_is_nothing_or_a_colour(word, background):
    assert align(background=word).edit.cutout == Cutout(background=background, no_subject=KEEP)


def test_a_background_is_a_picture_by_its_url():
    call = align(background="https://shop.example/wall.jpg", output_format="jpeg")
    assert call.behind == Source(url="https://shop.example/wall.jpg", field="background")
    assert call.edit.cutout == Cutout(no_subject=KEEP)


@pytest.mark.parametrize("word", ["none", "black", "#12345", "#xyz", "ftp://x/y", 7])
def test_another_background_is_refused(word):
    told = refusal(align, background=word)
    assert told.startswith("background is ")
    assert told.endswith("a string" if word == 7 else "or an http or https URL")


@pytest.mark.parametrize("background", ["transparent", "#ff573380", "#ff573300"])
def test_a_jpeg_cannot_be_clear(background):
    told = refusal(align, background=background, output_format="jpeg")
    assert told == "output_format is jpeg; expected png or webp on a transparent background"


@pytest.mark.parametrize(
    ("word", "size"),
    [("1080x1350", Size(1080, 1350)), ("1x9999", Size(1, 9999)), ("match_to_original", None)],
)
def test_the_frame_has_a_size_or_the_picture_s(word, size):
    assert align(output_dimension=word).edit.layout.size == size
    assert lifestyle(output_dimension=word).edit.layout.size == size


@pytest.mark.parametrize(
    "word", ["12345x10", "100 x 100", "100X100", "0x100", "x", "\u0661x\u0661", 5]
)
def test_another_dimension_is_refused(word):
    for parse in (align, lifestyle):
        assert refusal(parse, output_dimension=word).startswith("output_dimension is ")


def test_trimming_is_for_lifestyle_alone():
    assert lifestyle(output_dimension="trim_to_subject").edit.layout.trimmed
    assert refusal(align, output_dimension="trim_to_subject").startswith("output_dimension is ")


@pytest.mark.parametrize(
    ("word", "output"),
    [("auto", AUTO), ("", AUTO), ("PNG", Output("png")), ("jpeg", Output("jpeg"))],
)
def test_the_format_is_one_of_four_words(word, output):
    assert align(output_format=word).edit.output == output
    assert refusal(align, output_format="avif").startswith("output_format is avif; expected auto")


@pytest.mark.parametrize(
    ("value", "left", "top"),
    [
        (8, Room(percent=8), Room(percent=8)),
        (2.5, Room(percent=2.5), Room(percent=2.5)),
        ({"left": 8}, Room(percent=8), Room()),
        ({"left": 800, "top": 20, "unit": "px"}, Room(800), Room(20)),
        ({"left": 8, "right": None, "unit": "%"}, Room(percent=8), Room()),
    ],
)
@pytest.mark.parametrize("name", ["minimum_margins", "margins"])
def test_margins_are_a_number_or_sides_in_percent_or_pixels(name, value, left, top):
    layout = align(**{name: value}).edit.layout
    assert (layout.across.before, layout.down.before) == (left, top)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (101, "margins value should be in range 0 to 100"),
        (-1, "margins value should be in range 0 to 100"),
        ({"left": 100.5}, "margins value should be in range 0 to 100"),
        ("50", "margins is '50'; expected a number from 0 to 100"),
        (True, "margins is True; expected a number from 0 to 100"),
        ([8], "margins is [8]; expected a number from 0 to 100"),
        ({"left": "8"}, "margins.left is '8'; expected a number from 0 to 100"),
        ({"left": 3001, "unit": "px"}, "margins.left is 3001; expected a number from 0 to 3000"),
        ({"left": 8, "unit": "em"}, "margins.unit is 'em'; expected % or px"),
    ],
)
def test_other_margins_are_refused(value, told):
    assert refusal(align, margins=value) == told


@pytest.mark.parametrize(
    ("values", "across"),
    [
        ({}, Axis()),
        ({"horizontal_alignment": ""}, Axis()),
        ({"horizontal_alignment": "LEFT"}, Axis(end=START)),
        (
            {"horizontal_alignment": "right", "horizontal_alignment_margin": 5},
            Axis(after=Room(percent=5), end=END),
        ),
        (
            {
                "horizontal_alignment": "left",
                "horizontal_alignment_margin": 5,
                "margins": {"left": 30, "unit": "px"},
            },
            Axis(Room(30, 5), end=START),
        ),
        ({"horizontal_alignment": "center", "horizontal_alignment_margin": 5}, Axis(end=MIDDLE)),
    ],
)
def test_an_alignment_has_a_margin_of_its_own(values, across):
    assert align(**values).edit.layout.across == across


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("horizontal_alignment", "top"),
        ("vertical_alignment", "left"),
        ("vertical_alignment", 3),
        ("horizontal_alignment_margin", 101),
        ("vertical_alignment_margin", "5"),
        ("preserve_edge_contact", "yes"),
        ("preserve_edge_contact", {"top": 1}),
    ],
)
def test_other_alignments_and_contacts_are_refused(field, value):
    assert refusal(align, **{field: value}).startswith(field)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (True, (True, True, True, True)),
        (None, (False, False, False, False)),
        ({"bottom": True, "left": False}, (False, False, False, True)),
    ],
)
def test_contact_with_the_edge_is_kept_on_all_sides_or_on_some(value, kept):
    layout = align(preserve_edge_contact=value).edit.layout
    across, down = layout.across, layout.down
    told = (across.keeps_before, across.keeps_after, down.keeps_before, down.keeps_after)
    assert told == kept


@pytest.mark.parametrize("value", [SIDES, SIDES | {"top": "20", "left": " 50 "}])
def test_lifestyle_keeps_the_background_around_the_subject(value):
    edit = lifestyle(minimum_margins=value).edit
    assert (edit.cutout, edit.output) == (None, AUTO)
    across, down = Axis(Room(50), Room(0)), Axis(Room(20), Room(20))
    assert edit.layout == Layout(filled=True, across=across, down=down)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "minimum_margins is missing"),
        (20, "minimum_margins is 20"),
        (SIDES | {"right": None}, "minimum_margins.right is missing"),
        (SIDES | {"unit": None}, "minimum_margins.unit is missing"),
        (SIDES | {"unit": "em"}, "minimum_margins.unit is 'em'"),
        (SIDES | {"top": 3001}, "minimum_margins.top is 3001"),
        (SIDES | {"top": "3001"}, "minimum_margins.top is '3001'"),
        (SIDES | {"top": 1.5}, "minimum_margins.top is 1.5"),
        (SIDES | {"top": "x"}, "minimum_margins.top is 'x'"),
        (SIDES | {"top": True}, "minimum_margins.top is True"),
    ],
)
def test_lifestyle_needs_every_margin_and_its_unit(value, told):
    assert refusal(lifestyle, minimum_margins=value).startswith(told)


@pytest.mark.parametrize("word", ["SCENE_V1", "scene_v1", "AUTO", "", None])
def test_models_and_hints_change_nothing(word):
    hints = ["shoe", "on a table", "a", "b", "c"]
    assert lifestyle(ai_model=word, analysis_hints=hints) == lifestyle()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ai_model", "SCENE_V9"),
        ("analysis_hints", "shoe"),
        ("analysis_hints", [1]),
        ("analysis_hints", ["a"] * 6),
    ],
)
def test_other_models_and_hints_are_refused(field, value):
    assert refusal(lifestyle, **{field: value}).startswith(field)

"""body-aware-crop and unrecognizable-crop: their fields (contract notes, 6.5 and 6.6)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cropwright.core.body import NEEDS, Part
from cropwright.core.colour import WHITE
from cropwright.core.cutout import KEEP, Cutout
from cropwright.core.geometry import Size
from cropwright.core.layout import Axis, Layout, Room
from cropwright.core.lines import ABOVE, BELOW_FACE, LINES, Line
from cropwright.doors.cropphoto import errors
from cropwright.doors.cropphoto.wire import PictureCall
from cropwright.doors.cropphoto.wire_body import parse_body_aware_crop, parse_unrecognizable_crop
from cropwright.errors import CropwrightError, PartMissingError
from cropwright.http.fields import from_json
from cropwright.service.calls import Source
from examples import ROOT

URL = "https://shop.example/a.jpg"
ASIS = Layout(trimmed=True, filled=True, down=Axis(starts_whole=True))
LINE = "between_eyes_and_nose"
NAMES = {
    parse_body_aware_crop: "body-aware-crop",
    parse_unrecognizable_crop: "unrecognizable-crop",
}


def body(**values: Any) -> PictureCall:
    told = {"image_url": URL, "crop_marker": "HEAD", **values}
    return parse_body_aware_crop(from_json(json.dumps(told).encode()))


def hidden(**values: Any) -> PictureCall:
    return parse_unrecognizable_crop(from_json(json.dumps({"image_url": URL, **values}).encode()))


def refusal(parse, **values: Any) -> str:
    with pytest.raises(CropwrightError) as refused:
        parse(**values)
    row, detail = errors.row_of(refused.value)
    assert (row.status, row.kind) == (400, "invalid_payload")
    return detail


@pytest.mark.parametrize("name", NEEDS)
@pytest.mark.parametrize("field", ["crop_marker", "marker"])
def test_every_marker_is_a_part_in_any_case(name, field):
    for word in (name.upper(), name):
        call = body(**{"crop_marker": None, field: word})
        assert call.edit.part == Part(name)


def test_a_body_is_laid_on_white_or_left_where_it_is():
    assert body().edit.cutout == Cutout(background=WHITE, no_subject=KEEP)
    assert body(background="none").edit.cutout is None
    wall = body(background="https://shop.example/wall.jpg", response_type="url")
    assert (wall.behind.url, wall.as_link) == ("https://shop.example/wall.jpg", True)
    assert (wall.source, wall.edit.layout) == (Source(url=URL, field="image_url"), ASIS)


def test_a_picture_that_stays_fills_a_frame_of_its_own():
    for background, filled in (("none", True), ("white", False)):
        layout = body(background=background, output_dimension="600x400").edit.layout
        assert (layout.size, layout.filled, layout.trimmed) == (Size(600, 400), filled, False)
    assert body(output_dimension="match_to_original").edit.layout.size is None


@pytest.mark.parametrize(
    ("value", "left", "bottom"),
    [(10, 10, 10), (2.5, 2.5, 2.5), ({"left": 10}, 10, 0), ({"bottom": 100, "left": None}, 0, 100)],
)
def test_margins_are_percent_of_the_part(value, left, bottom):
    layout = body(margins=value).edit.layout
    told = (layout.across.before, layout.down.after)
    assert told == (Room(percent=left), Room(percent=bottom))


@pytest.mark.parametrize("value", [101, -0.5, {"top": 101}])
@pytest.mark.parametrize("parse", [body, hidden])
def test_margins_outside_0_to_100_are_refused_in_the_contract_s_words(parse, value):
    assert refusal(parse, margins=value) == "margins value should be in range 0 to 100"


@pytest.mark.parametrize("value", ["50", {"top": "50"}, True, [1]])
@pytest.mark.parametrize("parse", [body, hidden])
def test_margins_are_numbers(parse, value):
    assert refusal(parse, margins=value).endswith("expected a number from 0 to 100")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"crop_marker": "TORSO"}, "crop_marker is TORSO; expected FACE, HEAD, "),
        ({"crop_marker": None, "marker": "TORSO"}, "marker is TORSO; expected FACE"),
        ({"crop_marker": None}, "crop_marker is missing: one of FACE"),
        ({"crop_marker": 7}, "crop_marker is a number"),
        ({"center_around_face": "yes"}, "center_around_face is 'yes'; expected true or false"),
        ({"output_dimension": "trim_to_subject"}, "output_dimension is trim_to_subject"),
        ({"background": "transparent", "output_format": "jpeg"}, "output_format is jpeg"),
        ({"background": "black"}, "background is black; expected none, transparent"),
    ],
)
def test_what_a_body_crop_cannot_follow_is_named(values, told):
    assert refusal(body, **values).startswith(told)


def test_the_face_may_be_in_the_middle():
    assert body(center_around_face=True).edit.part == Part("head", around_face=True)


def test_a_part_that_is_not_there_is_the_caller_s_to_know():
    row, detail = errors.row_of(PartMissingError("knees"))
    assert (row.status, row.kind, detail) == (400, "invalid_payload", "the picture shows no knees")


@pytest.mark.parametrize("name", LINES)
def test_every_marker_is_a_line_across_all_faces(name):
    word = "face" if name == BELOW_FACE else name
    assert hidden(crop_marker=word).edit.line == Line(name)
    assert hidden(marker=word.upper()).edit.line == Line(name)


@pytest.mark.parametrize(
    ("margins", "line"),
    [
        (None, Line(LINE)),
        (100, Line(LINE)),
        ({"top": 100, "bottom": 100, "left": 100, "right": 100}, Line(LINE)),
        ({"top": 10}, Line(LINE, further=10)),
        ({"top": 0, "bottom": 50}, Line(LINE, reach=50)),
        ({"left": 50, "right": 0}, Line(LINE, left=50, right=0)),
        (50, Line(LINE, further=50, reach=50, left=50, right=50)),
    ],
)
def test_margins_at_a_line_are_what_the_contract_makes_of_them(margins, line):
    assert hidden(margins=margins).edit.line == line


def test_the_upper_side_is_kept_with_its_margins_turned_round():
    margins = {"top": 50, "bottom": 10}
    expected = Line(LINE, ABOVE, further=10, reach=50)
    assert hidden(crop_from="TOP", margins=margins).edit.line == expected
    assert hidden(side="top", margins=margins).edit.line == expected
    assert refusal(hidden, side="left").startswith("side is left; expected bottom or top")


@pytest.mark.parametrize("parse", [parse_body_aware_crop, parse_unrecognizable_crop])
def test_the_guide_s_request_is_understood(parse):
    page = (ROOT / "docs" / "cropphoto.md").read_text()
    section = page.partition(f"`POST /v1/crop/{NAMES[parse]}`")[2]
    request = section.partition("```json\n")[2].partition("```")[0]
    call = parse(from_json(request.encode()))
    assert (call.as_link, call.edit.cutout) == (True, None)


def test_other_lines_are_refused():
    assert refusal(hidden, crop_marker="FOREHEAD").startswith("crop_marker is FOREHEAD")

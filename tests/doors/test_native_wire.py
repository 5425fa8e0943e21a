"""The native API's words: the same in JSON and in a form, and none but those documented."""

from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemas import matches

from cropwright.core.body import NEEDS, Part
from cropwright.core.colour import Colour
from cropwright.core.command import Edit, Facts, Margin, Output, Resize
from cropwright.core.geometry import Rect, Size
from cropwright.core.gravity import GRAVITIES
from cropwright.core.hosting import Allowance, Draft, Upload, Usage
from cropwright.core.lines import LINES, SIDES, Line
from cropwright.core.report import Report
from cropwright.doors.native import schema, wire
from cropwright.errors import InvalidValueError, MalformedRequestError, MissingFieldError
from cropwright.http.fields import Fields, from_json


def fields(**values: object) -> Fields:
    return from_json(json.dumps(values).encode())


def form(**values: str | bytes) -> Fields:
    return Fields(values)


def parsed(**values: object) -> wire.PictureCall:
    return wire.parse_crop(fields(image="AAAA", **values))


def in_form(**values: str) -> wire.PictureCall:
    return wire.parse_crop(form(image="AAAA", **values))


def refusal(**values: object) -> InvalidValueError | MissingFieldError:
    with pytest.raises((InvalidValueError, MissingFieldError)) as refused:
        parsed(**values)
    return refused.value


SAME = [
    ({}, {}, Edit()),
    ({"rect": "10,20,300,200"}, {"rect": "10,20,300,200"}, Edit(rect=Rect(10, 20, 300, 200))),
    ({"rect": [1, 2, 3, 4]}, {"rect": "1, 2, 3, 4"}, Edit(rect=Rect(1, 2, 3, 4))),
    (
        {"rect": {"x": 1, "y": 2, "width": 3, "height": 4}},
        {"rect": "1,2,3,4"},
        Edit(rect=Rect(1, 2, 3, 4)),
    ),
    ({"gravity": "northwest"}, {"gravity": "northwest"}, Edit(gravity="northwest")),
    (
        {"focal_x": 0.25, "focal_y": 1},
        {"focal_x": "0.25", "focal_y": "1"},
        Edit(gravity="focal_point", focal_x=0.25, focal_y=1.0),
    ),
    ({"focal_y": 0}, {"focal_y": "0"}, Edit(gravity="focal_point", focal_y=0.0)),
    (
        {"focal_x": 1 / 3, "gravity": "focal_point"},
        {"focal_x": str(1 / 3), "gravity": "focal_point"},
        Edit(gravity="focal_point", focal_x=0.333333),
    ),
    ({"focal_x": 1e-7}, {"focal_x": "1e-7"}, Edit(gravity="focal_point", focal_x=0.0)),
    (
        {"width": 640, "height": 480},
        {"width": " 640 ", "height": "480"},
        Edit(width=640, height=480),
    ),
    ({"aspect": "4:5"}, {"aspect": "4:5"}, Edit(aspect=Fraction(4, 5))),
    ({"aspect": 1.5}, {"aspect": "1.5"}, Edit(aspect=Fraction(3, 2))),
    ({"aspect": 2}, {"aspect": "2"}, Edit(aspect=Fraction(2))),
    ({"margin": "5%"}, {"margin": "5%"}, Edit(margin=Margin(5.0, percent=True))),
    ({"margin": 20}, {"margin": "20"}, Edit(margin=Margin(20.0))),
    ({"trim": True}, {"trim": "true"}, Edit(trim=True)),
    ({"trim": False}, {"trim": "0"}, Edit()),
    ({"resize": "600x400"}, {"resize": "600x400"}, Edit(resize=Resize(600, 400))),
    (
        {"resize": {"width": 600, "height": 400}, "resize_mode": "fill", "enlarge": True},
        {"resize": "600x400", "resize_mode": "fill", "enlarge": "yes"},
        Edit(resize=Resize(600, 400, "fill", enlarge=True)),
    ),
    ({"resize": {"width": 600}}, {"resize": "600x"}, Edit(resize=Resize(600, None))),
    (
        {"resize": {"width": None, "height": 4}},
        {"resize": "x4"},
        Edit(resize=Resize(None, 4)),
    ),
    (
        {"background": "#102030"},
        {"background": "#102030"},
        Edit(background=Colour(0x10, 0x20, 0x30)),
    ),
    ({"animate": True}, {"animate": "1"}, Edit(animate=True)),
    (
        {"format": "webp", "quality": 7, "lossless": True},
        {"format": "webp", "quality": "7", "lossless": "TRUE"},
        Edit(output=Output("webp", quality=7, lossless=True)),
    ),
    ({"format": "jpg"}, {"format": "jpg"}, Edit(output=Output("jpg"))),
]


@pytest.mark.parametrize(("as_json", "as_form", "edit"), SAME)
def test_json_and_a_form_ask_for_the_same(as_json, as_form, edit):
    assert parsed(**as_json).edit == edit
    assert in_form(**as_form).edit == edit


@pytest.mark.parametrize("name", sorted(wire.CROP_FIELDS - {"image"}))
def test_what_is_null_or_empty_is_as_good_as_absent(name):
    assert parsed(**{name: None}) == parsed(**{name: ""}) == parsed()
    assert in_form(**{name: ""}) == in_form()


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({}, "bytes"),
        ({"answer": "link"}, "link"),
        ({"answer": "base64"}, "base64"),
        ({"inline": True}, "base64"),
        ({"inline": False}, "bytes"),
        ({"inline": True, "answer": "link"}, "link"),
    ],
)
def test_the_answer_is_bytes_unless_something_else_is_asked_for(values, answer):
    assert parsed(**values).answer == answer


def test_explaining_and_the_time_of_a_link_are_asked_for_by_themselves():
    call = parsed(explain=True, dry_run=True, expires_seconds=60)
    assert (call.explain, call.dry_run, call.seconds) == (True, True, 60)
    assert (parsed().explain, parsed().dry_run, parsed().seconds) == (False, False, None)


@pytest.mark.parametrize("seconds", [0, 1, 366 * 24 * 3600, "60"])
def test_a_link_may_live_up_to_a_year(seconds):
    assert wire.parse_seconds(fields(expires_seconds=seconds)) == int(seconds)


REFUSED = {
    "rect": ["1,2,3", "a", 7, [1, 2, 3], [1, 2, 3, -4], [1, 2, 3, 4.5], [1, 2, 3, True]],
    "gravity": ["middle", "CENTER", 7, True, ["center"], "automatic"],
    "focal_x": [-0.1, 1.1, "1.1", "nan", "inf", "a", True, [0.5], 10**400, "1e400"],
    "focal_y": [2, "50%", {}],
    "width": [
        0,
        -1,
        1.5,
        100.0,
        "1.5",
        "--5",
        "5-",
        "-",
        "+5",
        "1e3",
        "²",
        "٣",
        True,
        [1],
        "9" * 13,
    ],
    "height": [0, "-7", "many", {}],
    "aspect": ["4:0", 0, -1, "a", True, [4, 5], 1e300, "1:2:3"],
    "margin": [-1, "5 %%", "-5%", True, 70_000, {}],
    "trim": ["maybe", 1, 0, 2, [], "ja"],
    "resize": ["600", "x", "0x5", 600, [600, 400], {}, {"width": 0}, {"width": 0, "height": 5}],
    "background": ["red-ish", "#12", 7, True],
    "animate": [1, "perhaps"],
    "quality": [0, 101, -1, 85.5, "85.5", True, "best"],
    "lossless": [1, "partly"],
    "format": [7, True, ["png"]],
    "answer": ["json", "BYTES", 7, True],
    "inline": [1, "both"],
    "explain": [1, "why"],
    "dry_run": [1, "wet"],
    "expires_seconds": [-1, 366 * 24 * 3600 + 1, 1.5, "1h", True],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in REFUSED.items() for value in values],
)
def test_a_value_that_a_field_cannot_have_is_refused_and_the_field_named(name, value):
    error = refusal(**{name: value})
    assert error.field.replace(" ", "_").startswith(name)
    assert len(str(error)) < 400


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - {"image"}))
def test_a_file_in_the_place_of_a_word_is_refused(name):
    with pytest.raises(InvalidValueError) as refused:
        wire.parse_crop(form(image="AAAA", **{name: b"\x89PNG" * 1000}))
    assert str(refused.value) == f"{name} is a file; expected text"


@pytest.mark.parametrize(
    "values",
    [
        {"rect": "1,2,3,4", "width": 5},
        {"rect": "1,2,3,4", "gravity": "center"},
        {"rect": "1,2,3,4", "focal_x": 0.5},
        {"rect": "1,2,3,4", "trim": True},
        {"focal_x": 0.5, "gravity": "north"},
        {"width": 1, "height": 2, "aspect": 1},
        {"enlarge": True},
        {"resize_mode": "fill"},
        {"resize": "600x", "resize_mode": "fill"},
        {"resize": "600x400", "resize_mode": "squeeze"},
    ],
)
def test_wishes_that_contradict_each_other_are_refused(values):
    assert refusal(**values).code in ("invalid_value", "missing_field")


def test_a_field_that_there_is_not_is_named_with_those_that_there_are():
    error = refusal(witdh=5)
    assert (error.field, error.value) == ("witdh", "no field")
    assert "width" in error.expected.split(", ")
    assert len(refusal(**{"x" * 5000: 1}).field) == 40


SOURCES = [
    (fields(image="AAAA"), wire.Source(encoded=b"AAAA")),
    (fields(image="AAAA", url=None, upload=""), wire.Source(encoded=b"AAAA")),
    (form(image="AAAA", url=""), wire.Source(encoded=b"AAAA")),
    (form(image=b"\x89PNG"), wire.Source(data=b"\x89PNG")),
    (form(image=b"", url="https://a.test/x"), wire.Source(url="https://a.test/x", field="url")),
    (fields(url="https://a.test/x"), wire.Source(url="https://a.test/x", field="url")),
    (fields(upload="abc"), wire.Source(upload="abc", field="upload")),
]


@pytest.mark.parametrize(("asked", "source"), SOURCES)
def test_the_picture_comes_from_one_place(asked, source):
    assert wire.parse_source(asked) == source


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "image"),
        ({"image": ""}, "image"),
        ({"image": "AAAA", "url": "http://a"}, "url"),
        ({"url": "http://a", "upload": "abc"}, "upload"),
        ({"image": "AAAA", "url": "http://a", "upload": "abc"}, "url"),
        ({"image": 7}, "image"),
        ({"url": ["http://a"]}, "url"),
        ({"upload": 7}, "upload"),
    ],
)
def test_without_one_place_for_the_picture_there_is_none(values, field):
    with pytest.raises((InvalidValueError, MissingFieldError)) as refused:
        wire.parse_source(fields(**values))
    assert refused.value.field == field


def test_every_documented_field_is_known_and_the_other_way_round():
    assert schema.CROP.keys() == wire.CROP_FIELDS
    assert schema.CUTOUT.keys() == wire.CUTOUT_FIELDS
    wire.check_upload(fields(**dict.fromkeys(schema.UPLOAD, "x")))
    for name in sorted(wire.CROP_FIELDS - schema.UPLOAD.keys()):
        with pytest.raises(InvalidValueError):
            wire.check_upload(fields(**{name: "x"}))


BESIDE = {
    "url": {},
    "upload": {},
    "enlarge": {"image": "AAAA", "resize": "600x"},
    "resize_mode": {"image": "AAAA", "resize": "600x400"},
    "keep": {"image": "AAAA", "line": "eyes"},
    "who": {"image": "AAAA", "part": "head"},
    "around_face": {"image": "AAAA", "part": "head"},
}
"""What some fields need or allow beside them; the others come with a picture alone."""


def examples(row: dict[str, object]) -> list[object]:
    """Values that a field's schema allows."""
    inner = [value for one in row.get("oneOf", []) for value in examples(one)]
    if "properties" in row:
        inner.append(dict.fromkeys(row["properties"], 7))
    kinds = {"boolean": [True, False], "array": [[7, 7, 7, 7]]}
    found = [*row.get("enum", []), *row.get("examples", []), *inner]
    found += [row[word] for word in ("default", "minimum", "maximum") if word in row]
    return found or kinds.get(str(row["type"]), ["x"])


EXAMPLES = [(name, value) for name, row in schema.CROP.items() for value in examples(row)]


@pytest.mark.parametrize(("name", "value"), EXAMPLES)
def test_what_is_documented_is_accepted(name, value):
    assert matches(schema.CROP[name], value)
    beside = {} if name == "image" else BESIDE.get(name, {"image": "AAAA"})
    assert wire.parse_crop(fields(**{**beside, name: value}))


@pytest.mark.parametrize(("name", "row"), schema.CROP.items())
def test_what_is_documented_as_the_default_changes_nothing(name, row):
    if "default" in row:
        beside = BESIDE.get(name, {"image": "AAAA"})
        explicit = wire.parse_crop(fields(**{**beside, name: row["default"]}))
        assert explicit == wire.parse_crop(fields(**beside))


WRITTEN = {"rect", "resize", "aspect", "margin", "background"}
"""Fields whose text has a grammar that the schema does not tell."""


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name in REFUSED if name not in WRITTEN for value in REFUSED[name]],
)
def test_what_is_refused_is_not_documented_as_allowed(name, value):
    assert not matches(schema.CROP[name], value)


lengths = st.none() | st.integers(1, 65_535)
colours = st.builds(Colour, *[st.integers(0, 255)] * 3)
outputs = st.builds(
    Output,
    format=st.sampled_from([None, "png", "jpeg", "webp", "avif", "gif"]),
    quality=st.integers(1, 100),
    lossless=st.booleans(),
)
resizes = st.none() | st.builds(
    Resize,
    st.integers(1, 9_999_999),
    st.integers(1, 9_999_999),
    st.sampled_from(["fit", "fill", "exact"]),
    st.booleans(),
)
common = {"background": colours, "animate": st.booleans(), "output": outputs, "resize": resizes}
WHO = st.sampled_from(["largest", "all", "1", "12"])
margins = st.builds(Margin, st.integers(0, 65_535).map(float), st.booleans())
windows = st.builds(
    Edit,
    gravity=st.sampled_from([name for name in GRAVITIES if name != "focal_point"]),
    width=lengths,
    aspect=st.none() | st.builds(Fraction, st.integers(1, 99_999), st.integers(1, 99_999)),
    margin=margins,
    trim=st.booleans(),
    **common,
)
people = st.builds(
    Edit,
    part=st.none() | st.builds(Part, st.sampled_from(sorted(NEEDS)), WHO, st.booleans()),
    aspect=st.none() | st.just(Fraction(4, 5)),
    margin=margins,
    **common,
) | st.builds(
    Edit, line=st.builds(Line, st.sampled_from(LINES), st.sampled_from(SIDES), WHO), **common
)
focals = st.builds(
    Edit,
    gravity=st.just("focal_point"),
    focal_x=st.integers(0, 1000).map(lambda n: n / 1000),
    focal_y=st.integers(0, 1000).map(lambda n: n / 1000),
    width=lengths,
    height=lengths,
    **common,
)
rects = st.builds(
    Edit,
    rect=st.builds(Rect, *[st.integers(0, 9_999_999)] * 2, *[st.integers(1, 9_999_999)] * 2),
    margin=margins,
    **common,
)


def written(edit: Edit) -> dict[str, object]:
    """A request in JSON that asks for an Edit."""
    size, rect = edit.resize, edit.rect
    values = {
        "rect": rect and [rect.x, rect.y, rect.width, rect.height],
        "gravity": None if rect else edit.gravity,
        "part": edit.part and edit.part.name,
        "around_face": edit.part and edit.part.around_face,
        "line": edit.line and edit.line.name,
        "keep": edit.line and edit.line.keep,
        "who": (edit.part and edit.part.who) or (edit.line and edit.line.who),
        "width": edit.width,
        "height": edit.height,
        "aspect": edit.aspect and f"{edit.aspect.numerator}:{edit.aspect.denominator}",
        "margin": f"{edit.margin.amount:g}{'%' if edit.margin.percent else ''}",
        "trim": edit.trim,
        "resize": size and {"width": size.width, "height": size.height},
        "resize_mode": size and size.mode,
        "enlarge": size and size.enlarge,
        "background": f"#{edit.background.red:02x}{edit.background.green:02x}{edit.background.blue:02x}",
        "animate": edit.animate,
        "format": edit.output.format,
        "quality": edit.output.quality,
        "lossless": edit.output.lossless,
    }
    if edit.gravity == "focal_point":
        values |= {"focal_x": edit.focal_x, "focal_y": edit.focal_y}
    return values


def as_text(value: object) -> str:
    """A value of JSON as a form has it."""
    if isinstance(value, dict):
        return "x".join(map(str, value.values()))
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value).lower()


@given(windows | focals | rects | people)
def test_any_wish_comes_back_from_json_and_from_a_form(edit):
    values = written(edit)
    assert parsed(**values).edit == edit
    assert in_form(**{name: as_text(value) for name, value in values.items()}).edit == edit


loose = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(wire.CROP_FIELDS)), loose, max_size=4))
def test_no_values_whatever_make_more_than_an_error_of_ours(values):
    with suppress(InvalidValueError, MissingFieldError, MalformedRequestError):
        wire.parse_crop(from_json(json.dumps({"image": "AAAA", **values}).encode()))


DRAFT = Draft("t" * 32, "png", "image/png", 7, "ab" * 32, None, 1_700_000_000_123, None)


def test_an_upload_is_told_with_its_link_and_its_times():
    told = wire.upload_answer(Upload(5, DRAFT), "http://x/files/t.png")
    assert told == {
        "id": "t" * 32,
        "url": "http://x/files/t.png",
        "media_type": "image/png",
        "size_bytes": 7,
        "sha256": "ab" * 32,
        "created_at": "2023-11-14T22:13:20.123Z",
        "expires_at": None,
    }


def test_a_link_that_ends_tells_when():
    draft = Draft(*[getattr(DRAFT, name) for name in DRAFT.__slots__[:-1]], 1_700_000_060_000)
    assert wire.upload_answer(Upload(5, draft), "")["expires_at"] == "2023-11-14T22:14:20.000Z"


def test_a_picture_in_json_is_told_with_its_size():
    facts = Facts(100, 80, "png", has_alpha=False, frames=1)
    report = Report(facts, Rect(0, 0, 50, 40), "center", (), Size(25, 20))
    assert wire.picture_answer(b"\xff\0", "image/png", report) == {
        "image": "/wA=",
        "media_type": "image/png",
        "width": 25,
        "height": 20,
        "size_bytes": 2,
    }


def test_usage_is_told_beside_what_is_allowed():
    assert wire.usage_answer(Usage(7, 1), Allowance(quota_bytes=10)) == {
        "bytes": 7,
        "files": 1,
        "quota_bytes": 10,
        "quota_files": None,
    }

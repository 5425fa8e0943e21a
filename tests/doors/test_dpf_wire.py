"""dpf jobs and results between JSON and our words (contract, section 7)."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.command import Edit, Facts, Output
from cropwright.core.formats import READABLE
from cropwright.core.geometry import Rect, Size
from cropwright.core.report import Attempt, Report
from cropwright.doors.dpf import wire
from cropwright.doors.dpf.wire import BatchJob, CropJob, InvalidJobError
from cropwright.errors import InvalidValueError, MissingFieldError, RectEmptyError

FACTS = Facts(640, 480, "jpeg", has_alpha=False, frames=1)
BARE = {"operation": "crop", "input": "in.png", "output": "out.png"}
RECT = {"x": 1, "y": 2, "width": 3, "height": 4}


def parsed(**fields: object) -> CropJob:
    """A crop job with these fields beside the required ones, by way of JSON."""
    return wire.parse_job(wire.parse_json(json.dumps(BARE | fields)))


def edit(**fields: object) -> Edit:
    return parsed(**fields)(FACTS)


def refusal(text: str) -> str:
    """Why some text is no job."""
    with pytest.raises(InvalidJobError) as refused:
        wire.parse_job(wire.parse_json(text))
    assert str(refused.value) == refused.value.reason
    return refused.value.reason


def with_raw(field: str) -> str:
    """The bare job with one more member, written as raw JSON."""
    return f'{{"operation":"crop","input":"in.png","output":"out.png",{field}}}'


def test_a_bare_job_has_the_contract_s_defaults():
    assert parsed() == CropJob(
        input="in.png",
        output="out.png",
        rect=None,
        gravity=None,
        width=None,
        height=None,
        focal_x=0.5,
        focal_y=0.5,
        format=None,
        quality=85,
        inline=False,
    )


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("input", "größe 1/ein bild.png", "größe 1/ein bild.png"),
        ("output", "", ""),
        ("rect", RECT, Rect(1, 2, 3, 4)),
        ("rect", [1, 2, 3, 4], Rect(1, 2, 3, 4)),
        ("rect", RECT | {"unit": "px"}, Rect(1, 2, 3, 4)),
        ("rect", [0, 0, 0, 2**32 - 1], Rect(0, 0, 0, 2**32 - 1)),
        ("gravity", "center", "center"),
        ("gravity", "zzz", "zzz"),
        ("width", 0, 0),
        ("width", 2**32 - 1, 2**32 - 1),
        ("height", 7, 7),
        ("focal_x", 0.25, 0.25),
        ("focal_x", 1, 1.0),
        ("focal_y", -7.5, -7.5),
        ("focal_y", 10**40, 1e9),
        ("focal_x", -(10**400), -1e9),
        ("format", "JPG", "JPG"),
        ("quality", 0, 0),
        ("quality", 255, 255),
        ("inline", True, True),
        ("inline", False, False),
    ],
)
def test_every_field_is_read(field, value, read):
    assert getattr(parsed(**{field: value}), field) == read


@pytest.mark.parametrize(
    "field",
    ["rect", "gravity", "width", "height", "focal_x", "focal_y", "format", "quality"],
)
def test_null_stands_for_absent_in_every_optional_field_but_inline(field):
    assert parsed(**{field: None}) == parsed()


@pytest.mark.parametrize("field", ["operation", "input", "output"])
def test_a_required_field_is_missed_by_name(field):
    job = {name: value for name, value in BARE.items() if name != field}
    assert refusal(json.dumps(job)) == f"missing field `{field}`"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("operation", [None, 1, ["crop"]]),
        ("input", [None, 5, True, ["a"], {"a": 1}]),
        ("output", [None, 5, True, ["a"]]),
        ("rect", [5, "1,2,3,4", True, [], [1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, "4"], [1.0] * 4]),
        ("gravity", [1, True, ["center"]]),
        ("width", ["100", 100.0, True, [1], 1e2]),
        ("height", ["100", 100.5, False, {}]),
        ("focal_x", ["0.5", True, [0.5]]),
        ("focal_y", ["0.5", False, {}]),
        ("format", [1, True, ["png"]]),
        ("quality", [256, -1, 85.5, "85", True, 10**30]),
        ("inline", [None, "true", 1, 0, []]),
    ],
)
def test_a_wrong_type_is_refused_by_the_field_s_name(field, wrong):
    for value in wrong:
        assert f"{field} is " in refusal(json.dumps(BARE | {field: value})), value


@pytest.mark.parametrize("side", ["x", "y", "width", "height"])
def test_a_rect_needs_four_whole_numbers(side):
    short = {name: value for name, value in RECT.items() if name != side}
    assert refusal(json.dumps(BARE | {"rect": short})) == f"missing field `{side}`"
    for value in (None, "1", 1.0, True):
        assert f"{side} is " in refusal(json.dumps(BARE | {"rect": RECT | {side: value}}))


@pytest.mark.parametrize(
    "field",
    [
        '"input":"again"',
        '"operation":"crop"',
        '"width":1,"width":1',
        '"format":null,"format":"png"',
        '"rect":[1,2,3,4],"rect":null',
        '"quality":1,"qual\\u0069ty":1',
        '"rect":{"x":1,"x":1,"y":1,"width":1,"height":1}',
    ],
)
def test_a_known_field_given_twice_is_refused(field):
    assert refusal(with_raw(field)).startswith("duplicate field `")


def test_inline_given_twice_is_refused():
    assert refusal(with_raw('"inline":true,"inline":false')) == "duplicate field `inline`"


def test_unknown_fields_are_ignored_even_twice():
    text = with_raw('"max_threads":4,"parallel":true,"note":{"a":[1]},"note":null')
    assert wire.parse_job(wire.parse_json(text)) == parsed()


def test_field_names_and_operations_are_case_sensitive():
    assert parsed(Width=5, GRAVITY="center") == parsed()
    assert refusal(json.dumps(BARE | {"operation": "Crop"})).startswith("unknown operation `Crop`")


@pytest.mark.parametrize("text", ["5", "null", "[]", '"crop"', "[{}]", "true"])
def test_a_job_is_an_object(text):
    assert refusal(text).startswith("invalid type: a job is ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "not json",
        "{",
        '{"operation":"crop"',
        '{"operation":"crop",}',
        "{'operation':'crop'}",
        '{"operation":"crop"} x',
        '{"operation":"crop"}{"operation":"crop"}',
        '{"a":01}',
        '{"a":.5}',
        '{"a":+1}',
        '{"a":"\t"}',
        '{"a":"\\x"}',
        '{"a":1 /* one */}',
        "\ufeff{}",
    ],
)
def test_a_syntax_error_is_refused_with_its_place(text):
    assert " at line 1 column " in refusal(text)


def test_the_place_of_a_syntax_error_counts_lines():
    assert refusal("") == "expecting value at line 1 column 1"
    assert refusal('{\n  "operation": crop\n}').endswith("at line 2 column 16")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(word):
    assert refusal(with_raw(f'"focal_x":{word}')) == (
        "a number or the nesting is beyond what is read"
    )


def test_a_number_of_5000_digits_is_refused_and_one_of_4000_is_out_of_range():
    assert "beyond what is read" in refusal(with_raw(f'"width":{"9" * 5000}'))
    with pytest.raises(InvalidValueError) as refused:
        wire.parse_job(wire.parse_json(with_raw(f'"width":{"9" * 4000}')))(FACTS)
    assert (refused.value.field, len(refused.value.value)) == ("width", 40)


@pytest.mark.parametrize(("digits", "shown"), [(40, "9" * 40), (41, "9" * 37 + "...")])
def test_a_long_value_is_shown_by_its_start(digits, shown):
    with pytest.raises(InvalidValueError) as refused:
        edit(width=int("9" * digits))
    assert refused.value.value == shown


def test_a_float_beyond_double_precision_is_clamped_as_focal_and_refused_as_width():
    assert wire.parse_job(wire.parse_json(with_raw('"focal_x":1e999'))).focal_x == 1e9
    assert "width is " in refusal(with_raw('"width":1e999'))


@pytest.mark.parametrize("pair", ["[]", '{"a":}'])
def test_nesting_beyond_32_levels_is_refused_however_deep(pair):
    start, end = pair[:-1], pair[-1]
    assert wire.parse_json(start * 31 + "{}" + end * 31)
    assert refusal(start * 33 + "1" + end * 33) == "nested deeper than 32 levels"
    assert refusal(start * 500 + "1" + end * 500) == "nested deeper than 32 levels"
    assert "nesting" in refusal(start * 100_000 + "1" + end * 100_000)


def test_32_levels_are_not_too_deep_whatever_is_in_the_last():
    assert wire.parse_json("[" * 32 + "]" * 32)
    assert wire.parse_json("[" * 32 + "1" + "]" * 32)


def test_100000_open_brackets_are_refused():
    assert refusal("[" * 100_000)


def test_half_a_surrogate_pair_in_the_text_is_refused():
    assert refusal('{"operation":"crop","input":"\udce9"}') == (
        "a string holds half a surrogate pair"
    )


@pytest.mark.parametrize("field", ["input", "output", "format", "gravity", "\\ud800"])
def test_half_a_surrogate_pair_written_as_an_escape_is_refused(field):
    known = {"operation": '"crop"', "input": '"a"', "output": '"b"', field: '"\\udfff"'}
    members = ",".join(f'"{name}":{value}' for name, value in known.items())
    assert refusal(f"{{{members}}}") == "a string holds half a surrogate pair"


def test_a_whole_surrogate_pair_written_as_an_escape_is_one_character():
    text = with_raw('"gravity":"\\ud83d\\ude00"')
    assert wire.parse_job(wire.parse_json(text)).gravity == "😀"


def test_a_batch_job_holds_crop_jobs_in_order():
    jobs = [BARE, BARE | {"width": 5}]
    batch = wire.parse_job(wire.parse_json(json.dumps({"operation": "batch", "jobs": jobs})))
    assert batch == BatchJob((parsed(), parsed(width=5)))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "missing field `jobs`"),
        ({"jobs": None}, "jobs is null"),
        ({"jobs": {}}, "jobs is {}"),
        ({"jobs": [5]}, "a job is 5"),
        ({"jobs": [BARE, {"operation": "crop"}]}, "missing field `input`"),
        ({"jobs": [{"operation": "rotate"}]}, "unknown operation `rotate`"),
        ({"jobs": [{"operation": "batch", "jobs": []}]}, "a batch cannot hold a batch"),
    ],
)
def test_a_batch_of_anything_but_crop_jobs_is_refused(fields, reason):
    assert reason in refusal(json.dumps({"operation": "batch"} | fields))


def test_a_batch_file_is_an_array_of_jobs():
    text = json.dumps([BARE, {"operation": "batch", "jobs": [BARE]}])
    assert wire.parse_jobs(wire.parse_json(text)) == (parsed(), BatchJob((parsed(),)))
    assert wire.parse_jobs([]) == ()
    with pytest.raises(InvalidJobError, match="the file is"):
        wire.parse_jobs(wire.parse_json(json.dumps(BARE)))


def test_a_rect_becomes_an_edit_of_the_rect_alone():
    assert edit(rect=RECT, gravity="zzz", width=0, height=None, focal_x=9) == Edit(
        rect=Rect(1, 2, 3, 4), background=None, output=Output(None, "out.png", 85)
    )


@pytest.mark.parametrize("gravity", wire.GRAVITY_WORDS)
def test_a_gravity_becomes_an_edit_of_the_window(gravity):
    assert edit(gravity=gravity, width=30, height=20, focal_x=0.2, focal_y=2) == Edit(
        gravity=gravity,
        focal_x=0.2,
        focal_y=2,
        width=30,
        height=20,
        background=None,
        output=Output(None, "out.png", 85),
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "rect"),
        ({"width": 5, "height": 5}, "rect"),
        ({"gravity": "center"}, "width"),
        ({"gravity": "zzz"}, "width"),
        ({"gravity": "center", "height": 0}, "width"),
        ({"gravity": "center", "width": 5}, "height"),
        ({"gravity": "zzz", "width": 0}, "height"),
    ],
)
def test_what_is_missing_is_named_before_anything_else_is_looked_at(fields, field):
    with pytest.raises(MissingFieldError) as refused:
        edit(**fields)
    assert refused.value.field == field


@pytest.mark.parametrize("gravity", ["zzz", "Center", "north", "attention", ""])
@pytest.mark.parametrize("width", [5, 0])
def test_an_unknown_gravity_is_refused_before_an_empty_window(gravity, width):
    with pytest.raises(InvalidValueError) as refused:
        edit(gravity=gravity, width=width, height=5)
    assert (refused.value.field, refused.value.value) == ("gravity", gravity)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (0, 0)])
def test_an_empty_window_is_refused_as_an_empty_rect_is(width, height):
    with pytest.raises(RectEmptyError) as refused:
        edit(gravity="center", width=width, height=height)
    assert refused.value.facts() == {"width": width, "height": height}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"gravity": "center", "width": -1, "height": 5}, "width"),
        ({"gravity": "zzz", "width": 5, "height": 2**32}, "height"),
        ({"width": -5}, "width"),
        ({"rect": [-1, 0, 5, 5]}, "rect.x"),
        ({"rect": [0, 2**32, 5, 5]}, "rect.y"),
        ({"rect": [0, 0, -5, 5]}, "rect.width"),
        ({"rect": [0, 0, 5, 2**40]}, "rect.height"),
    ],
)
def test_a_length_beyond_32_bits_or_below_0_is_a_failure_that_names_it(fields, field):
    job = parsed(**fields)
    with pytest.raises(InvalidValueError) as refused:
        job(FACTS)
    assert (refused.value.field, refused.value.expected) == (field, "0 to 4294967295")


def test_lengths_of_32_bits_are_taken_and_judged_by_the_picture():
    largest = 2**32 - 1
    assert edit(rect=[largest, 0, 2, 5]).rect.right == 2**32 + 1
    assert edit(gravity="center", width=largest, height=1).width == largest


@pytest.mark.parametrize(("asked", "used"), [(0, 1), (1, 1), (85, 85), (100, 100), (255, 100)])
def test_the_quality_is_clamped_to_1_to_100(asked, used):
    assert edit(rect=RECT, quality=asked).output.quality == used


def test_format_and_output_are_passed_on_as_given():
    assert edit(rect=RECT, format="JPG").output == Output("JPG", "out.png", 85)


def written(*, data: str | None = None, **fields: object) -> wire.Written:
    """A result with a different number in every place."""
    rect = Rect(11, 12, 13, 14)
    tried = (Attempt("center", "by its place"),)
    report = Report(FACTS, rect, "center", tried, Size(15, 16))
    return wire.Written(parsed(**fields), report, "png", 1234, data)


def test_a_success_has_the_contract_s_keys_in_order():
    assert wire.line(wire.success(written(gravity="center"), 7)) == (
        '{"success":true,"operation":"crop","outputs":[{"path":"out.png","format":"png",'
        '"width":15,"height":16,"size_bytes":1234}],"elapsed_ms":7,"metadata":{"crop_height":14,'
        '"crop_width":13,"crop_x":11,"crop_y":12,"gravity":"center","source_height":480,'
        '"source_width":640}}'
    )


def test_a_rect_s_metadata_says_gravity_null_or_echoes_the_unused_word():
    assert wire.success(written(rect=RECT), 0)["metadata"]["gravity"] is None
    assert wire.success(written(rect=RECT, gravity="zz"), 0)["metadata"]["gravity"] == "zz"


def test_data_are_there_last_and_only_when_asked_for():
    entry = wire.output(written(data="QUJD", inline=True))
    assert list(entry.items())[-1] == ("data_base64", "QUJD")
    assert "data_base64" not in wire.output(written(inline=True))


def test_a_failure_line_has_no_outputs():
    assert wire.line(wire.failure("crop", "Why", 3)) == (
        '{"success":false,"operation":"crop","error":"Why","elapsed_ms":3}'
    )


def test_a_failure_in_a_batch_file_has_another_shape():
    assert wire.line(wire.failure_in_file("crop", "Why", 3)) == (
        '{"success":false,"operation":"crop","outputs":[],"elapsed_ms":3,'
        '"metadata":{"error":"Why"}}'
    )


def test_a_batch_success_flattens_the_outputs_and_counts_the_jobs():
    outputs = [wire.output(written())] * 2
    result = wire.batch_success(outputs, 3, 2, 9)
    assert list(result) == ["success", "operation", "outputs", "elapsed_ms", "metadata"]
    assert (result["success"], result["operation"], result["elapsed_ms"]) == (True, "batch", 9)
    assert result["outputs"] == outputs
    assert result["metadata"] == {"jobs_total": 3, "jobs_succeeded": 2}


def test_a_line_is_compact_utf_8_and_one_line():
    line = wire.line(wire.failure("crop", 'Cannot open image: größe\n"1".png', 0))
    assert 'größe\\n\\"1\\".png' in line
    assert json.loads(line.encode())["error"] == 'Cannot open image: größe\n"1".png'
    assert "\n" not in line


def test_the_capabilities_say_what_clients_look_for():
    told = wire.capabilities("1.2.3", 4)
    assert (told["version"], told["threads"]) == ("0.5.0", 4)
    assert "crop" in told["operations"]
    assert {"input_formats", "output_formats", "video_profiles"} <= told.keys()
    assert sorted(told["input_formats"]["image"]) == sorted(READABLE)
    wanted = ("crop_manual", "crop_smart", "streaming_mode", "inline_base64_output")
    assert all(told["features"][name] for name in wanted)


TEXT = st.text(st.characters(), max_size=8)
"""Any characters, halves of surrogate pairs among them."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
LENGTHS = st.integers(-1, 2**33) | JSON
JOBS = st.fixed_dictionaries(
    {
        "operation": st.sampled_from(["crop"] * 8 + ["batch", "rotate"]),
        "input": TEXT,
        "output": TEXT,
    },
    optional={
        "rect": st.lists(LENGTHS, max_size=5) | st.fixed_dictionaries(dict.fromkeys(RECT, LENGTHS)),
        "gravity": st.sampled_from([*wire.GRAVITY_WORDS, None, "zzz"]) | JSON,
        "width": LENGTHS,
        "height": LENGTHS,
        "focal_x": st.floats() | JSON,
        "format": JSON,
        "quality": st.integers(-1, 256) | JSON,
        "inline": st.booleans() | JSON,
        "jobs": st.lists(JSON, max_size=3),
    },
)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30) | st.text('{}[]":,\\u0123dex.-+ntfl ', max_size=30))
def test_any_text_is_json_or_refused(text):
    with suppress(InvalidJobError):
        assert isinstance(wire.parse_job(wire.parse_json(text)), CropJob | BatchJob)


@settings(max_examples=200, deadline=None)
@given(JOBS | JSON)
def test_any_document_is_a_job_or_refused_and_any_job_an_edit_or_a_failure(document):
    with suppress(InvalidJobError):
        job = wire.parse_job(wire.parse_json(json.dumps(document)))
        for crop in job.jobs if isinstance(job, BatchJob) else [job]:
            assert wire.line(wire.failure("crop", crop.input + crop.output, 0)).encode()
            with suppress(MissingFieldError, InvalidValueError, RectEmptyError):
                assert crop(FACTS).output.path == crop.output


@settings(max_examples=100, deadline=None)
@given(
    st.fixed_dictionaries(
        {name: st.text(max_size=8) for name in ("input", "output")},
        optional={
            "gravity": st.text(max_size=8),
            "width": st.integers(0, 2**32 - 1),
            "height": st.integers(0, 2**32 - 1),
            "focal_x": st.floats(-1, 2),
            "focal_y": st.floats(-1, 2),
            "format": st.text(max_size=5),
            "quality": st.integers(0, 255),
            "inline": st.booleans(),
        },
    )
)
def test_every_good_field_is_in_the_job_as_it_was_written(fields):
    job = parsed(**fields)
    assert {name: getattr(job, name) for name in fields} == fields


def test_a_cutout_job_is_our_words_from_file_to_file():
    job = wire.parse_job(
        wire.parse_json(
            '{"operation":"cutout","input":"a.jpg","output":"b.png","gravity":"subject",'
            '"background":"blur","shadow":true,"quality":0}'
        )
    )
    edit = job.wish()
    assert (job.input, job.output, job.operation) == ("a.jpg", "b.png", "cutout")
    assert (edit.gravity, edit.output.path, edit.output.quality) == ("subject", "b.png", 1)
    assert edit.cutout.shadow is not None


@pytest.mark.parametrize("fields", ['"shadow":"yes"', '"width":"3"', '"model":7', '"shadow":1'])
def test_a_cutout_job_with_a_field_of_the_wrong_type_is_no_job(fields):
    text = '{"operation":"cutout","input":"a","output":"b",' + fields + "}"
    with pytest.raises(InvalidJobError, match="invalid type"):
        wire.parse_job(wire.parse_json(text))

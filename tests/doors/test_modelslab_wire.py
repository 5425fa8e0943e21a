"""ModelsLab's requests and answers, between their fields and our words (contract notes, 1 to 5)."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from cropwright.core.command import Edit, Resize
from cropwright.doors.modelslab import wire
from cropwright.errors import InvalidValueError, MissingFieldError
from cropwright.http.fields import Fields, from_json


def fields(**values: object) -> Fields:
    return from_json(json.dumps(values).encode())


def form(**values: str) -> Fields:
    return Fields(values, spaces_were_plus=True)


def refusal(ask, *arguments: object) -> InvalidValueError | MissingFieldError:
    with pytest.raises((InvalidValueError, MissingFieldError)) as refused:
        ask(*arguments)
    return refused.value


TRUE = ["true", "True", "TRUE", " true ", "1", "yes", "YES", True, 1]
FALSE = ["false", "False", "FALSE", "0", "no", "No", False, 0]


@pytest.mark.parametrize("value", TRUE)
def test_crop_is_wanted_in_all_the_words_that_clients_use(value):
    assert wire.parse_crop(fields(image="AAAA", crop=value)).crop is True


@pytest.mark.parametrize("value", FALSE)
def test_crop_is_not_wanted_in_all_the_words_that_clients_use(value):
    assert wire.parse_crop(fields(image="AAAA", crop=value)).crop is False


@pytest.mark.parametrize("more", [{}, {"crop": None}, {"crop": ""}])
def test_crop_is_wanted_where_nothing_is_said(more):
    assert wire.parse_crop(fields(image="AAAA", **more)).crop is True


@pytest.mark.parametrize("word", ["true", "0", ""])
def test_a_form_has_the_same_words(word):
    assert wire.parse_crop(form(image="AAAA", crop=word)).crop is (word != "0")


@pytest.mark.parametrize("value", ["maybe", "on", "2", 2, -1, 1.0, 0.5, [], ["true"], {"a": 1}])
def test_what_is_neither_wanted_nor_not_is_refused(value):
    error = refusal(wire.parse_crop, fields(image="AAAA", crop=value))
    assert (error.field, error.expected) == ("crop", '"true" or "false"')
    assert len(error.value) <= 40


def test_a_refusal_does_not_repeat_megabytes():
    error = refusal(wire.parse_crop, fields(image="AAAA", crop="x" * 1_000_000))
    assert len(str(error)) < 100


@pytest.mark.parametrize(
    "image", ["AA+A/w==", "data:image/png;base64,AAAA", "data:;base64, AA", "x"]
)
def test_the_picture_is_passed_on_as_it_came(image):
    assert bytes(wire.parse_crop(fields(image=image)).image) == image.encode()
    assert bytes(wire.parse_payload(form(init_obj=image), "init_obj")) == image.encode().replace(
        b", AA", b",AA"
    )


@pytest.mark.parametrize("values", [{}, {"image": None}, {"image": ""}, {"Image": "AAAA"}])
def test_without_a_picture_the_field_is_said_to_be_missing(values):
    error = refusal(wire.parse_crop, fields(**values))
    assert (type(error), error.field) == (MissingFieldError, "image")


@pytest.mark.parametrize("value", [7, True, ["AAAA"], {"url": "x"}])
def test_a_picture_that_is_no_text_is_refused(value):
    error = refusal(wire.parse_crop, fields(image=value))
    assert (type(error), error.field, error.expected) == (InvalidValueError, "image", "a string")


def test_what_else_clients_send_is_ignored():
    asked = wire.parse_crop(fields(image="AAAA", webhook=None, track_id=7, settings={"a": [1]}))
    assert asked.crop is True


def test_each_path_has_the_field_of_its_own_page():
    assert wire.V6_PAYLOADS == {
        "base64_to_url": "base64_string",
        "image_editing/base64_to_url": "init_image",
        "video/base64_to_url": "init_obj",
        "voice/base64_to_url": "init_audio",
        "3d/base64_to_url": "init_obj",
    }


@pytest.mark.parametrize(
    ("value", "number"),
    [(2398, 2398), ("2398", 2398), (" 2398 ", 2398), ("007", 7), (0, 0), (None, None), ("", None)],
)
def test_a_request_id_is_a_number_or_its_digits(value, number):
    assert wire.parse_request_id(fields(request_id=value)) == number


@pytest.mark.parametrize("value", [10**20, "9" * 5000, 2**63 - 1, "9" * 19])
def test_a_request_id_beyond_all_numbers_is_the_largest_one(value):
    assert wire.parse_request_id(fields(request_id=value)) == 2**63 - 1


@pytest.mark.parametrize("value", ["abc", "1.5", 1.5, True, -1, "-1", "٣", "²", [1], {}, "1 2"])
def test_a_request_id_that_is_no_number_is_refused(value):
    error = refusal(wire.parse_request_id, fields(request_id=value))
    assert (error.field, error.expected) == ("request_id", "an integer")


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("https://x.test/files/abc-_1.png", "abc-_1"),
        ("http://x.test/files/abc.png?x=1", "abc"),
        ("abc.png", "abc"),
        (" abc.tar.gz ", "abc"),
        ("abc", "abc"),
        ("https://x.test/files/", ""),
        ("", None),
        (None, None),
    ],
)
def test_an_image_is_named_by_its_link_or_the_last_part_of_it(value, token):
    assert wire.parse_image_name(fields(image=value)) == token


def test_an_image_name_that_is_no_text_is_refused():
    assert refusal(wire.parse_image_name, fields(image=7)).field == "image"


HEADERS = {
    "bearer": {"authorization": "Bearer from-header"},
    "bearer in capitals": {"Authorization": "BEARER  from-header "},
    "key": {"key": "from-header"},
    "basic and key": {"authorization": "Basic xyz", "key": "from-header"},
    "empty bearer and key": {"authorization": "Bearer ", "key": "from-header"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS.keys())
def test_the_key_is_the_body_s_else_that_of_the_headers_clients_use(headers):
    asked = Headers(headers)
    assert wire.key(fields(key="from-body"), asked) == "from-body"
    assert wire.key(form(key="from-form"), asked) == "from-form"
    for body in ({}, {"key": ""}, {"key": None}, {"APIKey": "x"}, {"key": 7}, {"key": ["x"]}):
        assert wire.key(fields(**body), asked) == "from-header"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic xyz"}, {"key": ""}])
def test_where_there_is_no_key_there_is_none(headers):
    assert wire.key(fields(), Headers(headers)) is None


def test_cropping_means_the_largest_square_at_its_own_size():
    assert wire.square("center", 0) == Edit(aspect=Fraction(1), forgiving=True)


def test_the_operator_may_choose_another_place_and_a_size_that_nothing_is_enlarged_to():
    resize = Resize(512, 512, "fit", enlarge=False)
    expected = Edit(aspect=Fraction(1), gravity="entropy", forgiving=True, resize=resize)
    assert wire.square("entropy", 512) == expected


def test_answers_have_the_fields_and_spellings_of_the_contract():
    assert wire.crop_answer("http://x/a.png", 2398) == {
        "status": "success",
        "messege": "image uploaded",
        "link": "http://x/a.png",
        "request_id": 2398,
    }
    assert wire.url_answer("http://x/a.png", 1047) == {
        "status": "success",
        "id": 1047,
        "output": ["http://x/a.png"],
    }
    assert wire.deleted_answer() == {"status": "success", "messege": "image deleted"}


def test_an_error_is_spelt_both_ways_and_says_when_to_try_again_only_if_that_helps():
    plain = {"status": "error", "message": "no", "messege": "no"}
    assert wire.error_answer("no") == plain
    assert wire.error_answer("no", 30) == plain | {"retry_after": 30}


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | words
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(["image", "crop", "request_id"], scalars)))
def test_no_values_whatever_make_more_than_an_error_of_ours(values):
    asked = from_json(json.dumps({**values, "more": None}).encode())
    for parse in (wire.parse_crop, wire.parse_request_id, wire.parse_image_name):
        with suppress(InvalidValueError, MissingFieldError):
            parse(asked)


@given(
    st.sampled_from([word for word in [*TRUE, *FALSE] if isinstance(word, str)]),
    st.binary(max_size=40).map(lambda data: b"\x89" + data),
)
def test_a_form_and_json_ask_for_the_same(word, picture):
    image = f"data:image/png;base64,{b64encode(picture).decode()}"
    in_json = wire.parse_crop(fields(image=image, crop=word))
    in_form = wire.parse_crop(form(image=image.replace("+", " "), crop=word))
    assert (bytes(in_json.image), in_json.crop) == (bytes(in_form.image), in_form.crop)


def test_a_square_never_fails_for_a_model_that_is_not_there():
    assert wire.square("face", 0).forgiving

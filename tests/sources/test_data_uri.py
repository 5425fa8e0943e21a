"""Base64 in every habit of its senders: read if it is plain what is meant, else refused."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pybase64
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import encoded, gradient
from cropwright.errors import CropwrightError, InvalidValueError, LimitExceededError
from cropwright.sources.data_uri import decode
from cropwright.sources.sniff import sniff

DATA = bytes(range(256)) + b"\xfb\xff\xfe?"
TEXT = pybase64.b64encode(DATA)
LIMIT = 5 * 1024 * 1024


@pytest.mark.parametrize(
    ("before", "media_type"),
    [
        (b"", ""),
        (b"data:image/png;base64,", "image/png"),
        (b"DATA:Image/PNG;Base64,", "image/png"),
        (b"data:;base64,", ""),
        (b"data:image/png;base64, ", "image/png"),
        (b" data:image/png ; base64,\r\n", "image/png"),
        (b"data:image/jpeg;charset=utf-8;name=a.jpg;base64,", "image/jpeg"),
        (b"data:model/vnd.x+y;base64,", "model/vnd.x+y"),
        (b'data:image/png;x="<script>";base64,', "image/png"),
        (b"data:no type;base64,", ""),
        (b"data:<script>/x;base64,", ""),
    ],
)
def test_headers_of_all_kinds_are_read(before, media_type):
    decoded = decode(before + TEXT, "image", LIMIT)
    assert (decoded.data, decoded.media_type) == (DATA, media_type)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.rstrip(b"="),
        TEXT.replace(b"+", b"-").replace(b"/", b"_"),
        b"\r\n".join(TEXT[at : at + 76] for at in range(0, len(TEXT), 76)),
        b" \t\n" + b" ".join(TEXT[at : at + 1] for at in range(len(TEXT))) + b"\v\f",
        TEXT.rstrip(b"=") + b" = =\n" if TEXT.endswith(b"==") else TEXT.rstrip(b"=") + b" =\n",
    ],
)
def test_padding_alphabet_and_white_space_are_free(text):
    assert decode(text, "image", LIMIT).data == DATA
    assert decode(memoryview(b"data:;base64," + text), "image", len(DATA)).data == DATA


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" \n",
        b"=",
        b"====",
        b"data:image/png;base64,",
        b"data:image/png,QUJD",
        b"data:base64,QUJD",
        b"QUJD\0QUJD",
        b"QUJD\xc3\xa9QUJD",
        b"QUJD!",
        b"QUJ%2B",
        b"QQ==QUJD",
        b"QUJDQ",
        b"QUJDQ===",
        b"QUJDQQ=",
        b"QUJDQQ=====",
        b"data:image/png;base64,data:image/png;base64,QUJD",
        b"blob:https://example.com/uuid",
        b"data:" + b"x" * 2000 + b";base64,QUJD",
    ],
)
def test_what_is_no_base64_is_refused(text):
    with pytest.raises(InvalidValueError) as refusal:
        decode(text, "init_image", LIMIT)
    assert refusal.value.field == "init_image"
    assert len(refusal.value.value) <= 40
    assert refusal.value.value.isprintable()


@pytest.mark.parametrize("text", [b"https://example.com/a.png", b" HTTP://example.com/a.png?x=1,2"])
def test_a_url_is_told_that_base64_is_required(text):
    with pytest.raises(InvalidValueError, match="base64 is required"):
        decode(text, "image", LIMIT)


@pytest.mark.parametrize("text", [TEXT, TEXT.rstrip(b"="), b"data:;base64,\n" + TEXT])
def test_the_size_is_judged_exactly_by_the_bytes_it_decodes_to(text):
    assert decode(text, "image", len(DATA)).data == DATA
    with pytest.raises(LimitExceededError) as refusal:
        decode(text, "image", len(DATA) - 1)
    assert (refusal.value.field, refusal.value.actual) == ("image", len(DATA))


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.integers(0, 400))
def test_whatever_was_encoded_comes_back(data, wrap):
    text = pybase64.urlsafe_b64encode(data).rstrip(b"=")
    assert decode(text[:wrap] + b"\n" + text[wrap:], "image", len(data)).data == data


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"", b"data:", b"data:;base64,"]), st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused(start, rest):
    with suppress(InvalidValueError, LimitExceededError):
        assert decode(start + rest, "image", 30).data


@pytest.mark.parametrize("junk", [b"!", b"=", b" ", b"data:", b"\xff", b"A= "])
def test_a_megabyte_of_junk_takes_no_time(junk):
    started = time.monotonic()
    with pytest.raises(InvalidValueError):
        decode(b"data:;base64,QUJD!" + junk * (1_000_000 // len(junk)), "image", LIMIT)
    assert time.monotonic() - started < 4


def padded_png(size: int) -> str:
    """A picture padded after its end to so many bytes, in base64."""
    return pybase64.b64encode_as_string(encoded(gradient(4, 4)).ljust(size, b"\0"))


def judged(value: object) -> bool:
    """Whether a value of the shared table is taken, as a door takes it."""
    if not isinstance(value, str):
        return False
    if value.startswith("@pad_png:"):
        value = padded_png(int(value.removeprefix("@pad_png:")))
    try:
        decoded = decode(value.encode(), "image", LIMIT)
        sniff(decoded.data, decoded.media_type)
    except CropwrightError:
        return False
    return True


def test_the_shared_table_is_followed(shared):
    table = json.loads((shared / "corpus" / "requests" / "base64_cases.json").read_text())
    for case in table["cases"]:
        started = time.monotonic()
        taken = judged(case["value"])
        assert case["expect"] == "either" or taken == (case["expect"] == "accept"), case["id"]
        assert time.monotonic() - started < 4, case["id"]

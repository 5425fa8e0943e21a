"""Which bytes of a file a request gets: RFC 9110, sections 13 and 14."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cropwright.http.ranges import Slice, sliced

ETAG = '"abc"'
SIZE = 1000


def of(value: str | None, size: int = SIZE, method: str = "GET", **headers: str) -> Slice:
    """What a request with that Range header gets."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return sliced(method, named if value is None else {**named, "range": value}, ETAG, size)


@pytest.mark.parametrize(
    ("value", "start", "length"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=10-", 10, 990),
        ("bytes=999-", 999, 1),
        ("bytes=999-999", 999, 1),
        ("bytes=900-5000", 900, 100),
        ("bytes=0-999999999999999999", 0, 1000),
        ("bytes=-1", 999, 1),
        ("bytes=-100", 900, 100),
        ("bytes=-5000", 0, 1000),
        ("bytes=000-001", 0, 2),
        ("BYTES=0-1", 0, 2),
        (" bytes = 5 - 6 ", 5, 2),
    ],
)
def test_one_range_is_served_as_far_as_the_file_goes(value, start, length):
    where = {"content-range": f"bytes {start}-{start + length - 1}/1000"}
    assert of(value) == Slice(206, start, length, where)


@pytest.mark.parametrize(
    "value", ["bytes=1000-", "bytes=1000-1001", "bytes=999999999-", "bytes=-0"]
)
def test_a_range_beyond_the_file_is_refused_and_told_its_size(value):
    assert of(value) == Slice(416, 0, 0, {"content-range": "bytes */1000"})


@pytest.mark.parametrize(
    "value",
    [
        "bytes=5-2",
        "bytes=-",
        "bytes=",
        "bytes",
        "",
        "bytes=a-b",
        "bytes=0x0-0x9",
        "bytes=0-0,2-2",
        "bytes=0-0, -1",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=1.0-2",
        "bytes=0-9999999999999999999",
        "bytes=\u0660-\u0669",
        "items=0-1",
        "bytes=0-1;x",
        "bytes=0-1\r\nx: y",
    ],
)
def test_what_is_no_single_range_gets_the_whole_file(value):
    assert of(value) == Slice(200, 0, SIZE)


@pytest.mark.parametrize("value", ["bytes=0-", "bytes=0-0", "bytes=-5", "bytes=1-"])
def test_no_range_of_an_empty_file_can_be_served(value):
    assert of(value, size=0) == Slice(416, 0, 0, {"content-range": "bytes */0"})
    assert of(None, size=0) == Slice(200, 0, 0)


def test_only_a_get_has_a_range():
    assert of("bytes=0-1", method="HEAD") == Slice(200, 0, SIZE)
    assert of(None) == Slice(200, 0, SIZE)


@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        (ETAG, 206),
        ('"other"', 200),
        (f"W/{ETAG}", 200),
        ("abc", 200),
        ("", 200),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 200),
    ],
)
def test_a_range_of_another_version_gets_the_whole_file(if_range, status):
    assert of("bytes=0-1", if_range=if_range).status == status


@pytest.mark.parametrize("header", [ETAG, f"W/{ETAG}", "*", f'"x", {ETAG}', f'"x",W/{ETAG} ,"y"'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_version_that_the_client_has_is_not_sent_again(header, method):
    assert of("bytes=0-1", method=method, if_none_match=header) == Slice(304, 0, 0)


@pytest.mark.parametrize("header", ['"x"', "abc", "", '"ABC"', 'w/"abc"'])
def test_a_version_that_the_client_does_not_have_is_sent(header):
    assert of(None, if_none_match=header) == Slice(200, 0, SIZE)
    assert of("bytes=0-1", if_none_match=header).status == 206


numbers = st.integers(0, 40).map(str) | st.just("")
texts = st.builds("bytes={}-{}".format, numbers, numbers) | st.text("bytes=-,0159 ", max_size=14)


@given(texts, st.integers(0, 30))
def test_what_is_served_never_lies_outside_the_file(value, size):
    got = of(value, size)
    assert 0 <= got.start <= got.start + got.length <= size
    assert got.status in ((206, 416, 200) if "=" in value else (200,))
    if got.status == 206:
        first_last, _, total = got.headers["content-range"].removeprefix("bytes ").partition("/")
        first, last = map(int, first_last.split("-"))
        assert (first, last - first + 1, int(total)) == (got.start, got.length, size)
        assert got.length > 0


def test_the_corpus_of_range_headers_is_answered_as_it_expects_and_soon(shared):
    cases = json.loads((shared / "corpus/requests/range_headers.json").read_text())["cases"]
    started = time.perf_counter()
    for case in cases:
        assert str(of(case["range"]).status) in case["expect"], case["range"][:40]
    assert (len(cases) >= 8, time.perf_counter() - started < 2) == (True, True)

"""A body is read up to its limit and within its time, and not a piece further."""

from __future__ import annotations

import time

import pytest
from messages import FORM, MULTIPART, Pieces, multipart, request, run

from cropwright.core.limits import BodyLimits
from cropwright.errors import (
    LimitExceededError,
    MalformedRequestError,
    OverloadedError,
    SlowRequestError,
)
from cropwright.http.body import read_body, read_form

LIMITS = BodyLimits(bytes=10, seconds=5.0)


@pytest.mark.parametrize("pieces", [(b"",), (b"0123456789",), (b"01234", b"", b"56789")])
def test_a_body_within_its_limit_is_read_whole(pieces):
    assert run(read_body(request(Pieces(*pieces)), LIMITS)) == b"".join(pieces)


@pytest.mark.parametrize("announced", ["11", "50000000", "9" * 5000])
def test_a_body_announced_as_too_large_is_refused_before_any_of_it_is_read(announced):
    body = Pieces(b"0123456789")
    with pytest.raises(LimitExceededError) as refusal:
        run(read_body(request(body, content_length=announced), LIMITS))
    assert (refusal.value.field, refusal.value.limit) == ("request body", 10)
    assert len(body.left) == 1


@pytest.mark.parametrize("announced", ["10", "no number", "-1", "²", ""])
def test_a_body_that_is_not_announced_as_too_large_is_read(announced):
    assert run(read_body(request(Pieces(b"01"), content_length=announced), LIMITS)) == b"01"


@pytest.mark.parametrize("headers", [{}, {"content_length": "5"}])
def test_a_body_is_read_no_further_than_the_piece_that_is_too_much(headers):
    body = Pieces(*[b"0123"] * 8)
    with pytest.raises(LimitExceededError) as refusal:
        run(read_body(request(body, **headers), LIMITS))
    assert refusal.value.facts() == {
        "field": "request body",
        "limit": 10,
        "actual": 12,
        "unit": "bytes",
    }
    assert len(body.left) == 5


def test_a_body_that_does_not_come_in_time_is_given_up():
    started = time.monotonic()
    body = Pieces(b"01", b"23", ends=False)
    with pytest.raises(SlowRequestError) as refusal:
        run(read_body(request(body), BodyLimits(bytes=10, seconds=0.05)))
    assert refusal.value.seconds == 0.05
    assert (body.left, time.monotonic() - started < 5) == ([], True)


def test_whoever_bounds_the_memory_is_told_of_every_piece():
    held = []
    run(read_body(request(Pieces(b"01", b"234", b"")), LIMITS, held.append))
    assert held == [2, 3, 0]


def test_whoever_bounds_the_memory_may_refuse_a_piece():
    def full(_count: int) -> None:
        raise OverloadedError(retry_after_seconds=1)

    with pytest.raises(OverloadedError):
        run(read_body(request(Pieces(b"01")), LIMITS, full))


def test_a_form_is_bounded_like_any_other_body():
    text = multipart(("image", b"z" * 3_000_000, "a.png"))
    pieces = [text[at : at + 50_000] for at in range(0, len(text), 50_000)]
    body = Pieces(*pieces)
    with pytest.raises(LimitExceededError):
        run(read_form(request(body, content_type=MULTIPART), BodyLimits(2_000_000, 5.0)))
    assert len(body.left) == len(pieces) - 41


PARTS = BodyLimits(bytes=100_000, seconds=5.0, parts=3)


async def names_in_a_form(count: int, filename: str | None) -> list[str]:
    text = multipart(*[(f"part{number}", b"1", filename) for number in range(count)])
    form = await read_form(request(Pieces(text), content_type=MULTIPART), PARTS)
    await form.close()
    return list(form)


@pytest.mark.parametrize("filename", [None, "a.png"])
def test_a_form_has_no_more_parts_than_it_may(filename):
    assert run(names_in_a_form(3, filename)) == ["part0", "part1", "part2"]
    with pytest.raises(MalformedRequestError) as refusal:
        run(names_in_a_form(4, filename))
    assert str(refusal.value) == "body is not a form we can read"


def test_a_url_encoded_form_may_have_no_more_fields_either():
    body = Pieces(b"a=1&b=2&c=3&d=4")
    with pytest.raises(MalformedRequestError):
        run(read_form(request(body, content_type=FORM), PARTS))


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("multipart/form-data", multipart(("a", b"1", None))),
        (MULTIPART, b"this is no multipart body"),
        (MULTIPART, multipart(("a", b"1", None)).replace(b'name="a"', b"")),
        (f"{MULTIPART}; charset=undefined", multipart(("a", b"\xff", None))),
        (f"multipart/form-data; boundary={'b' * 300}", b"--" + b"b" * 300),
    ],
)
def test_what_is_no_form_is_refused(content_type, text):
    with pytest.raises(MalformedRequestError) as refusal:
        run(read_form(request(Pieces(text), content_type=content_type), PARTS))
    assert refusal.value.field == "body"

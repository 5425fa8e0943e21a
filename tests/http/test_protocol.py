"""The head of a request is bounded in size and time; everything else goes as ever."""

from __future__ import annotations

import asyncio
import time

import pytest
from starlette.types import Receive, Scope, Send
from wires import Wire, counting, serving

from cropwright.http.protocol import HEAD_BYTES, BoundedProtocol

PATIENCE = 0.4
CHUNKED = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"


class Impatient(BoundedProtocol):
    """The protocol with less time for a head."""

    head_seconds = PATIENCE


class Sparing(BoundedProtocol):
    """The protocol that reads less of what nobody wants any more."""

    spill_bytes = 100_000


@pytest.fixture(scope="module")
def port():
    with serving(counting, Impatient, timeout_keep_alive=20) as number:
        yield number


@pytest.fixture
def wire(port):
    with Wire(port) as connection:
        yield connection


def post(body: bytes, path: str = "/", headers: str = "") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: a\r\n{headers}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def padded(count: int) -> list[bytes]:
    """A GET request whose head has about so many bytes, in pieces of one header each."""
    line = b"x-filler: " + b"a" * 988 + b"\r\n"
    return [b"GET /padded HTTP/1.1\r\nhost: a\r\n", *[line] * (count // len(line)), b"\r\n"]


HUGE = [
    pytest.param([b"".join(padded(HEAD_BYTES + 2000))], id="many headers in one piece"),
    pytest.param(padded(HEAD_BYTES + 2000), id="many headers, one by one"),
    pytest.param([b"GET / HTTP/1.1\r\nx: " + b"a" * HEAD_BYTES + b"\r\n\r\n"], id="one header"),
    pytest.param([b"GET /" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\nhost: a\r\n\r\n"], id="an address"),
    pytest.param([b"GET /" + b"a" * HEAD_BYTES, b"a" * 9], id="an address without end"),
    pytest.param([b"GET / HTTP/1.1\r\n" + b"a" * HEAD_BYTES, b"a" * 9], id="a name without end"),
    pytest.param([post(b"", headers=f"x: {'a' * HEAD_BYTES}\r\n")], id="before a body"),
    pytest.param([post(b"1" * 99, headers=f"x: {'a' * HEAD_BYTES}\r\n")], id="with a body"),
]


@pytest.mark.parametrize("pieces", HUGE)
def test_a_head_that_is_too_large_is_refused_and_the_connection_closed(wire, pieces):
    wire.send(*pieces, pause=0.001)
    answer = wire.read_to_end()
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b"connection: close" in answer
    assert answer.endswith(b"the limit for headers is 32768 bytes\n")


def test_a_head_just_within_its_limit_is_answered(wire):
    wire.send(*padded(HEAD_BYTES - 2000))
    assert wire.read(b"/padded 0\n").startswith(b"HTTP/1.1 200 OK\r\n")


def test_bodies_larger_than_a_head_may_follow_each_other_on_one_connection(wire):
    for number in range(3):
        wire.send(post(b"z" * 300_000, f"/{number}"))
        assert wire.read(f"/{number} 300000\n".encode())


def test_a_large_head_after_a_large_body_is_refused_too(wire):
    wire.send(post(b"z" * 100_000), b"".join(padded(HEAD_BYTES + 2000)))
    answer = wire.read_to_end()
    assert b"/ 100000\n" in answer or answer.startswith(b"HTTP/1.1 431")
    assert b"HTTP/1.1 431" in answer


def test_pipelined_requests_are_answered_in_their_order(wire):
    wire.send(post(b"1", "/a") + post(b"22", "/b") + post(b"333", "/c"))
    answer = wire.read(b"/c 3\n")
    assert answer.index(b"/a 1\n") < answer.index(b"/b 2\n") < answer.index(b"/c 3\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"GE"],
        [b"GET / HTTP/1.1\r\nhost: a\r\n"],
        [b"GET / HTTP/1.1\r\n", b"a: b\r\n", b"c: d\r\n", b"e: f\r\n"],
    ],
)
def test_a_head_that_does_not_come_to_its_end_in_time_ends_the_connection(wire, pieces):
    started = time.monotonic()
    wire.send(*pieces, pause=PATIENCE / 5)
    assert wire.read_to_end() == b""
    assert PATIENCE * 0.9 < time.monotonic() - started < PATIENCE + 5


def test_between_two_requests_there_is_more_time_but_not_for_the_second_head(wire):
    wire.send(post(b"", "/first"))
    wire.read(b"/first 0\n")
    time.sleep(PATIENCE * 1.5)  # nothing is begun yet: this is the server's own keep-alive time
    wire.send(post(b"", "/second"))
    wire.read(b"/second 0\n")
    wire.send(b"GET /third HTTP/1.1\r\n")
    assert wire.read_to_end() == b""


def test_a_body_may_take_longer_than_a_head(wire):
    head, body = post(b"12345").split(b"12345")[0], b"12345"
    wire.send(head + body[:1], body[1:], pause=PATIENCE * 1.5)
    assert wire.read(b"/ 5\n").startswith(b"HTTP/1.1 200 OK")


def test_a_chunked_body_arrives_whole_and_its_trailers_are_read_over(wire):
    wire.send(CHUNKED, b"5\r\n12345\r\n", b"0\r\nx-sum: 1\r\n\r\n")
    assert wire.read(b"/ 5\n").startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("line", [b"x-filler: " + b"a" * 988 + b"\r\n", b"a" * 1000], ids=len)
def test_trailers_without_end_are_refused(wire, line):
    wire.send(CHUNKED + b"5\r\n12345\r\n0\r\n")
    wire.send(*[line] * 40, pause=0.001)
    assert wire.read_to_end().startswith(b"HTTP/1.1 431")


def test_a_body_in_a_great_many_small_chunks_is_no_trailer(wire):
    wire.send(CHUNKED)
    wire.send(b"1;why=because\r\nz\r\n" * 20_000 + b"0\r\n\r\n")
    assert wire.read(b"/ 20000\n").startswith(b"HTTP/1.1 200 OK")


async def hasty(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once, whatever else is to come."""
    del receive
    words = [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 413, "headers": words})
    await send({"type": "http.response.body", "body": b"bah\n"})


def test_chunks_whose_sizes_come_in_pieces_of_their_own_are_no_trailers_either(wire):
    wire.send(CHUNKED)
    wire.send(
        *[b"7fff" + b";e=" + b"v" * 500 + b"\r\n", b"z" * 0x7FFF, b"\r\n"] * 80,
        b"0\r\n\r\n",
        pause=1e-4,
    )
    assert wire.read(b"/ 2621360\n").startswith(b"HTTP/1.1 200 OK")


def test_what_is_left_of_a_body_after_its_answer_is_read_over_for_a_while_only():
    started = time.monotonic()
    with serving(hasty, Impatient) as port, Wire(port) as wire:
        wire.send(post(b"z" * 3_000_000)[:2_000_000])  # more than the system keeps by itself
        assert wire.read(b"bah\n").startswith(b"HTTP/1.1 413")
        assert not wire.send(*[b"z"] * 99, pause=PATIENCE / 9)
    assert PATIENCE * 0.9 < time.monotonic() - started < PATIENCE + 5


def test_what_is_left_of_a_body_after_its_answer_is_read_over_so_far_only():
    with serving(hasty, Sparing) as port, Wire(port) as wire:
        assert wire.send(post(b"z" * 9_000_000)[:90_000])
        assert wire.read(b"bah\n").startswith(b"HTTP/1.1 413")
        assert not wire.send(*[b"z" * 50_000] * 40, pause=0.001)


def test_a_connection_goes_on_when_a_body_ends_after_its_answer():
    with serving(hasty, Impatient) as port, Wire(port) as wire:
        for _ in range(2):
            wire.send(post(b"z" * 3_000_000))
            assert wire.read(b"bah\n").startswith(b"HTTP/1.1 413")


async def leaving(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once, and has nothing more to say on this connection."""
    del receive
    words = [(b"content-length", b"4"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": words})
    await send({"type": "http.response.body", "body": b"bah\n"})


def test_a_connection_that_is_to_be_closed_is_closed_once_the_body_has_arrived():
    with serving(leaving, Impatient) as port, Wire(port) as wire:
        assert wire.send(post(b"z" * 3_000_000) + post(b"zz"))
        assert wire.read_to_end().count(b"HTTP/1.1 413") == 1


def test_a_connection_that_is_to_be_closed_does_not_wait_for_its_body_for_ever():
    with serving(leaving, Impatient) as port, Wire(port) as wire:
        wire.send(post(b"z" * 3_000_000)[:1000])
        assert wire.read_to_end().endswith(b"bah\n")


async def thoughtful(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes longer than a head may."""
    await asyncio.sleep(PATIENCE * 1.5)
    await counting(scope, receive, send)


def test_a_request_that_is_worked_on_is_not_given_up_for_the_next_one_s_slow_head():
    with serving(thoughtful, Impatient) as port, Wire(port) as wire:
        wire.send(post(b"12"), b"\r\nGET ", pause=0.05)
        assert wire.read(b"/ 2\n").startswith(b"HTTP/1.1 200 OK")
        assert wire.read_to_end() == b""


SMUGGLED = {
    "two lengths": b"content-length: 5\r\ncontent-length: 6\r\n\r\n12345",
    "length and chunks": b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded header": b"x: a\r\n b\r\ncontent-length: 0\r\n\r\n",
    "a space before the colon": b"content-length : 0\r\n\r\n",
    "a length that is none": b"content-length: 1e3\r\n\r\n",
    "a negative length": b"content-length: -1\r\n\r\n",
    "a length beyond all numbers": b"content-length: " + b"9" * 5000 + b"\r\n\r\n",
    "bare line feeds in a chunk": b"transfer-encoding: chunked\r\n\r\n1\na\n0\n\n",
}


@pytest.mark.parametrize("rest", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_a_request_that_two_servers_could_read_differently_is_refused(wire, rest):
    wire.send(b"POST / HTTP/1.1\r\nhost: a\r\n" + rest)
    assert wire.read_to_end().startswith(b"HTTP/1.1 400 Bad Request")

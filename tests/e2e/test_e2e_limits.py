"""What a running service does about requests that are too large or too slow."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.e2e import raw
from tests.e2e.pictures import png, uri

from cropwright.core.limits import BodyLimits

pytest_plugins = ["tests.e2e.service_fixtures"]

BODY_SECONDS = 1
HEAD_SECONDS = 10
SETTINGS = {"SERVER_BODY_SECONDS": str(BODY_SECONDS)}
DOORS = ["/api/v3/base64_crop", "/api/v6/base64_to_url", "/api/v1/crop", "/api/v1/uploads"]
HUGE, MUCH_LESS = 50_000_000, 25_000_000
GROWTH = 20_000_000
MANY = 40
JSON = "content-type: application/json"


def is_refusal(door: str, answer: raw.Answer, status: int) -> bool:
    told = answer.json()
    if door.startswith("/api/v1"):
        kind = answer.headers["content-type"]
        return (answer.status, told["status"], kind) == (status, status, "application/problem+json")
    return (answer.status, told["status"]) == (status, "error") and told["message"] != ""


def sent_until_refused(connection: socket.socket, piece: bytes) -> int:
    """Send the piece again and again, until there is enough or the other side will not any more."""
    sent = 0
    try:
        while sent < HUGE:
            connection.sendall(piece)
            sent += len(piece)
    except OSError:
        pass
    return sent


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("how", [f"content-length: {HUGE}", "transfer-encoding: chunked"])
def test_a_body_that_is_far_too_large_is_refused_and_not_read_to_its_end(service, key, door, how):
    piece = b"a" * 65536
    if "chunked" in how:
        piece = b"%x\r\n" % len(piece) + piece + b"\r\n"
    service.forget_peak()
    before = service.peak()
    with raw.connected(service.port) as connection:
        lines = (JSON, how, f"authorization: Bearer {key}")
        connection.sendall(raw.head("POST", door.encode(), *lines))
        sent = sent_until_refused(connection, piece)
        answer = raw.answer(connection)
    assert is_refusal(door, answer, 413)
    assert answer.headers["connection"] == "close"
    assert sent < MUCH_LESS
    assert service.peak() - before < GROWTH


@pytest.mark.parametrize("door", DOORS)
def test_a_body_that_does_not_arrive_is_waited_for_so_long(service, key, door):
    begun = time.monotonic()
    with raw.connected(service.port) as connection:
        lines = (JSON, "content-length: 1000", f"authorization: Bearer {key}")
        connection.sendall(raw.head("POST", door.encode(), *lines) + b'{"key": ')
        assert is_refusal(door, raw.answer(connection), 408)
    assert BODY_SECONDS <= time.monotonic() - begun < BODY_SECONDS + 12


def drip_a_body(port: int) -> int:
    """Send a byte now and then, which is no progress: the status of the answer."""
    lines = (JSON, "content-length: 1000")
    with raw.connected(port) as connection:
        connection.sendall(raw.head("POST", DOORS[0].encode(), *lines))
        ends = time.monotonic() + BODY_SECONDS * 2
        while time.monotonic() < ends:
            try:
                connection.sendall(b" ")
            except OSError:
                break
            time.sleep(BODY_SECONDS / 5)
        return raw.answer(connection).status


def test_many_slow_bodies_keep_nobody_else_out_and_end_in_time(service, client, key):
    with ThreadPoolExecutor(MANY) as threads:
        slow = [threads.submit(drip_a_body, service.port) for _ in range(MANY)]
        body = {"key": key, "image": uri(png())}
        while not all(one.done() for one in slow):
            assert client.post(DOORS[0], json=body).status_code == 200
        assert {one.result() for one in slow} == {408}


def drip_a_head(port: int) -> tuple[float, bytes]:
    """Begin a request and never come to its end: how long that was let, and what was said."""
    begun = time.monotonic()
    with raw.connected(port, timeout=0.5) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: e2e.example\r\nx-slow: ")
        while time.monotonic() - begun < 3 * HEAD_SECONDS:
            try:
                connection.sendall(b"a")
                said = connection.recv(1000)
                return time.monotonic() - begun, said
            except TimeoutError:
                continue
            except OSError:
                return time.monotonic() - begun, b""
    raise AssertionError("a slow head was waited for without end")


def test_many_slow_heads_keep_nobody_out_and_are_hung_up_on(service, client):
    with ThreadPoolExecutor(MANY) as threads:
        slow = [threads.submit(drip_a_head, service.port) for _ in range(MANY)]
        while not all(one.done() for one in slow):
            assert client.get("/healthz").status_code == 200
            time.sleep(0.1)
        for one in slow:
            seconds, said = one.result()
            assert HEAD_SECONDS - 1 < seconds < HEAD_SECONDS + 12
            assert said == b""


def test_a_head_that_is_too_large_is_refused(service):
    answer = raw.asked(service.port, "GET", b"/healthz", f"x-large: {'a' * 40_000}")
    assert answer.status == 431


def test_a_form_of_too_many_parts_is_refused(client, key):
    bearer = {"authorization": f"Bearer {key}"}
    parts = [(f"field{number}", (None, b"1")) for number in range(BodyLimits(0, 0).parts + 1)]
    answer = client.post("/api/v1/crop", files=parts, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_a_request_that_is_cut_off_leaves_nothing_behind(service, client, key):
    body = json.dumps({"key": key, "image": uri(png())}).encode()
    before = len(service.stored())
    for _ in range(20):
        with raw.connected(service.port) as connection:
            lines = (JSON, f"content-length: {len(body)}")
            connection.sendall(raw.head("POST", DOORS[0].encode(), *lines) + body[:-10])
    assert client.post(DOORS[0], content=body).status_code == 200
    assert len(service.stored()) == before + 1

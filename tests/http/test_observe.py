"""Every request has an id, a line in the log and a count; no name of a link is ever logged."""

from __future__ import annotations

import logging
import re

import pytest
from messages import run
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from cropwright.http.metrics import Metrics
from cropwright.http.observe import Observed

TOKEN = "Zm9vYmFyYmF6cXV4-_Zm9vYmFyYmF6cX"


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers 201, or raises what the path says."""
    del receive
    raised = {"/gone": ClientDisconnect(), "/crash": RuntimeError("a\nb")}.get(scope["path"])
    if raised is not None:
        raise raised
    headers = [(b"x-own", scope["state"]["request_id"].encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


class Answers:
    """Requests to an observed application, and what came of them."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self._app = Observed(answering, self.metrics, ("/api/v3", "/files"))

    def ask(self, path: str = "/", method: str = "GET", **headers: str) -> Headers:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw}
        run(self._app(scope, lambda: None, send))
        return Headers(raw=sent[0]["headers"] if sent else [])

    def counts(self) -> set[str]:
        page = self.metrics.page().decode()
        return set(re.findall(r"^cropwright_requests_total(.*)$", page, re.MULTILINE))


@pytest.fixture
def answers(caplog):
    caplog.set_level(logging.INFO)
    return Answers()


@pytest.mark.parametrize("given", ["abcdefgh", "A-Z_0-9-" * 8, "4bf92f35-77b3-4da6"])
def test_a_request_s_own_id_is_kept_and_given_back(answers, given):
    headers = answers.ask(x_request_id=given)
    assert (headers["x-request-id"], headers["x-own"]) == (given, given)


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space", "a\nb", "ümlaut-ümlaut"])
def test_an_id_that_is_none_is_replaced_by_one_of_ours(answers, given):
    made = {answers.ask(x_request_id=given)["x-request-id"] for _ in range(3)}
    assert len(made) == 3
    assert given not in made
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", one) for one in made)


def test_a_request_s_facts_are_in_the_log(answers, caplog):
    made = answers.ask("/api/v3/base64_crop", "POST")["x-request-id"]
    facts = caplog.records[-1].facts
    assert facts.pop("ms") >= 0
    assert facts == {
        "request_id": made,
        "method": "POST",
        "path": "/api/v3/base64_crop",
        "status": 201,
    }


@pytest.mark.parametrize(
    "path",
    [
        f"/files/{TOKEN}.png",
        f"/api/v1/uploads/{TOKEN}",
        f"//files/{TOKEN}/x",
        f"/{'x' * 190}/{TOKEN}",
    ],
)
def test_a_link_s_name_is_not_in_the_log(answers, caplog, path):
    answers.ask(path)
    logged = caplog.records[-1].facts["path"]
    assert TOKEN[:10] not in logged
    assert (logged[0], "…" in logged) == ("/", True)


def test_a_long_path_is_cut_in_the_log(answers, caplog):
    answers.ask("/a.b" * 1000)
    assert len(caplog.records[-1].facts["path"]) == 200


def test_requests_are_counted_by_door_method_and_status(answers):
    for path, method in [("/api/v3/x", "POST"), ("/files/x", "GET"), ("/files/y", "GET")]:
        answers.ask(path, method)
    answers.ask("/anything/at/all", "BREW")
    assert answers.counts() == {
        '{door="/api/v3",method="POST",status="201"} 1.0',
        '{door="/files",method="GET",status="201"} 2.0',
        '{door="/",method="other",status="201"} 1.0',
    }


def test_a_crash_is_logged_with_its_cause_and_goes_no_further(answers, caplog):
    assert answers.ask("/crash") == Headers()
    crash, request = caplog.records[-2:]
    assert (crash.message, crash.exc_info[0]) == ("a request failed", RuntimeError)
    assert crash.facts["request_id"] == request.facts["request_id"]


def test_a_client_that_went_away_is_no_crash(answers, caplog):
    answers.ask("/gone")
    assert [record.facts["status"] for record in caplog.records] == [499]
    assert answers.counts() == {'{door="/",method="GET",status="499"} 1.0'}


def test_what_is_no_request_is_passed_on():
    passed: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        passed.append(scope["type"])

    run(Observed(app, Metrics(), ())({"type": "lifespan"}, lambda: None, lambda _: None))
    assert passed == ["lifespan"]


def test_gauges_are_read_when_the_page_is_asked_for():
    values = iter([1.0, 2.0])
    metrics = Metrics()
    metrics.watch(
        {"x_inside": ("Inside now.", lambda: next(values)), "x_total": ("All.", int)},
        lambda: {"x_bytes": ("Bytes.", 3), "x_files": ("Files.", 2)},
    )
    pages = [metrics.page().decode() for _ in range(2)]
    assert all(
        f"\nx_inside {count}\n" in page for page, count in zip(pages, (1.0, 2.0), strict=True)
    )
    assert "# TYPE x_inside gauge" in pages[0]
    assert "# TYPE x_total counter" in pages[0]
    assert "process_resident_memory_bytes" in pages[0]

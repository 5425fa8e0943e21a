"""Sending word by URL: judged as fetching is, no redirect, not longer than it may take."""

from __future__ import annotations

import pytest
from test_remote import answer, redirect, serving

from cropwright.errors import SourceBlockedError
from cropwright.sources.remote import Fetcher
from cropwright.sources.settings import SourceSettings

OPEN = SourceSettings(allow="127.0.0.0/8", first_byte_seconds=0.01)


def posted(port: int, path: str, settings: SourceSettings = OPEN, seconds: float = 20) -> int:
    url = f"http://127.0.0.1:{port}{path}"
    return Fetcher(settings).post(url, b'{"a": 1}', {"X-Word": "b"}, seconds)


def test_the_status_is_told_and_the_body_arrives_as_it_is():
    with serving({"/hook?a=b": answer(b"", "204 No Content")}) as server:
        assert posted(server.port, "/hook?a=b") == 204
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=b HTTP/1.1")
    assert b"X-Word: b" in head
    assert body in (b"", b'{"a": 1}')


def test_a_redirect_is_told_and_not_followed():
    with serving({"/a": redirect("/b"), "/b": answer()}) as server:
        assert posted(server.port, "/a") == 302
    assert len(server.asked) == 1


def test_who_does_not_answer_in_time_is_given_up():
    with serving({}) as server, pytest.raises(SourceBlockedError):
        posted(server.port, "/silent", seconds=0.3)


def test_an_address_that_is_not_public_is_refused():
    with serving({"/a": answer()}) as server:
        with pytest.raises(SourceBlockedError):
            posted(server.port, "/a", SourceSettings())
        assert server.asked == []

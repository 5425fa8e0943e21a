"""Fetching, against the shared tables: URLs that mean no good, and origins that mean none."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cropwright.errors import CropwrightError, SourceBlockedError
from cropwright.sources.remote import Fetcher, system_addresses
from cropwright.sources.settings import SourceSettings
from cropwright.sources.sniff import sniff
from hostile import hostile, table

LIMIT = 5 * 1024 * 1024


def taken(fetcher: Fetcher, url: str) -> bool:
    """Whether a URL gives a file that we host."""
    try:
        sniff(fetcher.fetch(url, "url", LIMIT))
    except CropwrightError:
        return False
    return True


def numeric_or_loopback(host: str, port: int) -> list[str]:
    """Addresses in all spellings that the system knows; every name leads to loopback."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return ["127.0.0.1"]
    return [str(row[4][0]) for row in rows]


def test_no_url_of_the_shared_table_reaches_the_canary(shared):
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = str(canary.getsockname()[1])
        fetcher = Fetcher(SourceSettings(), resolve=numeric_or_loopback)
        for case in table(shared, "fetch_urls"):
            with pytest.raises(SourceBlockedError):
                fetcher.fetch(case["url"].replace("$PORT", port), "url", LIMIT)
        canary.setblocking(False)
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_the_canary_would_be_seen():
    assert (
        numeric_or_loopback("127.1", 80) == numeric_or_loopback("2130706433", 80) == ["127.0.0.1"]
    )
    assert "127.0.0.1" in system_addresses("127.0.0.1", 80)


def reached() -> Fetcher:
    return Fetcher(SourceSettings(allow="127.0.0.0/8"))


@pytest.mark.slow
def test_hostile_origins_are_taken_or_refused_as_labelled(shared):
    fetcher, cases = reached(), table(shared, "origin_cases")

    def judged(case: dict) -> tuple[bool, float]:
        started = time.monotonic()
        fate = taken(fetcher, f"http://127.0.0.1:{port}{case['path']}")
        return fate, time.monotonic() - started

    with hostile(shared) as port, ThreadPoolExecutor(len(cases)) as threads:
        fates = list(threads.map(judged, cases))
    for case, (fate, seconds) in zip(cases, fates, strict=True):
        assert case["expect"] == "either" or fate == (case["expect"] == "accept"), case["id"]
        assert seconds <= 11, case["id"]


@pytest.mark.parametrize(
    ("path", "fate"),
    [
        ("/loop", False),
        ("/relredir", True),
        ("/nolocation", False),
        ("/infinite", False),
        ("/hugeheaders", False),
        ("/manyheaders", False),
        ("/cl?n=99999999999999999999", False),
        ("/cltwo", False),
        ("/badchunk", False),
        ("/gzipbomb", False),
        ("/html", False),
        ("/htmlaspng", False),
        ("/pngashtml", True),
        ("/http09", False),
        ("/cookie", True),
        ("/refresh", True),
        ("/svg", False),
        ("/redir?to=/redir?to=/ok.png", True),
        ("/redir?to=file:///etc/passwd", False),
    ],
)
def test_what_else_the_hostile_origin_can_do(shared, path, fate):
    with hostile(shared) as port:
        assert taken(reached(), f"http://127.0.0.1:{port}{path}") == fate

"""Fetching, against the shared tables: URLs that mean no good, and origins that mean none."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from cropwright.errors import CropwrightError, SourceBlockedError
from cropwright.sources.remote import Fetcher, system_addresses
from cropwright.sources.settings import SourceSettings
from cropwright.sources.sniff import sniff

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
    table = json.loads((shared / "corpus" / "requests" / "fetch_urls.json").read_text())
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = str(canary.getsockname()[1])
        fetcher = Fetcher(SourceSettings(), resolve=numeric_or_loopback)
        for case in table["cases"]:
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


@contextmanager
def hostile(shared: Path) -> Iterator[int]:
    """The shared hostile origin; the port it listens on."""
    command = [sys.executable, "-u", shared / "corpus" / "hostile_origin.py", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            yield int(process.stdout.readline().split()[1])
        finally:
            process.kill()


def reached() -> Fetcher:
    return Fetcher(SourceSettings(allow="127.0.0.0/8"))


@pytest.mark.slow
def test_hostile_origins_are_taken_or_refused_as_labelled(shared):
    table = json.loads((shared / "corpus" / "requests" / "origin_cases.json").read_text())
    fetcher = reached()

    def judged(case: dict) -> tuple[bool, float]:
        started = time.monotonic()
        fate = taken(fetcher, f"http://127.0.0.1:{port}{case['path']}")
        return fate, time.monotonic() - started

    with hostile(shared) as port, ThreadPoolExecutor(len(table["cases"])) as threads:
        fates = list(threads.map(judged, table["cases"]))
    for case, (fate, seconds) in zip(table["cases"], fates, strict=True):
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

"""Fetching model files: known hosts, known size, known sha256, or nothing."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cropwright.sources.weights import FetchError, Hosts, Wanted, fetch_weights

BYTES = bytes(range(256)) * 5000
DIGEST = hashlib.sha256(BYTES).hexdigest()


class Publisher(BaseHTTPRequestHandler):
    """Answers by path: the file, redirects, and what goes wrong."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        moved = {
            "/moved": f"http://assets.test:{port}/file?signed=1",
            "/away": f"http://elsewhere.test:{port}/file",
            "/round": f"http://first.test:{port}/round",
            "/upgrade": f"ftp://first.test:{port}/file",
        }
        bodies = {
            "/file": BYTES,
            "/long": BYTES + b"more",
            "/short": BYTES[:-1],
            "/wrong": BYTES[::-1],
        }
        path = self.path.partition("?")[0]
        if path in moved:
            self.send_response(302)
            self.send_header("Location", moved[path])
            self.end_headers()
        elif path in bodies:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(bodies[path])
        else:
            self.send_error(404)

    def log_message(self, *_words: object) -> None:
        """Nothing."""


@pytest.fixture
def publisher() -> Iterator[Hosts]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    yield Hosts(
        first=frozenset({"first.test"}),
        then=frozenset({"assets.test"}),
        scheme="http",
        connect=lambda _host, _port: http.client.HTTPConnection("127.0.0.1", port, timeout=5),
    )
    server.shutdown()
    server.server_close()


def wanted(*paths: str) -> Wanted:
    return Wanted(tuple(f"http://first.test{path}" for path in paths), len(BYTES), DIGEST)


@pytest.mark.parametrize("paths", [["/file"], ["/moved"], ["/missing", "/wrong", "/file"]])
def test_a_file_comes_from_the_first_address_that_has_it(publisher, tmp_path, paths):
    path, told = tmp_path / "new" / "model.onnx", []
    fetch_weights(wanted(*paths), path, publisher, told.append)
    assert path.read_bytes() == BYTES
    assert sum(told) >= len(BYTES)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/long", "more than the 1280000 bytes"),
        ("/short", "1279999 bytes of 1280000"),
        ("/wrong", "another sha256"),
        ("/missing", "status 404"),
        ("/away", "elsewhere.test is no host of models"),
        ("/upgrade", "ftp://first.test is no host of models"),
        ("/round", "too many redirects"),
    ],
)
def test_what_is_not_the_known_file_leaves_nothing(publisher, tmp_path, path, why):
    with pytest.raises(FetchError, match=why):
        fetch_weights(wanted(path), tmp_path / "model.onnx", publisher)
    assert list(tmp_path.iterdir()) == []


def test_only_publishers_may_be_asked_first(publisher, tmp_path):
    direct = Wanted(("http://assets.test/file",), len(BYTES), DIGEST)
    with pytest.raises(FetchError, match="no host of models"):
        fetch_weights(direct, tmp_path / "model.onnx", publisher)


def test_a_file_that_is_there_stays_when_fetching_fails(publisher, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"precious")
    with pytest.raises(FetchError):
        fetch_weights(wanted("/wrong"), path, publisher)
    assert path.read_bytes() == b"precious"


def test_no_network_is_told_in_words(tmp_path):
    def refuse(_host: str, _port: int | None) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", 9, timeout=2)

    hosts = Hosts(first=frozenset({"first.test"}), scheme="http", connect=refuse)
    with pytest.raises(FetchError, match="Connection refused"):
        fetch_weights(wanted("/file"), tmp_path / "model.onnx", hosts)


def test_the_official_hosts_are_asked_encrypted(tmp_path):
    plain = Wanted(("http://github.com/x",), 1, DIGEST)
    with pytest.raises(FetchError, match=r"http://github\.com is no host of models"):
        fetch_weights(plain, Path(tmp_path) / "x", Hosts())

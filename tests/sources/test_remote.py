"""Fetching: to judged addresses only, within bounds, and one word for whatever is refused."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpcore2
import pytest

from cropwright.errors import LimitExceededError, SourceBlockedError
from cropwright.sources.remote import Fetcher
from cropwright.sources.settings import SourceSettings

LOCAL = "127.0.0.0/8"
LIMIT = 5 * 1024 * 1024
PUBLIC = "93.184.216.34"


def answer(body: bytes = b"picture", status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def redirect(to: str) -> bytes:
    return answer(b"", "302 Found", f"Location: {to}")


@contextmanager
def serving(answers: dict[str, bytes], tls: ssl.SSLContext | None = None) -> Iterator:
    """A server on loopback; what it was asked is in `asked`. A path it does not know is silent."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                with connection:
                    asked.append(connection.recv(65536))
                    path = asked[-1].decode("latin-1").split(" ")[1]
                    if path not in answers:
                        connection.recv(1)
                    connection.sendall(answers.get(path, b""))
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield SimpleNamespace(port=listener.getsockname()[1], asked=asked)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


class Recording(httpcore2.NetworkBackend):
    """A network where every address leads to one local port; which were asked for is kept."""

    def __init__(self, port: int = 9, *, dead: tuple[str, ...] = ()) -> None:
        self.port, self.dead, self.connected = port, dead, []

    def connect_tcp(self, host, port, *rest):
        self.connected.append((host, port))
        if host in self.dead:
            raise httpcore2.ConnectError
        return httpcore2.SyncBackend().connect_tcp("127.0.0.1", self.port, *rest)


def names(**addresses: str | list[str]):
    """A resolver that knows these names, whatever the letters' case; dots are written as _."""

    def resolve(host: str, _port: int) -> list[str]:
        found = addresses.get(host.replace(".", "_"))
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [found] if isinstance(found, str) else found

    return resolve


def local(**settings: object) -> Fetcher:
    return Fetcher(SourceSettings(allow=LOCAL, **settings))


def refused(fetcher: Fetcher, url: str) -> BaseException | None:
    """The cause of a refusal, which tells the caller nothing but the field."""
    with pytest.raises(SourceBlockedError) as refusal:
        fetcher.fetch(url, "image_url", LIMIT)
    assert str(refusal.value) == "image_url cannot be fetched"
    return refusal.value.__cause__


def test_a_file_is_fetched_with_few_words():
    with serving({"/a.png?b=c": answer(b"picture")}) as server:
        url = f"http://127.0.0.1:{server.port}/a.png?b=c#d"
        assert local().fetch(url, "url", 7) == b"picture"
    request, headers = server.asked[0].decode().split("\r\n", 1)
    assert request == "GET /a.png?b=c HTTP/1.1"
    assert sorted(headers.split()) == sorted(
        f"Host: 127.0.0.1:{server.port} User-Agent: cropwright Accept: */* "
        "Accept-Encoding: identity Connection: close".split()
    )


def test_the_connection_goes_to_the_judged_address_and_the_name_is_kept():
    with serving({"/": answer()}) as server:
        network = Recording(server.port)
        resolve = names(pictures_example=[PUBLIC, "2606:4700::1111"])
        fetcher = Fetcher(SourceSettings(), resolve=resolve, network=network)
        assert fetcher.fetch("http://Pictures.example:8080/", "url", LIMIT) == b"picture"
    assert network.connected == [(PUBLIC, 8080)]
    assert b"Host: pictures.example:8080\r\n" in server.asked[0]


def test_the_next_address_is_tried_when_one_is_dead():
    with serving({"/": answer()}) as server:
        network = Recording(server.port, dead=("2606:4700::1111",))
        resolve = names(a_example=["2606:4700::1111", PUBLIC])
        fetcher = Fetcher(SourceSettings(), resolve=resolve, network=network)
        assert fetcher.fetch("http://a.example/", "url", LIMIT) == b"picture"
    assert network.connected == [("2606:4700::1111", 80), (PUBLIC, 80)]


def test_a_name_that_changes_its_address_once_it_was_judged_gains_nothing():
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    with serving({"/": answer(b"inside")}) as inside, serving({"/": redirect("/again")}) as outside:
        network = Recording(outside.port)
        fetcher = Fetcher(SourceSettings(), resolve=lambda *_: next(answers), network=network)
        refused(fetcher, "http://rebind.example/")
    assert network.connected == [(PUBLIC, 80)]
    assert inside.asked == []


@pytest.mark.parametrize("addresses", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::ffff:8.8.8.8"], []])
def test_a_name_with_one_forbidden_address_is_not_connected_at_all(addresses):
    network = Recording()
    fetcher = Fetcher(SourceSettings(), resolve=names(a_example=addresses), network=network)
    refused(fetcher, "http://a.example/")
    assert network.connected == []


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.1/",
        "http://localhost/",
        "//127.0.0.1/",
        "file:///etc/passwd",
        "http://user:pass@b.example/",
        "http://b.example:25/",
        "gopher://b.example/",
        "data:image/png;base64,AAAA",
        "http://[::1",
        "http://b.example/\x01",
    ],
)
def test_every_redirect_is_judged_again(to):
    with serving({"/": redirect(to)}) as server:
        network = Recording(server.port)
        resolve = names(a_example=PUBLIC, b_example=PUBLIC, localhost="127.0.0.1")
        refused(Fetcher(SourceSettings(), resolve=resolve, network=network), "http://a.example/")
    assert len(network.connected) == len(server.asked) == 1


def test_three_redirects_are_followed_and_four_are_not():
    chain = {f"/{n}": redirect(f"{n - 1}") for n in range(1, 5)} | {"/0": answer()}
    with serving(chain) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert local().fetch(f"{url}/3", "url", LIMIT) == b"picture"
        refused(local(), f"{url}/4")
        assert local(redirects=4).fetch(f"{url}/4", "url", LIMIT) == b"picture"


@pytest.mark.parametrize(
    "said",
    [
        answer(b""),
        answer(b"x", "204 No Content"),
        answer(b"x", "206 Partial Content"),
        answer(b"x", "304 Not Modified"),
        answer(b"x", "404 Not Found"),
        answer(b"x", "500 Oops"),
        answer(b"", "302 Found"),
        answer(b"x", "200 OK", "Content-Encoding: gzip"),
        answer(b"x", "200 OK", "Content-Encoding: identity, gzip"),
        answer(b"x", "200 OK", "Content-Encoding: gzip", "Content-Encoding: identity"),
        answer(b"x", "200 OK", "Transfer-Encoding: gzip"),
        answer(b"x", "200 OK", "Content-Length: 5"),
        answer(b"x", "200 OK", *(f"X-{n}: {'y' * 90}" for n in range(680))),
        answer(b"x", "200 OK", f"X: {'y' * 200_000}"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
        b"\x89PNG\r\n\x1a\n",
        b"",
    ],
    ids=range(21),
)
def test_answers_that_are_none_are_refused(said):
    with serving({"/": said}) as server:
        assert refused(local(), f"http://127.0.0.1:{server.port}/") is not None


def test_what_is_sloppy_but_whole_is_taken():
    said = (
        b"HTTP/1.1 200 Sure\r\nX-Name: caf\xe9\r\nContent-Encoding: identity\r\n\r\nuntil the end"
    )
    with serving({"/": said, "/caf%C3%A9": answer()}) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert local().fetch(f"{url}/", "url", LIMIT) == b"until the end"
        assert local().fetch(f"{url}/café", "url", LIMIT) == b"picture"


@pytest.mark.parametrize(
    ("said", "actual"),
    [
        (answer(b"x" * 101), 101),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", 999_999_999_999),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500_000, 101),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"64\r\n%b\r\n" % bytes(100) * 9,
            101,
        ),
    ],
    ids=range(4),
)
def test_more_than_the_limit_is_refused_without_reading_on(said, actual):
    with serving({"/": said}) as server, pytest.raises(LimitExceededError) as refusal:
        local().fetch(f"http://127.0.0.1:{server.port}/", "url", 100)
    told = refusal.value
    assert (told.field, told.limit, told.actual) == ("url", 100, actual)


def test_exactly_the_limit_is_taken():
    with serving({"/": answer(b"x" * 100)}) as server:
        assert len(local().fetch(f"http://127.0.0.1:{server.port}/", "url", 100)) == 100


def test_silence_and_slow_name_servers_are_given_up():
    with serving({}) as server:
        started = time.monotonic()
        refused(local(first_byte_seconds=0.2), f"http://127.0.0.1:{server.port}/silent")
        slow = Fetcher(SourceSettings(total_seconds=0.2), resolve=lambda *_: time.sleep(30) or [])
        assert isinstance(refused(slow, "http://slow.example/"), TimeoutError)
        assert time.monotonic() - started < 5


def test_a_server_that_never_stops_redirecting_is_given_up_at_the_deadline():
    with serving({"/to": redirect("/to")}) as server:
        url = f"http://127.0.0.1:{server.port}"
        started = time.monotonic()
        endless = local(redirects=10**9, total_seconds=0.3)
        assert isinstance(refused(endless, f"{url}/to"), (TimeoutError, httpcore2.TimeoutException))
        assert time.monotonic() - started < 5


def test_a_closed_port_and_an_unknown_name_look_like_a_forbidden_one():
    with serving({}) as server:
        closed = server.port
    assert isinstance(refused(local(), f"http://127.0.0.1:{closed}/"), httpcore2.ConnectError)
    unknown = Fetcher(SourceSettings(), resolve=names())
    assert isinstance(refused(unknown, "http://unknown.example/"), OSError)


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving({"/": answer()}) as server:
        assert local().fetch(f"http://127.0.0.1:{server.port}/", "url", LIMIT) == b"picture"


def test_cookies_are_not_kept():
    said = {"/": answer(b"", "302 Found", "Location: /b", "Set-Cookie: a=b"), "/b": answer()}
    with serving(said) as server:
        local().fetch(f"http://127.0.0.1:{server.port}/", "url", LIMIT)
    assert all(b"cookie" not in request.lower() for request in server.asked)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A throw-away certificate for pictures.example, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
    command += "-subj /CN=pictures.example -addext subjectAltName=DNS:pictures.example"
    files = ["-keyout", path, "-out", path.with_suffix(".crt")]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


def test_tls_is_spoken_to_the_judged_address_under_the_name_that_was_asked_for(certificate):
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    asked_for: list[str] = []
    server_side.sni_callback = lambda _socket, name, _context: asked_for.append(name)
    trusting = ssl.create_default_context(cafile=certificate)
    resolve = names(pictures_example=PUBLIC, other_example=PUBLIC)
    with serving({"/": answer()}, server_side) as server:
        network = Recording(server.port)
        fetcher = Fetcher(SourceSettings(), resolve=resolve, network=network, tls=trusting)
        assert fetcher.fetch("https://pictures.example./", "url", LIMIT) == b"picture"
        assert isinstance(refused(fetcher, "https://other.example/"), httpcore2.ConnectError)
        strict = Fetcher(SourceSettings(), resolve=resolve, network=network)
        assert isinstance(refused(strict, "https://pictures.example/"), httpcore2.ConnectError)
    assert asked_for == ["pictures.example", "other.example", "pictures.example"]
    assert network.connected == [(PUBLIC, 443)] * 3
    assert b"Host: pictures.example\r\n" in server.asked[0]

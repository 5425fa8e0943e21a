"""Fetching what a caller's URL names: public addresses only, within bounds of time and size.

One error for everything that is refused or fails, so that nothing can be learnt of the network
this server stands in; the cause is chained for the log.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urljoin

import httpcore2

from cropwright.errors import LimitExceededError, SourceBlockedError
from cropwright.sources.guard import Target, guard_of, taken_apart
from cropwright.sources.pinned import Deadline, PinnedNetwork
from cropwright.sources.settings import SourceSettings

Resolve = Callable[[str, int], list[str]]
"""The addresses of a host, as text, for connecting to a port. Raises OSError."""

_HEADER_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FAILURES = (
    OSError,  # names, sockets, TLS, time
    ValueError,  # what the guard refuses
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
)


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host as this machine resolves them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Fetcher:
    """Fetches files by URL. Safe to use from many threads."""

    def __init__(
        self,
        settings: SourceSettings,
        *,
        resolve: Resolve = system_addresses,
        network: httpcore2.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Raises SettingsError for networks that are none."""
        self._settings = settings
        self._guard = guard_of(settings.allow)
        self._resolve = resolve
        self._network = network or httpcore2.SyncBackend()
        self._tls = tls or httpcore2.default_ssl_context()

    def fetch(self, url: str, field: str, limit: int) -> bytes:
        """What `url` answers, `limit` bytes at most; `field` is what errors call it.

        Every redirect is judged like the URL itself. Raises SourceBlockedError for whatever may not
        be fetched or cannot be, LimitExceededError for more bytes.
        """
        deadline = Deadline.after(self._settings.total_seconds)
        try:
            target = taken_apart(url)
            for _ in range(self._settings.redirects + 1):
                answer = self._ask(target, deadline, field, limit)
                if isinstance(answer, bytes):
                    return answer
                target = answer
            raise ValueError("too many redirects")
        except _FAILURES as error:
            raise SourceBlockedError(field) from error

    def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
        """Send something to `url`, which is judged as for fetching: the status of the answer.

        No redirect is followed, and nothing but the status is read. Raises SourceBlockedError for
        whatever may not be sent to, cannot be, or does not answer in so many seconds.
        """
        deadline = Deadline.after(seconds)
        patient = replace(self._settings, first_byte_seconds=seconds)
        try:
            target = taken_apart(url)
            addresses = self._guard.judged(self._addresses(target, deadline), target.port)
            network = PinnedNetwork(self._network, addresses, deadline, patient)
            sent = [*_headers(target), *headers.items(), ("Content-Length", str(len(body)))]
            with (
                httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=network) as pool,
                pool.stream("POST", _url(target), headers=sent, content=body) as response,
            ):
                return int(response.status)
        except _FAILURES as error:
            raise SourceBlockedError("webhook") from error

    def _ask(self, target: Target, deadline: Deadline, field: str, limit: int) -> bytes | Target:
        """The body, or where it is said to be. ValueError for every other answer."""
        addresses = self._guard.judged(self._addresses(target, deadline), target.port)
        network = PinnedNetwork(self._network, addresses, deadline, self._settings)
        with (
            httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=network) as pool,
            pool.stream("GET", _url(target), headers=_headers(target)) as response,
        ):
            headers = _read_headers(response)
            if response.status in _REDIRECTS and "location" in headers:
                return taken_apart(urljoin(target.url, headers["location"]))
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            if headers.get("content-encoding", "identity").lower() != "identity":
                raise ValueError("encoded although identity was asked for")
            return _read_body(response, int(headers.get("content-length", "0")), field, limit)

    def _addresses(self, target: Target, deadline: Deadline) -> list[str]:
        # A name server may take longer than we have, and the system's resolver knows no timeout.
        found: SimpleQueue[list[str] | Exception] = SimpleQueue()

        def look_up() -> None:
            try:
                found.put(self._resolve(target.host, target.port))
            except (OSError, UnicodeError) as error:
                found.put(error)

        Thread(target=look_up, daemon=True).start()
        try:
            answer = found.get(timeout=deadline.left(self._settings.total_seconds))
        except Empty as error:
            raise TimeoutError("the name was not found in time") from error
        if isinstance(answer, Exception):
            raise answer
        return answer


def _url(target: Target) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )


def _headers(target: Target) -> list[tuple[bytes | str, bytes | str]]:
    return [
        ("Host", target.authority),
        ("User-Agent", "cropwright"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ]


def _read_headers(response: httpcore2.Response) -> dict[str, str]:
    """The headers by name in lower case, those that come more than once joined by commas."""
    if sum(len(name) + len(value) + 4 for name, value in response.headers) > _HEADER_BYTES:
        raise ValueError("too many headers")
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode(errors="replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _read_body(response: httpcore2.Response, announced: int, field: str, limit: int) -> bytes:
    if announced > limit:
        raise LimitExceededError(field=field, limit=limit, actual=announced, unit="bytes")
    body = bytearray()
    for piece in response.iter_stream():
        body += piece
        if len(body) > limit:
            raise LimitExceededError(field=field, limit=limit, actual=limit + 1, unit="bytes")
    if not body:
        raise ValueError("an empty answer")
    return bytes(body)

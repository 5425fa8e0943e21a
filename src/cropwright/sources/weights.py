"""Fetching model files: from known hosts only, as large as announced, with the sha256 known before.

Unlike `remote`, which fetches what strangers name, this fetches what our own list names; still no
byte is believed. The file appears whole and verified, or not at all.
"""

from __future__ import annotations

import hashlib
import http.client
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 4
_PIECE_BYTES = 256 * 1024
_SECONDS = 20.0
"""Longest silence of a server."""

Connect = Callable[[str, int | None], http.client.HTTPConnection]
"""Makes a connection to a host and port."""


def _encrypted(host: str, port: int | None) -> http.client.HTTPConnection:
    return http.client.HTTPSConnection(host, port, timeout=_SECONDS)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where model files may come from."""

    first: frozenset[str] = frozenset({"github.com", "huggingface.co"})
    """Publishers: where an address may begin."""
    then: frozenset[str] = frozenset(
        {
            "release-assets.githubusercontent.com",
            "objects.githubusercontent.com",
            "media.githubusercontent.com",
            "us.aws.cdn.hf.co",
            "us.gcp.cdn.hf.co",
            "cas-bridge.xethub.hf.co",
        }
    )
    """Where publishers may send on to."""
    scheme: str = "https"
    connect: Connect = field(default=_encrypted)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that is known before it is fetched."""

    urls: tuple[str, ...]
    """Where it is, best first."""
    bytes: int
    sha256: str


class FetchError(Exception):
    """No address gave the file; the text says why, for the operator."""


def fetch_weights(
    wanted: Wanted, path: Path, hosts: Hosts, told: Callable[[int], None] = lambda _count: None
) -> None:
    """Fetch a file to `path`; `told` hears of every piece's bytes.

    Raises FetchError after all addresses failed, OSError if the place refuses the file.
    """
    reasons = []
    path.parent.mkdir(parents=True, exist_ok=True)
    for url in wanted.urls:
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with _opened(url, hosts) as response:
                _stream(response, wanted, beside, told)
            beside.replace(path)
        except (FetchError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            reasons.append(f"{urlsplit(url).hostname}: {error or type(error).__name__}")
        else:
            return
        finally:
            beside.unlink(missing_ok=True)
    raise FetchError("; ".join(reasons))


@contextmanager
def _opened(url: str, hosts: Hosts) -> Iterator[http.client.HTTPResponse]:
    """The answer of an address after its redirects, each judged before it is followed."""
    allowed = hosts.first
    for _ in range(_MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme != hosts.scheme or parts.hostname not in allowed:
            raise FetchError(f"{parts.scheme}://{parts.hostname} is no host of models")
        connection = hosts.connect(parts.hostname or "", parts.port)
        try:
            response = _asked(connection, f"{parts.path or '/'}?{parts.query}".rstrip("?"))
            if response.status == 200:
                yield response
                return
            if response.status not in _REDIRECTS or not response.headers.get("location"):
                raise FetchError(f"status {response.status}")
            url = urljoin(url, response.headers["location"])
            allowed = hosts.first | hosts.then
        finally:
            connection.close()
    raise FetchError("too many redirects")


def _asked(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    try:
        connection.request("GET", path, headers={"User-Agent": "cropwright"})
        return connection.getresponse()
    except OSError as error:  # no network, no such name, no valid certificate
        raise FetchError(error.strerror or type(error).__name__) from error


def _stream(
    response: http.client.HTTPResponse, wanted: Wanted, path: Path, told: Callable[[int], None]
) -> None:
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as file:
        while piece := response.read(_PIECE_BYTES):
            count += len(piece)
            if count > wanted.bytes:
                raise FetchError(f"more than the {wanted.bytes} bytes it should have")
            digest.update(piece)
            file.write(piece)
            told(len(piece))
    if count < wanted.bytes:
        raise FetchError(f"{count} bytes of {wanted.bytes}")
    if digest.hexdigest() != wanted.sha256:
        raise FetchError("another sha256 than the published one")

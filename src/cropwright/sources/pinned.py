"""Connections that go to addresses judged before, and to no other, against the clock.

What the HTTP library asks for by name is connected by address; Host header and TLS keep the name.
Its own host and timeouts are not used here: the addresses and the settings stand in their place.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore2

from cropwright.sources.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which all has to be done."""

    at: float
    """On the monotonic clock, in seconds."""

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """A deadline so far from now."""
        return cls(time.monotonic() + seconds)

    def left(self, at_most: float) -> float:
        """Seconds left, `at_most` if there are more. Raises TimeoutError when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return min(left, at_most)


class PinnedNetwork(httpcore2.NetworkBackend):
    """Connects to given addresses, whatever the name; one request's use."""

    def __init__(
        self,
        network: httpcore2.NetworkBackend,
        addresses: list[str],
        deadline: Deadline,
        settings: SourceSettings,
    ) -> None:
        self._network = network
        self._addresses = addresses
        self._deadline = deadline
        self._settings = settings

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address that answers. Raises the last one's error."""
        *first, last = self._addresses
        for address in first:
            try:
                return self._connected(address, port, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connected(last, port, local_address, socket_options)

    def _connected(
        self,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None,
    ) -> httpcore2.NetworkStream:
        timeout = self._deadline.left(self._settings.connect_seconds)
        stream = self._network.connect_tcp(address, port, timeout, local_address, socket_options)
        return TimedStream(stream, self._deadline, self._settings)


class TimedStream(httpcore2.NetworkStream):
    """A connection on which no step takes longer than it may, nor all of them together."""

    def __init__(
        self, stream: httpcore2.NetworkStream, deadline: Deadline, settings: SourceSettings
    ) -> None:
        self._stream = stream
        self._deadline = deadline
        self._settings = settings

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes."""
        return self._stream.read(max_bytes, self._deadline.left(self._settings.first_byte_seconds))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._stream.write(buffer, self._deadline.left(self._settings.first_byte_seconds))

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection, encrypted, with a server that proves to be `server_hostname`."""
        left = self._deadline.left(self._settings.connect_seconds)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return TimedStream(stream, self._deadline, self._settings)

    def get_extra_info(self, info: str) -> Any:
        """What the library asks about the connection."""
        return self._stream.get_extra_info(info)

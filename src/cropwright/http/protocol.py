"""The server's HTTP protocol with bounds that it does not have itself: on the head of a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024
"""Most bytes of request line and headers."""
HEAD_SECONDS = 10.0
"""Time for them to arrive, from the connection or from the first byte of the next request."""
SPILL_BYTES = 8 * 1024 * 1024
"""Most bytes that are thrown away of a body whose request is answered already: many clients hear
the answer only once they have sent all, but nobody is to send for ever."""


class Lingering:
    """A transport that is closed only once the request at hand has arrived: else whoever is still
    sending it loses the answer."""

    def __init__(self, transport: asyncio.Transport, is_arriving: Callable[[], bool]) -> None:
        self._transport = transport
        self._is_arriving = is_arriving
        self.is_leaving = False
        """Whether to close as soon as the request is here."""

    def close(self) -> None:
        """Close it, now or then."""
        self.is_leaving = True
        if not self._is_arriving():
            self.close_now()

    def close_now(self) -> None:
        """Close it whatever arrives."""
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class BoundedProtocol(HttpToolsProtocol):
    """Ends connections whose request line and headers are too long or too slow.

    And those that send on and on after they got their answer. Trailers are headers too, wherever
    they come.
    """

    head_bytes = HEAD_BYTES
    head_seconds = HEAD_SECONDS
    spill_bytes = SPILL_BYTES

    _in_head = True
    _piece_holds_more = False
    """Whether the last piece of data held other things than part of a head or of trailers."""
    _head_bytes = 0
    _named_bytes = 0
    _spilt_bytes = 0
    _timer: asyncio.TimerHandle | None = None
    _way: Lingering

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as above it
        """A client is there: its first request has so long to say what it is."""
        self._way = Lingering(transport, self._is_arriving)
        super().connection_made(self._way)  # type: ignore[arg-type]  # does what it is used for
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes: those of a head or of trailers are counted."""
        if self._in_head and self._timer is None:
            self._wait()
        self._piece_holds_more = False
        super().data_received(data)
        if not self._piece_holds_more:
            self._head_bytes += len(data)
            if self._head_bytes > self.head_bytes:
                self._refuse()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._head_bytes, self._named_bytes, self._spilt_bytes = True, 0, 0, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; together they count too, because a body may come in the same piece."""
        self._named_bytes += len(name) + len(value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: its request begins, unless it is too large."""
        self._in_head, self._head_bytes, self._piece_holds_more = False, 0, True
        self._stop_waiting()
        if self._named_bytes + len(self.url) > self.head_bytes:
            self._refuse()
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole too: what comes next is another head."""
        self._in_head, self._head_bytes, self._piece_holds_more = True, 0, True
        self._stop_waiting()
        if self.cycle is not None:
            super().on_message_complete()
            if self._way.is_leaving:
                self._way.close_now()
            elif self.cycle.response_complete:  # the server itself waits for nothing any more
                self._wait()

    def on_body(self, body: bytes) -> None:
        """A piece of the body; of a refused request it is dropped, and so is what comes too late."""
        self._head_bytes, self._piece_holds_more = 0, True
        if self.cycle is None:
            return
        super().on_body(body)
        if self.cycle.response_complete:
            self._spilt_bytes += len(body)
            if self._spilt_bytes > self.spill_bytes:
                self._way.close_now()

    def on_response_complete(self) -> None:
        """An answer is sent, maybe before the request's body was: that has not for ever."""
        super().on_response_complete()
        if not self._in_head and self.cycle.response_complete:
            self._stop_waiting()
            self._wait()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait()  # something of the next request came while this one is worked on
        else:
            self._way.close_now()

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self._way.close_now()

    def _is_arriving(self) -> bool:
        return not self._in_head and self.cycle is not None and self.cycle.response_complete


def _plain(status: str, words: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
    return f"{head}content-length: {len(words)}\r\n\r\n{words}".encode("ascii")


_TOO_LARGE: Any = _plain(
    "431 Request Header Fields Too Large", f"the limit for headers is {HEAD_BYTES} bytes\n"
)

"""A real server on a free port, and raw connections to it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from cropwright.http.protocol import BoundedProtocol


async def counting(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers a request's path and how many bytes its body had."""
    count, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        count += len(message["body"])
        more = message["more_body"]
    body = f"{scope['path']} {count}\n".encode()
    length = str(len(body)).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]}
    )
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(app: ASGIApp, protocol: type[BoundedProtocol], **options: Any) -> Iterator[int]:
    """The port of a server that runs in a thread until the block is left."""
    config = uvicorn.Config(
        app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False, **options
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


class Wire:
    """One connection, byte by byte. A context manager."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._socket.close()

    def send(self, *pieces: bytes, pause: float = 0.0) -> bool:
        """Send pieces, a pause before each but the first; whether the server took them all."""
        try:
            for number, piece in enumerate(pieces):
                time.sleep(pause if number else 0)
                self._socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def read(self, until: bytes) -> bytes:
        """All that comes, up to and with these bytes."""
        got = b""
        while not got.endswith(until):
            piece = self._socket.recv(1)
            if not piece:
                raise EOFError(got)
            got += piece
        return got

    def read_to_end(self) -> bytes:
        """All that comes until the server closes."""
        pieces = []
        try:
            while piece := self._socket.recv(65_536):
                pieces.append(piece)
        except ConnectionResetError:
            pass
        return b"".join(pieces)

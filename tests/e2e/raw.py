"""HTTP by hand, for what clients would tidy up before sending it, or would not send at all."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def connected(port: int, *, source: str = "127.0.0.1", timeout: float = 15) -> socket.socket:
    """A connection to this machine; from another address of it the server sees another client."""
    return socket.create_connection(("127.0.0.1", port), timeout, (source, 0))


def head(method: str, target: bytes, *lines: str) -> bytes:
    """The head of a request, its target just as it is given."""
    fields = "".join(f"{line}\r\n" for line in ("host: e2e.example", *lines))
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + fields.encode() + b"\r\n"


def answer(connection: socket.socket) -> Answer:
    """Read one answer whose length is announced, or all there is until the end."""
    with connection.makefile("rb") as file:
        first = file.readline()
        if not first:
            raise ConnectionError("closed without an answer")
        headers = {}
        while (line := file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = headers.get("content-length")
        body = file.read(int(length)) if length is not None else file.read()
        return Answer(int(first.split()[1]), headers, body)


def asked(port: int, method: str, target: bytes, *lines: str, body: bytes = b"") -> Answer:
    """One request on a connection of its own."""
    with connected(port) as connection:
        connection.sendall(head(method, target, *lines) + body)
        return answer(connection)

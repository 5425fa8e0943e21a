"""Requests made of pieces, as a server hands them to an application."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.types import Message

from cropwright.core.limits import BodyLimits
from cropwright.http.fields import Fields, read_fields

Result = TypeVar("Result")
LIMITS = BodyLimits(bytes=100_000, seconds=5.0)
BOUNDARY = "----pieces"
FORM = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


class Pieces:
    """A body that arrives in pieces; after the last of them nothing more comes."""

    def __init__(self, *pieces: bytes, ends: bool = True) -> None:
        self.left = list(pieces)
        self._ends = ends

    async def receive(self) -> Message:
        if not self.left:
            await asyncio.sleep(3600)
        more = len(self.left) > 1 or not self._ends
        return {"type": "http.request", "body": self.left.pop(0), "more_body": more}


def request(body: Pieces, **headers: str) -> Request:
    """A POST request."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw}
    return Request(scope, body.receive)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def fields_of(body: bytes, content_type: str = "application/json") -> Fields:
    """The fields of a body that comes in pieces of 1,000 bytes."""
    pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)] or [b""]
    return run(read_fields(request(Pieces(*pieces), content_type=content_type), LIMITS))


def form_of(values: list[tuple[str, str]]) -> Fields:
    """The fields of a URL-encoded form."""
    return fields_of(urlencode(values).encode(), FORM)


def multipart(*parts: tuple[str, bytes, str | None]) -> bytes:
    """A multipart body: name, content and, for a file, its name."""
    text = b""
    for name, content, filename in parts:
        file = "" if filename is None else f'; filename="{filename}"'
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        text += head.encode() + content + b"\r\n"
    return text + f"--{BOUNDARY}--\r\n".encode()

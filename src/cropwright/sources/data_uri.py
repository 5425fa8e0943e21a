"""Base64 as clients really send it: bare or as a data URI (RFC 2397, RFC 4648), in many habits."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from dataclasses import dataclass

import pybase64

from cropwright.errors import InvalidValueError, LimitExceededError

_HEADER_BYTES = 1024
"""A data URI's comma is looked for in so many bytes."""
_PIECE = 64 * 1024
_SHOWN = 40
_HEADER = re.compile(rb"\s*data:([\x20-\x2b\x2d-\x7e\s]*),", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+*-]+/[a-z0-9!#$&^_.+*-]+")
_URL = re.compile(rb"\s*https?:", re.IGNORECASE)
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_WHITESPACE = b" \t\n\r\f\v"
_EXPECTED = "base64, with or without data:<type>;base64, before it"
_NO_URL = "base64; base64 is required, a URL is not fetched here"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as a client sent it."""

    data: bytes
    media_type: str
    """What the client says it is, in lower case without parameters; "" if nothing sensible."""


def decode(text: bytes | memoryview, field: str, limit: int) -> Decoded:
    """The bytes that `text` stands for, at most `limit` of them; `field` is what errors call it.

    Allowed are white space anywhere, the URL-safe alphabet, missing padding and any media type.
    Raises InvalidValueError, or LimitExceededError from the text's length, before decoding.
    """
    view = memoryview(text)
    head = bytes(view[:_HEADER_BYTES])
    if _URL.match(head):
        raise InvalidValueError(field, _shown(head), _NO_URL)
    header = _HEADER.match(head)
    words = [word.strip().lower() for word in header[1].decode().split(";")] if header else [""]
    if header is not None and "base64" not in words[1:]:
        raise InvalidValueError(field, _shown(head), _EXPECTED)
    data = _decoded(view[header.end() :] if header else view, field, limit)
    if not data:
        raise InvalidValueError(field, _shown(head), _EXPECTED)
    return Decoded(data, words[0] if _MEDIA_TYPE.fullmatch(words[0]) else "")


def _decoded(body: memoryview, field: str, limit: int) -> bytes:
    # Nearly all bodies are plain base64 and are decoded where they are; the others cost one copy.
    if _size(body) <= limit:
        try:
            return pybase64.b64decode(body, validate=True)
        except Base64Error:
            pass
    plain = _plain(body)
    if (size := _size(plain)) > limit:
        raise LimitExceededError(field=field, limit=limit, actual=size, unit="bytes")
    try:
        return pybase64.b64decode(plain, validate=True)
    except Base64Error as error:
        raise InvalidValueError(field, _shown(bytes(body[:_SHOWN])), _EXPECTED) from error


def _plain(body: memoryview) -> bytearray:
    # By pieces, so that there is never a second copy.
    plain = bytearray()
    for at in range(0, len(body), _PIECE):
        plain += bytes(body[at : at + _PIECE]).translate(_URLSAFE, _WHITESPACE)
    if not plain.endswith(b"="):
        plain += b"=" * (-len(plain) % 4)  # three of them after one lonely digit: refused
    return plain


def _size(encoded: memoryview | bytearray) -> int:
    """How many bytes base64 stands for, in bytes; more than that if it holds white space."""
    return len(encoded) // 4 * 3 - bytes(encoded[-2:]).count(b"=")


def _shown(text: bytes) -> str:
    """The beginning of what came, safe to show."""
    if not text.strip():
        return "empty"
    plain = "".join(chr(code) if 32 <= code < 127 else "?" for code in text[: _SHOWN + 1])
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"

"""Conditional and range requests for one file (RFC 9110, 13 and 14): which bytes, which status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SINGLE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slice:
    """What to answer: a status, the bytes from `start`, `length` of them, and headers."""

    status: int
    start: int
    length: int
    headers: dict[str, str] = field(default_factory=dict)


def sliced(method: str, headers: Mapping[str, str], etag: str, size: int) -> Slice:
    """What of a file of `size` bytes a GET or HEAD asks for.

    `etag` is a strong entity tag with its quotes. One range is served; several at once, or words we
    do not know, are answered with the whole file, as 14.2 allows.
    """
    if matches(headers.get("if-none-match"), etag):
        return Slice(304, 0, 0)
    whole = Slice(200, 0, size)
    wanted = headers.get("range")
    if wanted is None or method != "GET" or headers.get("if-range", etag) != etag:
        return whole
    asked = _SINGLE.fullmatch(wanted.strip())
    if asked is None or not any(asked.groups()):
        return whole
    return _one_range(asked[1], asked[2], size) or whole


def _one_range(first: str, last: str, size: int) -> Slice | None:
    if not first:  # the last so many bytes
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None  # 14.1.2: invalid, so there is no Range at all
    if start >= size or (not first and int(last) == 0):
        return Slice(416, 0, 0, {"content-range": f"bytes */{size}"})
    return Slice(206, start, end - start + 1, {"content-range": f"bytes {start}-{end}/{size}"})


def matches(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names this tag; weakly compared, as 13.1.2 says."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags

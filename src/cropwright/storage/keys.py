"""What a key may look like: nothing that a file system or an object store reads a meaning into."""

from __future__ import annotations

import re

_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}(?:/[A-Za-z0-9_-]{1,128}){0,7}")


def check_key(key: str) -> str:
    """The key itself if it is one; ValueError if not, for only a mistake of ours can make such."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a key")
    return key

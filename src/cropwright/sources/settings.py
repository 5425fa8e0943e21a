"""What may be fetched when a caller gives a URL, and how long that may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What may be fetched when a caller gives a URL, and how long that may take."""

    allow: str = ""
    """Networks that callers' URLs may reach although they are not public, at any port: addresses
    with prefix lengths, separated by commas, such as 10.1.0.0/16, fd00::/8."""
    connect_seconds: float = 3.0
    """Longest time for connecting to one address, and again for agreeing on encryption."""
    first_byte_seconds: float = 5.0
    """Longest time a server may be silent, before its answer and within it."""
    total_seconds: float = 10.0
    """Longest time for all of it: finding the address, redirects, the last byte."""
    redirects: int = 3
    """Most redirects that are followed, each judged like the first address."""

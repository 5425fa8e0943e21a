"""What is hosted, and for whom: the values that the catalog keeps and the service hands about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """A file about to be hosted."""

    token: str
    """The unguessable part of its link: 22 to 64 of A-Z, a-z, 0-9, "-" and "_"."""
    extension: str
    """Of the link's file name, without the dot."""
    media_type: str
    size_bytes: int
    sha256: str
    """In hexadecimal."""
    key_id: int | None
    """Whose it is; None where no key is asked for."""
    created_ms: int
    """Milliseconds since 1970, UTC."""
    expires_ms: int | None
    """When the link ends; None keeps it until it is deleted."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A hosted file."""

    id: int
    """Its number, unique and never given twice."""
    draft: Draft


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one key may do; None is the service's own default, or no limit where it has none."""

    quota_bytes: int | None = None
    """Most bytes hosted at once."""
    quota_files: int | None = None
    """Most files hosted at once."""
    rate_per_minute: int | None = None
    """Most requests a minute, on each machine."""
    queue: int | None = None
    """Most requests waiting or worked on at once, on each machine."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key as the catalog keeps it: never the secret, only what proves it."""

    id: int
    name: str
    handle: str
    """The part of the key that is no secret, by which it is found."""
    digest: bytes
    """A keyed hash of the secret part."""
    allowance: Allowance
    created_ms: int
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a key has hosted."""

    bytes: int
    files: int

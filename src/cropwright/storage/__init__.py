"""Where bytes are kept: one Protocol, one file for each kind of store."""

from __future__ import annotations

from typing import Protocol


class Store(Protocol):
    """Keeps whole files by key. Safe to use from many threads and processes at once.

    A key is made by us, of letters, digits, "-", "_" and "/". What a store cannot do for want of
    space, permission or connection is a StorageUnavailableError.
    """

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under a new key. On return it survives a crash of this machine.

        A key is written once; writing it again replaces the whole, never mixes.
        """
        ...

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes from `start`, at most `length` of them. Raises KeyError if there are none."""
        ...

    def delete(self, key: str) -> None:
        """Forget a key for good; one that is not there is forgotten already."""
        ...

    def link(self, key: str, seconds: int, media_type: str) -> str | None:
        """A URL that gives the bytes for so long straight from the store, or None if it has none."""
        ...

    def ping(self) -> None:
        """Nothing if the store can be reached and written to, else StorageUnavailableError."""
        ...

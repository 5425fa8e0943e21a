"""Files kept in memory, for tests and trials: gone with the process."""

from __future__ import annotations

from cropwright.storage.keys import check_key


class MemoryStore:
    """A Store within one process. Its promise of surviving a crash it cannot keep."""

    def __init__(self) -> None:
        # Needs no lock: each method does one operation of a dict, which no other thread sees half.
        self._files: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under a key, in place of what was there."""
        self._files[check_key(key)] = bytes(data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes from `start`, at most `length` of them; KeyError if there is no such key."""
        data = self._files[check_key(key)]
        return data[start:] if length is None else data[start : start + length]

    def delete(self, key: str) -> None:
        """Forget a key, if it is there."""
        self._files.pop(check_key(key), None)

    def link(self, key: str, seconds: int, media_type: str) -> None:
        """There is none."""
        del key, seconds, media_type

    def ping(self) -> None:
        """Memory can always be reached."""

"""The service with a store that answers before it keeps: what the kill harness has to notice.

Only in this: everything else is what `cropwright` runs.
"""

from __future__ import annotations

import time
from threading import Thread

from cropwright import kept
from cropwright.cli import main
from cropwright.storage import Store

_LATER_SECONDS = 0.2


class CarelessStore:
    """A Store that keeps its promise a little later, first with a half."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`, some time."""
        Thread(target=self._keep, args=(key, data), daemon=True).start()

    def _keep(self, key: str, data: bytes) -> None:
        for piece in (data[: len(data) // 2], data):
            time.sleep(_LATER_SECONDS)
            self._store.put(key, piece)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """What is there by now."""
        return self._store.get(key, start, length)

    def delete(self, key: str) -> None:
        """As the other store does."""
        self._store.delete(key)

    def link(self, key: str, seconds: int, media_type: str) -> str | None:
        """As the other store does."""
        return self._store.link(key, seconds, media_type)

    def ping(self) -> None:
        """As the other store does."""
        self._store.ping()


if __name__ == "__main__":
    careful = kept.open_store
    kept.open_store = lambda settings, data: CarelessStore(careful(settings, data))
    main()

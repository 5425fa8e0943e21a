"""The store that the settings name: one row for each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cropwright.errors import SettingsError
from cropwright.storage import Store
from cropwright.storage.disk import DiskStore
from cropwright.storage.memory import MemoryStore
from cropwright.storage.settings import StorageSettings

ABANDONED_SECONDS = 3600
"""No write takes so long: what is older was cut short."""


def open_store(settings: StorageSettings, data: Path) -> Store:
    """The store that the settings name; `data` is the directory of the service's own files.

    What a crash left half written is cleared away. Raises SettingsError if there is no such store.
    """
    scheme, slashes, _ = settings.url.partition("//")
    if scheme + slashes not in STORES:
        expected = "nothing, memory:, s3://bucket/prefix, gs://bucket/prefix, az://container/prefix"
        raise SettingsError("CROPWRIGHT_STORAGE_URL", f"names no store; expected {expected}")
    return STORES[scheme + slashes](settings, data)


def _disk(settings: StorageSettings, data: Path) -> Store:
    store = DiskStore(data / "files", settings.free_bytes)
    store.sweep_partial(ABANDONED_SECONDS)
    return store


def _memory(_settings: StorageSettings, _data: Path) -> Store:
    return MemoryStore()


def _remote(settings: StorageSettings, _data: Path) -> Store:
    from cropwright.storage.remote import RemoteStore  # heavy, and not needed by every service

    return RemoteStore(settings)


STORES: dict[str, Callable[[StorageSettings, Path], Store]] = {
    "": _disk,
    "memory:": _memory,
    "s3://": _remote,
    "gs://": _remote,
    "az://": _remote,
}

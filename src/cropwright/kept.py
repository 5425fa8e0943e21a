"""What keeps files, facts and keys: the part of the service that its commands need, too."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cropwright.catalog.open import Catalog, open_catalog
from cropwright.errors import SettingsError, StorageUnavailableError
from cropwright.service.accounts import Accounts
from cropwright.service.clock import Clock
from cropwright.service.host import Host
from cropwright.service.pyramids import Pyramids
from cropwright.settings import Settings
from cropwright.storage.open import open_store

_SECRET_FILE = "secret"  # noqa: S105  # a file's name
_SECRET_LENGTH = 32
_PLACEHOLDERS = ("change", "secret", "example", "password", "placeholder")


@contextmanager
def kept(settings: Settings) -> Iterator[tuple[Host, Accounts]]:
    """What keeps files, facts and keys; closed when the block is left. SettingsError."""
    data = Path(settings.general.data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError("CROPWRIGHT_DATA", "names a folder that cannot be made") from error
    with closing(_catalog(settings, data)) as catalog:
        now_ms = Clock().now_ms
        host = Host(open_store(settings.storage, data), catalog, now_ms, pyramids(settings).forget)
        yield host, Accounts(catalog, pepper(settings), now_ms)


def pepper(settings: Settings) -> bytes:
    """What proves keys: the operator's secret, else one made once in the data folder.

    Raises SettingsError for a secret that is short or a placeholder, and where several machines
    share a database but each would make its own.
    """
    given = settings.keys.secret
    if given:
        if len(given) < _SECRET_LENGTH or any(word in given.lower() for word in _PLACEHOLDERS):
            raise SettingsError(
                "CROPWRIGHT_KEYS_SECRET",
                f"expected {_SECRET_LENGTH} or more random characters, no placeholder",
            )
        return given.encode()
    if settings.catalog.url:
        raise SettingsError(
            "CROPWRIGHT_KEYS_SECRET", "is needed beside CROPWRIGHT_CATALOG_URL, for all machines"
        )
    return _own_secret(Path(settings.general.data) / _SECRET_FILE)


def pyramids(settings: Settings) -> Pyramids:
    """The tiles of large pictures, on this machine's own disk."""
    return Pyramids(Path(settings.general.data) / "pyramids", settings.iiif.pyramid_bytes)


def _catalog(settings: Settings, data: Path) -> Catalog:
    """The catalog; who starts a service is told which of its stores is not there."""
    try:
        return open_catalog(settings.catalog, data)
    except StorageUnavailableError as error:
        if settings.catalog.url:
            reason = "names a database that cannot be reached"
            raise SettingsError("CROPWRIGHT_CATALOG_URL", reason) from error
        reason = "names a folder that the database cannot be opened in"
        raise SettingsError("CROPWRIGHT_DATA", reason) from error


def _own_secret(path: Path) -> bytes:
    try:
        made = _made_once(path)
    except OSError as error:
        reason = "names a folder that no secret can be kept in; CROPWRIGHT_KEYS_SECRET may be set"
        raise SettingsError("CROPWRIGHT_DATA", reason) from error
    if len(made) < _SECRET_LENGTH:
        raise SettingsError("CROPWRIGHT_DATA", f"names a folder whose file {path.name} is damaged")
    return made


def _made_once(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        if not path.exists():
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_urlsafe(_SECRET_LENGTH), encoding="ascii")
            os.link(beside, path)  # whoever is first wins, whole
    except FileExistsError:
        pass
    finally:
        beside.unlink(missing_ok=True)
    return path.read_bytes()

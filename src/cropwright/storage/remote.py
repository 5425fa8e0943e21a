"""Files in an object store: S3 and what speaks like it, Google Cloud Storage, Azure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

import obstore
from obstore.exceptions import BaseError, GenericError
from obstore.store import AzureStore, GCSStore, S3Store

from cropwright.core.formats import FORMATS, identify
from cropwright.errors import SettingsError, StorageUnavailableError, UnsupportedFormatError
from cropwright.storage.keys import check_key
from cropwright.storage.settings import StorageSettings

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import AzureConfig, ClientConfig, GCSConfig, RetryConfig, S3Config

Client = S3Store | GCSStore | AzureStore

RETRY_AFTER_SECONDS = 30
RETRIES = 3
CONNECTING = timedelta(seconds=5)
LONGEST_LINK_SECONDS = 7 * 24 * 3600
"""What the vendors sign for at most."""

_REFUSALS = (BaseError, OSError, NotImplementedError)
"""What obstore raises: some of its errors come as Python's own."""
URL = re.compile(r"(s3|gs|az)://([A-Za-z0-9][A-Za-z0-9._-]*)((?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)/?")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(?:/[A-Za-z0-9._/-]*)?")
_PICTURES = frozenset(row.media_type for row in FORMATS.values())


class RemoteStore:
    """A Store in a bucket. Make one in each process: what it keeps open does not survive a fork.

    Raises SettingsError if the settings name no bucket. Links are given for pictures only: a store
    answers with the media type it was told on writing, and what that is the bytes say; whatever
    else they may be, it is told that it is not to be shown. The bucket should keep no old versions,
    or nothing deleted there is gone.
    """

    def __init__(self, settings: StorageSettings) -> None:
        self._client = client_of(settings)
        self._presigned = settings.presigned_links

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under a key: one request, so that nothing is left of one that fails."""
        with border():
            self._put(check_key(key), data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes from `start`, at most `length` of them; KeyError if there is no such key."""
        check_key(key)
        with border():
            try:
                return self._get(key, start, length)
            except FileNotFoundError as error:
                raise KeyError(key) from error

    def delete(self, key: str) -> None:
        """Forget a key, if it is there."""
        check_key(key)
        with border(), suppress(FileNotFoundError):
            obstore.delete(self._client, key)

    def link(self, key: str, seconds: int, media_type: str) -> str | None:
        """A signed URL, where the settings want such and the store can give this one."""
        check_key(key)
        possible = media_type in _PICTURES and 0 < seconds <= LONGEST_LINK_SECONDS
        if not self._presigned or not possible:
            return None
        with border():
            return obstore.sign(self._client, "GET", key, timedelta(seconds=seconds))

    def ping(self) -> None:
        """Write a small file and take it away again; StorageUnavailableError if that fails."""
        # A new one each time: who writes a file that another machine is writing may be refused.
        path = f".ping/{secrets.token_hex(8)}"  # no key has a dot
        with border():
            self._put(path, b"")
            obstore.delete(self._client, path)

    def _put(self, path: str, data: bytes) -> None:
        # A cache that has to ask each time cannot outlive the link.
        attributes = {"Content-Type": media_type(data), "Cache-Control": "no-cache"}
        obstore.put(self._client, path, data, attributes=attributes, use_multipart=False)

    def _get(self, key: str, start: int, length: int | None) -> bytes:
        options = _options(start, length)
        try:
            return bytes(obstore.get(self._client, key, options=options).bytes())
        except GenericError:
            # A range of no bytes is an error to all stores, and has no name of its own.
            if not options or (start < obstore.head(self._client, key)["size"] and length != 0):
                raise
            return b""


@contextmanager
def border() -> Iterator[None]:
    """What obstore refuses, in our words: StorageUnavailableError."""
    try:
        yield
    except _REFUSALS as error:
        raise StorageUnavailableError(RETRY_AFTER_SECONDS) from error


def media_type(data: bytes) -> str:
    """What a store is told that bytes are: a picture's type, or one that nobody shows."""
    try:
        return FORMATS[identify(data[:256])].media_type
    except UnsupportedFormatError:
        return "application/octet-stream"


def _options(start: int, length: int | None) -> GetOptions:
    if length is not None:
        return {"range": (start, start + length)}
    return {"range": {"offset": start}} if start else {}


class _Common(TypedDict):
    """What is said to all kinds of store alike."""

    prefix: str | None
    client_options: ClientConfig
    retry_config: RetryConfig


def client_of(settings: StorageSettings) -> Client:
    """What speaks with the bucket that the settings name. SettingsError."""
    parts = URL.fullmatch(settings.url)
    if parts is None:
        raise SettingsError("CROPWRIGHT_STORAGE_URL", "is not of the form s3://bucket/prefix")
    if settings.endpoint and not _ENDPOINT.fullmatch(settings.endpoint):
        raise SettingsError("CROPWRIGHT_STORAGE_ENDPOINT", "is not an http:// or https:// address")
    scheme, bucket, prefix = parts.groups()
    if settings.region and scheme != "s3":
        raise SettingsError("CROPWRIGHT_STORAGE_REGION", "is for s3:// only")
    try:
        return CLIENTS[scheme](bucket, settings, _common(prefix, settings))
    except BaseError as error:
        reason = "cannot be opened with the credentials in the environment"
        raise SettingsError("CROPWRIGHT_STORAGE_URL", reason) from error


def _common(prefix: str, settings: StorageSettings) -> _Common:
    longest = timedelta(seconds=settings.timeout_seconds)
    options: ClientConfig = {"timeout": longest, "connect_timeout": min(CONNECTING, longest)}
    if settings.endpoint:
        options["allow_http"] = settings.endpoint.startswith("http://")
    return {
        "prefix": prefix.strip("/") or None,
        "client_options": options,
        "retry_config": {"max_retries": RETRIES, "retry_timeout": longest},
    }


def _s3(bucket: str, settings: StorageSettings, common: _Common) -> S3Store:
    # A request for each file: deleting by list is not understood everywhere.
    config: S3Config = {"disable_bulk_delete": True}
    if settings.endpoint:
        config["aws_endpoint_url_s3"] = settings.endpoint  # goes before what the environment says
    if settings.region:
        config["region"] = settings.region
    return S3Store(bucket, config=config, **common)


def _google(bucket: str, settings: StorageSettings, common: _Common) -> GCSStore:
    config: GCSConfig = {"base_url": settings.endpoint} if settings.endpoint else {}
    return GCSStore(bucket, config=config, **common)


def _azure(bucket: str, settings: StorageSettings, common: _Common) -> AzureStore:
    config: AzureConfig = {"endpoint": settings.endpoint} if settings.endpoint else {}
    return AzureStore(bucket, config=config, **common)


CLIENTS: dict[str, Callable[[str, StorageSettings, _Common], Client]] = {
    "s3": _s3,
    "gs": _google,
    "az": _azure,
}

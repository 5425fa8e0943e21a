"""Hosting: bytes become a link, the link ends, the bytes are really gone."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Draft, Upload, Usage
from cropwright.core.media import Media
from cropwright.errors import StorageUnavailableError, UploadNotFoundError
from cropwright.storage import Store

log = logging.getLogger(__name__)

_TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)
"""Checked before anything is looked up: what callers send may be more than a database takes."""
_UNKNOWN = Media("unknown", "bin", ("application/octet-stream",), inline=False)
_AT_ONCE = 200
_RESERVED_MS = 15 * 60 * 1000
"""A file reserved so long ago and never published was lost in a crash."""


@dataclass(frozen=True, slots=True)
class Host:
    """Keeps files for as long as their links live."""

    store: Store
    catalog: Catalog
    now_ms: Callable[[], int]
    erased: Callable[[str], None] = lambda _token: None
    """Told the token of each file whose bytes are being deleted, for copies of them."""

    def keep(self, data: bytes, media: Media, *, key_id: int | None, seconds: int) -> Upload:
        """Host `data` for `seconds`, or until it is deleted if that is 0.

        The row is there before the bytes and tells who they belong to, so that a crash leaves
        nothing that no sweep finds; the link lives once both are on stable storage, and that is
        before this returns. Raises QuotaExceededError or StorageUnavailableError.
        """
        upload = self.hold(data, media, key_id=key_id, seconds=seconds)
        try:
            self.catalog.uploads.publish(upload)
        except StorageUnavailableError:
            self._give_up(upload)
            raise
        return upload

    def hold(self, data: bytes, media: Media, *, key_id: int | None, seconds: int) -> Upload:
        """Keep `data` and its row without a link: for a job, which makes it live or has it swept.

        Raises QuotaExceededError or StorageUnavailableError.
        """
        created = self.now_ms()
        draft = Draft(
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            extension=media.extension,
            media_type=media.media_type,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            key_id=key_id,
            created_ms=created,
            expires_ms=created + seconds * 1000 if seconds else None,
        )
        upload = self.catalog.uploads.reserve(draft)
        try:
            self.store.put(place(draft.token), data)
        except StorageUnavailableError:
            self._give_up(upload)
            raise
        return upload

    def hold_input(self, data: bytes, key_id: int | None) -> Upload:
        """Keep what was sent with a job, whatever it is. Raises what `hold` raises."""
        return self.hold(data, _UNKNOWN, key_id=key_id, seconds=0)

    def drop(self, upload: Upload) -> None:
        """Delete what is held and was not taken after all; a sweeper does it where that fails."""
        try:
            self._erase(upload)
        except StorageUnavailableError:
            log.warning("upload %d is left to the sweeper", upload.id)

    def held(self, token: str) -> bytes:
        """What is kept under a token that has no link. UploadNotFoundError if it was swept."""
        try:
            return self.store.get(place(_checked(token)))
        except KeyError as error:
            raise UploadNotFoundError(token) from error

    def find(self, token: str) -> Upload:
        """The file a link names. Raises UploadNotFoundError for none, or none any more."""
        upload = self.catalog.uploads.find(_checked(token), self.now_ms())
        if upload is None:
            raise UploadNotFoundError(token)
        return upload

    def owned(
        self, key_id: int | None, *, number: int | None = None, token: str | None = None
    ) -> Upload:
        """A key's own file, by its number or its link's token. Raises UploadNotFoundError."""
        wanted = None if token is None else _checked(token)
        upload = self.catalog.uploads.owned(
            key_id, number=number, token=wanted, now_ms=self.now_ms()
        )
        if upload is None:
            raise UploadNotFoundError(token or str(number))
        return upload

    def read(self, upload: Upload, start: int = 0, length: int | None = None) -> bytes:
        """Some of a file's bytes. UploadNotFoundError if it was deleted meanwhile."""
        try:
            return self.store.get(place(upload.draft.token), start, length)
        except KeyError as error:
            raise UploadNotFoundError(upload.draft.token) from error

    def direct_link(self, upload: Upload, seconds: int) -> str | None:
        """Where the store itself gives the file, for so long, if it is set up to do that."""
        return self.store.link(place(upload.draft.token), seconds, upload.draft.media_type)

    def delete(self, upload: Upload) -> None:
        """End a link and delete its bytes. UploadNotFoundError if somebody else just did."""
        if not self.catalog.uploads.retire(upload):
            raise UploadNotFoundError(upload.draft.token)
        self._erase(upload)

    def delete_owned(
        self, key_id: int | None, *, number: int | None = None, token: str | None = None
    ) -> None:
        """Delete a key's own file, by its number or token. Raises UploadNotFoundError."""
        self.delete(self.owned(key_id, number=number, token=token))

    def usage(self, key_id: int | None) -> Usage:
        """What a key has hosted."""
        return self.catalog.uploads.usage(key_id)

    def sweep(self) -> int:
        """Delete what has expired, what deletion left behind and what a crash cut short.

        Any number of machines may do it at once, and any of them may die in between. The number
        of files deleted.
        """
        count = 0
        while True:
            now = self.now_ms()
            uploads = self.catalog.uploads.condemn(now, now - _RESERVED_MS, _AT_ONCE)
            if uploads:
                # A store that is not there looks like one that has forgotten already.
                self.store.ping()
            for upload in uploads:
                self._erase(upload)
            count += len(uploads)
            if len(uploads) < _AT_ONCE:
                return count

    def _erase(self, upload: Upload) -> None:
        self.store.delete(place(upload.draft.token))
        self.erased(upload.draft.token)
        self.catalog.uploads.forget(upload)

    def _give_up(self, upload: Upload) -> None:
        try:
            self.catalog.uploads.retire(upload)  # it is live if only the answer was lost
        except StorageUnavailableError:
            log.warning("upload %d is left to the sweeper", upload.id)
        else:
            self.drop(upload)


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise UploadNotFoundError(token)
    return token


def place(token: str) -> str:
    """Where a file's bytes are in the store: spread over folders by the token's first letter."""
    return f"{token[:1]}/{token}"

"""A bucket's prefix as a place of many files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import obstore

from cropwright.errors import SourceUnreadableError
from cropwright.storage.places import Item, too_long, wrong_place
from cropwright.storage.remote import URL, border, client_of, media_type
from cropwright.storage.settings import StorageSettings


class Bucket:
    """A prefix in a bucket; `settings.url` names it."""

    def __init__(self, text: str, settings: StorageSettings) -> None:
        if not URL.fullmatch(text):
            raise wrong_place(text)
        self._client = client_of(settings)

    def items(self) -> Iterator[Item]:
        """Every object below, a page at a time."""
        with border():
            for page in obstore.list(self._client):
                for found in page:
                    name = found["path"]
                    if not any(part.startswith(".") for part in name.split("/")):
                        version = found["e_tag"] or found["last_modified"].isoformat()
                        yield Item(name, found["size"], version)

    def read(self, item: Item, limit: int) -> bytes:
        """An object's bytes."""
        if item.size > limit:
            raise too_long(item, limit)
        with border():
            try:
                got = obstore.get(self._client, item.name)
                if got.meta["size"] > limit:  # it grew meanwhile
                    raise too_long(replace(item, size=got.meta["size"]), limit)
                return bytes(got.bytes())
            except FileNotFoundError as error:
                raise SourceUnreadableError(item.name, "it is gone") from error

    def write(self, name: str, data: bytes) -> None:
        """Put an object there."""
        with border():
            attributes = {"Content-Type": media_type(data)}
            obstore.put(self._client, name, data, attributes=attributes, use_multipart=False)

"""Taking files in and making links of them: what the upload doors have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cropwright.core.command import Edit, Plan
from cropwright.core.formats import READABLE
from cropwright.core.hosting import ApiKey, Upload
from cropwright.core.media import Media, media_of
from cropwright.errors import UnsupportedFormatError
from cropwright.sources.data_uri import Decoded, decode
from cropwright.sources.sniff import sniff

if TYPE_CHECKING:
    from cropwright.service.parts import Parts


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to host."""

    field: str
    """The name of the request's field that holds it, for errors."""
    encoded: bytes | memoryview
    """A data URI or bare base64."""
    wish: Edit | Plan | None
    """What to make of the picture first; None hosts it as it is."""
    seconds: int
    """How long its link lives; 0 until it is deleted."""


def keep_picture(parts: Parts, key: ApiKey | None, wanted: Wanted) -> Upload:
    """Host a picture, cropped or byte for byte; a broken one is refused either way."""
    decoded = _decoded(parts, wanted)
    if wanted.wish is not None:
        made = parts.renderer.render(decoded.data, wanted.wish)
        return _keep(parts, key, made.data, media_of(made.format.name), wanted)
    facts = parts.renderer.verify(decoded.data)
    return _keep(parts, key, decoded.data, media_of(facts.format), wanted)


def keep_file(parts: Parts, key: ApiKey | None, wanted: Wanted) -> Upload:
    """Host a file of any kind we know, byte for byte; a picture has to be whole."""
    decoded = _decoded(parts, wanted)
    return keep_bytes(parts, key, decoded, seconds=wanted.seconds)


def keep_bytes(parts: Parts, key: ApiKey | None, file: Decoded, *, seconds: int) -> Upload:
    """Host bytes that are here already: what they are decides, `file.media_type` only ties."""
    media = sniff(file.data, file.media_type)
    if media.media_type.startswith("image/"):
        if media.name not in READABLE:
            raise UnsupportedFormatError(found=media.name, supported=READABLE)
        parts.renderer.verify(file.data)
    key_id = key.id if key else None
    return parts.host.keep(file.data, media, key_id=key_id, seconds=seconds)


def _decoded(parts: Parts, wanted: Wanted) -> Decoded:
    return decode(wanted.encoded, wanted.field, parts.server.picture_bytes)


def _keep(parts: Parts, key: ApiKey | None, data: bytes, media: Media, wanted: Wanted) -> Upload:
    key_id = key.id if key else None
    return parts.host.keep(data, media, key_id=key_id, seconds=wanted.seconds)

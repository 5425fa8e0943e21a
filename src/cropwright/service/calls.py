"""What requests for pictures come to: get the picture, work on it, keep it. Run in a thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cropwright.core.command import Edit
from cropwright.core.hosting import ApiKey, Upload
from cropwright.core.media import media_of
from cropwright.core.report import Report
from cropwright.errors import LimitExceededError
from cropwright.service.hosting import keep_bytes
from cropwright.service.render import Made
from cropwright.sources.data_uri import Decoded, decode

if TYPE_CHECKING:
    from cropwright.service.parts import Parts


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture is: exactly one of these is given."""

    encoded: bytes | memoryview | None = None
    """Base64."""
    data: bytes | None = None
    """The bytes themselves."""
    url: str | None = None
    """Where to fetch it."""
    upload: str | None = None
    """The token of an upload of the same key."""
    field: str = "image"
    """The name of the request's field that says so, for errors."""


def crop(
    parts: Parts, key: ApiKey | None, source: Source, edit: Edit, behind: Source | None = None
) -> Made:
    """What an edit makes of a picture; `behind` is the picture to put behind a cut-out."""
    data = fetched(parts, key, source).data
    return parts.renderer.render(data, _with_backdrop(parts, key, edit, behind))


def explain(
    parts: Parts, key: ApiKey | None, source: Source, edit: Edit, behind: Source | None = None
) -> Report:
    """What `crop` would keep, and why."""
    data = fetched(parts, key, source).data
    return parts.renderer.explain(data, _with_backdrop(parts, key, edit, behind))


def crop_and_keep(
    parts: Parts,
    key: ApiKey | None,
    source: Source,
    edit: Edit,
    seconds: int,
    behind: Source | None = None,
) -> tuple[Upload, Report]:
    """The result, hosted for so long."""
    made = crop(parts, key, source, edit, behind)
    media, key_id = media_of(made.format.name), key.id if key else None
    return parts.host.keep(made.data, media, key_id=key_id, seconds=seconds), made.report


def keep(parts: Parts, key: ApiKey | None, source: Source, seconds: int) -> Upload:
    """The file as it is, hosted for so long."""
    return keep_bytes(parts, key, fetched(parts, key, source), seconds=seconds)


def _with_backdrop(parts: Parts, key: ApiKey | None, edit: Edit, behind: Source | None) -> Edit:
    if behind is None or edit.cutout is None:
        return edit
    picture = fetched(parts, key, behind).data
    return replace(edit, cutout=replace(edit.cutout, background=picture))


def fetched(parts: Parts, key: ApiKey | None, source: Source) -> Decoded:
    """A picture's bytes, wherever it is, within the service's limit. Raises what is wrong there."""
    limit = parts.server.picture_bytes
    if source.encoded is not None:
        return decode(source.encoded, source.field, limit)
    if source.url is not None:
        return Decoded(parts.fetcher.fetch(source.url, source.field, limit), "")
    if source.upload is not None:
        upload = parts.host.owned(key.id if key else None, token=source.upload)
        return Decoded(parts.host.read(upload), upload.draft.media_type)
    data = source.data or b""
    if len(data) > limit:
        raise LimitExceededError(source.field, limit, len(data), "bytes")
    return Decoded(data, "")

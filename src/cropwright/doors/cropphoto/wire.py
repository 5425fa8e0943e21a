"""Crop.photo's endpoints: between their fields and our words.

api.crop.photo/apidoc/project-466143 (api-5678948 and its neighbours). The numbers below are those of
our contract notes, sections 6.1 to 6.3; decisions CP-1 to CP-3 in section 8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cropwright.core.command import Edit, Output
from cropwright.core.cutout import KEEP
from cropwright.core.wish import cutout_of
from cropwright.errors import InvalidValueError, MissingFieldError
from cropwright.http.fields import Fields
from cropwright.service.calls import Source

_STREAM, _URL = RESPONSE_TYPES = ("stream", "url")
_STREAM_TYPE = "application/octet-stream"
"""What a stream is declared as (CP-3)."""
LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_IMAGE_TYPE = re.compile(r"\bimage/", re.IGNORECASE)
_BEARER = re.compile(r"Bearer (\S+)")
SHOWN = 40
"""Characters of a wrong value that are said again."""


@dataclass(frozen=True, slots=True)
class PictureCall:
    """One picture in, one picture out: what every endpoint below /crop is asked for."""

    source: Source
    edit: Edit
    as_link: bool
    behind: Source | None = None
    """The picture to put behind the subject."""


def parse_remove_background(fields: Fields) -> PictureCall:
    """A remove-background request (6.3). Raises MissingFieldError or InvalidValueError.

    A picture in which no subject is found comes back whole: a client that cannot be asked loses
    nothing, and the answer's headers say so.
    """
    edit = cutout_of({"no_subject": KEEP}, Output("png"))
    return PictureCall(parse_image_url(fields), edit, parse_as_link(fields))


def parse_image_url(fields: Fields) -> Source:
    """Where the picture is (6.2). MissingFieldError, or InvalidValueError for another scheme."""
    url = (fields.text("image_url") or "").strip()
    if not url:
        raise MissingFieldError("image_url", "where the picture is")
    if not LINK.fullmatch(url):
        raise InvalidValueError("image_url", url[:SHOWN], "an http or https URL")
    return Source(url=url, field="image_url")


def parse_as_link(fields: Fields) -> bool:
    """Whether a link is asked for; required by the contract, yet with a default (CP-1)."""
    word = (fields.text("response_type") or _STREAM).lower()
    if word not in RESPONSE_TYPES:
        raise InvalidValueError("response_type", word[:SHOWN], " or ".join(RESPONSE_TYPES))
    return word == _URL


def key(authorization: str) -> str | None:
    """The key of an Authorization header: exactly one space, nothing else beside it (6.1)."""
    found = _BEARER.fullmatch(authorization)
    return found[1] if found else None


def stream_type(accept: str, media_type: str) -> str:
    """What a stream's bytes are called: by their name only if the client asks for pictures (CP-3)."""
    return media_type if _IMAGE_TYPE.search(accept) else _STREAM_TYPE


def link_answer(link: str) -> dict[str, Any]:
    """The answer that names a link (CP-2)."""
    return {"output_image_url": link, "url": link}


def error_answer(status: int, kind: str, title: str, detail: str) -> dict[str, Any]:
    """An error's answer (6.1)."""
    side = "client" if status < 500 else "server"
    return {
        "status": status,
        "type": f"/exception/{side}_error/{kind}",
        "title": title or kind,
        "detail": detail,
    }

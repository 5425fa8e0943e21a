"""Our own API: between its fields and our words, which are the same ones (DESIGN, one vocabulary).

Fields come from JSON, where each has its own type, or from a form, where each is text.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from cropwright.core.command import Edit, Output
from cropwright.core.hosting import Allowance, Upload, Usage
from cropwright.core.report import Report
from cropwright.core.wish import Wish, edit_of
from cropwright.errors import InvalidValueError, MissingFieldError
from cropwright.http.fields import Fields
from cropwright.service.calls import Source

ANSWERS = ("bytes", "base64", "link")
SOURCES = ("image", "url", "upload")
UNLIMITED = Allowance()
_UPLOAD_FIELDS = frozenset({"image", "url", "expires_seconds"})
LONGEST_LINK_SECONDS = 366 * 24 * 60 * 60
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
_RECT = ("x", "y", "width", "height")
_FRACTION = "a fraction from 0 to 1"
_WHOLE = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class CropCall:
    """A crop request."""

    source: Source
    edit: Edit
    answer: str
    explain: bool
    dry_run: bool
    seconds: int | None
    """How long the link lives; None for the service's own time."""


def parse_crop(fields: Fields) -> CropCall:
    """A crop request. Raises InvalidValueError or MissingFieldError."""
    _check_names(fields, KNOWN)
    return CropCall(
        source=parse_source(fields),
        edit=_edit(fields),
        answer=_answer(fields),
        explain=_truth(fields, "explain"),
        dry_run=_truth(fields, "dry_run"),
        seconds=parse_seconds(fields),
    )


def check_upload(fields: Fields) -> None:
    """Refuse fields that an upload request does not have (InvalidValueError)."""
    _check_names(fields, _UPLOAD_FIELDS)


def _check_names(fields: Fields, known: frozenset[str]) -> None:
    unknown = fields.values.keys() - known
    if unknown:
        name = min(unknown)[:40]
        raise InvalidValueError(name, "no field", f"one of {', '.join(sorted(known))}")
    for name, value in fields.values.items():
        if isinstance(value, bytes) and name != "image":
            raise InvalidValueError(name, "a file", "text")


def parse_source(fields: Fields) -> Source:
    """The one picture a request names."""
    given = [name for name in SOURCES if fields.has(name)]
    if len(given) != 1:
        if not given:
            raise MissingFieldError("image", "one of image, url and upload is needed")
        raise InvalidValueError(given[1], "given too", f"no {given[1]} beside {given[0]}")
    if given == ["image"]:
        value = fields.values["image"]
        if isinstance(value, bytes):
            return Source(data=value)
        return Source(encoded=fields.encoded("image"))
    text = fields.text(given[0])
    return Source(url=text) if given == ["url"] else Source(upload=text)


def parse_seconds(fields: Fields) -> int | None:
    """How long a link shall live, in seconds; 0 until it is deleted."""
    seconds = _whole(fields, "expires_seconds")
    if seconds is not None and not 0 <= seconds <= LONGEST_LINK_SECONDS:
        raise InvalidValueError("expires_seconds", str(seconds), f"0 to {LONGEST_LINK_SECONDS}")
    return seconds


def _edit(fields: Fields) -> Edit:
    wish = {
        "rect": _rect(_plain(fields, "rect", "text, four numbers or an object", dict, list)),
        "gravity": _word(fields, "gravity"),
        "focal": _focal(fields),
        "width": _whole(fields, "width"),
        "height": _whole(fields, "height"),
        "aspect": _plain(fields, "aspect", "text or a number"),
        "margin": _plain(fields, "margin", "text or a number"),
        "trim": _truth(fields, "trim"),
        "resize": _resize(_plain(fields, "resize", "text or an object", dict)),
        "resize_mode": _word(fields, "resize_mode") or "fit",
        "enlarge": _truth(fields, "enlarge"),
        "background": _word(fields, "background"),
        "animate": _truth(fields, "animate"),
    }
    quality = _whole(fields, "quality")
    output = Output(
        format=_word(fields, "format"),
        quality=85 if quality is None else quality,
        lossless=_truth(fields, "lossless"),
    )
    return edit_of(cast("Wish", wish), output)


KNOWN = frozenset(
    {
        *SOURCES,
        *(Wish.__annotations__.keys() - {"focal"}),
        *("focal_x", "focal_y", "format", "quality", "lossless"),
        *("answer", "inline", "explain", "dry_run", "expires_seconds"),
    }
)
"""Every field of a crop request."""


def _answer(fields: Fields) -> str:
    answer = _word(fields, "answer") or ("base64" if _truth(fields, "inline") else ANSWERS[0])
    if answer not in ANSWERS:
        raise InvalidValueError("answer", repr(answer[:40]), ", ".join(ANSWERS))
    return answer


def _rect(value: Any) -> str | None:
    if isinstance(value, dict):
        value = [value.get(side) for side in _RECT]
    if isinstance(value, list):
        return ",".join(str(side) for side in value)
    return None if value is None else str(value)


def _resize(value: Any) -> str | None:
    if isinstance(value, dict):
        sides = [value.get(side) for side in ("width", "height")]
        return "x".join("" if side is None else str(side) for side in sides)
    return None if value is None else str(value)


def _focal(fields: Fields) -> tuple[float, float] | None:
    x, y = _fraction(fields, "focal_x"), _fraction(fields, "focal_y")
    if x is None and y is None:
        return None
    return 0.5 if x is None else x, 0.5 if y is None else y


def _fraction(fields: Fields, name: str) -> float | None:
    value = _plain(fields, name, _FRACTION)
    try:
        fraction = None if value is None else float(value)
    except (ValueError, OverflowError):
        fraction = -1.0
    if fraction is None or 0 <= fraction <= 1:
        return fraction
    raise InvalidValueError(name, str(value)[:40], _FRACTION)


def _word(fields: Fields, name: str) -> str | None:
    """Text; an empty field of a form is an absent one."""
    return fields.text(name) or None


def _plain(fields: Fields, name: str, expected: str, *others: type) -> Any:
    """Text or a number, for words that are read from either, or a value of some other type."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, (str, int, float, *others)) and not isinstance(value, bool):
        return value
    raise InvalidValueError(name, str(value)[:40], expected)


def _whole(fields: Fields, name: str) -> int | None:
    value = _plain(fields, name, "a whole number")
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if value is None:
        return None
    if not isinstance(value, int):
        raise InvalidValueError(name, str(value)[:40], "a whole number")
    return value


def _truth(fields: Fields, name: str) -> bool:
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in _TRUTH:
        return _TRUTH[value.strip().lower()]
    raise InvalidValueError(name, str(value)[:40], "true or false")


def upload_answer(upload: Upload, link: str) -> dict[str, Any]:
    """What there is to say about a hosted file."""
    draft = upload.draft
    return {
        "id": draft.token,
        "url": link,
        "media_type": draft.media_type,
        "size_bytes": draft.size_bytes,
        "sha256": draft.sha256,
        "created_at": _moment(draft.created_ms),
        "expires_at": None if draft.expires_ms is None else _moment(draft.expires_ms),
    }


def picture_answer(data: bytes, media_type: str, report: Report) -> dict[str, Any]:
    """A crop inside JSON."""
    return {
        "image": base64.b64encode(data).decode(),
        "media_type": media_type,
        "width": report.result.width,
        "height": report.result.height,
        "size_bytes": len(data),
    }


def usage_answer(usage: Usage, allowance: Allowance) -> dict[str, Any]:
    """What a key has hosted, and may."""
    return {
        "bytes": usage.bytes,
        "files": usage.files,
        "quota_bytes": allowance.quota_bytes,
        "quota_files": allowance.quota_files,
    }


def _moment(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

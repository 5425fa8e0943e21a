"""Our own API: between its fields and our words, which are the same ones (DESIGN, one vocabulary).

Fields come from JSON, where each has its own type, or from a form, where each is text.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cropwright import __version__
from cropwright.core.command import Edit, Output
from cropwright.core.cutout import CUTOUT_MODELS, REFUSE
from cropwright.core.formats import READABLE, WRITABLE
from cropwright.core.gravity import GRAVITIES
from cropwright.core.hosting import Allowance, Upload, Usage
from cropwright.core.lines import BELOW
from cropwright.core.report import Report
from cropwright.core.wish import CutoutWish, Wish, cutout_of, edit_of
from cropwright.errors import InvalidValueError, MissingFieldError
from cropwright.http.fields import Fields
from cropwright.service.calls import Source
from cropwright.service.settings import LinkSettings, ServerSettings

ANSWERS = ("bytes", "base64", "link")
SOURCES = ("image", "url", "upload")
BEHIND = {
    "image": "background_picture",
    "url": "background_url",
    "upload": "background_upload",
}
"""Where the picture for the background is, as SOURCES say it of the picture itself."""
FILES = frozenset({"image", BEHIND["image"]})
"""Fields that may be files of a form."""
UNLIMITED = Allowance()
_UPLOAD_FIELDS = frozenset({"image", "url", "expires_seconds"})
LONGEST_LINK_SECONDS = 366 * 24 * 60 * 60
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}
_RECT = ("x", "y", "width", "height")
_FRACTION = "a fraction from 0 to 1"
_WHOLE = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class PictureCall:
    """A crop request, or one for a cut-out."""

    source: Source
    edit: Edit
    behind: Source | None
    """The picture to put behind the subject."""
    answer: str
    explain: bool
    dry_run: bool
    seconds: int | None
    """How long the link lives; None for the service's own time."""


def parse_crop(fields: Fields) -> PictureCall:
    """A crop request. Raises InvalidValueError or MissingFieldError."""
    _check_names(fields, CROP_FIELDS)
    window: Any = _window(fields)
    wish: Wish = window | {
        "background": _word(fields, "background"),
        "animate": _truth(fields, "animate"),
    }
    return _call(fields, edit_of(wish, _output(fields)), None)


def parse_cutout(fields: Fields) -> PictureCall:
    """A request for a cut-out. Raises InvalidValueError or MissingFieldError."""
    _check_names(fields, CUTOUT_FIELDS)
    behind = _behind(fields)
    window: Any = _window(fields)
    wish: CutoutWish = window | {
        "model": _word(fields, "model"),
        "background": _word(fields, "background"),
        "shadow": _truth(fields, "shadow"),
        "only_mask": _truth(fields, "only_mask"),
        "no_subject": _word(fields, "no_subject") or REFUSE,
    }
    return _call(fields, cutout_of(wish, _output(fields)), behind)


def _call(fields: Fields, edit: Edit, behind: Source | None) -> PictureCall:
    return PictureCall(
        source=parse_source(fields),
        edit=edit,
        behind=behind,
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
        if isinstance(value, bytes) and name not in FILES:
            raise InvalidValueError(name, "a file", "text")


def parse_source(fields: Fields) -> Source:
    """The one picture a request names."""
    source = _source(fields, dict(zip(SOURCES, SOURCES, strict=True)))
    if source is None:
        raise MissingFieldError("image", "one of image, url and upload is needed")
    return source


def _behind(fields: Fields) -> Source | None:
    """The picture to put behind the subject; no colour beside it."""
    source, word = _source(fields, BEHIND), _word(fields, "background")
    if source is not None and word:
        raise InvalidValueError("background", word[:40], f"no background beside {source.field}")
    return source


def _source(fields: Fields, names: dict[str, str]) -> Source | None:
    given = [(kind, name) for kind, name in names.items() if fields.has(name)]
    if len(given) > 1:
        one, other = given[0][1], given[1][1]
        raise InvalidValueError(other, "given too", f"no {other} beside {one}")
    if not given:
        return None
    ((kind, name),) = given
    value = fields.values[name]
    if isinstance(value, bytes):
        return Source(data=value, field=name)
    if kind == "image":
        return Source(encoded=fields.encoded(name), field=name)
    text = fields.text(name)
    return Source(url=text, field=name) if kind == "url" else Source(upload=text, field=name)


def parse_seconds(fields: Fields) -> int | None:
    """How long a link shall live, in seconds; 0 until it is deleted."""
    seconds = _whole(fields, "expires_seconds")
    if seconds is not None and not 0 <= seconds <= LONGEST_LINK_SECONDS:
        raise InvalidValueError("expires_seconds", str(seconds), f"0 to {LONGEST_LINK_SECONDS}")
    return seconds


def _window(fields: Fields) -> dict[str, Any]:
    """The words that say what to keep."""
    return {
        "rect": _rect(_plain(fields, "rect", "text, four numbers or an object", dict, list)),
        "gravity": _word(fields, "gravity"),
        "focal": _focal(fields),
        "part": _word(fields, "part"),
        "line": _word(fields, "line"),
        "keep": _word(fields, "keep") or BELOW,
        "who": _plain(fields, "who", "text or a number"),
        "around_face": _truth(fields, "around_face"),
        "width": _whole(fields, "width"),
        "height": _whole(fields, "height"),
        "aspect": _plain(fields, "aspect", "text or a number"),
        "margin": _plain(fields, "margin", "text or a number"),
        "trim": _truth(fields, "trim"),
        "resize": _resize(_plain(fields, "resize", "text or an object", dict)),
        "resize_mode": _word(fields, "resize_mode") or "fit",
        "enlarge": _truth(fields, "enlarge"),
    }


def _output(fields: Fields) -> Output:
    quality = _whole(fields, "quality")
    return Output(
        format=_word(fields, "format"),
        quality=85 if quality is None else quality,
        lossless=_truth(fields, "lossless"),
    )


_ALIKE = frozenset(
    {
        *SOURCES,
        *("focal_x", "focal_y", "format", "quality", "lossless"),
        *("answer", "inline", "explain", "dry_run", "expires_seconds"),
    }
)
CROP_FIELDS = _ALIKE | Wish.__annotations__.keys() - {"focal"}
"""Every field of a crop request."""
CUTOUT_FIELDS = (
    _ALIKE | {*BEHIND.values()} | CutoutWish.__annotations__.keys() - {"focal", "animate"}
)
"""Every field of a request for a cut-out."""


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
        "created_at": moment(draft.created_ms),
        "expires_at": None if draft.expires_ms is None else moment(draft.expires_ms),
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


def reasons(report: Report, explain: bool) -> dict[str, Any]:
    """What answers in JSON say beside the picture: who cut it out, and why if that was asked."""
    told: dict[str, Any] = {} if report.seen is None else {"cutout": report.seen.as_dict()}
    return told | ({"explain": report.as_dict()} if explain else {})


def usage_answer(usage: Usage, allowance: Allowance) -> dict[str, Any]:
    """What a key has hosted, and may."""
    return {
        "bytes": usage.bytes,
        "files": usage.files,
        "quota_bytes": allowance.quota_bytes,
        "quota_files": allowance.quota_files,
    }


def about_answer(
    server: ServerSettings, links: LinkSettings, *, keys_required: bool
) -> dict[str, Any]:
    """What a client may want to know before it asks for anything."""
    return {
        "version": __version__,
        "keys_required": keys_required,
        "picture_bytes": server.picture_bytes,
        "link_seconds": links.native_seconds,
        "longest_link_seconds": LONGEST_LINK_SECONDS,
        "gravities": list(GRAVITIES),
        "formats": {"read": list(READABLE), "written": list(WRITABLE)},
        "cutout_models": list(CUTOUT_MODELS),
    }


def moment(milliseconds: int) -> str:
    """Milliseconds since 1970 as RFC 3339 has it, UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""ModelsLab's base64_crop, base64_to_url and delete_image: between their fields and our words.

docs.modelslab.com (general-api/base64-crop, base64-to-url, delete-image; error-codes) and the 2023
page at stablediffusionapi.com. The numbers below are those of our contract notes: sections 1 to 5,
decisions ML-1 to ML-16 in section 8, clients' habits in section 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cropwright.core.command import Edit, Resize
from cropwright.errors import InvalidValueError, MissingFieldError
from cropwright.http.fields import Fields

V6_PAYLOADS = {
    "base64_to_url": "base64_string",
    "image_editing/base64_to_url": "init_image",
    "video/base64_to_url": "init_obj",
    "voice/base64_to_url": "init_audio",
    "3d/base64_to_url": "init_obj",
}
"""Path below /api/v6 -> the field that holds the file (section 4)."""

_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})
_LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CropRequest:
    """A picture to host, and whether to crop it first."""

    image: bytes | memoryview
    """As it came: a data URI or bare base64."""
    crop: bool


def parse_crop(fields: Fields) -> CropRequest:
    """A base64_crop request (section 2). Raises MissingFieldError or InvalidValueError."""
    return CropRequest(parse_payload(fields, "image"), _flag(fields, "crop", default=True))


def parse_payload(fields: Fields, name: str) -> bytes | memoryview:
    """The base64 text of a file, not decoded yet. MissingFieldError or InvalidValueError."""
    encoded = fields.encoded(name)
    if encoded is None or not len(encoded):
        raise MissingFieldError(name, "the file, in base64")
    return encoded


def parse_request_id(fields: Fields) -> int | None:
    """The number delete_image names, or None (section 5). InvalidValueError for what is none."""
    value = fields.get("request_id")
    if value is None or value == "":
        return None
    text = str(value).strip()
    if isinstance(value, bool | float) or not (text.isascii() and text.isdigit()):
        raise InvalidValueError("request_id", text[:40], "an integer")
    return min(int(text[:20]), _LARGEST_NUMBER)


def parse_image_name(fields: Fields) -> str | None:
    """The link, or its last part, that older clients of delete_image send (section 5)."""
    name = fields.text("image")
    return name.strip().rpartition("/")[2].partition(".")[0] if name else None


def key(fields: Fields, headers: Any) -> str | None:
    """The API key: of the body; where it has none, of the headers that clients use (9, #13)."""
    own = fields.get("key")
    if isinstance(own, str) and own:
        return own
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return bearer or headers.get("key") or None


def square(gravity: str, size: int) -> Edit:
    """What "crop" means (ML-3): the largest square, at its own size unless the operator says."""
    resize = Resize(size, size, "fit") if size else None
    return Edit(aspect=Fraction(1), gravity=gravity, forgiving=True, resize=resize)


def _flag(fields: Fields, name: str, *, default: bool) -> bool:
    """ML-2: words in any case, JSON's own booleans, 1 and 0; null and "" leave the default."""
    value = fields.get(name)
    if value is None or value == "":
        return default
    word = str(value).strip().lower()
    if isinstance(value, str | bool | int) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise InvalidValueError(name, word[:40], '"true" or "false"')


def crop_answer(link: str, number: int) -> dict[str, Any]:
    """base64_crop's answer; the 2023 form's is the same without the number (section 3)."""
    return {
        "status": "success",
        "messege": "image uploaded",
        "link": link,
        "request_id": number,
    }


def url_answer(link: str, number: int) -> dict[str, Any]:
    """base64_to_url's answer (section 4)."""
    return {"status": "success", "id": number, "output": [link]}


def deleted_answer() -> dict[str, Any]:
    """delete_image's answer (section 5)."""
    return {"status": "success", "messege": "image deleted"}


def error_answer(sentence: str, retry_after: int | None = None) -> dict[str, Any]:
    """Every error's answer: both spellings, always strings (ML-4), and when to try again."""
    answer: dict[str, Any] = {"status": "error", "message": sentence, "messege": sentence}
    if retry_after is not None:
        answer["retry_after"] = retry_after
    return answer

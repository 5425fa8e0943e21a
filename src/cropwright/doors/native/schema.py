"""The OpenAPI words for bodies that are read raw: what FastAPI cannot see from a signature."""

from __future__ import annotations

from typing import Any

from cropwright.core.body import EVERYBODY, LARGEST, NEEDS
from cropwright.core.command import RESIZE_MODES
from cropwright.core.cutout import CUTOUT_MODELS, MODEL_WORDS, NO_SUBJECT_WORDS, REFUSE
from cropwright.core.formats import WRITABLE
from cropwright.core.gravity import GRAVITIES
from cropwright.core.lines import BELOW, LINES, SIDES
from cropwright.doors.native.wire import ANSWERS, FILES, LONGEST_LINK_SECONDS

Schema = dict[str, Any]


def _text(words: str, **more: Any) -> Schema:
    return {"type": "string", "description": words, **more}


def _whole(words: str, least: int, **more: Any) -> Schema:
    return {"type": "integer", "minimum": least, "description": words, **more}


def _flag(words: str) -> Schema:
    return {"type": "boolean", "default": False, "description": words}


def _fraction(words: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1, "description": words}


_SIDE = {"type": "integer", "minimum": 0}
_SOURCE: dict[str, Schema] = {
    "image": _text("The picture: base64, bare or as a data URI; in a form also a file."),
    "url": _text("Where to fetch the picture: http or https, a public address.", format="uri"),
    "upload": _text("The id of an earlier upload."),
}
_LINK: dict[str, Schema] = {
    "expires_seconds": _whole(
        "How long a link lives; 0 keeps it until it is deleted.", 0, maximum=LONGEST_LINK_SECONDS
    ),
}
_WINDOW: dict[str, Schema] = {
    "rect": {
        "description": "Exactly this, in pixels of the upright picture.",
        "oneOf": [
            {"type": "string", "examples": ["10,20,300,200"]},
            {"type": "array", "items": _SIDE, "minItems": 4, "maxItems": 4},
            {
                "type": "object",
                "properties": dict.fromkeys(("x", "y", "width", "height"), _SIDE),
                "required": ["x", "y", "width", "height"],
            },
        ],
    },
    "gravity": _text("Where the window goes.", enum=list(GRAVITIES), default="center"),
    "focal_x": _fraction("The focal point, as a fraction of the width."),
    "focal_y": _fraction("The focal point, as a fraction of the height."),
    "part": _text("A part of somebody, which the window is cut to.", enum=list(NEEDS)),
    "line": _text("Keep only one side of a line across all faces.", enum=list(LINES)),
    "keep": _text("The side of the line that is kept.", enum=list(SIDES), default=BELOW),
    "who": {
        "type": ["string", "integer"],
        "examples": [LARGEST, EVERYBODY, 1],
        "description": "Of several people: the largest (the default for part), all (for line), "
        "or a number from the left.",
    },
    "around_face": _flag("Have the face in the middle of the part from left to right."),
    "width": _whole("Width of the window in pixels; nothing is resized.", 1),
    "height": _whole("Height of the window in pixels; nothing is resized.", 1),
    "aspect": {"type": ["string", "number"], "examples": ["4:5", 1.5], "description": "Shape."},
    "margin": {
        "type": ["string", "number"],
        "examples": ["5%", 20],
        "description": "More on every side: pixels, or percent of the window's sides.",
    },
    "trim": _flag("Leave plain borders out first."),
    "resize": {
        "description": "Size of the result; either side may be left out.",
        "oneOf": [
            {"type": "string", "examples": ["600x400", "600x"]},
            {
                "type": "object",
                "properties": {"width": _whole("Pixels.", 1), "height": _whole("Pixels.", 1)},
            },
        ],
    },
    "resize_mode": _text("How resize fits.", enum=list(RESIZE_MODES), default="fit"),
    "enlarge": _flag("Let resize make the picture larger."),
}
_WRITTEN: dict[str, Schema] = {
    "format": _text("What to write; without it the picture's own.", enum=[*WRITABLE, "jpg"]),
    "quality": _whole("For jpeg, webp and avif.", 1, maximum=100, default=85),
    "lossless": _flag("No loss in webp and avif."),
    "answer": _text("What comes back.", enum=list(ANSWERS), default=ANSWERS[0]),
    "inline": _flag('The same as answer "base64".'),
    "explain": _flag("Also say what was kept, and who decided it."),
    "dry_run": _flag("Decide and explain only: nothing is made."),
    **_LINK,
}
CROP: dict[str, Schema] = {
    **_SOURCE,
    **_WINDOW,
    "background": _text("Behind transparent parts in jpeg.", examples=["#ffffff"]),
    "animate": _flag("Keep all frames of an animated GIF or WebP."),
    **_WRITTEN,
}
"""Every field of a crop request."""
CUTOUT: dict[str, Schema] = {
    **_SOURCE,
    "model": _text(
        "Who looks for the subject, and no other; without it u2netp, or classical where that is "
        "not installed. quality is isnet.",
        enum=[*CUTOUT_MODELS, *MODEL_WORDS],
    ),
    "background": _text(
        "Behind the subject: transparent, blur (the picture's own, out of focus) or a colour.",
        default="transparent",
        examples=["#ffffff", "blur"],
    ),
    "background_picture": _text(
        "A picture to put behind the subject, cut to cover the result: base64, bare or as a data "
        "URI; in a form also a file."
    ),
    "background_url": _text("Where to fetch that picture.", format="uri"),
    "background_upload": _text("The id of an earlier upload that is that picture."),
    "shadow": _flag("Put a soft shadow under the subject."),
    "only_mask": _flag("Make the coverage itself: white where the subject is."),
    "no_subject": _text(
        "Where no subject is found: refuse, or keep the whole picture.",
        enum=list(NO_SUBJECT_WORDS),
        default=REFUSE,
    ),
    **_WINDOW,
    **_WRITTEN,
}
"""Every field of a request for a cut-out."""

JOB: dict[str, Schema] = {
    "do": _text("What to do with the pictures.", enum=["crop", "cutout"], default="crop"),
    "pictures": {
        "type": "array",
        "minItems": 1,
        "items": {"type": "object"},
        "description": "In JSON: for each picture its own fields, which win over those beside it.",
    },
    "labels": {
        "description": "Your own words for the job; in a form one text, with commas between.",
        "oneOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}],
    },
    "webhook": _text("Where to POST word once the job is over.", format="uri"),
    "webhook_secret": _text("What you know the word by; it signs it, and is sent along."),
    **{
        name: row
        for name, row in {**CROP, **CUTOUT}.items()
        if name not in ("answer", "inline", "explain", "dry_run")
    },
}
"""Every field of a job: its own, and those of its pictures."""

UPLOAD: dict[str, Schema] = {
    "image": _text("The file: base64, bare or as a data URI; in a form also a file."),
    "url": _SOURCE["url"],
    **_LINK,
}
"""Every field of an upload request."""


def body(fields: dict[str, Schema]) -> Schema:
    """An operation's request body: the same fields as JSON and as a form."""
    in_json = {"type": "object", "properties": fields, "additionalProperties": False}
    file = {"type": "string", "format": "binary", "description": "The picture's file."}
    files = dict.fromkeys(fields.keys() & FILES, file)
    in_form = {"type": "object", "properties": {**fields, **files}}
    content = {
        "application/json": {"schema": in_json},
        "multipart/form-data": {"schema": in_form},
    }
    return {"requestBody": {"required": True, "content": content}}


PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": _text("Stable: a program may decide by it."),
        "field": _text("The field that is wrong."),
        "limit": {"type": "integer"},
        "actual": {"type": "integer"},
        "request_id": {"type": "string"},
        "retry_after": _whole("Seconds.", 1),
    },
    "required": ["type", "title", "status", "detail", "code", "request_id"],
}


def answers(*statuses: int) -> dict[int | str, Schema]:
    """An operation's error answers."""
    content = {"application/problem+json": {"schema": PROBLEM}}
    words = {
        400: "The request cannot be followed",
        401: "No valid API key",
        403: "The quota is used up",
        404: "Nothing of that id",
        409: "The Idempotency-Key is taken",
        413: "Too large",
        415: "Not a format we open",
        422: "The picture cannot be used",
        429: "Too many requests",
        503: "Busy: see Retry-After",
    }
    told = {status: {"description": words[status], "content": content} for status in statuses}
    return told | {"default": {"description": "Any other error", "content": content}}

"""The OpenAPI words for what is answered when all is well."""

from __future__ import annotations

from cropwright.core.cutout import CUTOUT_MODELS
from cropwright.core.formats import FORMATS, READABLE, WRITABLE
from cropwright.core.jobs import JobState
from cropwright.doors.native.schema import Schema


def _object(words: str, properties: dict[str, Schema], *optional: str) -> Schema:
    needed = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "description": words,
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_SIDE: Schema = {"type": "integer", "minimum": 1}
_FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_BYTES: Schema = {"type": "string", "format": "binary"}
_SIZE = {"width": _SIDE, "height": _SIDE}
_RECT = _object("Pixels of the upright source.", {"x": _COUNT, "y": _COUNT, **_SIZE})
_FRACTIONS = _object(
    "The same rectangle as fractions of the source.",
    dict.fromkeys(("x", "y", "width", "height"), _FRACTION),
)

SEEN = _object(
    "What was seen of the subject.",
    {
        "model": {"type": "string", "enum": list(CUTOUT_MODELS)},
        "origin": {"type": "string", "enum": ["verified", "own file", "built in"]},
        "confidence": _FRACTION | {"description": "Below 0.5 nobody should rely on it."},
        "subject": {"oneOf": [_RECT, {"type": "null"}], "description": "Null: there is none."},
        "milliseconds": _COUNT,
        "instead_of": {
            "type": ["string", "null"],
            "description": "The model that should have looked, but is not installed.",
        },
    },
)
_WHO = _object(
    "Somebody who was seen.", {"box": _RECT, "head": _RECT, "confidence": _FRACTION}, "head"
)
PEOPLE = _object(
    "Who was seen, where somebody was looked for.",
    {
        "faces": {"type": "array", "items": _WHO},
        "persons": {"type": "array", "items": _WHO},
        "models": {
            "type": "array",
            "items": _object("A model that looked.", {"model": _TEXT, "origin": _TEXT}),
        },
        "milliseconds": _COUNT,
    },
)
EXPLAIN = _object(
    "What was kept, and why.",
    {
        "source": _object(
            "The picture, upright.",
            {**_SIZE, "format": {"type": "string", "enum": list(READABLE)}, "frames": _SIDE},
        ),
        "rect": _RECT,
        "fractions": _FRACTIONS,
        "decided_by": _TEXT,
        "tried": {
            "type": "array",
            "items": _object("Who was asked.", {"decider": _TEXT, "outcome": _TEXT}),
        },
        "result": _object("Size of the result.", _SIZE),
        "cutout": SEEN,
        "people": PEOPLE,
    },
    *("cutout", "people"),
)
DRY_RUN = _object("For dry_run.", {"explain": EXPLAIN})
_WHY: dict[str, Schema] = {"cutout": SEEN, "explain": EXPLAIN}
PICTURE = _object(
    'For answer "base64".',
    {
        "image": {"type": "string", "contentEncoding": "base64"},
        "media_type": {"type": "string", "enum": [FORMATS[name].media_type for name in WRITABLE]},
        **_SIZE,
        "size_bytes": _SIDE,
        **_WHY,
    },
    *_WHY,
)
_FILE: dict[str, Schema] = {
    "id": _TEXT,
    "url": {"type": "string", "format": "uri"},
    "media_type": _TEXT,
    "size_bytes": _COUNT,
    "sha256": _TEXT,
    "created_at": _MOMENT,
    "expires_at": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "Null: the link lives until it is deleted.",
    },
}
FILE = _object("A hosted file.", _FILE)
LINK = _object('For answer "link": the hosted result.', {**_FILE, **_WHY}, *_WHY)
USAGE = _object(
    "What the key hosts, and may; null is no limit.",
    {
        "bytes": _COUNT,
        "files": _COUNT,
        "quota_bytes": {"type": ["integer", "null"], "minimum": 0},
        "quota_files": {"type": ["integer", "null"], "minimum": 0},
    },
)

_LOCATION: Schema = {"location": {"schema": _TEXT, "description": "Where the upload is told of."}}
_LABELS: dict[str, Schema] = {
    "cropwright-model": {"schema": _TEXT, "description": "Who looked for the subject."},
    "cropwright-confidence": {"schema": _TEXT, "description": "0 to 1."},
    "cropwright-subject": {"schema": {"type": "string", "enum": ["found", "none"]}},
    "cropwright-instead-of": {
        "schema": _TEXT,
        "description": "The model that should have looked, but is not installed.",
    },
}
"""Headers wherever a model had to look."""


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _pictures(words: str) -> dict[int | str, Schema]:
    """The answers of an operation that makes a picture."""
    binary = {FORMATS[name].media_type: {"schema": _BYTES} for name in WRITABLE}
    reasons = {"schema": _TEXT, "description": "For explain with bytes: the reasons, as JSON."}
    return {
        200: {
            "description": words,
            "headers": {**_LABELS, "cropwright-explain": reasons},
            "content": binary | _json({"oneOf": [PICTURE, DRY_RUN]}),
        },
        201: {
            "description": 'Hosted, for answer "link"',
            "headers": {**_LABELS, **_LOCATION},
            "content": _json(LINK),
        },
    }


CROPPED = _pictures("The crop, or what it would be")
CUT_OUT = _pictures("The cut-out, or what it would be")
UPLOADED: dict[int | str, Schema] = {
    201: {"description": "Hosted", "headers": _LOCATION, "content": _json(FILE)}
}
_WORDS: Schema = {"type": "array", "items": _TEXT}
ABOUT = _object(
    "What the service takes and can do.",
    {
        "version": _TEXT,
        "keys_required": {"type": "boolean"},
        "picture_bytes": _COUNT | {"description": "Largest picture taken."},
        "link_seconds": _COUNT | {"description": "How long links live by default; 0 for good."},
        "longest_link_seconds": _COUNT,
        "gravities": _WORDS,
        "formats": _object("By name.", {"read": _WORDS, "written": _WORDS}),
        "cutout_models": _WORDS,
    },
)

_JOB: dict[str, Schema] = {
    "id": _TEXT,
    "state": {"type": "string", "enum": [state.value for state in JobState]},
    "pictures": _SIDE | {"description": "How many there are."},
    "done": _COUNT | {"description": "How many of them were worked on."},
    "attempts": _COUNT | {"description": "How often the job was begun."},
    "labels": _WORDS,
    "created_at": _MOMENT,
    "reason": {
        "type": ["string", "null"],
        "description": "Why it failed, or why it is tried again.",
    },
}
_RESULT = _object(
    "What came of one picture: an upload, or an error; neither once the link has ended.",
    {
        "picture": _COUNT | {"description": "Which one it is, from 0."},
        "upload": FILE,
        "rect": _RECT,
        "fractions": _FRACTIONS,
        "decided_by": _TEXT,
        "result": _object("Size of the result.", _SIZE),
        "cutout": SEEN,
        "error": _object("Why there is no result.", {"code": _TEXT, "detail": _TEXT}),
    },
    *("upload", "rect", "fractions", "decided_by", "result", "cutout", "error"),
)
JOB = _object("A job.", _JOB)
JOB_STATE = _object(
    "A job and, once it is over, what came of its pictures.",
    {**_JOB, "results": {"type": "array", "items": _RESULT}},
)
_JOB_LIST = _object("Jobs, the newest first.", {"jobs": {"type": "array", "items": JOB}})
_JOB_LOCATION: Schema = {"location": {"schema": _TEXT, "description": "Where the job is told of."}}
FILED: dict[int | str, Schema] = {
    202: {"description": "Accepted", "headers": _JOB_LOCATION, "content": _json(JOB)}
}
JOB_TOLD: dict[int | str, Schema] = {200: {"description": "Found", "content": _json(JOB_STATE)}}
JOBS_LISTED: dict[int | str, Schema] = {200: {"description": "Listed", "content": _json(_JOB_LIST)}}
UPLOAD_FACTS: dict[int | str, Schema] = {200: {"description": "Found", "content": _json(FILE)}}
USED: dict[int | str, Schema] = {200: {"description": "Counted", "content": _json(USAGE)}}
TOLD: dict[int | str, Schema] = {200: {"description": "Told", "content": _json(ABOUT)}}

"""Banner jobs: between Crop.photo's fields and ours (contract notes, 6.8 and 6.9; CP-9 to CP-14).

The body of create's answer and that of the webhook could not be read anywhere; ours are like the
answer of status.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from cropwright.core.geometry import Rect, Size
from cropwright.core.hosting import Upload
from cropwright.core.jobs import Hook, Job, JobState
from cropwright.errors import InvalidValueError, LimitExceededError, MissingFieldError
from cropwright.http.fields import Fields
from cropwright.service.calls import Source
from cropwright.service.jobs.filing import Filing, Given, State
from cropwright.sources.guard import taken_apart

DOOR, TASK = "cropphoto", "banner"
INPUT, MASK = "input_image", "mask_image"
_CROP_INFO, _URL = _RESPONSE_TYPES = ("crop-info", "url")
_MARGIN = re.compile(r"(\d{1,4}(?:\.\d{1,4})?) ?(px|%)", re.IGNORECASE)
_SECRET = re.compile(r"[\x21-\x7e]{1,256}")
_MOST_HINTS, _MOST_LABELS, _LONGEST_LABEL = 5, 20, 100
_DEFAULT_LIMIT, _MOST_LISTED = 20, 100
_LARGEST_START = 2**31 - 1
_STATUS = {JobState.CANCELLED: "failed"}
"""The contract knows no cancelled job; other states have its words."""
_CANCELLED = "the job was cancelled"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Margin:
    """What has to be left around the element, at least."""

    amount: float
    is_percent: bool
    """Of the element's width at its sides, of its height above and below; else pixels."""

    def around(self, box: Rect, within: Size) -> Rect:
        """The box with its margins, as far as the picture reaches."""
        across, down = (
            math.ceil(side * self.amount / 100 if self.is_percent else self.amount)
            for side in (box.width, box.height)
        )
        x, y = max(0, box.x - across), max(0, box.y - down)
        right = min(within.width, box.right + across)
        return Rect(x, y, right - x, min(within.height, box.bottom + down) - y)


@dataclass(frozen=True, slots=True)
class BannerCall:
    """What is to be done with one picture and its mask."""

    picture: Source
    mask: Source
    margin: Margin
    as_link: bool


@dataclass(frozen=True, slots=True)
class StatusCall:
    """Which jobs are asked about: one by its id, or those with any of the labels."""

    job_id: str | None
    labels: tuple[str, ...]
    start: int
    limit: int


def parse_create(fields: Fields) -> Filing:
    """A banner job (6.8). Raises MissingFieldError, InvalidValueError or LimitExceededError."""
    sources = {name: _source(fields, name) for name in (INPUT, MASK)}
    plain = {
        "minimum_margins": fields.text("minimum_margins") or "",
        "response_type": fields.text("response_type") or _CROP_INFO,
    }
    plain |= {f"{name}_url": row.url for name, row in sources.items() if row.url is not None}
    _margin(plain["minimum_margins"])
    _as_link(plain["response_type"])
    _check_hints(fields)
    labels = _labels(fields)
    if not labels:
        raise MissingFieldError("job_labels", "by which the job is asked about")
    files = {name: row for name, row in sources.items() if row.url is None}
    return Filing(DOOR, (Given(TASK, plain, files),), labels, _hook(fields))


def call_of(fields: Mapping[str, Any], files: Mapping[str, bytes]) -> BannerCall:
    """What was asked for, read back."""
    picture, mask = (_kept(fields, files, name) for name in (INPUT, MASK))
    margin, as_link = _margin(fields["minimum_margins"]), _as_link(fields["response_type"])
    return BannerCall(picture, mask, margin, as_link)


def parse_status(fields: Fields) -> StatusCall:
    """A question about jobs (6.9). Raises InvalidValueError or MissingFieldError (CP-12)."""
    job_id, labels = fields.text("job_id") or None, fields.texts("job_labels")
    if job_id is not None and labels:
        raise InvalidValueError("job_labels", "given too", "no job_labels beside job_id")
    if job_id is None and not labels:
        raise MissingFieldError("job_id", "one of job_id and job_labels is needed")
    start = _whole(fields, "start", 0, range(_LARGEST_START))
    limit = _whole(fields, "limit", _DEFAULT_LIMIT, range(1, _MOST_LISTED + 1))
    return StatusCall(job_id, labels, start, limit)


def _source(fields: Fields, name: str) -> Source:
    """A file or a URL, never both (CP-9)."""
    url = f"{name}_url"
    if fields.has(name) and fields.has(url):
        raise InvalidValueError(url, "given too", f"no {url} beside {name}")
    if fields.has(url):
        return Source(url=_link(fields, url), field=url)
    value = fields.values.get(name)
    if not value:
        raise MissingFieldError(name, f"one of {name} and {url} is needed")
    if not isinstance(value, bytes):
        raise InvalidValueError(name, "text", "a file of a form")
    return Source(data=value, field=name)


def _kept(fields: Mapping[str, Any], files: Mapping[str, bytes], name: str) -> Source:
    url = f"{name}_url"
    if url in fields:
        return Source(url=fields[url], field=url)
    return Source(data=files[name], field=name)


def _margin(text: str) -> Margin:
    found = _MARGIN.fullmatch(text.strip())
    if not text.strip():
        raise MissingFieldError("minimum_margins", "such as 5% or 20px")
    if found is None:
        raise InvalidValueError("minimum_margins", text[:_SHOWN], "a number with px or %")
    return Margin(float(found[1]), found[2] == "%")


def _as_link(word: str) -> bool:
    if word.lower() not in _RESPONSE_TYPES:
        raise InvalidValueError("response_type", word[:_SHOWN], " or ".join(_RESPONSE_TYPES))
    return word.lower() == _URL


def _check_hints(fields: Fields) -> None:
    """They are taken, and need not be: the mask says where the element is."""
    model = fields.text("ai_model") or "auto"
    if model.lower() != "auto":
        raise InvalidValueError("ai_model", model[:_SHOWN], "auto")
    hints = len(fields.texts("analysis_hints"))
    if hints > _MOST_HINTS:
        raise LimitExceededError("analysis_hints", _MOST_HINTS, hints, "hints")


def _labels(fields: Fields) -> tuple[str, ...]:
    labels = tuple(dict.fromkeys(fields.texts("job_labels")))
    if len(labels) > _MOST_LABELS:
        raise LimitExceededError("job_labels", _MOST_LABELS, len(labels), "labels")
    for label in labels:
        if not 0 < len(label) <= _LONGEST_LABEL or "\0" in label:
            expected = f"1 to {_LONGEST_LABEL} characters"
            raise InvalidValueError("job_labels", label[:_SHOWN], expected)
    return labels


def _hook(fields: Fields) -> Hook | None:
    secret = fields.text("webhook_secret") or None
    if secret is not None and not _SECRET.fullmatch(secret):
        raise InvalidValueError("webhook_secret", "not shown", "1 to 256 printable ASCII, no space")
    return Hook(_link(fields, "webhook"), secret) if fields.has("webhook") else None


def _link(fields: Fields, name: str) -> str:
    url = (fields.text(name) or "").strip()
    try:
        taken_apart(url)
    except ValueError as error:
        raise InvalidValueError(name, url[:_SHOWN], "an http or https URL") from error
    return url


def _whole(fields: Fields, name: str, default: int, allowed: range) -> int:
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        expected = f"a whole number from {allowed.start} to {allowed.stop - 1}"
        raise InvalidValueError(name, str(value)[:_SHOWN], expected)
    return value


def job_row(job: Job) -> dict[str, Any]:
    """What is said of a job, on filing it too."""
    status = _STATUS.get(job.state, job.state.value)
    return {"job_id": job.draft.token, "status": status, "job_labels": list(job.draft.labels)}


def status_answer(states: list[State], link: Callable[[Upload], str]) -> dict[str, Any]:
    """The answer about jobs: results in the order of their jobs (CP-11), an error or "" (CP-10)."""
    errors = [_error(state.job) for state in states]
    return {
        "jobs": [job_row(state.job) for state in states],
        "results": [row for state in states for row in _results(state, link)],
        "error_message": next(filter(None, errors), ""),
    }


def hook_answer(state: State, link: Callable[[Upload], str]) -> dict[str, Any]:
    """The body of a webhook."""
    return job_row(state.job) | status_answer([state], link)


def _error(job: Job) -> str:
    if job.state is JobState.CANCELLED:
        return _CANCELLED
    return job.reason or "" if job.state is JobState.FAILED else ""


def _results(state: State, link: Callable[[Upload], str]) -> list[dict[str, Any]]:
    if state.job.state is not JobState.COMPLETED:
        return []
    told = [(row, msgspec.json.decode(row.facts)) for row in state.outcomes]
    return [
        {
            "job_id": state.job.draft.token,
            "output_image_url": link(row.upload) if row.upload else "",
            "crop_coordinates": facts["fractions"],
        }
        for row, facts in told
        if "fractions" in facts
    ]

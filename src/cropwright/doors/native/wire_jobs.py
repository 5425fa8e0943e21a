"""Jobs in our own API: between a request's fields, what is kept of them, and what is told later."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from cropwright.core.jobs import Hook, Job, JobState, Outcome
from cropwright.doors.native import wire
from cropwright.errors import CropwrightError, InvalidValueError, LimitExceededError
from cropwright.http.fields import Fields, Value, from_json
from cropwright.service.calls import Source
from cropwright.service.jobs.filing import Filing, Given, State
from cropwright.sources.guard import taken_apart

DOOR = "native"
TASKS: dict[str, Callable[[Fields], wire.PictureCall]] = {
    "crop": wire.parse_crop,
    "cutout": wire.parse_cutout,
}
"""What can be done with the pictures of a job."""
MOST_LABELS, LONGEST_LABEL = 20, 100
DEFAULT_LIMIT, MOST_LISTED = 20, 100
FILING_FIELDS = frozenset({"do", "pictures", "labels", "webhook", "webhook_secret"})
"""Fields of a job itself; all others are its pictures'."""
ANSWERED = frozenset({"answer", "inline", "explain", "dry_run"})
"""Fields about how a picture is answered, which jobs have none of: their results are links."""
_SECRET = re.compile(r"[\x21-\x7e]{1,256}")
_PICTURES = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def parse_filing(fields: Fields, most: int) -> Filing:
    """A job of `most` pictures or fewer. Raises what the parsing of its pictures raises."""
    name = fields.text("do") or "crop"
    if name not in TASKS:
        raise InvalidValueError("do", name[:40], " or ".join(TASKS))
    common = {key: value for key, value in fields.values.items() if key not in FILING_FIELDS}
    pictures = _pictures(fields, most)
    given = tuple(
        _given(name, _merged(fields, common, own), place) for place, own in pictures.items()
    )
    return Filing(DOOR, given, _labels(fields), _hook(fields))


def _pictures(fields: Fields, most: int) -> dict[str, dict[str, Value]]:
    """The fields of each picture, by where they are; one that has none of its own without any."""
    raw = fields.values.get("pictures")
    if raw is None:
        return {"": {}}
    try:
        rows = _PICTURES.decode(raw) if isinstance(raw, msgspec.Raw) else None
    except msgspec.MsgspecError:
        rows = None
    if not rows:
        raise InvalidValueError("pictures", "something else", "an array of objects, in JSON")
    if len(rows) > most:
        raise LimitExceededError("pictures", most, len(rows), "pictures")
    return {f"pictures.{number}.": dict(row) for number, row in enumerate(rows)}


def _merged(fields: Fields, common: dict[str, Value], own: dict[str, Value]) -> Fields:
    return Fields(
        common | own,
        spaces_were_plus=fields.spaces_were_plus,
        has_escapes=fields.has_escapes,
    )


def _given(name: str, fields: Fields, place: str) -> Given:
    """One picture's fields, found to be right, the files among them apart."""
    try:
        refused = ANSWERED & fields.values.keys()
        if refused:
            raise InvalidValueError(min(refused), "given", "no such field in a job")
        TASKS[name](fields)
    except CropwrightError as error:
        facts = error.facts()
        if place and "field" in facts:
            raise type(error)(**facts | {"field": f"{place}{facts['field']}"}) from error
        raise
    files = {key for key in wire.FILES if fields.has(key)}
    plain = {key: fields.get(key) for key in fields.values.keys() - files}
    return Given(name, plain, {key: _file(fields, key, place) for key in sorted(files)})


def _file(fields: Fields, name: str, place: str) -> Source:
    value = fields.values[name]
    if isinstance(value, bytes):
        return Source(data=value, field=f"{place}{name}")
    return Source(encoded=fields.encoded(name), field=f"{place}{name}")


def call_of(task: str, fields: Mapping[str, Any], files: Mapping[str, bytes]) -> wire.PictureCall:
    """What a job's picture asks for, parsed as if it had been sent just now."""
    values: dict[str, Value] = dict(from_json(msgspec.json.encode(fields)).values)
    return TASKS[task](Fields(values | dict(files)))


def _labels(fields: Fields) -> tuple[str, ...]:
    """A list in JSON; in a form, one text with commas."""
    value = fields.get("labels")
    if isinstance(value, str):
        value = [text.strip() for text in value.split(",") if text.strip()]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_label(label) for label in value):
        expected = f"texts of 1 to {LONGEST_LABEL} characters"
        raise InvalidValueError("labels", str(value)[:40], expected)
    if len(value) > MOST_LABELS:
        raise LimitExceededError("labels", MOST_LABELS, len(value), "labels")
    return tuple(dict.fromkeys(value))


def _is_label(label: Any) -> bool:
    return isinstance(label, str) and 0 < len(label) <= LONGEST_LABEL and "\0" not in label


def _hook(fields: Fields) -> Hook | None:
    url, secret = fields.text("webhook"), fields.text("webhook_secret") or None
    if secret is not None and not _SECRET.fullmatch(secret):
        raise InvalidValueError("webhook_secret", "not shown", "1 to 256 printable ASCII, no space")
    if not url:
        if secret is not None:
            raise InvalidValueError("webhook_secret", "given", "no webhook_secret without webhook")
        return None
    try:
        taken_apart(url)
    except ValueError as error:
        raise InvalidValueError("webhook", url[:40], "an http or https URL") from error
    return Hook(url, secret)


def job_answer(job: Job) -> dict[str, Any]:
    """What there is to say about a job, without its results."""
    draft = job.draft
    return {
        "id": draft.token,
        "state": job.state.value,
        "pictures": draft.pictures,
        "done": job.done,
        "attempts": job.attempts,
        "labels": list(draft.labels),
        "created_at": wire.moment(draft.created_ms),
        "reason": job.reason,
    }


def state_answer(state: State, link: Callable[[Any], str]) -> dict[str, Any]:
    """A job with its results once it is over, in the order of its pictures."""
    over = state.job.state in (JobState.COMPLETED, JobState.FAILED)
    results = [_result(outcome, link) for outcome in state.outcomes] if over else []
    return job_answer(state.job) | {"results": results}


def _result(outcome: Outcome, link: Callable[[Any], str]) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.json.decode(outcome.facts)
    told = facts | {"picture": outcome.position}
    if outcome.upload is None:
        return told
    return told | {"upload": wire.upload_answer(outcome.upload, link(outcome.upload))}


def hook_answer(state: State, link: Callable[[Any], str]) -> dict[str, Any]:
    """The body of a webhook."""
    return {"type": f"job.{state.job.state.value}", "data": state_answer(state, link)}

"""Our errors as problem details (RFC 9457): a stable code, the facts as members."""

from __future__ import annotations

from typing import Any

from cropwright.errors import (
    AccessError,
    CapacityError,
    CropwrightError,
    DeadlineExceededError,
    IdempotencyError,
    InputError,
    JobNotFoundError,
    LimitExceededError,
    MalformedRequestError,
    ModelError,
    OutputError,
    OverloadedError,
    QueueFullError,
    QuotaExceededError,
    RateExceededError,
    SlowRequestError,
    StorageUnavailableError,
    UnsupportedFormatError,
    UploadNotFoundError,
    WishError,
    WorkerError,
)

MEDIA_TYPE = "application/problem+json"

STATUSES: dict[type[CropwrightError], tuple[int, str]] = {
    CropwrightError: (500, "Something went wrong here"),
    InputError: (422, "The picture cannot be used"),
    WishError: (400, "The request cannot be followed"),
    MalformedRequestError: (400, "The request cannot be read"),
    SlowRequestError: (408, "The request took too long to arrive"),
    LimitExceededError: (413, "Too large"),
    UnsupportedFormatError: (415, "Not a format we open"),
    OutputError: (422, "The result cannot be written"),
    WorkerError: (422, "The picture could not be worked on"),
    DeadlineExceededError: (422, "The picture took too long"),
    ModelError: (503, "The model is not available"),
    AccessError: (401, "No valid API key"),
    QuotaExceededError: (403, "The quota is used up"),
    UploadNotFoundError: (404, "No such upload"),
    JobNotFoundError: (404, "No such job"),
    IdempotencyError: (409, "The Idempotency-Key is taken"),
    CapacityError: (503, "Not now"),
    OverloadedError: (503, "Busy"),
    StorageUnavailableError: (503, "The storage is not available"),
    QueueFullError: (429, "Too many requests at once"),
    RateExceededError: (429, "Too many requests"),
}
"""Status and title; the nearest ancestor's row counts."""

_SHOWN = ("field", "limit", "actual", "unit", "value", "expected", "format", "found", "supported")
"""Facts that become members; others stay in the sentence."""
_ECHOED = ("value", "format", "id")
"""Facts that the caller sent, and that may be of any length."""
_LONGEST = 100


def problem(error: CropwrightError, request_id: str) -> dict[str, Any]:
    """The problem details of an error; `status` is among them."""
    kind = next(kind for kind in type(error).__mro__ if kind in STATUSES)
    status, title = STATUSES[kind]
    if status == 500:
        return described(status, title, "something went wrong here", error.code, request_id)
    told = _clipped(error)
    facts = told.facts()
    details = described(status, title, str(told), error.code, request_id)
    details |= {name: facts[name] for name in _SHOWN if name in facts}
    if isinstance(error, CapacityError):
        details["retry_after"] = error.retry_after_seconds
    return details


def _clipped(error: CropwrightError) -> CropwrightError:
    facts = error.facts()
    long = [name for name in _ECHOED if len(str(facts.get(name, ""))) > _LONGEST]
    return type(error)(**facts | {name: f"{facts[name][:_LONGEST]}…" for name in long})


def described(status: int, title: str, detail: str, code: str, request_id: str) -> dict[str, Any]:
    """Problem details for what is no error of ours: an unknown path, a crash."""
    return {
        "type": f"urn:cropwright:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }

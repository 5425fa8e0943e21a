"""Our errors in ModelsLab's words and statuses (contract notes, section 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cropwright.errors import (
    AccessError,
    CapacityError,
    CropwrightError,
    InputError,
    InvalidValueError,
    LimitExceededError,
    MissingFieldError,
    OutputError,
    OverloadedError,
    QueueFullError,
    QuotaExceededError,
    RateExceededError,
    SlowRequestError,
    StorageUnavailableError,
    UploadNotFoundError,
    WorkerError,
)

INTERNAL = "Internal server error. Please try again."
_UNAVAILABLE = "Service temporarily unavailable. Please try again later."


def _plain(error: CropwrightError) -> str:
    return str(error)


def _invalid(error: InvalidValueError) -> str:
    if error.expected == "a string":
        return f"{error.field} must be a string"
    return str(error)


# Words like "queue", "rate limit" and "try again" make clients try again (section 9, #17): they are
# for what another try can cure.
ANSWERS: dict[type[CropwrightError], tuple[int, Callable[[Any], str]]] = {
    CropwrightError: (500, lambda _: INTERNAL),
    InputError: (400, _plain),
    InvalidValueError: (400, _invalid),
    MissingFieldError: (400, lambda error: f"{error.field} is required"),
    LimitExceededError: (400, _plain),
    SlowRequestError: (408, _plain),
    OutputError: (400, _plain),
    WorkerError: (400, _plain),
    AccessError: (401, _plain),
    QuotaExceededError: (
        402,
        lambda error: f"Storage quota of {error.limit} {error.unit} is used up.",
    ),
    UploadNotFoundError: (404, lambda _: "image not found"),
    CapacityError: (503, lambda _: _UNAVAILABLE),
    OverloadedError: (503, lambda _: _UNAVAILABLE),
    StorageUnavailableError: (503, lambda _: _UNAVAILABLE),
    QueueFullError: (
        429,
        lambda error: f"Rate limit exceeded. Maximum {error.limit} queued requests allowed.",
    ),
    RateExceededError: (
        429,
        lambda error: f"Rate limit exceeded. Maximum {error.limit} requests a minute allowed.",
    ),
}
"""The nearest ancestor's row counts."""

BODY_TOO_LARGE = 413
"""For a request beyond what is read at all; a decoded picture beyond its limit is a 400 (ML-8)."""


def status_and_sentence(error: CropwrightError) -> tuple[int, str]:
    """The status and the sentence of an error."""
    if isinstance(error, LimitExceededError) and error.field == "request body":
        return BODY_TOO_LARGE, str(error)
    kind = next(kind for kind in type(error).__mro__ if kind in ANSWERS)
    status, say = ANSWERS[kind]
    return status, say(error)

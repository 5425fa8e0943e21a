"""Our errors in Crop.photo's words (contract notes, 6.1)."""

from __future__ import annotations

from dataclasses import dataclass

from cropwright.errors import (
    AccessError,
    CapacityError,
    CropwrightError,
    InputError,
    JobNotFoundError,
    LimitExceededError,
    ModelError,
    OutputError,
    QueueFullError,
    QuotaExceededError,
    RateExceededError,
    SlowRequestError,
    WorkerError,
)

_INVALID_KEY = "Invalid API key. Please contact support to get the API access."
_NO_BALANCE = "Your account does not have sufficient balance to process API requests."
_INTERNAL = "Something went wrong here."
_NOT_FOUND = "Unable to find matching target resource method"
_METHOD_NOT_ALLOWED = "Use POST at this address."


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind of error is told."""

    status: int
    kind: str
    """The last part of its type."""
    detail: str = ""
    """The contract's own sentence; without one, ours."""
    title: str = ""
    """Without one, the kind."""


ROWS: dict[type[CropwrightError], Row] = {
    CropwrightError: Row(500, "internal_error", _INTERNAL),
    AccessError: Row(401, "invalid_api_key", _INVALID_KEY),
    InputError: Row(400, "invalid_payload"),
    SlowRequestError: Row(408, "request_timeout"),
    OutputError: Row(400, "invalid_payload"),
    WorkerError: Row(400, "invalid_payload"),
    QuotaExceededError: Row(400, "not_enough_balance", _NO_BALANCE),
    JobNotFoundError: Row(404, "not_found", title="No such job"),
    ModelError: Row(503, "service_unavailable"),
    CapacityError: Row(503, "service_unavailable"),
    QueueFullError: Row(429, "too_many_requests"),
    RateExceededError: Row(429, "too_many_requests"),
}
"""The nearest ancestor's row counts."""

_BODY_TOO_LARGE = Row(413, "payload_too_large")
STATUSES = {
    404: Row(404, "not_found", _NOT_FOUND, title=_NOT_FOUND),
    405: Row(405, "method_not_allowed", _METHOD_NOT_ALLOWED),
}
"""What is told of a request that is for none of the endpoints."""


def row_of(error: CropwrightError) -> tuple[Row, str]:
    """How an error is told, and the sentence."""
    if isinstance(error, LimitExceededError) and error.field == "request body":
        return _BODY_TOO_LARGE, str(error)
    row = next(ROWS[kind] for kind in type(error).__mro__ if kind in ROWS)
    return row, row.detail or str(error)

"""Our errors in the dpf contract's sentences (section 7.5); section numbers as in `wire`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cropwright.doors.dpf.wire import GRAVITY_WORDS, CropJob, Job
from cropwright.errors import (
    CropwrightError,
    EncodeError,
    InputError,
    InvalidValueError,
    LimitExceededError,
    MissingFieldError,
    OutputError,
    OutputFormatError,
    OutputTooLargeError,
    OutputUnwritableError,
    PartMissingError,
    RectEmptyError,
    RectOutsideError,
    SubjectMissingError,
    WishError,
    WorkerError,
)


def _cannot_open(_error: CropwrightError, job: Job) -> str:
    return f"Cannot open image: {job.input}"


def _cannot_open_because(error: CropwrightError, job: Job) -> str:
    # The contract's line, and why: a limit without its number helps nobody.
    return f"Cannot open image: {job.input}: {error}"


def _outside(error: RectOutsideError, _job: Job) -> str:
    origin = "x" if error.axis == "width" else "y"
    return (
        f"Invalid crop rectangle: {origin}={error.start} + {error.axis}={error.length} "
        f"exceeds image {error.axis} {error.available}"
    )


def _missing(error: MissingFieldError, _job: Job) -> str:
    if error.field == "rect":
        return "Must specify either 'rect' for manual crop or 'gravity' for smart crop"
    return f"{error.field} is required when using gravity crop mode"


def _invalid(error: InvalidValueError, job: Job) -> str:
    if error.field == "gravity" and isinstance(job, CropJob):
        return f"Invalid gravity mode: {error.value}. Use: {', '.join(GRAVITY_WORDS)}"
    return f"Invalid {error.field}: {error.value}. Use: {error.expected}"


def _refused(error: EncodeError | OutputTooLargeError, _job: Job) -> str:
    if error.format in ("jpeg", "avif"):
        return f"{error.format.upper()} encode failed"
    return f"Failed to save as {error.format}"


def _unwritable(error: OutputUnwritableError, _job: Job) -> str:
    if error.step == "directory":
        return f"Cannot create output dir: {error.path}"
    return f"{error.reason} (os error {error.number})"


def _plain(error: CropwrightError, _job: Job) -> str:
    return str(error)


SENTENCES: dict[type[CropwrightError], Callable[[Any, Job], str]] = {
    InputError: _cannot_open,
    LimitExceededError: _cannot_open_because,
    WorkerError: _cannot_open_because,
    SubjectMissingError: _plain,
    PartMissingError: _plain,
    WishError: _plain,
    RectOutsideError: _outside,
    RectEmptyError: lambda *_: "Invalid crop rectangle: width and height must be > 0",
    MissingFieldError: _missing,
    InvalidValueError: _invalid,
    OutputError: _plain,
    OutputFormatError: lambda error, _: f"Failed to save as {error.format}",
    EncodeError: _refused,
    OutputTooLargeError: _refused,
    OutputUnwritableError: _unwritable,
    CropwrightError: _plain,
}
"""The nearest ancestor's row counts."""


def sentence(error: CropwrightError, job: Job) -> str:
    """What a failure object says of `error`: one sentence, never a cause."""
    say = next(SENTENCES[kind] for kind in type(error).__mro__ if kind in SENTENCES)
    return say(error, job)

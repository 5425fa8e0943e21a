"""Everything that can go wrong, as one family; knows no HTTP and no contract.

CropwrightError
├── InputError                  what was sent cannot be used
│   ├── SourceUnreadableError   there is no such file, or it cannot be read
│   ├── UnsupportedFormatError  the bytes are not of a format we open
│   ├── BrokenPictureError      the bytes are of a format we open, but damaged or cut short
│   ├── LimitExceededError      a stated limit is passed: field, limit, actual
│   └── WishError               the wish itself cannot be followed
│       ├── InvalidValueError   one field has a value it cannot have
│       ├── MissingFieldError   a field is needed and absent
│       ├── RectOutsideError    the rectangle leaves the picture
│       └── RectEmptyError      the rectangle has no area
├── OutputError                 the result cannot be written
│   ├── OutputFormatError       no such output format
│   ├── OutputTooLargeError     the format cannot hold so many pixels on a side
│   ├── OutputExistsError       a file is there and may not be replaced
│   ├── OutputUnwritableError   the place refuses
│   └── EncodeError             the encoder refuses
├── WorkerError                 the worker did not finish; the picture may be hostile
│   ├── DeadlineExceededError   killed at its deadline
│   └── WorkerLostError         ended by a signal or ran out of memory
└── SettingsError               the operator's settings are wrong

Each error has a stable `code`, its facts as fields, and a sentence that is safe to show: no
path but the caller's own, no library text. The cause is chained, for the log.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar


class CropwrightError(Exception):
    """Anything Cropwright refuses or fails to do."""

    code: ClassVar[str] = "error"

    def __reduce__(self) -> tuple[Any, ...]:
        # The facts are fields, not `args`, so pickling between processes has to name them.
        return _rebuild, (type(self), self.facts())

    def facts(self) -> dict[str, Any]:
        """The facts of this error by field name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]  # every leaf is a dataclass


def _rebuild(kind: type[CropwrightError], facts: dict[str, Any]) -> CropwrightError:
    return kind(**facts)


class InputError(CropwrightError):
    """What was sent cannot be used."""

    code = "invalid_input"


@dataclass(eq=False)
class SourceUnreadableError(InputError):
    """There is no such file, or it cannot be read."""

    source: str
    reason: str
    code = "source_unreadable"

    def __str__(self) -> str:
        return f"cannot read {self.source}: {self.reason}"


@dataclass(eq=False)
class UnsupportedFormatError(InputError):
    """The bytes are not of a format we open; `found` is a name such as "heic", or "unknown"."""

    found: str
    supported: tuple[str, ...]
    code = "unsupported_format"

    def __str__(self) -> str:
        seen = "not a picture we know" if self.found == "unknown" else f"a {self.found} file"
        return f"this is {seen}; supported are {', '.join(self.supported)}"


@dataclass(eq=False)
class BrokenPictureError(InputError):
    """The bytes are of a format we open, but damaged or cut short."""

    format: str
    code = "broken_picture"

    def __str__(self) -> str:
        return f"the {self.format} file is damaged or incomplete"


@dataclass(eq=False)
class LimitExceededError(InputError):
    """A stated limit is passed."""

    field: str
    limit: int
    actual: int
    unit: str
    code = "limit_exceeded"

    def __str__(self) -> str:
        return f"{self.field} is {self.actual} {self.unit}, the limit is {self.limit} {self.unit}"


class WishError(InputError):
    """The wish itself cannot be followed."""

    code = "invalid_wish"


@dataclass(eq=False)
class InvalidValueError(WishError):
    """One field has a value it cannot have; `expected` says what it can have."""

    field: str
    value: str
    expected: str
    code = "invalid_value"

    def __str__(self) -> str:
        return f"{self.field} is {self.value}; expected {self.expected}"


@dataclass(eq=False)
class MissingFieldError(WishError):
    """A field is needed and absent."""

    field: str
    reason: str
    code = "missing_field"

    def __str__(self) -> str:
        return f"{self.field} is missing: {self.reason}"


@dataclass(eq=False)
class RectOutsideError(WishError):
    """The rectangle leaves the picture on one axis ("width" or "height"); pixels, upright."""

    axis: str
    start: int
    length: int
    available: int
    code = "rect_outside"

    def __str__(self) -> str:
        origin = "x" if self.axis == "width" else "y"
        return (
            f"rect leaves the picture: {origin} {self.start} + {self.axis} {self.length} "
            f"is {self.start + self.length}, the picture's {self.axis} is {self.available}"
        )


@dataclass(eq=False)
class RectEmptyError(WishError):
    """The rectangle has no area."""

    width: int
    height: int
    code = "rect_empty"

    def __str__(self) -> str:
        return f"rect is {self.width}x{self.height}; width and height must be at least 1"


class OutputError(CropwrightError):
    """The result cannot be written."""

    code = "output_failed"


@dataclass(eq=False)
class OutputFormatError(OutputError):
    """No such output format."""

    format: str
    supported: tuple[str, ...]
    code = "output_format"

    def __str__(self) -> str:
        return f"format is {self.format}; expected one of {', '.join(self.supported)}"


@dataclass(eq=False)
class OutputTooLargeError(OutputError):
    """The format cannot hold so many pixels on a side."""

    format: str
    limit: int
    actual: int
    code = "output_too_large"

    def __str__(self) -> str:
        return (
            f"the result's longest edge is {self.actual} pixels, "
            f"{self.format} holds at most {self.limit} pixels"
        )


@dataclass(eq=False)
class OutputExistsError(OutputError):
    """A file is there and may not be replaced."""

    path: str
    code = "output_exists"

    def __str__(self) -> str:
        return f"{self.path} exists already"


@dataclass(eq=False)
class OutputUnwritableError(OutputError):
    """The place refuses; `step` is "directory" or "file", the rest the system's word for it."""

    path: str
    step: str
    reason: str
    number: int
    code = "output_unwritable"

    def __str__(self) -> str:
        return f"cannot write {self.path}: {self.reason}"


@dataclass(eq=False)
class EncodeError(OutputError):
    """The encoder refuses this picture."""

    format: str
    code = "encode_failed"

    def __str__(self) -> str:
        return f"the picture cannot be written as {self.format}"


class WorkerError(CropwrightError):
    """The worker did not finish; the picture may be hostile."""

    code = "worker_failed"


@dataclass(eq=False)
class DeadlineExceededError(WorkerError):
    """The work was killed at its deadline."""

    seconds: float
    code = "deadline_exceeded"

    def __str__(self) -> str:
        return f"the picture took longer than {self.seconds:g} seconds and was given up"


@dataclass(eq=False)
class WorkerLostError(WorkerError):
    """The worker was ended by a signal or ran out of memory; `signal` is 0 when unknown."""

    signal: int
    code = "worker_lost"

    def __str__(self) -> str:
        return "the worker ended before the picture was done"


@dataclass(eq=False)
class SettingsError(CropwrightError):
    """The operator's settings are wrong."""

    name: str
    reason: str
    code = "invalid_settings"

    def __str__(self) -> str:
        return f"setting {self.name}: {self.reason}"

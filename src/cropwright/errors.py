"""Everything that can go wrong, as one family; knows no HTTP and no contract.

CropwrightError
├── InputError                  what was sent cannot be used
│   ├── SourceUnreadableError   there is no such file, or it cannot be read
│   ├── UnsupportedFormatError  the bytes are not of a format we open
│   ├── BrokenPictureError      the bytes are of a format we open, but damaged or cut short
│   ├── LimitExceededError      a stated limit is passed: field, limit, actual
│   ├── MalformedRequestError   a request's body is not what it says it is
│   ├── SlowRequestError        a request's body did not arrive in time
│   ├── SourceBlockedError      a URL may not be fetched, or cannot be
│   ├── SubjectMissingError     nothing stands out that could be cut out
│   ├── PartMissingError        the part of a body that is wished for is not in the picture
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
├── ModelError                  a model cannot look at the picture; the operator can help
│   ├── ModelMissingError       its file is not here
│   └── ModelUnusableError      it is refused, or could not be fetched
├── AccessError                 who asks is not known
│   ├── KeyMissingError         no API key came with the request
│   └── KeyRejectedError        the key is unknown, wrong or revoked: one answer for all
├── CapacityError               not now: ask again later
│   ├── OverloadedError         the service is at its limit
│   ├── QueueFullError          the key has as many requests waiting as it may have
│   ├── RateExceededError       the key, or the address, asks too often
│   └── StorageUnavailableError what keeps bytes or facts cannot do so now
├── QuotaExceededError          the key's quota is used up
├── UploadNotFoundError         there is no such upload, or not any more
├── JobNotFoundError            there is no such job, or not any more
├── IdempotencyError            the Idempotency-Key stands for another request
└── SettingsError               the operator's settings are wrong

Each has a stable `code`, its facts as fields, a sentence safe to show, its cause chained for the log.
"""

from __future__ import annotations

from cropwright.fault import CropwrightError as CropwrightError


class InputError(CropwrightError):
    """What was sent cannot be used."""

    code = "invalid_input"


class SourceUnreadableError(InputError):
    """There is no such file, or it cannot be read."""

    source: str
    reason: str
    code = "source_unreadable"
    sentence = "cannot read {source}: {reason}"


class UnsupportedFormatError(InputError):
    """The bytes are not of a format we open; `found` is a name such as "heic", or "unknown"."""

    found: str
    supported: tuple[str, ...]
    code = "unsupported_format"

    def __str__(self) -> str:
        seen = "not a file we know" if self.found == "unknown" else f"a {self.found} file"
        return f"this is {seen}; supported are {', '.join(self.supported)}"


class BrokenPictureError(InputError):
    """The bytes are of a format we open, but damaged or cut short."""

    format: str
    code = "broken_picture"
    sentence = "the {format} file is damaged or incomplete"


class LimitExceededError(InputError):
    """A stated limit is passed."""

    field: str
    limit: int
    actual: int
    unit: str
    code = "limit_exceeded"
    sentence = "{field} is {actual} {unit}, the limit is {limit} {unit}"


class MalformedRequestError(InputError):
    """A request's body is not what it says it is; `field` is "body" or a field of it."""

    field: str
    reason: str
    code = "malformed_request"
    sentence = "{field} {reason}"


class SlowRequestError(InputError):
    """A request's body did not arrive in time."""

    seconds: float
    code = "slow_request"
    sentence = "the request's body did not arrive within {seconds:g} seconds"


class SourceBlockedError(InputError):
    """A URL may not be fetched, or cannot be: one sentence, so that nothing can be probed."""

    field: str
    code = "source_blocked"
    sentence = "{field} cannot be fetched"


class SubjectMissingError(InputError):
    """Nothing stands out that could be cut out."""

    reason: str
    code = "subject_missing"
    sentence = "no subject to cut out: {reason}"


class PartMissingError(InputError):
    """The part of a body that is wished for is not in the picture, or nobody is."""

    part: str
    code = "part_missing"
    sentence = "the picture shows no {part}"


class WishError(InputError):
    """The wish itself cannot be followed."""

    code = "invalid_wish"


class InvalidValueError(WishError):
    """One field has a value it cannot have; `expected` says what it can have."""

    field: str
    value: str
    expected: str
    code = "invalid_value"
    sentence = "{field} is {value}; expected {expected}"


class MissingFieldError(WishError):
    """A field is needed and absent."""

    field: str
    reason: str
    code = "missing_field"
    sentence = "{field} is missing: {reason}"


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


class RectEmptyError(WishError):
    """The rectangle has no area."""

    width: int
    height: int
    code = "rect_empty"
    sentence = "rect is {width}x{height}; width and height must be at least 1"


class OutputError(CropwrightError):
    """The result cannot be written."""

    code = "output_failed"


class OutputFormatError(OutputError):
    """No such output format."""

    format: str
    supported: tuple[str, ...]
    code = "output_format"
    sentence = "format is {format}; expected one of {supported}"


class OutputTooLargeError(OutputError):
    """The format cannot hold so many pixels on a side."""

    format: str
    limit: int
    actual: int
    code = "output_too_large"
    sentence = "the result's longest edge is {actual} pixels, {format} holds at most {limit} pixels"


class OutputExistsError(OutputError):
    """A file is there and may not be replaced."""

    path: str
    code = "output_exists"
    sentence = "{path} exists already"


class OutputUnwritableError(OutputError):
    """The place refuses; `step` is "directory" or "file", the rest the system's word for it."""

    path: str
    step: str
    reason: str
    number: int
    code = "output_unwritable"
    sentence = "cannot write {path}: {reason}"


class EncodeError(OutputError):
    """The encoder refuses this picture."""

    format: str
    code = "encode_failed"
    sentence = "the picture cannot be written as {format}"


class WorkerError(CropwrightError):
    """The worker did not finish; the picture may be hostile."""

    code = "worker_failed"


class DeadlineExceededError(WorkerError):
    """The work was killed at its deadline."""

    seconds: float
    code = "deadline_exceeded"
    sentence = "the picture took longer than {seconds:g} seconds and was given up"


class WorkerLostError(WorkerError):
    """The worker was ended by a signal or ran out of memory; `signal` is 0 when unknown."""

    signal: int
    code = "worker_lost"
    sentence = "the worker ended before the picture was done"


class ModelError(CropwrightError):
    """A model cannot look at the picture; the operator can help."""

    code = "model_failed"


class ModelMissingError(ModelError):
    """A model's file is not here."""

    name: str
    code = "model_missing"
    sentence = "the model {name} is not installed; run: cropwright models pull {name}"


class ModelUnusableError(ModelError):
    """A model's file is refused, or could not be fetched."""

    name: str
    reason: str
    code = "model_unusable"
    sentence = "the model {name} cannot be used: {reason}"


class AccessError(CropwrightError):
    """Who asks is not known."""

    code = "unauthorized"


class KeyMissingError(AccessError):
    """No API key came with the request."""

    code = "key_missing"
    sentence = "API key required"


class KeyRejectedError(AccessError):
    """The key is unknown, wrong or revoked: one answer for all."""

    code = "key_rejected"
    sentence = "Invalid API key"


class CapacityError(CropwrightError):
    """Not now: ask again in `retry_after_seconds`."""

    retry_after_seconds: int
    code = "capacity"


class OverloadedError(CapacityError):
    """The service is at its limit."""

    code = "overloaded"
    sentence = "the service is busy; ask again later"


class QueueFullError(CapacityError):
    """The key has as many requests waiting as it may have."""

    limit: int
    code = "queue_full"
    sentence = "this key has {limit} requests waiting, which is its limit"


class RateExceededError(CapacityError):
    """The key, or the address, asks too often; `limit` is a number a minute."""

    limit: int
    code = "rate_exceeded"
    sentence = "more than {limit} requests a minute"


class StorageUnavailableError(CapacityError):
    """What keeps bytes or facts cannot do so now: a full disk, an unreachable server."""

    code = "storage_unavailable"
    sentence = "the storage is not available; ask again later"


class QuotaExceededError(CropwrightError):
    """The key's quota is used up; `unit` is "bytes" or "files"."""

    limit: int
    actual: int
    unit: str
    code = "quota_exceeded"
    sentence = "this would make {actual} {unit}, the quota is {limit} {unit}"


class UploadNotFoundError(CropwrightError):
    """There is no such upload, or not any more, or it is another key's."""

    id: str
    code = "upload_not_found"
    sentence = "there is no upload {id}"


class JobNotFoundError(CropwrightError):
    """There is no such job, or not any more, or it is another key's."""

    id: str
    code = "job_not_found"
    sentence = "there is no job {id}"


class IdempotencyError(CropwrightError):
    """The Idempotency-Key stands for another request, or its first one is still under way."""

    reason: str
    code = "idempotency_conflict"
    sentence = "Idempotency-Key {reason}"


class SettingsError(CropwrightError):
    """The operator's settings are wrong."""

    name: str
    reason: str
    code = "invalid_settings"
    sentence = "setting {name}: {reason}"

"""Our errors as problem details (RFC 9457): a status, a code, the facts; nothing else."""

from __future__ import annotations

import json

import pytest

from cropwright import errors
from cropwright.doors.native import schema
from cropwright.doors.native.errors import STATUSES, described, problem
from cropwright.errors import (
    BrokenPictureError,
    CropwrightError,
    DeadlineExceededError,
    EncodeError,
    IdempotencyError,
    InvalidValueError,
    JobNotFoundError,
    KeyMissingError,
    KeyRejectedError,
    LimitExceededError,
    MalformedRequestError,
    MissingFieldError,
    ModelMissingError,
    ModelUnusableError,
    OutputExistsError,
    OutputFormatError,
    OutputTooLargeError,
    OutputUnwritableError,
    OverloadedError,
    PartMissingError,
    QueueFullError,
    QuotaExceededError,
    RateExceededError,
    RectEmptyError,
    RectOutsideError,
    SettingsError,
    SlowRequestError,
    SourceBlockedError,
    SourceUnreadableError,
    StorageUnavailableError,
    SubjectMissingError,
    UnsupportedFormatError,
    UploadNotFoundError,
    WorkerLostError,
)
from family import LEAVES, made

SECRET = "/srv/secret: libvips said so"

STATUS_OF = {
    MalformedRequestError: 400,
    InvalidValueError: 400,
    MissingFieldError: 400,
    RectOutsideError: 400,
    RectEmptyError: 400,
    KeyMissingError: 401,
    KeyRejectedError: 401,
    QuotaExceededError: 403,
    UploadNotFoundError: 404,
    JobNotFoundError: 404,
    SlowRequestError: 408,
    IdempotencyError: 409,
    LimitExceededError: 413,
    UnsupportedFormatError: 415,
    BrokenPictureError: 422,
    SourceBlockedError: 422,
    SourceUnreadableError: 422,
    OutputFormatError: 422,
    OutputTooLargeError: 422,
    OutputExistsError: 422,
    OutputUnwritableError: 422,
    EncodeError: 422,
    DeadlineExceededError: 422,
    WorkerLostError: 422,
    QueueFullError: 429,
    RateExceededError: 429,
    OverloadedError: 503,
    StorageUnavailableError: 503,
    SubjectMissingError: 422,
    PartMissingError: 422,
    ModelMissingError: 503,
    ModelUnusableError: 503,
    SettingsError: 500,
}


def test_every_error_has_its_status():
    assert {kind: problem(made(kind), "id")["status"] for kind in LEAVES} == STATUS_OF


def test_a_problem_says_what_was_wrong_in_words_and_in_facts():
    assert problem(InvalidValueError("width", "0", "at least 1 pixel"), "abcdefgh") == {
        "type": "urn:cropwright:problem:invalid_value",
        "title": "The request cannot be followed",
        "status": 400,
        "detail": "width is 0; expected at least 1 pixel",
        "code": "invalid_value",
        "request_id": "abcdefgh",
        "field": "width",
        "value": "0",
        "expected": "at least 1 pixel",
    }


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (
            LimitExceededError("image", 5, 6, "bytes"),
            {"field": "image", "limit": 5, "actual": 6, "unit": "bytes"},
        ),
        (UnsupportedFormatError("heic", ("png",)), {"found": "heic", "supported": ("png",)}),
        (MissingFieldError("image", "needed"), {"field": "image"}),
        (QueueFullError(2, 5), {"limit": 5, "retry_after": 2}),
        (OverloadedError(3), {"retry_after": 3}),
        (QuotaExceededError(5, 6, "files"), {"limit": 5, "actual": 6, "unit": "files"}),
        (BrokenPictureError("png"), {"format": "png"}),
        (UploadNotFoundError("abc"), {}),
        (WorkerLostError(11), {}),
    ],
)
def test_facts_that_a_program_can_use_are_members(error, members):
    usual = {"type", "title", "status", "detail", "code", "request_id"}
    told = problem(error, "id")
    assert {name: told[name] for name in told.keys() - usual} == members


@pytest.mark.parametrize("kind", LEAVES)
def test_every_problem_is_json_with_all_the_members_the_schema_demands(kind):
    told = json.loads(json.dumps(problem(made(kind), "id")))
    assert set(schema.PROBLEM["required"]) <= told.keys()
    types = {"string": str, "integer": int}
    for name in told.keys() & schema.PROBLEM["properties"].keys():
        assert isinstance(told[name], types[schema.PROBLEM["properties"][name]["type"]]), name
    assert told["type"].endswith(f":{kind.code}")
    assert told["detail"].isprintable()


@pytest.mark.parametrize("error", [CropwrightError(), SettingsError("CROPWRIGHT_X", SECRET)])
def test_a_fault_of_ours_shows_none_of_its_facts(error):
    told = problem(error, "id")
    assert (told["status"], told["detail"]) == (500, "something went wrong here")
    assert told.keys() == {"type", "title", "status", "detail", "code", "request_id"}


@pytest.mark.parametrize("kind", LEAVES)
def test_a_cause_is_never_shown(kind):
    error = made(kind)
    error.__cause__ = RuntimeError(SECRET)
    assert SECRET not in json.dumps(problem(error, "id"))


@pytest.mark.parametrize(
    "error",
    [
        InvalidValueError("gravity", "x" * 5_000_000, "center"),
        OutputFormatError("x" * 5_000_000, ("png",)),
        UploadNotFoundError("x" * 5_000_000),
    ],
)
def test_what_the_caller_sent_is_not_repeated_at_length(error):
    told = json.dumps(problem(error, "id"))
    assert ("x" * 100 in told, len(told) < 600) == (True, True)


def test_what_is_no_error_of_ours_is_described_in_the_same_members():
    told = described(404, "Nothing here", "Nothing here", "not_found", "id")
    assert told.keys() == set(schema.PROBLEM["required"])


def test_every_row_of_the_table_is_an_error_of_ours_with_a_title():
    assert all(issubclass(kind, errors.CropwrightError) for kind in STATUSES)
    assert all(title.isprintable() and title for _, title in STATUSES.values())

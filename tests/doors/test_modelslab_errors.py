"""ModelsLab's statuses and sentences (contract notes, section 1); every error of ours has them."""

from __future__ import annotations

import re

import pytest

from cropwright.doors.modelslab.errors import ANSWERS, INTERNAL, status_and_sentence
from cropwright.doors.modelslab.wire import error_answer
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
from family import LEAVES, family, made

SECRET = "/srv/secret: libvips said so"
UNAVAILABLE = "Service temporarily unavailable. Please try again later."

SAID = [
    (MissingFieldError("image", SECRET), 400, "image is required"),
    (InvalidValueError("image", "a number", "a string"), 400, "image must be a string"),
    (
        InvalidValueError("crop", "maybe", '"true" or "false"'),
        400,
        'crop is maybe; expected "true" or "false"',
    ),
    (MalformedRequestError("body", "is not JSON"), 400, "body is not JSON"),
    (
        LimitExceededError("image", 5, 6, "bytes"),
        400,
        "image is 6 bytes, the limit is 5 bytes",
    ),
    (
        LimitExceededError("request body", 5, 6, "bytes"),
        413,
        "request body is 6 bytes, the limit is 5 bytes",
    ),
    (SlowRequestError(30.0), 408, "the request's body did not arrive within 30 seconds"),
    (
        UnsupportedFormatError("pdf or postscript", ("png", "gif")),
        400,
        "this is a pdf or postscript file; supported are png, gif",
    ),
    (BrokenPictureError("png"), 400, "the png file is damaged or incomplete"),
    (SourceBlockedError("url"), 400, "url cannot be fetched"),
    (
        RectOutsideError("width", 60, 50, 100),
        400,
        "rect leaves the picture: x 60 + width 50 is 110, the picture's width is 100",
    ),
    (RectEmptyError(0, 1), 400, "rect is 0x1; width and height must be at least 1"),
    (
        DeadlineExceededError(10.0),
        400,
        "the picture took longer than 10 seconds and was given up",
    ),
    (WorkerLostError(11), 400, "the worker ended before the picture was done"),
    (OutputFormatError("ico", ("png",)), 400, "format is ico; expected one of png"),
    (
        OutputTooLargeError("webp", 16_383, 20_000),
        400,
        "the result's longest edge is 20000 pixels, webp holds at most 16383 pixels",
    ),
    (EncodeError("avif"), 400, "the picture cannot be written as avif"),
    (KeyMissingError(), 401, "API key required"),
    (KeyRejectedError(), 401, "Invalid API key"),
    (QuotaExceededError(1000, 1001, "bytes"), 402, "Storage quota of 1000 bytes is used up."),
    (UploadNotFoundError(SECRET), 404, "image not found"),
    (QueueFullError(30, 5), 429, "Rate limit exceeded. Maximum 5 queued requests allowed."),
    (RateExceededError(30, 60), 429, "Rate limit exceeded. Maximum 60 requests a minute allowed."),
    (OverloadedError(1), 503, UNAVAILABLE),
    (StorageUnavailableError(30), 503, UNAVAILABLE),
    (SettingsError("CROPWRIGHT_X", SECRET), 500, INTERNAL),
    (IdempotencyError(SECRET), 500, INTERNAL),
    (CropwrightError(), 500, INTERNAL),
]
NEVER_HERE = {
    *(OutputExistsError, OutputUnwritableError, SourceUnreadableError),
    *(SubjectMissingError, PartMissingError, ModelMissingError, ModelUnusableError),
    JobNotFoundError,
}
"""Of files on the machine that asks, of cut-outs and of jobs: nothing here asks for such."""
RETRYABLE = re.compile(r"rate limit|queue|too many|try again", re.IGNORECASE)
"""What makes clients try again (contract notes, section 9, #17)."""


@pytest.mark.parametrize(("error", "status", "said"), SAID)
def test_an_error_has_the_contract_s_status_and_a_sentence(error, status, said):
    assert status_and_sentence(error) == (status, said)


def test_every_error_a_request_can_meet_is_in_the_table():
    assert {type(error) for error, _, _ in SAID} == {*LEAVES, CropwrightError} - NEVER_HERE


@pytest.mark.parametrize("kind", LEAVES)
def test_every_error_has_a_status_of_the_contract_and_is_spelt_both_ways(kind):
    status, sentence = status_and_sentence(made(kind))
    assert status in (400, 401, 402, 404, 408, 413, 429, 500, 503)
    assert (bool(sentence), sentence.isprintable()) == (True, True)
    answer = error_answer(sentence)
    assert answer["message"] == answer["messege"] == sentence


@pytest.mark.parametrize("kind", LEAVES)
def test_a_fault_of_ours_shows_none_of_its_facts(kind):
    status, sentence = status_and_sentence(made(kind))
    facts = ("größe", "7", "2.5", "jpeg")
    assert status < 500 or not any(fact in sentence for fact in facts)


@pytest.mark.parametrize("error", [error for error, _, _ in SAID], ids=lambda e: e.code)
def test_a_cause_is_never_shown(error):
    error.__cause__ = RuntimeError(SECRET)
    assert SECRET not in status_and_sentence(error)[1]


@pytest.mark.parametrize(("error", "status", "said"), SAID)
def test_only_what_another_try_can_cure_sounds_like_it(error, status, said):
    curable = status in (429, 500, 503)
    assert bool(RETRYABLE.search(said)) is curable


def test_every_row_of_the_table_is_an_error_of_ours():
    assert all(kind in family() for kind in ANSWERS)

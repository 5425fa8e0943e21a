"""The family of errors: drawn as it is, told apart by code, whole on the far side of a pipe."""

from __future__ import annotations

import pickle
from collections import Counter

import pytest

from cropwright import errors
from cropwright.errors import (
    BrokenPictureError,
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


def drawn() -> list[tuple[str, int]]:
    """The names in the tree at the top of the file, with their depth."""
    rows = [row for row in (errors.__doc__ or "").splitlines() if "── " in row]
    return [(row.partition("── ")[2].split()[0], row.index("── ") // 4 + 1) for row in rows]


SENTENCES = [
    (SourceUnreadableError("a.png", "No such file"), "cannot read a.png: No such file"),
    (UnsupportedFormatError("heic", ("png", "gif")), "this is a heic file; supported are png, gif"),
    (
        UnsupportedFormatError("unknown", ("png",)),
        "this is not a file we know; supported are png",
    ),
    (BrokenPictureError("gif"), "the gif file is damaged or incomplete"),
    (LimitExceededError("edge", 5, 6, "pixels"), "edge is 6 pixels, the limit is 5 pixels"),
    (InvalidValueError("width", "0", "at least 1"), "width is 0; expected at least 1"),
    (MissingFieldError("width", "it is needed"), "width is missing: it is needed"),
    (
        RectOutsideError("width", 60, 50, 100),
        "rect leaves the picture: x 60 + width 50 is 110, the picture's width is 100",
    ),
    (
        RectOutsideError("height", 61, 40, 100),
        "rect leaves the picture: y 61 + height 40 is 101, the picture's height is 100",
    ),
    (RectEmptyError(0, 9), "rect is 0x9; width and height must be at least 1"),
    (OutputFormatError("ico", ("png", "gif")), "format is ico; expected one of png, gif"),
    (
        OutputTooLargeError("webp", 16_383, 20_000),
        "the result's longest edge is 20000 pixels, webp holds at most 16383 pixels",
    ),
    (OutputExistsError("a.png"), "a.png exists already"),
    (OutputUnwritableError("a.png", "file", "Full", 28), "cannot write a.png: Full"),
    (EncodeError("avif"), "the picture cannot be written as avif"),
    (DeadlineExceededError(2.5), "the picture took longer than 2.5 seconds and was given up"),
    (WorkerLostError(9), "the worker ended before the picture was done"),
    (MalformedRequestError("body", "is not JSON"), "body is not JSON"),
    (SlowRequestError(30.0), "the request's body did not arrive within 30 seconds"),
    (SubjectMissingError("it is plain"), "no subject to cut out: it is plain"),
    (PartMissingError("knees"), "the picture shows no knees"),
    (
        ModelMissingError("u2netp"),
        "the model u2netp is not installed; run: cropwright models pull u2netp",
    ),
    (ModelUnusableError("isnet", "no memory"), "the model isnet cannot be used: no memory"),
    (SourceBlockedError("url"), "url cannot be fetched"),
    (KeyMissingError(), "API key required"),
    (KeyRejectedError(), "Invalid API key"),
    (OverloadedError(2), "the service is busy; ask again later"),
    (QueueFullError(2, 5), "this key has 5 requests waiting, which is its limit"),
    (RateExceededError(2, 60), "more than 60 requests a minute"),
    (StorageUnavailableError(2), "the storage is not available; ask again later"),
    (QuotaExceededError(5, 6, "files"), "this would make 6 files, the quota is 5 files"),
    (UploadNotFoundError("abc"), "there is no upload abc"),
    (JobNotFoundError("abc"), "there is no job abc"),
    (IdempotencyError("stands for another request"), "Idempotency-Key stands for another request"),
    (SettingsError("CROPWRIGHT_X", "no such setting"), "setting CROPWRIGHT_X: no such setting"),
]


@pytest.mark.parametrize(("error", "said"), SENTENCES)
def test_an_error_s_sentence_says_its_facts(error, said):
    assert str(error) == said


def test_the_sentence_of_every_error_is_known():
    assert {type(error) for error, _ in SENTENCES} == set(LEAVES)


def test_the_tree_at_the_top_of_the_file_is_the_tree_of_the_classes():
    below_the_root = [(kind.__name__, len(kind.__mro__) - 4) for kind in family()[1:]]
    assert drawn() == below_the_root


def test_every_error_has_a_code_of_its_own():
    codes = Counter(kind.__dict__.get("code") for kind in family())
    assert [code for code, count in codes.items() if count > 1 or not code] == []


@pytest.mark.parametrize("kind", LEAVES)
def test_an_error_travels_between_processes_with_its_facts_and_sentence(kind):
    error = made(kind)
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is kind
    assert (arrived.facts(), str(arrived), arrived.code) == (error.facts(), str(error), kind.code)

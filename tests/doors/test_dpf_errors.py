"""The sentences of failure objects (contract, 7.5); every error has one."""

from __future__ import annotations

import pytest

from cropwright import errors
from cropwright.core.geometry import Rect
from cropwright.doors.dpf.errors import sentence
from cropwright.doors.dpf.wire import CropJob
from cropwright.errors import (
    BrokenPictureError,
    CropwrightError,
    DeadlineExceededError,
    EncodeError,
    InvalidValueError,
    LimitExceededError,
    MissingFieldError,
    ModelMissingError,
    ModelUnusableError,
    OutputExistsError,
    OutputFormatError,
    OutputTooLargeError,
    OutputUnwritableError,
    PartMissingError,
    RectEmptyError,
    RectOutsideError,
    SettingsError,
    SourceUnreadableError,
    SubjectMissingError,
    UnsupportedFormatError,
    WorkerLostError,
)

JOB = CropJob(
    input="in/photo.jpg",
    output="out/crop.png",
    rect=Rect(0, 0, 1, 1),
    gravity=None,
    width=None,
    height=None,
    focal_x=0.5,
    focal_y=0.5,
    format=None,
    quality=85,
    inline=False,
)
SECRET = "VipsJpeg: premature end of /srv/secret"

SENTENCES = [
    (SourceUnreadableError("in/photo.jpg", SECRET), "Cannot open image: in/photo.jpg"),
    (UnsupportedFormatError("heic", ("png",)), "Cannot open image: in/photo.jpg"),
    (UnsupportedFormatError("unknown", ("png",)), "Cannot open image: in/photo.jpg"),
    (BrokenPictureError("jpeg"), "Cannot open image: in/photo.jpg"),
    (
        LimitExceededError("picture size", 50, 60, "pixels"),
        "Cannot open image: in/photo.jpg: picture size is 60 pixels, the limit is 50 pixels",
    ),
    (
        DeadlineExceededError(10.0),
        "Cannot open image: in/photo.jpg: the picture took longer than 10 seconds and was given up",
    ),
    (
        WorkerLostError(11),
        "Cannot open image: in/photo.jpg: the worker ended before the picture was done",
    ),
    (
        RectOutsideError("width", 50, 100, 100),
        "Invalid crop rectangle: x=50 + width=100 exceeds image width 100",
    ),
    (
        RectOutsideError("height", 51, 50, 100),
        "Invalid crop rectangle: y=51 + height=50 exceeds image height 100",
    ),
    (RectEmptyError(0, 5), "Invalid crop rectangle: width and height must be > 0"),
    (MissingFieldError("width", SECRET), "width is required when using gravity crop mode"),
    (MissingFieldError("height", SECRET), "height is required when using gravity crop mode"),
    (
        MissingFieldError("rect", SECRET),
        "Must specify either 'rect' for manual crop or 'gravity' for smart crop",
    ),
    (
        InvalidValueError("gravity", "north", "one of ours"),
        "Invalid gravity mode: north. Use: center, focal_point, entropy",
    ),
    (InvalidValueError("rect.x", "-1", "0 to 9"), "Invalid rect.x: -1. Use: 0 to 9"),
    (OutputFormatError("ICO", ("png",)), "Failed to save as ICO"),
    (EncodeError("jpeg"), "JPEG encode failed"),
    (EncodeError("avif"), "AVIF encode failed"),
    (EncodeError("webp"), "Failed to save as webp"),
    (EncodeError("png"), "Failed to save as png"),
    (OutputTooLargeError("jpeg", 65_535, 70_000), "JPEG encode failed"),
    (OutputTooLargeError("webp", 16_383, 20_000), "Failed to save as webp"),
    (OutputExistsError("out/crop.png"), "out/crop.png exists already"),
    (
        OutputUnwritableError("out", "directory", "Permission denied", 13),
        "Cannot create output dir: out",
    ),
    (
        OutputUnwritableError("out/crop.png", "file", "Is a directory", 21),
        "Is a directory (os error 21)",
    ),
    (SubjectMissingError("it is plain"), "no subject to cut out: it is plain"),
    (PartMissingError("knees"), "the picture shows no knees"),
    (
        ModelMissingError("isnet"),
        "the model isnet is not installed; run: cropwright models pull isnet",
    ),
    (ModelUnusableError("isnet", "no room"), "the model isnet cannot be used: no room"),
    (
        SettingsError("CROPWRIGHT_LIMITS_EDGE", "is 'x'"),
        "setting CROPWRIGHT_LIMITS_EDGE: is 'x'",
    ),
]


def leaves(kind: type[CropwrightError] = CropwrightError) -> set[type[CropwrightError]]:
    """The errors of our tree that have no errors below them."""
    below = [row for row in kind.__subclasses__() if row.__module__ == errors.__name__]
    return {kind} if not below else {leaf for row in below for leaf in leaves(row)}


@pytest.mark.parametrize(("error", "said"), SENTENCES)
def test_an_error_says_the_contract_s_sentence(error, said):
    assert sentence(error, JOB) == said


ONLY_IN_THE_SERVICE = {
    errors.AccessError,
    errors.CapacityError,
    errors.IdempotencyError,
    errors.JobNotFoundError,
    errors.MalformedRequestError,
    errors.QuotaExceededError,
    errors.SlowRequestError,
    errors.SourceBlockedError,
    errors.UploadNotFoundError,
}


def test_every_error_a_job_can_meet_has_its_sentence_in_the_table():
    others = {leaf for kind in ONLY_IN_THE_SERVICE for leaf in leaves(kind)}
    assert {type(error) for error, _ in SENTENCES} == leaves() - others


@pytest.mark.parametrize("error", [error for error, _ in SENTENCES], ids=lambda e: e.code)
def test_a_cause_is_never_shown(error):
    error.__cause__ = RuntimeError(SECRET)
    assert SECRET not in sentence(error, JOB)

"""Our errors as the statuses of the IIIF Image API 3.0, 7.3, each with a sentence in plain text."""

from __future__ import annotations

from cropwright.errors import (
    CapacityError,
    CropwrightError,
    InputError,
    OutputError,
    UploadNotFoundError,
    WishError,
)

STATUSES: dict[type[CropwrightError], int] = {
    CropwrightError: 500,
    InputError: 404,  # what lies there is no picture that can be shown
    WishError: 400,
    OutputError: 400,
    UploadNotFoundError: 404,
    CapacityError: 503,
}
"""The nearest ancestor's row counts."""

INTERNAL = "something went wrong here"
NOT_FOUND = "there is no such picture, or not any more"
_LONGEST = 300


def status_and_sentence(error: CropwrightError) -> tuple[int, str]:
    """What is answered to an error."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    if status == 500:
        return status, INTERNAL
    if isinstance(error, UploadNotFoundError):
        return status, NOT_FOUND
    words = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(error)
    )
    return status, words[:_LONGEST]

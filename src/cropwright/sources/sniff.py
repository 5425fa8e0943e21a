"""What a file is, told by its bytes: one of the kinds we host, or nothing we take.

One row a kind: a question asked of the bytes, for formats that are told apart by more than their
first bytes in `containers.py` and `models.py`. Pictures are told as the engine tells them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cropwright.core import formats
from cropwright.core.media import MEDIA, Media
from cropwright.errors import UnsupportedFormatError
from cropwright.sources import containers, models

Question = Callable[[bytes, str], str | None]
"""The name of the kind that the bytes are, given what they are declared as, or None."""

_QUESTIONS: tuple[Question, ...] = (
    containers.riff,
    containers.iso,
    containers.matroska,
    containers.ogg,
    containers.asf,
    containers.mp3,
    containers.signed,
    models.glb,
    models.gltf,
    models.ply,
    models.fbx,
    models.zipped,
    models.obj,
    models.stl,
)
_REFUSED: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<"), "markup"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*#!"), "script"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*#EXTM3U"), "playlist"),
    (re.compile(rb"\s*%(?:PDF|!PS)"), "pdf or postscript"),
    (re.compile(rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\x00asm"), "program"),
)
"""What is never taken, whatever else its bytes might be read as; then the word for it."""
_HEAD_BYTES = 4096


def sniff(data: bytes, declared: str = "") -> Media:
    """What `data` is; `declared` is a media type that decides only where the bytes allow several.

    Raises UnsupportedFormatError for what is no kind of file we host.
    """
    head = data[:_HEAD_BYTES]
    for pattern, word in _REFUSED:
        if pattern.match(head):
            raise _refusal(word)
    try:
        return MEDIA[formats.identify(head)]
    except UnsupportedFormatError as error:
        if error.found in MEDIA:
            return MEDIA[error.found]
        if error.found != "unknown":
            raise _refusal(error.found) from error
    for question in _QUESTIONS:
        if (name := question(data, declared)) is not None:
            return MEDIA[name]
    raise _refusal("zip" if head.startswith(b"PK\3\4") else "unknown")


def _refusal(found: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(found=found, supported=tuple(MEDIA))

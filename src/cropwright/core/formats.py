"""The picture formats: what their first bytes look like, and what we can write.

One row a format. Add an output format by adding its row here and its encoder to
`engine/save.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from cropwright.errors import OutputFormatError, UnsupportedFormatError


@dataclass(frozen=True, slots=True)
class Format:
    """One picture format."""

    name: str
    """Canonical lower-case name, the word users write."""
    extensions: tuple[str, ...]
    """File extensions, the usual one first, without the dot."""
    media_type: str
    max_edge: int
    """Longest side the format can hold, in pixels."""
    alpha: bool
    """Whether it can hold transparency."""
    animated: bool
    """Whether we write animations in it."""
    writable: bool


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("png", ("png",), "image/png", 2**31 - 1, alpha=True, animated=False, writable=True),
        Format(
            "jpeg",
            ("jpg", "jpeg", "jpe", "jfif"),
            "image/jpeg",
            65_535,
            alpha=False,
            animated=False,
            writable=True,
        ),
        Format("webp", ("webp",), "image/webp", 16_383, alpha=True, animated=True, writable=True),
        Format("avif", ("avif",), "image/avif", 16_384, alpha=True, animated=False, writable=True),
        Format("gif", ("gif",), "image/gif", 65_535, alpha=True, animated=True, writable=True),
        Format(
            "tiff",
            ("tiff", "tif"),
            "image/tiff",
            2**31 - 1,
            alpha=True,
            animated=False,
            writable=False,
        ),
        Format(
            "bmp",
            ("bmp", "dib"),
            "image/bmp",
            2**31 - 1,
            alpha=True,
            animated=False,
            writable=False,
        ),
    )
}

READABLE = tuple(FORMATS)
WRITABLE = tuple(name for name, row in FORMATS.items() if row.writable)
ARCHIVAL = ("tiff",)
"""Written for doors whose contract names them; no other wish can choose them."""
FALLBACK = "png"
"""What is written when neither the wish, nor the file name, nor the input decides."""

_ALIASES = {extension: row for row in FORMATS.values() for extension in row.extensions}
EXTENSIONS = frozenset(_ALIASES)
"""What the names of pictures end in, in lower case."""
_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "webp"),
    (re.compile(rb"II[*+]\x00|MM\x00[*+]"), "tiff"),
    # The second header's size tells its version: 12, 40, 52, 56, 64, 108 or 124 bytes.
    (re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00", re.DOTALL), "bmp"),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def named(word: str) -> Format:
    """The writable format called `word` (any case, "jpg" for "jpeg"), or OutputFormatError."""
    row = _ALIASES.get(word.lower())
    if row is None or not row.writable:
        raise OutputFormatError(format=word, supported=WRITABLE)
    return row


def of_path(path: str) -> Format | None:
    """The writable format that the extension of `path` names, or None."""
    row = _ALIASES.get(PurePath(path).suffix.lower().lstrip("."))
    return row if row is not None and row.writable else None


def written_as(explicit: str | None, path: str | None, source: str) -> Format:
    """What is written: the explicit format, else the file name's, else the input's, else PNG.

    Raises OutputFormatError when the explicit format is none we write.
    """
    if explicit is not None:
        return named(explicit)
    by_name = of_path(path) if path else None
    if by_name is not None:
        return by_name
    row = FORMATS[source]
    return row if row.writable else FORMATS[FALLBACK]


def identify(head: bytes) -> str:
    """The name of the format that a file's first bytes (18 or more of them) declare.

    The bytes decide, never the file's name (DESIGN, decision 2). Raises UnsupportedFormatError,
    which names HEIC and AVIF sequences as such because people do send them.
    """
    for pattern, name in _SIGNATURES:
        if pattern.match(head):
            return name
    if head[4:8] == b"ftyp":
        return _identify_heif(head)
    raise UnsupportedFormatError(found="unknown", supported=READABLE)


def _identify_heif(head: bytes) -> str:
    # ISO/IEC 14496-12, 4.3: the box's length, "ftyp", the major brand, its version, then the
    # compatible brands, four bytes each.
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, length - 3, 4)}
    if b"avif" in brands:
        return "avif"
    if b"avis" in brands:
        raise UnsupportedFormatError(found="avif sequence", supported=READABLE)
    found = "heic" if brands & _HEIF_BRANDS else "unknown"
    raise UnsupportedFormatError(found=found, supported=READABLE)

"""Sound and film by their bytes: what is in the containers that hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIGNATURES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    # RFC 9639, 8.2: the first block is STREAMINFO, 34 bytes long.
    (re.compile(rb"fLaC[\x00\x80]\x00\x00\x22"), "flac"),
    (re.compile(rb"FORM.{4}AIF[FC]", re.DOTALL), "aiff"),
    # ISO/IEC 11172-1, 2.4.3.2 and 13818-1, 2.5.3.3: a pack header, or a bare video sequence.
    (re.compile(rb"\x00\x00\x01(?:\xba[\x20-\x2f\x40-\x7f]|\xb3)"), "mpeg"),
)
_RIFF = {b"WAVE": "wav", b"AVI ": "avi"}
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "}
    | {b"dash", b"cmfc", b"MSNV", b"f4v "}
)
_BRANDS_BYTES = 1024
_M4A_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P ", b"F4A "})
# RFC 9559, 4: EBMLMaxIDLength and the like come in any order, so DocType is looked for.
_DOC_TYPE = re.compile(rb"\x42\x82(?:[\x84-\x88]|\x40[\x04-\x08])(webm|matroska)")
_EBML_BYTES = 256
_OGG_SOUND = {b"OpusHead": "opus", b"\x01vorbis": "ogg", b"\x7fFLAC": "ogg", b"Speex   ": "ogg"}
_OGG_FILM = (b"\x80theora", b"BBCD\0")
_OGG_BYTES = 4096
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_FILM = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_KBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = (44_100, 48_000, 32_000)
_AFTER_TAG_BYTES = 4096
"""Encoders leave so much padding, or a little more, between a tag and the first frame."""


def signed(data: bytes, _declared: str) -> str | None:
    """What its first bytes alone tell."""
    return next((name for pattern, name in _SIGNATURES if pattern.match(data)), None)


def riff(data: bytes, _declared: str) -> str | None:
    """WAVE sound and AVI film."""
    return _RIFF.get(data[8:12]) if data.startswith(b"RIFF") else None


def iso(data: bytes, declared: str) -> str | None:
    """MP4, M4A and QuickTime; where the brands are general, what it is declared as counts."""
    # A box that is too short for its brands, or longer than any, hides that it may be a picture.
    length = int.from_bytes(data[:4], "big")
    if data[4:8] != b"ftyp" or not 16 <= length <= min(len(data), _BRANDS_BYTES):
        return None
    major = data[8:12]
    if major == b"qt  ":
        return "mov"
    brands = {major} | {data[at : at + 4] for at in range(16, length - 3, 4)}
    if major in _M4A_BRANDS:
        return "m4a"
    if not brands & _MP4_BRANDS:
        return None
    return "m4a" if declared.startswith("audio/") else "mp4"


def matroska(data: bytes, _declared: str) -> str | None:
    """WebM and Matroska."""
    if not data.startswith(b"\x1aE\xdf\xa3"):
        return None
    found = _DOC_TYPE.search(data, 4, _EBML_BYTES)
    return {b"webm": "webm", b"matroska": "mkv"}[found[1]] if found else None


def ogg(data: bytes, declared: str) -> str | None:
    """Ogg by its first streams (RFC 3533, 6); where only a skeleton shows, by declaration."""
    if not data.startswith(b"OggS\0"):
        return None
    head = data[:_OGG_BYTES]
    if any(mark in head for mark in _OGG_FILM):
        return "ogv"
    packet = head[27 + int.from_bytes(head[26:27]) :]
    if packet.startswith(b"fishead\0"):
        return "ogv" if declared.startswith("video/") else "ogg"
    return next((name for mark, name in _OGG_SOUND.items() if packet.startswith(mark)), None)


def asf(data: bytes, _declared: str) -> str | None:
    """Windows Media: film if a stream of pictures is declared, else sound."""
    if not data.startswith(_ASF):
        return None
    return "asf" if _ASF_FILM in data else "wma"


def mp3(data: bytes, _declared: str) -> str | None:
    """Layer III frames, two in a row or one that is the whole rest, perhaps after an ID3 tag."""
    start, last = 0, 0
    if data.startswith(b"ID3"):
        # ID3v2.4, 3.1: ten bytes, of which four hold seven bits of the size each.
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        start = 10 + size
        last = start + _AFTER_TAG_BYTES
    found = any(_is_sound(data, at) for at in range(start, min(last, len(data) - 4) + 1))
    return "mp3" if found else None


def _is_sound(data: bytes, at: int) -> bool:
    first = _frame(data[at : at + 4])
    if first is None:
        return False
    end = at + first.length
    second = _frame(data[end : end + 4])
    return end == len(data) or (second is not None and second.rate == first.rate)


@dataclass(frozen=True, slots=True)
class _Frame:
    length: int
    """In bytes."""
    rate: int
    """In Hz."""


def _frame(header: bytes) -> _Frame | None:
    # ISO/IEC 11172-3, 2.4.2.3, 13818-3, and the half rates called 2.5.
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version = {3: 1, 2: 2, 0: 4}.get(header[1] >> 3 & 3)
    kbits, rate = header[2] >> 4, header[2] >> 2 & 3
    if version is None or kbits in (0, 15) or rate == 3:
        return None
    hertz = _RATES[rate] // version
    slots = (144_000 if version == 1 else 72_000) * _KBITS[min(version, 2)][kbits] // hertz
    return _Frame(length=slots + (header[2] >> 1 & 1), rate=hertz)

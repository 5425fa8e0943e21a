"""Bodies in space by their bytes. The text ones may hold nothing but what their format knows."""

from __future__ import annotations

import re

import msgspec

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(rb"<(?:[!?]|/?[a-z][a-z0-9:-]*[\s/>])", re.IGNORECASE)
_NUMBER = rb"[ \t]+[-+]?\.?[0-9][0-9.eE+-]*"
_OBJ_WORDS = (
    rb"v|vt|vn|vp|f|l|p|g|o|s|mg|lod|bevel|mtllib|usemtl|usemap|maplib|c_interp|d_interp"
    rb"|shadow_obj|trace_obj|cstype|deg|bmat|step|curv2?|surf|parm|trim|hole|scrv|sp|end|con"
    rb"|ctech|stech"
)
_STL_WORDS = rb"solid|facet|outer|vertex|endloop|endfacet|endsolid"


def _line_of_none(words: bytes) -> re.Pattern[bytes]:
    """A line, no continuation of another, that begins with none of `words` and is no comment."""
    return re.compile(
        rb"^(?<!\\\n)(?<!\\\r\n)[ \t]*+(?!#|(?:" + words + rb")(?:\s|\Z))[^\s]",
        re.MULTILINE | re.IGNORECASE,
    )


_NOT_OBJ, _NOT_STL = _line_of_none(_OBJ_WORDS), _line_of_none(_STL_WORDS)
_OBJ_VERTEX = re.compile(rb"^[ \t]*+v" + _NUMBER * 3, re.MULTILINE)
_STL_VERTEX = re.compile(rb"^[ \t]*+vertex" + _NUMBER * 3, re.MULTILINE | re.IGNORECASE)
_PLY = re.compile(
    rb"ply\r?\n(?:(?:comment|obj_info)[^\n]*+\n)*+"
    rb"format (?:ascii|binary_little_endian|binary_big_endian) 1\.0"
)
_PLY_HEADER_BYTES = 64 * 1024
# The OPC part that holds the model, as the zip's directory names it.
_MODEL_PART = re.compile(rb"PK\x01\x02.{42}/?3D/[^/\x00]{1,64}\.model", re.DOTALL | re.IGNORECASE)
_ZIP_END_BYTES = 22 + 65_535
_FBX_TEXT = re.compile(rb"; FBX [0-9.]+ project file\s")
_STL_HEAD, _STL_FACET = 84, 50


class _Asset(msgspec.Struct):
    version: str


class _Gltf(msgspec.Struct):
    asset: _Asset


def glb(data: bytes, _declared: str) -> str | None:
    """Binary glTF (glTF 2.0, 4.4), all of it there."""
    version, length = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8))
    whole = version in (1, 2) and 20 <= length <= len(data)
    return "glb" if data.startswith(b"glTF") and whole else None


def gltf(data: bytes, _declared: str) -> str | None:
    """A glTF document: JSON whose asset names its version (glTF 2.0, 3.2)."""
    if not data[:64].lstrip().startswith(b"{"):
        return None
    try:
        msgspec.json.decode(data, type=_Gltf)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return "gltf"


def ply(data: bytes, _declared: str) -> str | None:
    """A polygon file whose header is whole."""
    if not _PLY.match(data):
        return None
    end = data.find(b"end_header", 0, _PLY_HEADER_BYTES)
    return "ply" if end > 0 and _is_plain(data[:end]) else None


def fbx(data: bytes, _declared: str) -> str | None:
    """Autodesk's exchange format, binary or text."""
    if data.startswith(b"Kaydara FBX Binary  \0"):
        return "fbx"
    return "fbx" if _FBX_TEXT.match(data) and _is_plain(data) else None


def zipped(data: bytes, _declared: str) -> str | None:
    """3MF: a zip with a model in it; no other zip is taken."""
    if not data.startswith(b"PK\3\4"):
        return None
    ends = data.find(b"PK\5\6", max(0, len(data) - _ZIP_END_BYTES)) >= 0
    return "3mf" if ends and _MODEL_PART.search(data) else None


def obj(data: bytes, _declared: str) -> str | None:
    """Wavefront OBJ: vertices, and no line that is none of its own."""
    return "obj" if _is_text(data, _OBJ_VERTEX, _NOT_OBJ) else None


def stl(data: bytes, _declared: str) -> str | None:
    """Stereolithography: text of facets, or exactly as many binary ones as are announced."""
    facets = int.from_bytes(data[80:_STL_HEAD], "little")
    if facets and len(data) == _STL_HEAD + facets * _STL_FACET:
        return None if _MARKUP.search(data, 0, 80) else "stl"
    begins = data[:64].lstrip()[:5].lower() == b"solid"
    return "stl" if begins and _is_text(data, _STL_VERTEX, _NOT_STL) else None


def _is_text(data: bytes, vertex: re.Pattern[bytes], stranger: re.Pattern[bytes]) -> bool:
    text = data.removeprefix(b"\xef\xbb\xbf")
    return bool(vertex.search(text)) and _is_plain(text) and not stranger.search(text)


def _is_plain(text: bytes) -> bool:
    return not _CONTROL.search(text) and not _MARKUP.search(text)

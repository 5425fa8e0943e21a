"""Files that the tests send: drawn here, each different from the others."""

from __future__ import annotations

import base64
import os
import struct
import zlib
from io import BytesIO

from PIL import Image

_RATE = 8000


def png(side: int = 32) -> bytes:
    """A square of noise, never the same twice."""
    rows = b"".join(b"\0" + os.urandom(3 * side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def wav(size: int) -> bytes:
    """A sound of noise, of so many bytes: hosted without a look at its inside."""
    data = os.urandom(size - 44)
    form = struct.pack("<HHIIHH", 1, 1, _RATE, _RATE, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", size - 8)
        + b"WAVEfmt "
        + struct.pack("<I", len(form))
        + form
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


def demanding() -> bytes:
    """A picture whose crop takes about a second, if it is asked for as AVIF."""
    buffer = BytesIO()
    Image.effect_noise((1500, 1100), 60).convert("RGB").save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def uri(data: bytes) -> str:
    """As clients put a file into JSON."""
    return f"data:application/octet-stream;base64,{base64.b64encode(data).decode()}"


def _chunk(name: bytes, data: bytes) -> bytes:
    checked = name + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

"""Opening pictures: by content, header first, strictly, and no further than needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from cropwright.core import formats
from cropwright.core.command import Facts
from cropwright.core.geometry import Rect, Size, upright_size
from cropwright.core.limits import Limits
from cropwright.engine import bmp
from cropwright.engine.vips import decoding, pyvips

ICC = "icc-profile-data"
SMALL = 1_000_000
"""Pictures up to so many pixels are decoded whole, so that damage anywhere is found."""
JPEG_SHRINKS = (8, 4, 2)
"""What a JPEG decoder can divide by while decoding."""
_JPEG_END = b"\xff\xd9"
_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Loader:
    """How one format is read. The reader is named, nothing is asked to guess."""

    header: Callable[[bytes], pyvips.Image]
    """A picture that knows its size, channels and metadata; no pixel is decoded yet."""
    pixels: Callable[..., pyvips.Image]
    """The same for decoding, given options if the format has any."""
    ends_well: Callable[[bytes], bool] | None = None
    """Whether the file holds its own end mark; None for decoders that always read all of it."""


def _jpeg_ends_well(data: bytes) -> bool:
    # Walk the segments to the first scan: a thumbnail inside one has an end mark of its own.
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            # Nearly always it stands at the very end; searching megabytes for it takes its time.
            tail = max(at, len(data) - _TAIL_BYTES)
            return data.find(_JPEG_END, tail) >= 0 or data.find(_JPEG_END, at, tail + 1) >= 0
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _png_ends_well(data: bytes) -> bool:
    return data.rfind(b"\0\0\0\0IEND\xaeB`\x82") >= 0


def _never(_data: bytes) -> bool:
    return False


def _libvips(operation: str, data: bytes, **options: Any) -> pyvips.Image:
    # A source reads the bytes where they are; a buffer would be copied first. They stay alive
    # because whoever holds the image holds the Opened.
    load = getattr(pyvips.Image, operation)
    source = pyvips.Source.new_from_memory(data)
    image: pyvips.Image = load(source, access="sequential", fail_on="error", **options)
    return image


def _by_libvips(operation: str, ends_well: Callable[[bytes], bool] | None = None) -> Loader:
    load = partial(_libvips, operation)
    return Loader(load, load, ends_well)


LOADERS: dict[str, Loader] = {
    "jpeg": _by_libvips("jpegload_source", _jpeg_ends_well),
    "png": _by_libvips("pngload_source", _png_ends_well),
    "webp": _by_libvips("webpload_source"),
    "avif": _by_libvips("heifload_source"),
    "gif": _by_libvips("gifload_source"),
    "tiff": _by_libvips("tiffload_source", _never),
    "bmp": Loader(bmp.header, bmp.pixels),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose header was read and found within the limits; no pixel is decoded yet."""

    data: bytes
    facts: Facts
    orientation: int
    """EXIF orientation, 1 to 8; 1 when absent or nonsense."""
    header: pyvips.Image

    @property
    def stored(self) -> Size:
        """Size as stored, before turning upright."""
        return upright_size(self.facts.size, self.orientation)

    @property
    def shrinks(self) -> tuple[int, ...]:
        """What `stream` can divide both sides by, as `shrink`, without reading every pixel."""
        return JPEG_SHRINKS if self.facts.format == "jpeg" else ()

    def stream(self, **options: Any) -> pyvips.Image:
        """The picture as stored, decoded row by row as it is read, failing on any damage."""
        return LOADERS[self.facts.format].pixels(self.data, **options)

    def decoded(self) -> pyvips.Image:
        """The whole picture as stored, in memory. Raises BrokenPictureError."""
        with decoding(self.facts.format):
            return self.stream().copy_memory()

    def must_decode_all(self) -> bool:
        """Whether stopping at the last row needed could hide that the file is cut short."""
        ends_well = LOADERS[self.facts.format].ends_well
        if ends_well is None:
            return False
        return self.stored.width * self.stored.height <= SMALL or not ends_well(self.data)

    def frames(self) -> tuple[pyvips.Image, ...]:
        """Every frame as stored, in memory. Raises BrokenPictureError."""
        if self.facts.frames == 1:
            return (self.decoded(),)
        with decoding(self.facts.format):
            strip = self.stream(n=-1).copy_memory()
            height = strip.get_page_height()
            return tuple(
                strip.crop(0, top, strip.width, height)
                for top in range(0, height * self.facts.frames, height)
            )


def open_picture(data: bytes, limits: Limits) -> Opened:
    """Read the header of a picture and judge one frame of it by `limits`.

    Raises UnsupportedFormatError, BrokenPictureError or LimitExceededError.
    """
    limits.check_bytes(len(data))
    name = formats.identify(data[:256])
    with decoding(name):
        header = LOADERS[name].header(data)
    size = Size(header.width, header.get_page_height())
    limits.check_frame(size, header.bands)
    frames = _frames(header) if formats.FORMATS[name].animated else 1
    orientation = _orientation(header)
    upright = upright_size(size, orientation)
    facts = Facts(upright.width, upright.height, name, header.hasalpha(), frames)
    return Opened(data, facts, orientation, header)


def cut(image: pyvips.Image, rect: Rect) -> pyvips.Image:
    """`rect` of an image."""
    return image.crop(rect.x, rect.y, rect.width, rect.height)


def has(image: pyvips.Image, field: str) -> bool:
    """Whether an image carries a piece of metadata.

    Never by listing them all: the names of a file's own comments need not be text.
    """
    return bool(image.get_typeof(field))


def _frames(header: pyvips.Image) -> int:
    pages = header.get("n-pages") if has(header, "n-pages") else 1
    return pages if isinstance(pages, int) else 1


def _orientation(header: pyvips.Image) -> int:
    value = header.get("orientation") if has(header, "orientation") else 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1

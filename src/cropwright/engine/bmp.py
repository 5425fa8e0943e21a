"""BMP by Pillow's reader, called by name: the libvips we use has none, and Pillow never guesses.

Pillow is imported when a BMP arrives, not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from cropwright.engine.vips import pyvips
from cropwright.errors import BrokenPictureError

if TYPE_CHECKING:
    from PIL.BmpImagePlugin import BmpImageFile

_MODES = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB", "RGBA": "RGBA"}
"""What Pillow may find, and as what we take it."""
_LARGEST_EDGE = 100_000_000
"""What libvips can name, in pixels; a negative width looks larger."""


def header(data: bytes) -> pyvips.Image:
    """A picture of the right size and channels that has no pixels yet. BrokenPictureError."""
    with _reading():
        found = _opened(data)
        bands = len(_MODES[found.mode])
        if max(found.size) > _LARGEST_EDGE:
            raise ValueError(f"{found.width} x {found.height} pixels")
    return _named(pyvips.Image.black(found.width, found.height, bands=bands))


def pixels(data: bytes) -> pyvips.Image:
    """The whole picture, in memory. Raises BrokenPictureError."""
    from PIL import ImageFile

    # Here, in a worker: in the caller's own process the switch is the caller's.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with _reading():
        found = _opened(data)
        image = found.convert(_MODES[found.mode])
    memory = image.tobytes()
    bands = len(image.getbands())
    return _named(pyvips.Image.new_from_memory(memory, *image.size, bands, "uchar"))


def _opened(data: bytes) -> BmpImageFile:
    # The reader itself, not Image.open: no other format is tried, and Image.MAX_IMAGE_PIXELS,
    # which only warns at first, has no say. Limits judge the header before pixels are asked for.
    from PIL.BmpImagePlugin import BmpImageFile

    return BmpImageFile(BytesIO(data))


def _named(image: pyvips.Image) -> pyvips.Image:
    return image.copy(interpretation="b-w" if image.bands == 1 else "srgb")


@contextmanager
def _reading() -> Iterator[None]:
    """Turn what Pillow says while reading into BrokenPictureError, its text kept as the cause."""
    try:
        yield
    # What its readers are documented to raise, and what hostile headers make of them.
    except (
        OSError,
        SyntaxError,
        ValueError,
        LookupError,
        ArithmeticError,
        AssertionError,
    ) as error:
        raise BrokenPictureError(format="bmp") from error

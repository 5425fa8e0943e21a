"""Large pictures once decoded, kept as tiles in halving sizes: any part is read at once after that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyvips.enums import ForeignKeep

from cropwright.core.command import Facts
from cropwright.core.geometry import Size, upright_size
from cropwright.core.limits import Limits
from cropwright.engine.load import Opened, open_picture
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding, pyvips
from cropwright.errors import StorageUnavailableError

_LAID_OUT: dict[str, Any] = {
    "tile": True,
    "pyramid": True,
    "tile_width": 256,
    "tile_height": 256,
    "bigtiff": True,
    "keep": ForeignKeep.NONE,  # but the orientation, for which TIFF has a field
}
_AS_JPEG: dict[str, Any] = {"compression": "jpeg", "Q": 95}
"""A quarter of the size, and of the time, of what loses nothing."""
_DEFLATED: dict[str, Any] = {"compression": "deflate", "level": 1, "predictor": "horizontal"}
"""For pictures with transparency, which JPEG has none of."""
_RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Pyramid(Opened):
    """A pyramid of ours, opened in the place of the picture it was made of."""

    path: str
    levels: int

    @property
    def shrinks(self) -> tuple[int, ...]:
        """Each level has half the sides of the one before."""
        return tuple(2**level for level in range(self.levels - 1, 0, -1))

    def stream(self, **options: Any) -> pyvips.Image:
        """The level that is `shrink` times smaller, read where it is looked at."""
        return _level(self.path, int(options.get("shrink", 1)).bit_length() - 1)

    def must_decode_all(self) -> bool:
        """The whole picture was decoded when the pyramid was built."""
        return False


def build_pyramid(data: bytes, path: str, limits: Limits) -> None:
    """Decode a picture and write its pyramid, in sRGB and as stored, to a new file at `path`.

    Raises InputError for what is wrong with the picture, StorageUnavailableError if the place
    refuses.
    """
    opened = open_picture(data, limits)
    with decoding(opened.facts.format):
        image = to_srgb(opened.stream())
    how = _DEFLATED if image.hasalpha() else _AS_JPEG
    try:
        image.tiffsave(path, **how, **_LAID_OUT)
    except pyvips.Error as error:
        with decoding(opened.facts.format):
            opened.stream().avg()
        raise StorageUnavailableError(_RETRY_SECONDS) from error


def open_pyramid(path: str) -> Pyramid:
    """A pyramid that was built before. Raises FileNotFoundError if it is gone."""
    if not Path(path).exists():
        raise FileNotFoundError(path)
    with decoding("tiff"):
        header = _level(path, 0)
    orientation, levels = _number(header, "orientation"), _number(header, "n-pages")
    upright = upright_size(Size(header.width, header.height), orientation)
    facts = Facts(upright.width, upright.height, "tiff", header.hasalpha(), 1)
    return Pyramid(b"", facts, orientation, header, path, levels)


def _level(path: str, number: int) -> pyvips.Image:
    image: pyvips.Image = pyvips.Image.tiffload(path, page=number, fail_on="error")
    return image


def _number(header: pyvips.Image, field: str) -> int:
    value: int = header.get(field)  # type: ignore[assignment]  # as we wrote it
    return value

"""Large pictures once decoded, kept as tiles in halving sizes: any part is read at once after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyvips.enums import ForeignKeep

from cropwright.core.command import Edit, Facts
from cropwright.core.geometry import Rect, Size, upright_size
from cropwright.core.gravity import COMPASS, FOCAL_POINT
from cropwright.core.limits import Limits
from cropwright.core.models import ModelSettings
from cropwright.core.window import window_size
from cropwright.engine.load import SMALL, Opened, open_picture
from cropwright.engine.steps.choose import choose
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
    levels: tuple[int, ...]
    """Numbers of its sizes, the largest first: each has half the sides of the one before."""

    @property
    def shrinks(self) -> tuple[int, ...]:
        """What the levels are smaller by."""
        return tuple(2**step for step in range(len(self.levels) - 1, 0, -1))

    def stream(self, **options: Any) -> pyvips.Image:
        """The level that is `shrink` times smaller, read where it is looked at."""
        step = int(options.get("shrink", 1)).bit_length() - 1
        return _level(self.path, self.levels[step])

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
        levels = range(_number(_level(path, 0), "n-pages"))
        return _opened(path, tuple(levels))


def placed(pyramid: Pyramid, edit: Edit, models: ModelSettings) -> Edit:
    """The same edit as a rect, where pixels decide where its window goes: a small level tells.

    Looking at all of a large picture would take more memory than a worker has.
    """
    if edit.rect is not None or edit.gravity in (*COMPASS, FOCAL_POINT):
        return edit
    size = pyramid.facts.size
    with decoding("tiff"):
        small = next(level for level in _reduced(pyramid) if _pixels(level.facts) <= SMALL)
    window = window_size(size, edit)
    found = choose(small, replace(edit, resize=None), models).rect
    x = min(round(found.x * size.width / small.facts.width), size.width - window.width)
    y = min(round(found.y * size.height / small.facts.height), size.height - window.height)
    rect = Rect(x, y, window.width, window.height)
    return replace(edit, rect=rect, gravity="center", width=None, height=None, aspect=None)


def _reduced(pyramid: Pyramid) -> Iterator[Pyramid]:
    """The same without its largest levels, down to the smallest alone."""
    for step in range(len(pyramid.levels)):
        yield _opened(pyramid.path, pyramid.levels[step:])


def _opened(path: str, levels: tuple[int, ...]) -> Pyramid:
    header = _level(path, levels[0])
    orientation = _number(header, "orientation")
    upright = upright_size(Size(header.width, header.height), orientation)
    facts = Facts(upright.width, upright.height, "tiff", header.hasalpha(), 1)
    return Pyramid(b"", facts, orientation, header, path, levels)


def _pixels(facts: Facts) -> int:
    return facts.width * facts.height


def _level(path: str, number: int) -> pyvips.Image:
    image: pyvips.Image = pyvips.Image.tiffload(path, page=number, fail_on="error")
    return image


def _number(header: pyvips.Image, field: str) -> int:
    value: int = header.get(field)  # type: ignore[assignment]  # as we wrote it
    return value

"""libvips, set up the one way we use it: import `pyvips` from here. Pillow's age is judged too.

Reasons in the field's security advisories: loaders that libvips itself calls untrusted, and the
ones that read text or raw memory, are blocked before any byte is parsed; the operation cache is
off because every picture is another one. These switches hold for the whole process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import PIL
import pyvips
from pyvips.voperation import concurrency_set

from cropwright.errors import BrokenPictureError, SettingsError

__all__ = ["MINIMUM", "MINIMUM_PILLOW", "decoding", "pyvips", "single_threaded", "version"]

MINIMUM = (8, 18, 7)
"""Oldest libvips we trust: 8.18.7 still fixed TIFF findings."""
MINIMUM_PILLOW = (12, 3)
"""Oldest Pillow we trust with a BMP."""

_BLOCKED = ("Matrix", "Csv", "Raw", "Vips", "Svg", "Pdf", "Magick", "OpenSlide", "Mat")


def version() -> str:
    """The libvips in use, such as "8.18.7"."""
    return ".".join(str(pyvips.version(part)) for part in range(3))


def single_threaded() -> None:
    """One libvips thread: workers run beside each other, threads inside them only add work."""
    concurrency_set(1)


@contextmanager
def decoding(format_name: str) -> Iterator[None]:
    """Turn what libvips says while reading into BrokenPictureError, its text kept as the cause."""
    try:
        yield
    except pyvips.Error as error:
        raise BrokenPictureError(format=format_name) from error


def _check_age(name: str, found: str, minimum: tuple[int, ...]) -> None:
    numbers = tuple(int(part) for part in re.findall(r"\d+", found))
    if numbers < minimum:
        wanted = ".".join(str(part) for part in minimum)
        raise SettingsError(name, f"version {found} found, {wanted} or newer needed")


def _set_up() -> None:
    _check_age("libvips", version(), MINIMUM)
    _check_age("Pillow", PIL.__version__, MINIMUM_PILLOW)  # its pictures are not imported by this
    pyvips.cache_set_max(0)
    pyvips.block_untrusted_set(True)
    for name in _BLOCKED:
        pyvips.operation_block_set(f"VipsForeignLoad{name}", True)


_set_up()

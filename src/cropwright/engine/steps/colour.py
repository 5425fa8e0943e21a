"""Colour: what the web can show, with the profile kept wherever the format can carry it."""

from __future__ import annotations

from typing import Any

from cropwright.core.formats import Format
from cropwright.engine.load import ICC, has
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work

_PROFILE_SPACE = slice(16, 20)
"""ICC.1:2022, 7.2.6: the data colour space signature in the profile's header."""
_SPACES = {"srgb": b"RGB ", "rgb16": b"RGB ", "b-w": b"GRAY", "grey16": b"GRAY", "cmyk": b"CMYK"}
_DEEP = ("rgb16", "grey16")


def recolour(work: Work) -> Work:
    """Every frame in colours the target format can hold."""
    with decoding(work.opened.facts.format):
        return work.showing(tuple(to_writable(frame, work.target) for frame in work.frames))


def to_writable(image: pyvips.Image, target: Format) -> pyvips.Image:
    """Grey or RGB (alpha kept) that `target` can hold, tagged with a profile that fits or none.

    Grey and RGB keep their numbers and their profile; CMYK, Lab and others become sRGB. Sixteen
    bits stay in PNG and become eight elsewhere.
    """
    image = _without_misfit(image)
    if image.interpretation not in _SPACES or image.interpretation == "cmyk":
        return to_srgb(image)
    if _has_profile(image) and not _carries_profile(image, target):
        return to_srgb(image)
    if image.interpretation in _DEEP:
        return image if target.name == "png" else _eight_bits(image)
    return image.cast("uchar") if image.format != "uchar" else image


def to_srgb(image: pyvips.Image) -> pyvips.Image:
    """Eight-bit sRGB or grey without a profile, alpha kept."""
    image = _without_misfit(image)
    if _has_profile(image) or image.interpretation == "cmyk":
        # libvips brings its own CMYK and sRGB profiles for files that have none.
        own = "cmyk" if image.interpretation == "cmyk" else "srgb"
        image = image.icc_transform("srgb", embedded=True, input_profile=own, intent="perceptual")
        image = _removed_profile(image)
    return _eight_bits(image)


def _eight_bits(image: pyvips.Image) -> pyvips.Image:
    colours = image.bands - (1 if image.hasalpha() else 0)
    image = image.colourspace("b-w" if colours == 1 else "srgb")
    return image.cast("uchar") if image.format != "uchar" else image


def _has_profile(image: pyvips.Image) -> bool:
    return has(image, ICC)


def _carries_profile(image: pyvips.Image, target: Format) -> bool:
    """Whether `target` can hold this image's profile: GIF none, WebP and AVIF only RGB ones."""
    if target.name == "gif":
        return False
    return target.name in ("png", "jpeg") or _SPACES[str(image.interpretation)] == b"RGB "


def _without_misfit(image: pyvips.Image) -> pyvips.Image:
    """Drop a profile made for another colour space than the picture's: it says nothing true."""
    if not _has_profile(image):
        return image
    profile: Any = image.get(ICC)
    space = bytes(profile)[_PROFILE_SPACE]
    return image if space == _SPACES.get(str(image.interpretation)) else _removed_profile(image)


def _removed_profile(image: pyvips.Image) -> pyvips.Image:
    image = image.copy()
    image.remove(ICC)
    return image

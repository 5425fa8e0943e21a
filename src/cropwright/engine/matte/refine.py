"""From a model's coarse mask to coverage at the result's own size, and the colours that go with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cropwright.core.cutout import Edges
from cropwright.core.geometry import Rect, Size
from cropwright.engine.matte import Bytes, Floats, image_of, planes_of
from cropwright.engine.matte.fusion import agreeing, blurred
from cropwright.engine.matte.guided import coefficients
from cropwright.engine.vips import pyvips

_Indices: TypeAlias = npt.NDArray[np.intp]

LOW, HIGH = 0.1, 0.9
"""Coverage that becomes none, and full, when it is stretched."""
_RADIUS = 3
"""Of the guided filter, in pixels of the mask."""
_LEAST = 400
"""Longest side below which nothing is worked on smaller than it is."""
_PER_MASK_PIXEL = 1.25
"""Working pixels for each of the mask: more shows nothing that the mask could tell."""
_COLOUR_EDGE = 512
"""Longest side at which blurred colours are estimated; the finest blur is 3 pixels there."""
_STRIP_ROWS = 256
"""Rows whose colours are corrected at once, so that large pictures take no more memory."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mask of a whole picture, and the part of the picture that is wanted."""

    mask: Floats
    source: Size
    window: Rect

    def at(self, size: Size) -> pyvips.Image:
        """The window's mask at a size, one band of floats."""
        image = image_of(self.mask[None])
        across = size.width * self.source.width / (self.window.width * image.width)
        down = size.height * self.source.height / (self.window.height * image.height)
        if min(across, down) < 1:  # interpolation alone would leave pixels out
            image = image.resize(min(across, 1), vscale=min(down, 1), kernel="linear")
            across = size.width * self.source.width / (self.window.width * image.width)
            down = size.height * self.source.height / (self.window.height * image.height)
        left = self.window.x * size.width / self.window.width
        top = self.window.y * size.height / self.window.height
        return _spread(image, (across, down), (left, top), size)

    def detail(self, size: Size) -> float:
        """Pixels at that size for each pixel of the mask."""
        rows, columns = self.mask.shape
        across = size.width * self.source.width / (self.window.width * columns)
        down = size.height * self.source.height / (self.window.height * rows)
        return math.sqrt(across * down)


def coverage(place: Place, image: pyvips.Image, edges: Edges) -> pyvips.Image:
    """How much of each pixel is subject, 0 to 255, for the window's pixels (RGB, 8 bits)."""
    full = Size(image.width, image.height)
    alpha = _guided(place, image, full) if edges.guided else place.at(full)
    low, high = (LOW, HIGH) if edges.stretched else (0.0, 1.0)
    scale = 255 / (high - low)
    return alpha.linear([scale], [0.5 - low * scale]).cast("uchar")


def own_colours(pixels: Bytes, alpha: Bytes) -> Bytes:
    """The subject's colours where it covers a pixel in part; black where it does not at all.

    `pixels` is rows x columns x 3, `alpha` rows x columns.
    """
    front, back = _estimated(pixels, alpha)
    made = pixels * (alpha > 0)[:, :, None]
    for top in range(0, len(alpha), _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        row, column = np.nonzero((alpha[rows] > 0) & (alpha[rows] < 255))
        if row.size:
            taps = _Taps.at(row + top, column, alpha.shape, front.shape[1:])
            seen = made[rows][row, column].T.astype(np.float32) * np.float32(1 / 255)
            share = alpha[rows][row, column].astype(np.float32) * np.float32(1 / 255)
            colour = agreeing(seen, share, taps.of(front), taps.of(back))
            made[rows][row, column] = (colour.T * 255 + 0.5).astype(np.uint8)
    return made


def _guided(place: Place, image: pyvips.Image, full: Size) -> pyvips.Image:
    small = _working_size(place, full)
    scale = (small.width / full.width, small.height / full.height)
    guide = image.resize(scale[0], vscale=scale[1], kernel="linear") if min(scale) < 1 else image
    small = Size(guide.width, guide.height)
    # Around zero, squares lose fewer digits.
    colours = planes_of(guide) * np.float32(1 / 255) - np.float32(0.5)
    radius = max(1, round(_RADIUS * place.detail(small)))
    found = coefficients(colours, planes_of(place.at(small))[0], radius)
    found[3] -= found[:3].sum(axis=0) * np.float32(0.5)
    found[:3] *= np.float32(1 / 255)
    growth = (full.width / small.width, full.height / small.height)
    spread = image_of(found) if growth == (1, 1) else _spread(image_of(found), growth, (0, 0), full)
    return (spread * image.bandjoin(1)).bandmean() * 4


def _working_size(place: Place, full: Size) -> Size:
    longest = max(full.width, full.height)
    rows, columns = place.mask.shape
    part = max(
        columns * place.window.width / place.source.width,
        rows * place.window.height / place.source.height,
    )
    wanted = max(_LEAST, min(longest / 2, _PER_MASK_PIXEL * part))
    return _fitting(full, wanted)


def _fitting(full: Size, longest: float) -> Size:
    scale = min(1.0, longest / max(full.width, full.height))
    return Size(max(1, round(full.width * scale)), max(1, round(full.height * scale)))


def _spread(
    image: pyvips.Image, growth: tuple[float, float], start: tuple[float, float], size: Size
) -> pyvips.Image:
    """An image enlarged by factors, of which `size` pixels from `start` are answered."""
    return image.affine(
        [growth[0], 0, 0, growth[1]],
        interpolate=pyvips.Interpolate.new("bilinear"),
        oarea=[0, 0, size.width, size.height],
        # Pixels are areas: what is scaled are their edges, not their middles.
        idx=0.5,
        idy=0.5,
        odx=-0.5 - start[0],
        ody=-0.5 - start[1],
        extend="copy",
    )


def _estimated(pixels: Bytes, alpha: Bytes) -> tuple[Floats, Floats]:
    rows, columns = alpha.shape
    small = _fitting(Size(columns, rows), _COLOUR_EDGE)
    image = pyvips.Image.new_from_memory(pixels.data, columns, rows, 3, "uchar")
    cover = pyvips.Image.new_from_memory(alpha.data, columns, rows, 1, "uchar")
    joined = image.bandjoin(cover)
    if (small.width, small.height) != (columns, rows):
        across, down = small.width / columns, small.height / rows
        joined = joined.resize(across, vscale=down, kernel="linear")
    planes = planes_of(joined) * np.float32(1 / 255)
    return blurred(planes[:3], planes[3])


@dataclass(frozen=True, slots=True)
class _Taps:
    """Where some pixels of the full size lie between those of a small one."""

    corners: tuple[_Indices, _Indices, _Indices, _Indices]
    """Flat indices of the four neighbours."""
    shares: tuple[Floats, Floats, Floats, Floats]

    @classmethod
    def at(
        cls, row: _Indices, column: _Indices, full: tuple[int, ...], small: tuple[int, ...]
    ) -> _Taps:
        up, low, y = _between(row, full[0], small[0])
        left, right, x = _between(column, full[1], small[1])
        width = small[1]
        corners = (up * width + left, up * width + right, low * width + left, low * width + right)
        shares = ((1 - y) * (1 - x), (1 - y) * x, y * (1 - x), y * x)
        return cls(corners, shares)

    def of(self, planes: Floats) -> Floats:
        """The planes' values there: channels x pixels."""
        flat = planes.reshape(len(planes), -1)
        total = np.zeros((len(planes), self.shares[0].size), np.float32)
        for corner, share in zip(self.corners, self.shares, strict=True):
            total += flat[:, corner] * share
        return total


def _between(place: _Indices, full: int, small: int) -> tuple[_Indices, _Indices, Floats]:
    exact = np.clip((place + 0.5) * (small / full) - 0.5, 0, small - 1)
    below = exact.astype(np.intp)
    return below, np.minimum(below + 1, small - 1), (exact - below).astype(np.float32)

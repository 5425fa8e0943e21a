"""Gravity `entropy`: the window whose brightness varies most.

The measure is the variance of 8-bit luma over all pixels of the window (DESIGN, decision 4); the
answer has at least 99.5 % of the best there is, and equal windows go to the one nearest the
centre. Large pictures are searched on a lattice of samples first. Its two halves judge each
other's choice, which tells what sampling may cost; how much a step of one block changes the score
tells what may hide between blocks. If both together stay within 0.5 %, the best place on the
lattice is taken; if not, every place that may be better is tried on all pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cropwright.core.geometry import Rect, Size
from cropwright.core.gravity import at_compass
from cropwright.engine.raster import Raster

Sums = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

EXACT_PIXELS = 400_000
"""Fields up to so many pixels are searched exactly at once."""
_BLOCK = 16
_WINDOW_BLOCKS = 16
"""A window less than so many blocks wide moves too much with a step of one block."""
_ALLOWED_LOSS = 0.005
_ALLOWED_DISAGREEMENT = 0.01
"""The halves' scores may differ by so much of the best, root mean square, to be believed at all."""
_FLAT = 1e-9
_EQUAL = 1 - 1e-12


def find(raster: Raster, field: Rect, window: Size) -> Rect | None:
    """The best place for `window` inside `field` (stored pixels); None if all places are flat."""
    large = field.width * field.height > EXACT_PIXELS
    if large and min(window.width, window.height) >= _BLOCK * _WINDOW_BLOCKS:
        found, area = _on_lattice(raster, field, window)
        return found or _exactly(raster, area, window, field)
    return _exactly(raster, field, window, field)


def _exactly(raster: Raster, area: Rect, window: Size, field: Rect) -> Rect | None:
    """Every place in `area`, row by row: column sums are carried from one row to the next."""
    luma = raster.luma(slice(area.y, area.bottom), slice(area.x, area.right)).astype(np.int32)
    values = luma[: window.height].sum(axis=0, dtype=np.int64)
    squares = (luma[: window.height] ** 2).sum(axis=0, dtype=np.int64)
    middle_x = field.x - area.x + (field.width - window.width) / 2
    middle_y = field.y - area.y + (field.height - window.height) / 2
    best, distance, place = _FLAT, np.inf, None
    count = window.width * window.height
    for y in range(area.height - window.height + 1):
        if y > 0:
            old, new = luma[y - 1], luma[y - 1 + window.height]
            values += new - old
            squares += new * new - old * old
        scores = _variance(_running(values, window.width), _running(squares, window.width), count)
        peak = scores.max()
        if peak < best * _EQUAL:
            continue
        columns = np.flatnonzero(scores >= peak * _EQUAL)
        x = int(columns[np.argmin(np.abs(columns - middle_x))])
        away = (x - middle_x) ** 2 + (y - middle_y) ** 2
        if peak * _EQUAL > best or away < distance:
            best, distance, place = peak, away, (x, y)
    if place is None:
        return None
    return Rect(area.x + place[0], area.y + place[1], window.width, window.height)


def _running(values: Sums, length: int) -> Sums:
    table = np.zeros(values.size + 1, np.int64)
    np.cumsum(values, out=table[1:])
    sums: Sums = table[length:] - table[:-length]
    return sums


def _variance(values: Sums, squares: Sums, count: int) -> Scores:
    # Float, because squares of sums of 50 megapixels do not fit in 64 bits.
    mean = values / count
    variance: Scores = squares / count - mean * mean
    return variance


def _on_lattice(raster: Raster, field: Rect, window: Size) -> tuple[Rect | None, Rect]:
    """The best place on the lattice if it is good enough, and the area that holds all better."""
    span = Size(round(window.width / _BLOCK), round(window.height / _BLOCK))
    span = span.clamped(Size(field.width // _BLOCK, field.height // _BLOCK))
    one, other = (_sampled(raster, field, points, span) for points in _LATTICE)
    scores, halves = one.joined(other).scores(), (one.scores(), other.scores())
    best, between = scores.max(), _half_step(scores)
    loss = (scores + between).max() - best + _sampling_loss(*halves)
    apart = np.abs(halves[0] - halves[1])
    if (
        best > _FLAT
        and loss <= best * _ALLOWED_LOSS
        and _rms(apart) <= best * _ALLOWED_DISAGREEMENT
    ):
        place = _nearest_middle(scores >= best * _EQUAL)
        if place == _nearest_middle(np.ones_like(scores, np.bool_)):
            return at_compass(window, field, "center"), field
        return _to_pixels(place, field, window, span), field
    possible = scores + between + apart.max()
    rows, columns = np.nonzero(possible >= best)
    first = _to_pixels((int(rows.min()), int(columns.min())), field, window, span)
    last = _to_pixels((int(rows.max()), int(columns.max())), field, window, span)
    x, y = max(field.x, first.x - _BLOCK), max(field.y, first.y - _BLOCK)
    right = min(field.right, last.right + _BLOCK)
    return None, Rect(x, y, right - x, min(field.bottom, last.bottom + _BLOCK) - y)


def _sampling_loss(one: Scores, other: Scores) -> float:
    """What the choice of one half of the samples loses in the eyes of the other, at most."""
    return float(max(other.max() - other.flat[one.argmax()], one.max() - one.flat[other.argmax()]))


def _rms(values: Scores) -> float:
    return float(np.sqrt(np.mean(values * values)))


def _half_step(scores: Scores) -> Scores:
    """What half a block across and half a block down may change each score by."""
    change = np.zeros_like(scores)
    for axis in (0, 1):
        steps = np.abs(np.diff(scores, axis=axis))
        if steps.size:
            edge = [(0, 0), (0, 0)]
            edge[axis] = (1, 1)
            padded = np.pad(steps, edge)
            size = scores.shape[axis]
            change += np.maximum(
                padded.take(range(size), axis), padded.take(range(1, size + 1), axis)
            )
    return change / 2


def _nearest_middle(places: npt.NDArray[np.bool_]) -> tuple[int, int]:
    rows, columns = np.nonzero(places)
    off = (rows - (places.shape[0] - 1) / 2) ** 2 + (columns - (places.shape[1] - 1) / 2) ** 2
    nearest = np.argmin(off)
    return int(rows[nearest]), int(columns[nearest])


def _to_pixels(place: tuple[int, int], field: Rect, window: Size, span: Size) -> Rect:
    """A place counted in blocks, in pixels; the outermost places touch the field's edges."""
    row = _stretched(place[0], field.height // _BLOCK - span.height, field.height - window.height)
    column = _stretched(place[1], field.width // _BLOCK - span.width, field.width - window.width)
    return Rect(field.x + column, field.y + row, window.width, window.height)


def _stretched(place: int, last: int, room: int) -> int:
    return room // 2 if last <= 0 else round(place * room / last)


@dataclass(frozen=True, slots=True)
class _Sampled:
    """For every place of a window: sums of luma and of its square over so many samples."""

    values: Sums
    squares: Sums
    samples: int

    def joined(self, other: _Sampled) -> _Sampled:
        return _Sampled(
            self.values + other.values, self.squares + other.squares, self.samples + other.samples
        )

    def scores(self) -> Scores:
        """Variance at every place."""
        return _variance(self.values, self.squares, self.samples)


def _sampled(raster: Raster, field: Rect, points: list[tuple[int, int]], span: Size) -> _Sampled:
    """What some points of every block tell of every window of `span` blocks."""
    rows, columns = field.height // _BLOCK, field.width // _BLOCK
    values, squares = np.zeros((rows, columns), np.int64), np.zeros((rows, columns), np.int64)
    for down, across in points:
        luma = raster.luma(
            slice(field.y + down, field.y + rows * _BLOCK, _BLOCK),
            slice(field.x + across, field.x + columns * _BLOCK, _BLOCK),
        ).astype(np.int32)
        values += luma
        squares += luma * luma
    samples = span.width * span.height * len(points)
    return _Sampled(_windowed(values, span), _windowed(squares, span), samples)


def _windowed(values: Sums, span: Size) -> Sums:
    """Sum of every `span` of cells: an integral image and its four corners."""
    table = np.zeros((values.shape[0] + 1, values.shape[1] + 1), np.int64)
    np.cumsum(values, axis=0, out=table[1:, 1:])
    np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
    w, h = span.width, span.height
    sums: Sums = table[h:, w:] - table[:-h, w:] - table[h:, :-w] + table[:-h, :-w]
    return sums


def _lattice() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Two halves of sixteen points in a block, Hammersley's: every row and column met once."""
    points = [(index, int(f"{index:04b}"[::-1], 2)) for index in range(_BLOCK)]
    return points[::2], points[1::2]


_LATTICE = _lattice()

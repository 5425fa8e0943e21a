"""Means over squares, which the guided filter and the colour estimate are made of."""

from __future__ import annotations

import numpy as np

from cropwright.engine.matte import Floats


def box_mean(planes: Floats, radius: int) -> Floats:
    """Each value's mean over the square of 2 x radius + 1 around it; planes x rows x columns.

    What lies outside repeats the outermost rows and columns.
    """
    means = np.empty_like(planes)
    for plane, mean in zip(
        planes, means, strict=True
    ):  # one fits the processor's cache, all do not
        side = 2 * radius + 1
        padded = np.pad(plane, radius, mode="edge")
        total = _sums(_sums(padded, side, axis=0), side, axis=1)
        np.multiply(total, np.float32(1 / side**2), out=mean)
    return means


def _sums(values: Floats, length: int, axis: int) -> Floats:
    """Sums of `length` neighbours along an axis.

    Made of sums of 1, 2, 4, ... neighbours, so that a long window takes few passes; a running sum
    takes fewer, but loses digits in 32 bits.
    """
    count = values.shape[axis] - length + 1
    total: Floats | None = None
    power, size, start = values, 1, 0
    while True:
        if length & size:
            part = _part(power, start, start + count, axis)
            total = part.copy() if total is None else np.add(total, part, out=total)
            start += size
        if size * 2 > length:
            break
        many = power.shape[axis]
        power = _part(power, 0, many - size, axis) + _part(power, size, many, axis)
        size *= 2
    return values if total is None else total


def _part(values: Floats, start: int, stop: int, axis: int) -> Floats:
    return values[start:stop] if axis == 0 else values[:, start:stop]

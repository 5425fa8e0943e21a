"""The guided filter: a coarse mask made to follow a picture's own edges.

He, Sun and Tang, "Guided Image Filtering" (2013), in colour, and "Fast Guided Filter" (2015): around
every pixel, coverage is taken as a linear function of colour; the functions are found at a small
size and applied at the full one.
"""

from __future__ import annotations

import numpy as np

from cropwright.engine.matte import Floats
from cropwright.engine.matte.box import box_mean

_EPSILON = 1e-4
"""Variance of colour (0 to 1) that is taken for noise; less makes halos on photographs."""
# The upper triangle of the colours' covariance: red-red, red-green, and so on.
_FIRST = np.array([0, 0, 0, 1, 1, 2])
_SECOND = np.array([0, 1, 2, 1, 2, 2])


def coefficients(guide: Floats, mask: Floats, radius: int) -> Floats:
    """Four planes: coverage is their first three times the colours, plus the fourth.

    `guide` is 3 x rows x columns, 0 to 1; `mask` rows x columns.
    """
    products = guide[_FIRST] * guide[_SECOND]
    stack = np.concatenate((guide, mask[None], guide * mask, products))
    means = box_mean(stack, radius)
    colours, coverage, mixed, squares = means[:3], means[3], means[4:7], means[7:]
    variance = squares - colours[_FIRST] * colours[_SECOND]
    variance[[0, 3, 5]] += np.float32(_EPSILON)
    slopes = _solved(variance, mixed - colours * coverage)
    offset = coverage - (slopes * colours).sum(axis=0)
    return box_mean(np.concatenate((slopes, offset[None])), radius)


def _solved(matrix: Floats, right: Floats) -> Floats:
    """Each pixel's symmetric 3 x 3 system solved, by Cramer's rule."""
    rr, rg, rb, gg, gb, bb = matrix
    first = gg * bb - gb * gb
    second = gb * rb - rg * bb
    third = rg * gb - gg * rb
    fourth = rr * bb - rb * rb
    fifth = rg * rb - rr * gb
    sixth = rr * gg - rg * rg
    determinant = rr * first + rg * second + rb * third
    x, y, z = right
    solved = np.stack(
        (
            first * x + second * y + third * z,
            second * x + fourth * y + fifth * z,
            third * x + fifth * y + sixth * z,
        )
    )
    solved /= determinant
    return solved

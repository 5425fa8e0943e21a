"""The subject's own colours where it only half covers a pixel: blur fusion, done twice.

Forte and Pitie, "Approximate fast foreground colour estimation" (ICIP 2021): the subject's and the
background's colours are blurred apart from each other, then made to agree with what is seen. The
first pass looks far (radius 90 at a longer side of 1000 pixels), the second near (radius 6).
"""

from __future__ import annotations

import numpy as np

from cropwright.engine.matte import Floats
from cropwright.engine.matte.box import box_mean

_FAR, _NEAR = 0.090, 0.006
"""Radii as parts of the longer side."""
_FAR_SHRINK = 8
"""So much smaller the far blur is done: nothing finer is left in it."""
_NONE = np.float32(1e-5)


def blurred(seen: Floats, alpha: Floats) -> tuple[Floats, Floats]:
    """The colours of subject and background around every pixel, 3 x rows x columns each.

    `seen` is 3 x rows x columns, 0 to 1; `alpha` rows x columns.
    """
    longest = max(alpha.shape)
    front, back = _far(seen, alpha, max(1, round(_FAR * longest / _FAR_SHRINK)))
    front = agreeing(seen, alpha, front, back)
    return _apart(front, back, alpha, max(1, round(_NEAR * longest)))


def agreeing(seen: Floats, alpha: Floats, front: Floats, back: Floats) -> Floats:
    """The subject's colour that, over the background's, gives what is seen."""
    missing = seen - alpha * front - (1 - alpha) * back
    colours: Floats = np.clip(front + alpha * missing, 0, 1)
    return colours


def _far(seen: Floats, alpha: Floats, radius: int) -> tuple[Floats, Floats]:
    rows, columns = alpha.shape
    stack = np.concatenate((seen * alpha, alpha[None], seen))
    small = box_mean(_shrunk(stack), radius)
    covered, whole, total = small[:3], small[3], small[4:]
    front = covered / (whole + _NONE)
    back = (total - covered) / (1 - whole + _NONE)
    return _enlarged(front, rows, columns), _enlarged(back, rows, columns)


def _apart(front: Floats, back: Floats, alpha: Floats, radius: int) -> tuple[Floats, Floats]:
    clear = 1 - alpha
    stack = np.concatenate((front * alpha, alpha[None], back * clear))
    means = box_mean(stack, radius)
    whole = means[3]
    return means[:3] / (whole + _NONE), means[4:] / (1 - whole + _NONE)


def _shrunk(planes: Floats) -> Floats:
    """Means of blocks; the last row and column of blocks repeat the outermost values."""
    rows, columns = planes.shape[1:]
    more = ((0, 0), (0, -rows % _FAR_SHRINK), (0, -columns % _FAR_SHRINK))
    padded = np.pad(planes, more, mode="edge")
    down = padded.reshape(len(planes), -1, _FAR_SHRINK, padded.shape[2]).mean(axis=2)
    small: Floats = down.reshape(*down.shape[:2], -1, _FAR_SHRINK).mean(axis=3)
    return small


def _enlarged(planes: Floats, rows: int, columns: int) -> Floats:
    repeated = planes.repeat(_FAR_SHRINK, axis=1).repeat(_FAR_SHRINK, axis=2)
    return repeated[:, :rows, :columns]

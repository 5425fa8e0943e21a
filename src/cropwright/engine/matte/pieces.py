"""Connected pieces of a mask."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cropwright.engine.vips import pyvips

Truths: TypeAlias = npt.NDArray[np.bool_]
Labels: TypeAlias = npt.NDArray[np.int32]


def pieces(mask: Truths) -> tuple[Labels, npt.NDArray[np.intp]]:
    """Each pixel's piece by number, and each piece's pixels; what is no mask forms pieces too."""
    values = np.ascontiguousarray(mask).view(np.uint8)
    image = pyvips.Image.new_from_memory(values.data, mask.shape[1], mask.shape[0], 1, "uchar")
    # Both halves are labelled: a piece of the one cannot run through the other.
    memory: Any = image.labelregions().write_to_memory()
    labels = np.frombuffer(memory, np.int32).reshape(mask.shape)
    return labels, np.bincount(labels.ravel())


def without_specks(mask: Truths, least: float) -> Truths:
    """A mask without its pieces below `least` of all pixels; the largest always stays."""
    if not mask.any():
        return mask
    labels, counts = pieces(mask)
    inside = np.zeros(len(counts), bool)
    inside[labels[mask]] = True
    counts = counts * inside
    large = inside & ((counts >= least * mask.size) | (counts == counts.max()))
    kept: Truths = large[labels] & mask
    return kept


def without_small_holes(mask: Truths, least: float) -> Truths:
    """A mask whose holes below `least` of all pixels are filled."""
    labels, counts = pieces(mask)
    outside = np.zeros(len(counts), bool)
    outside[labels[~mask]] = True
    filled = outside & (counts < least * mask.size)
    return mask | filled[labels]

"""What the segmenting networks have in common: a picture squashed to a square in, a mask out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cropwright.engine.matte import Floats, pixels_of
from cropwright.engine.models import Mask
from cropwright.engine.vips import pyvips

_SEEN = 0.1
"""Coverage from which a pixel counts as seen, when confidence is judged."""
_FAINT = 0.5
"""A mask whose highest value is below this shows nothing; stretching it would show noise."""


@dataclass(frozen=True, slots=True)
class Network:
    """How one network wants its pictures, and how its answer is read."""

    name: str
    side: int
    """Sides of the square that pictures are squashed to, in pixels."""
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    activate: Callable[[Floats], Floats]
    """From the network's output to a mask of 0 to 1."""
    by_maximum: bool = True
    """Whether the picture's own brightest value, not 255, becomes 1."""

    def prepare(self, image: pyvips.Image) -> Floats:
        """The network's input: 1 x 3 x side x side."""
        square = image.thumbnail_image(self.side, height=self.side, size="force", no_rotate=True)
        pixels = pixels_of(square).transpose(2, 0, 1)
        highest = max(int(pixels.max()), 1) if self.by_maximum else 255
        mean = np.array(self.mean, np.float32)[:, None, None]
        deviation = np.array(self.deviation, np.float32)[:, None, None]
        scaled: Floats = np.multiply(pixels, 1 / highest, dtype=np.float32)
        batch = (scaled - mean) / deviation
        return np.ascontiguousarray(batch[None])

    def read(self, output: Floats) -> Mask:
        """The mask that an output of 1 x 1 x side x side means."""
        alpha = self.activate(output[0, 0])
        return Mask(alpha, confidence(alpha))


def stretched(raw: Floats) -> Floats:
    """A mask by its own lowest and highest value, unless it shows nothing at all."""
    low, high = float(raw.min()), float(raw.max())
    if high < _FAINT or high - low < 1e-6:
        return np.zeros_like(raw)
    mask: Floats = (raw - np.float32(low)) / np.float32(high - low)
    return mask


def logistic(raw: Floats) -> Floats:
    """A mask from logits."""
    mask: Floats = np.reciprocal(1 + np.exp(-np.clip(raw, -30, 30)), dtype=np.float32)
    return mask


def confidence(alpha: Floats) -> float:
    """How decided a mask is where it sees something: 1 if all of that is fully covered."""
    seen = alpha[alpha > _SEEN]
    return float(np.abs(2 * seen - 1).mean()) if seen.size else 0.0

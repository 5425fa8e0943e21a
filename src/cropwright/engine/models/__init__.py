"""Models that tell a subject from what is behind it: one file each, one row each in SEGMENTERS.

`registry` says which files there are, `files` where they lie, `sessions` keeps them loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cropwright.core.cutout import CLASSICAL
from cropwright.core.models import ModelSettings

if TYPE_CHECKING:
    from cropwright.engine.matte import Floats
    from cropwright.engine.vips import pyvips

BUILT_IN = "built in"


@dataclass(frozen=True, slots=True)
class Mask:
    """What a model says of a whole picture, at the model's own size."""

    alpha: Floats
    """Rows x columns, 0 (behind) to 1 (subject)."""
    confidence: float
    """0 to 1."""


class Segmenter(Protocol):
    """Tells subject from background."""

    @property
    def side(self) -> int:
        """Pixels it looks at, along each side."""
        ...

    @property
    def origin(self) -> str:
        """Where it comes from: "verified", "own file" or "built in"."""
        ...

    def segment(self, image: pyvips.Image) -> Mask:
        """The mask of a whole upright picture in 8-bit sRGB, of any size.

        An empty mask where it sees nothing. Raises SubjectMissingError where it knows that what
        it sees cannot be right.
        """
        ...


def _u2netp(settings: ModelSettings) -> Segmenter:
    # onnxruntime and NumPy take their time to import: only when needed.
    from cropwright.engine.models import sessions, u2netp

    return sessions.loaded(u2netp.NETWORK, settings)


def _isnet(settings: ModelSettings) -> Segmenter:
    from cropwright.engine.models import isnet, sessions

    return sessions.loaded(isnet.NETWORK, settings)


def _birefnet(settings: ModelSettings) -> Segmenter:
    from cropwright.engine.models import birefnet, sessions

    birefnet.check_wanted(settings)
    return sessions.loaded(birefnet.NETWORK, settings)


def _classical(_settings: ModelSettings) -> Segmenter:
    from cropwright.engine.models import classical

    return classical.Keyer()


SEGMENTERS: dict[str, Callable[[ModelSettings], Segmenter]] = {
    "u2netp": _u2netp,
    "isnet": _isnet,
    "birefnet": _birefnet,
    CLASSICAL: _classical,
}
"""Raises ModelError where the model cannot be had."""

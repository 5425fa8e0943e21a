"""Finding a picture's subject: the wished model looks, or what works without one does."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cropwright.core.cutout import CLASSICAL, DEFAULT_MODEL
from cropwright.core.geometry import Rect, Size
from cropwright.core.models import ModelSettings
from cropwright.core.report import Seen
from cropwright.engine.load import Opened
from cropwright.engine.models import SEGMENTERS, Mask, Segmenter
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.steps.read import shrunk
from cropwright.engine.vips import decoding, pyvips
from cropwright.errors import ModelMissingError, ModelUnusableError, SubjectMissingError

if TYPE_CHECKING:
    from cropwright.engine.matte import Bytes, Floats
    from cropwright.engine.matte.pieces import Truths

_SPARE = 2
"""So many times the model's own size the picture is decoded at, if decoding can shrink."""
_EMPTY = 10 / 255
"""Coverage that counts as none when the subject's box is drawn."""
_SPECK = 0.0005
"""Part of the picture below which a piece apart from the subject does not widen its box."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a model saw in a picture."""

    mask: Floats
    """Of the whole upright picture, at the model's own size."""
    seen: Seen
    missing: str
    """Why there is none, where `seen` has no box."""


def find_subject(
    opened: Opened,
    model: str | None,
    settings: ModelSettings,
    *,
    view: pyvips.Image | None = None,
) -> tuple[Subject, pyvips.Image | None]:
    """The subject of a picture, and the whole picture as stored if it had to be decoded.

    `view` is the picture as models see it, where somebody has looked before.
    Where there is none, what was seen has no box and no confidence. Raises ModelError where no
    model can be had, BrokenPictureError for damage.
    """
    started = time.monotonic()
    segmenter, name, instead_of = _segmenter(model, settings)
    image, decoded = (view, None) if view else looked_at(opened, _SPARE * segmenter.side)
    with decoding(opened.facts.format):
        mask, missing = _segmented(segmenter, image)
    box = subject_box(mask.alpha, opened.facts.size)
    elapsed = round((time.monotonic() - started) * 1000)
    confidence = mask.confidence if box else 0.0
    seen = Seen(name, segmenter.origin, confidence, box, elapsed, instead_of)
    return Subject(mask.alpha, seen, missing), decoded


def _segmented(segmenter: Segmenter, image: pyvips.Image) -> tuple[Mask, str]:
    """What a model sees, or an empty mask; and what to say where nothing stands out."""
    import numpy as np

    try:
        return segmenter.segment(image), "nothing stands out from what is around it"
    except SubjectMissingError as error:  # it knows better than to trust itself
        return Mask(np.zeros((1, 1), np.float32), 0.0), error.reason


def _segmenter(model: str | None, settings: ModelSettings) -> tuple[Segmenter, str, str | None]:
    """Who looks, its name, and in whose place. A model that was named is never replaced."""
    name = model or DEFAULT_MODEL
    try:
        return SEGMENTERS[name](settings), name, None
    except (ModelMissingError, ModelUnusableError):
        if model is not None or not settings.fallback:
            raise
        return SEGMENTERS[CLASSICAL](settings), CLASSICAL, name


def looked_at(
    opened: Opened, least: int, counted: Callable[[int, int], int] = min
) -> tuple[pyvips.Image, pyvips.Image | None]:
    """The picture as models see it: upright, sRGB, opaque; smaller where that costs nothing.

    Of the side that is `counted`, the shorter or the longer one, `least` pixels are left.
    """
    decoded = None
    with decoding(opened.facts.format):
        if opened.facts.format == "jpeg":
            side = counted(opened.stored.width, opened.stored.height)
            image, _ = shrunk(opened, side / least)
        else:
            image = decoded = opened.decoded()
        image = to_srgb(image)
        if opened.orientation != 1:
            image = image.thumbnail_image(least, size="down", no_rotate=True).copy_memory()
            image = image.copy()
            image.set_type(pyvips.GValue.gint_type, "orientation", opened.orientation)
            image = image.autorot()
        if image.hasalpha():
            image = image.flatten(background=[255.0])
        return image.colourspace("srgb"), decoded


def subject_box(mask: Floats, size: Size) -> Rect | None:
    """The box around what a mask covers, in pixels of a picture of `size`; None if nothing is."""
    from cropwright.engine.matte.refine import HIGH, LOW

    box = _box_of(mask > LOW + (HIGH - LOW) * _EMPTY)
    if box is None:
        return None
    across, down = size.width / mask.shape[1], size.height / mask.shape[0]
    x, y = math.floor(box.x * across), math.floor(box.y * down)
    right = min(size.width, math.ceil(box.right * across))
    bottom = min(size.height, math.ceil(box.bottom * down))
    return Rect(x, y, right - x, bottom - y)


def covered_box(alpha: Bytes) -> Rect | None:
    """The box around what coverage (0 to 255) shows of a subject, in its pixels."""
    return _box_of(alpha > _EMPTY * 255)


def _box_of(covered: Truths) -> Rect | None:
    import numpy as np

    from cropwright.engine.matte.pieces import without_specks

    covered = without_specks(covered, _SPECK)
    if not covered.any():
        return None
    columns, rows = np.flatnonzero(covered.any(axis=0)), np.flatnonzero(covered.any(axis=1))
    x, y = int(columns[0]), int(rows[0])
    return Rect(x, y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y)

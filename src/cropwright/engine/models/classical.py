"""Without a model: what differs from one plain, perhaps graded backdrop; shadows count as backdrop.

Good for products before a studio wall, wrong for ordinary photographs, and it cannot tell which it
has: hence the low confidence, and the refusals where the answer is surely wrong.
"""

from __future__ import annotations

import numpy as np

from cropwright.engine.matte import Floats, planes_of
from cropwright.engine.matte.box import box_mean
from cropwright.engine.matte.pieces import Truths, pieces, without_small_holes, without_specks
from cropwright.engine.models import BUILT_IN, Mask
from cropwright.engine.vips import pyvips
from cropwright.errors import SubjectMissingError

CONFIDENCE = 0.3
_BAND = 0.03
"""Width of the border that is taken for backdrop, as a part of the sides."""
_ROUNDS = 6
"""Times the backdrop is fitted anew, each time trusting less what did not fit."""
_PLAIN = 0.6
"""Part of the border that one smooth backdrop has to explain."""
_LEAST_DIFFERENCE, _NOISE = 5.0, 3.5
"""Difference (CIELAB) that counts: so much, or so many deviations of the backdrop's own noise."""
_RIM = 3
"""Pixels on either side of the outline that may be covered in part."""
_ALL = 0.999
"""Part of a pixel's neighbours that are subject, from which it lies inside."""
_SHADOW_TINT, _SHADOW_DEPTH, _SHADOW_SLOPE = 4.0, 30.0, 2.0
"""A shadow is little tinted, not deep, and soft: CIELAB, the last one a pixel."""
_SPECK = 0.002
_NARROWEST = 2
"""Pixels at the size that is looked at, below which nothing has a slope."""
_LEAST, _MOST, _BORDER = 0.01, 0.85, 0.5
"""Parts of the picture, and of its border, between which a subject can be believed."""


class Keyer:
    """Tells the subject from a plain backdrop."""

    side = 480
    origin = BUILT_IN

    def segment(self, image: pyvips.Image) -> Mask:
        """The mask of a picture. SubjectMissingError where there is no plain backdrop."""
        small = image.thumbnail_image(self.side, size="down", no_rotate=True)
        if min(small.width, small.height) < _NARROWEST:
            raise SubjectMissingError("the picture is too narrow")
        lab = planes_of(small.colourspace("lab"))
        away, noise = _differences(lab)
        distance = np.sqrt((away * away).sum(axis=0))
        least = np.float32(max(_LEAST_DIFFERENCE, _NOISE * noise))
        subject, around = _parted(distance < least, _is_shadow(away, lab[0]))
        alpha = _coverage(distance, least, subject, around)
        _check(alpha)
        return Mask(alpha, CONFIDENCE)


def _differences(lab: Floats) -> tuple[Floats, float]:
    """How far each pixel is from the backdrop's colour there, and the backdrop's noise."""
    rows, columns = lab.shape[1:]
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    terms = np.stack((np.ones_like(x), x, y, x * x, x * y, y * y))
    border = _border(rows, columns)
    known, seen = terms[:, border].T, lab[:, border].T
    trust = np.ones(len(known), np.float32)
    noise, fitted = 1.0, np.zeros((6, 3), np.float32)
    for _ in range(_ROUNDS):
        weighted = known * trust[:, None]
        fitted = np.linalg.lstsq(weighted, seen * trust[:, None], rcond=None)[0]
        left = np.sqrt(((seen - known @ fitted) ** 2).sum(axis=1))
        noise = max(0.5, 1.48 * float(np.median(left)))
        trust = np.clip(1 - (left / (4 * noise)) ** 2, 0, 1).astype(np.float32)
    if float((left < max(_LEAST_DIFFERENCE, _NOISE * noise)).mean()) < _PLAIN or noise > 8:
        raise SubjectMissingError("the border is no plain backdrop")
    backdrop = np.tensordot(fitted.T.astype(np.float32), terms, axes=1)
    return lab - backdrop, noise


def _border(rows: int, columns: int) -> Truths:
    band = np.ones((rows, columns), bool)
    down, across = max(1, round(_BAND * rows)), max(1, round(_BAND * columns))
    band[down : rows - down, across : columns - across] = False
    return band


def _is_shadow(away: Floats, brightness: Floats) -> Truths:
    tint = np.hypot(away[1], away[2])
    slope = np.hypot(*np.gradient(brightness))
    deep = (away[0] < 0) & (away[0] > -_SHADOW_DEPTH)
    shadow: Truths = deep & (tint < _SHADOW_TINT) & (slope < _SHADOW_SLOPE)
    return shadow


def _parted(clear: Truths, shadow: Truths) -> tuple[Truths, Truths]:
    """The subject, and the backdrop around it with the shadows that lie there.

    A hole stays one where the backdrop itself shows through; what merely looks like a shadow inside
    the subject is a smooth part of it.
    """
    behind = clear | shadow
    labels, counts = pieces(behind)
    outside = np.zeros(len(counts), bool)
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        outside[edge] = True
    around = outside[labels] & behind
    subject = without_small_holes(~around & ~(clear & ~shadow), _SPECK)
    return without_specks(subject, _SPECK), around & shadow


def _coverage(distance: Floats, least: np.float32, subject: Truths, shadow: Truths) -> Floats:
    """How much of each pixel is subject: all of it inside, and at the outline by its colour.

    A pixel as far from the backdrop's colour as the subject beside it is covered in full, one half
    as far by half.
    """
    strength = distance * subject
    near = box_mean(np.stack((strength, strength * strength)), _RIM)
    beside = np.maximum(near[1] / np.maximum(near[0], np.float32(1e-3)), 2 * least)
    share: Floats = np.clip((distance - least / 2) / (beside - least), 0, 1)
    inside = box_mean(np.asarray(subject[None], np.float32), _RIM - 1)[0]
    share[(inside == 0) | shadow] = 0
    share[inside > _ALL] = 1
    return share


def _check(alpha: Floats) -> None:
    covered = alpha > 0.5
    share = float(covered.mean())
    if not _LEAST <= share <= _MOST:
        raise SubjectMissingError("what differs from the backdrop is next to nothing, or all of it")
    edges = np.concatenate((covered[0], covered[-1], covered[:, 0], covered[:, -1]))
    if float(edges.mean()) > _BORDER:
        raise SubjectMissingError("what differs from the backdrop covers most of the border")

"""Judging cut-outs by what is exactly known: coverage, colours at the edge, holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from bench.edges.methods import COLOURS, METHODS, Bytes
from bench.edges.scenes import Scene, scenes
from bench.edges.subjects import Floats, Subject

BAND = 10
"""Pixels around the true edge that count as its band."""
_MASK_SIDE = 320
_BACKDROPS = {"white": (1.0, 1.0, 1.0), "black": (0.0, 0.0, 0.0), "magenta": (1.0, 0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Score:
    """How far a cut-out is from the truth; all 0 to 1."""

    alpha: float
    """Mean absolute error of coverage over the whole picture."""
    band: float
    """The same within the band around the edge."""
    colours: float
    """Mean absolute error of colour in the band, laid on white, black and magenta."""
    holes: float | None = None
    """Part of the holes' pixels that are open (coverage below a half)."""


def coarse(subject: Subject) -> Floats:
    """What a perfect network would say at its own size."""
    image = Image.fromarray(subject.alpha)
    return np.asarray(image.resize((_MASK_SIDE, _MASK_SIDE), Image.Resampling.BOX), np.float32)


def methods() -> dict[str, dict[str, Score]]:
    """Method -> subject -> its mean score over the backgrounds, from the perfect coarse mask."""
    found: dict[str, dict[str, list[Score]]] = {name: {} for name in METHODS}
    for scene in scenes():
        mask, near = coarse(scene.subject), band(scene.subject.alpha)
        for name, method in METHODS.items():
            made = score(scene, *method(scene, mask), near)
            found[name].setdefault(scene.subject.name, []).append(made)
    return {
        name: {subject: mean(rows) for subject, rows in by.items()} for name, by in found.items()
    }


def colours() -> dict[str, dict[str, float]]:
    """Way of colouring -> subject -> mean colour error where coverage is partial, and known."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in COLOURS}
    for scene in scenes():
        alpha = np.rint(scene.subject.alpha * 255).astype(np.uint8)
        edge = (alpha > 0) & (alpha < 255)
        for name, way in COLOURS.items():
            error = laid_error(scene, alpha, way(scene, alpha), edge)
            found[name].setdefault(scene.subject.name, []).append(error)
    return {
        name: {subject: float(np.mean(rows)) for subject, rows in by.items()}
        for name, by in found.items()
    }


def score(scene: Scene, alpha: Bytes, pixels: Bytes, near: npt.NDArray[np.bool_]) -> Score:
    """The score of one cut-out."""
    truth = scene.subject.alpha
    wrong = np.abs(alpha / np.float32(255) - truth)
    holes = scene.subject.holes
    return Score(
        alpha=float(wrong.mean()),
        band=float(wrong[near].mean()),
        colours=laid_error(scene, alpha, pixels, near),
        holes=float((alpha[holes] < 128).mean()) if holes.any() else None,
    )


def laid_error(scene: Scene, alpha: Bytes, pixels: Bytes, where: npt.NDArray[np.bool_]) -> float:
    """Mean absolute error of colour after laying on each backdrop, at some pixels."""
    share, truth = (alpha[where] / np.float32(255))[:, None], scene.subject.alpha[where][:, None]
    made, own = pixels[where] / np.float32(255), scene.subject.colours[where]
    errors = [
        np.abs(made * share + backdrop * (1 - share) - own * truth - backdrop * (1 - truth)).mean()
        for backdrop in np.array(list(_BACKDROPS.values()), np.float32)
    ]
    return float(np.mean(errors))


def band(alpha: Floats) -> npt.NDArray[np.bool_]:
    """Within BAND pixels of partial or changing coverage."""
    image = Image.fromarray(np.rint(alpha * 255).astype(np.uint8))
    size = 2 * BAND + 1
    high = np.asarray(image.filter(ImageFilter.MaxFilter(size)))
    low = np.asarray(image.filter(ImageFilter.MinFilter(size)))
    return (high > 0) & (low < 255)


def mean(scores: list[Score]) -> Score:
    """The mean of several scores."""
    holes = [row.holes for row in scores if row.holes is not None]
    return Score(
        float(np.mean([row.alpha for row in scores])),
        float(np.mean([row.band for row in scores])),
        float(np.mean([row.colours for row in scores])),
        float(np.mean(holes)) if holes else None,
    )

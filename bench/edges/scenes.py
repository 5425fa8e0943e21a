"""Backgrounds, and subjects before them as a camera would see them: 8 bits a channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from bench.edges.subjects import SIZE, Floats, Subject, subjects

_SEED = 11


@dataclass(frozen=True, slots=True)
class Scene:
    """A subject before a background."""

    subject: Subject
    background: str
    pixels: npt.NDArray[np.uint8]


def scenes() -> Iterator[Scene]:
    """Every subject before every background."""
    behind = backgrounds()
    for subject in subjects():
        share = subject.alpha[:, :, None]
        for name, colours in behind.items():
            seen = subject.colours * share + colours * (1 - share)
            yield Scene(subject, name, np.rint(seen * 255).astype(np.uint8))


def backgrounds() -> dict[str, Floats]:
    """Rows x columns x 3, 0 to 1, by name."""
    random = np.random.default_rng(_SEED)
    down = np.linspace(0, 1, SIZE, dtype=np.float32)[:, None, None]
    sky = np.array([0.35, 0.6, 0.95], np.float32) * (1 - down) + 0.9 * down
    return {
        "studio grey": np.full((SIZE, SIZE, 3), 0.78, np.float32) - 0.12 * down,
        "green": np.array([0.12, 0.62, 0.2], np.float32) + np.zeros((SIZE, SIZE, 3), np.float32),
        "sky": sky + np.zeros((SIZE, SIZE, 3), np.float32),
        "out of focus": _blurred(random, 40),
        "leaves": _blurred(random, 3),
    }


def _blurred(random: np.random.Generator, radius: int) -> Floats:
    noise = random.uniform(0, 1, (SIZE // 4, SIZE // 4, 3)) ** 1.5 * 255
    image = Image.fromarray(noise.astype(np.uint8)).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
    middle = soft.mean(axis=(0, 1))
    spread = 0.18 / max(float(soft.std()), 1e-3)
    tinted = np.array([0.35, 0.42, 0.22], np.float32) + (soft - middle) * spread
    return np.clip(tinted, 0, 1).astype(np.float32)

"""Drawn subjects: their own colours, their exact coverage, and the holes through them.

Each is drawn four times as large and averaged down, so that the coverage of every pixel is known to
a few thousandths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Floats = npt.NDArray[np.float32]

SIZE = 800
_FINER = 4
_LARGE = SIZE * _FINER
_SEED = 4
_HAIRS = 420
_CLEAR, _FULL = 0, 255


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be cut out."""

    name: str
    colours: Floats
    """Rows x columns x 3, 0 to 1, known everywhere."""
    alpha: Floats
    """Rows x columns, 0 to 1."""
    holes: npt.NDArray[np.bool_]
    """Where the background shows through the subject."""


def subjects() -> list[Subject]:
    """All of them, the same on every run."""
    return [_subject(name, draw) for name, draw in _DRAWN.items()]


def _subject(name: str, draw: Callable[[Image.Image, Image.Image], None]) -> Subject:
    cover, holes = (Image.new("L", (_LARGE, _LARGE)) for _ in range(2))
    draw(cover, holes)
    small = (SIZE, SIZE)
    alpha = np.asarray(cover.resize(small, Image.Resampling.BOX), np.float32) / 255
    inside = np.asarray(holes.resize(small, Image.Resampling.BOX)) == _FULL
    colours = _colours(np.random.default_rng(_SEED + len(name)))
    return Subject(name, colours, alpha, inside & (alpha == 0))


def _colours(random: np.random.Generator) -> Floats:
    """Smooth paint with some grain: the subject's colour at every place."""
    coarse = random.uniform(0.1, 0.9, (6, 6, 3)).astype(np.float32)
    planes = [
        np.asarray(
            Image.fromarray(coarse[:, :, band]).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
        )
        for band in range(3)
    ]
    paint = np.stack(planes, axis=2) + random.normal(0, 0.015, (SIZE, SIZE, 1)).astype(np.float32)
    return np.clip(paint, 0, 1).astype(np.float32)


def _hair(cover: Image.Image, _holes: Image.Image) -> None:
    pen, random, middle = ImageDraw.Draw(cover), np.random.default_rng(_SEED), _LARGE / 2
    radius = _LARGE * 0.24
    box = (middle - radius, middle - radius, middle + radius, middle + radius * 1.3)
    pen.ellipse(box, fill=_FULL)
    for turn in random.uniform(0, 2 * np.pi, _HAIRS):
        length, bend = random.uniform(0.05, 0.16) * _LARGE, random.normal(0, 0.5)
        steps = np.linspace(0, 1, 12)
        away = radius * 0.95 + steps * length
        angle = turn + bend * steps**2 * length / radius
        points = [
            (middle + r * np.cos(a), middle + r * np.sin(a) * 1.1)
            for r, a in zip(away, angle, strict=True)
        ]
        pen.line(points, fill=_FULL, width=int(random.integers(2, 12)))


def _glass(cover: Image.Image, _holes: Image.Image) -> None:
    pen = ImageDraw.Draw(cover)
    left, top, right, bottom = (int(_LARGE * part) for part in (0.3, 0.18, 0.7, 0.82))
    for row in range(top, bottom):  # thicker, and so less clear, towards the foot
        share = (row - top) / (bottom - top)
        half = (right - left) / 2 * (1 - 0.35 * share)
        middle = (left + right) / 2
        pen.line(
            [(middle - half, row), (middle + half, row)], fill=int(255 * (0.25 + 0.4 * share**2))
        )
        for side in (-1, 1):
            edge = middle + side * half
            pen.line([(edge - 14, row), (edge + 14, row)], fill=230)
    pen.ellipse((left, top - 70, right, top + 70), outline=240, width=26)


def _holes(cover: Image.Image, holes: Image.Image) -> None:
    pen, through = ImageDraw.Draw(cover), ImageDraw.Draw(holes)
    pen.rounded_rectangle([_LARGE * 0.15, _LARGE * 0.2, _LARGE * 0.85, _LARGE * 0.8], 200, fill=255)
    for row, radius in enumerate((20, 40, 70, 110, 160)):
        for column in range(5):
            x = _LARGE * (0.24 + 0.13 * column)
            y = _LARGE * (0.26 + 0.12 * row)
            box = (x - radius, y - radius, x + radius, y + radius)
            pen.ellipse(box, fill=_CLEAR)
            through.ellipse(box, fill=_FULL)


def _letters(cover: Image.Image, _holes: Image.Image) -> None:
    pen = ImageDraw.Draw(cover)
    for row, (text, size) in enumerate((("ABOQ8", 900), ("Raeg&%", 620), ("filigree", 380))):
        font = ImageFont.load_default(size)
        pen.text(
            (_LARGE / 2, _LARGE * (0.25 + 0.27 * row)), text, fill=_FULL, font=font, anchor="mm"
        )


_DRAWN: dict[str, Callable[[Image.Image, Image.Image], None]] = {
    "hair": _hair,
    "glass": _glass,
    "holes": _holes,
    "letters": _letters,
}

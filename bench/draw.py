"""The test pictures: drawn here, the same on every run, as much like photographs as pays.

Smooth light at every scale, shapes with hard edges, patches of fine texture and mild noise; JPEGs
with their colour at half resolution (4:2:0), as cameras write them. Run as a program of its own
(`python -m bench.draw FOLDER`), so that the memory this takes is not counted anywhere.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips

from bench.pictures import PICTURES

Floats = npt.NDArray[np.float32]

_SEED = 20_240_917
_SHAPES = 160
_OCTAVES = 8
_LIGHT_SCALE = 8
"""The light is drawn so many times smaller first: it has no detail to lose."""
_COVER = 0.7
"""How much of what lies below a shape it hides."""


_SAVE: dict[str, dict[str, Any]] = {
    # "on": libvips otherwise leaves the colour at full resolution from quality 90 upwards.
    "jpeg": {"Q": 90, "subsample_mode": "on"},
    "png": {"compression": 6},
    "webp": {"Q": 90},
}


def draw(width: int, height: int) -> pyvips.Image:
    """The scene at a size, in sRGB."""
    random = np.random.default_rng(_SEED)
    scene = _light(random, width, height)
    _shapes(random, scene)
    _texture(random, scene)
    grain = random.standard_normal((height, width, 1), dtype=np.float32)
    scene += 4 * grain
    pixels = np.clip(scene, 0, 255).astype(np.uint8)
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")


def _light(random: np.random.Generator, width: int, height: int) -> Floats:
    """Smooth structure: each octave twice as fine and 0.6 times as strong as the one before."""
    small = (width // _LIGHT_SCALE + 2, height // _LIGHT_SCALE + 2)
    total = np.full((small[1], small[0], 3), 125, np.float32)
    for octave in range(_OCTAVES):
        cells = 2 ** (octave + 1) + 2
        grid = random.normal(0, 38 * 0.6**octave, (cells, cells, 1))
        tint = random.normal(0, 9 * 0.6**octave, (cells, cells, 3))
        total += _enlarged((grid + tint).astype(np.float32), *small)
    return _enlarged(total, width, height)


def _enlarged(grid: Floats, width: int, height: int) -> Floats:
    """`grid` without its outermost cells, smoothly enlarged to a size."""
    rows, columns = grid.shape[:2]
    across, down = width / (columns - 2), height / (rows - 2)
    large = pyvips.Image.new_from_array(grid).resize(across, vscale=down, kernel="cubic")
    left, top = (large.width - width) // 2, (large.height - height) // 2
    cut: Floats = large.crop(left, top, width, height).numpy()
    return cut


def _shapes(random: np.random.Generator, scene: Floats) -> None:
    """Hard edges: ellipses and boxes laid over one another, most of them small."""
    height, width, _ = scene.shape
    for index in range(_SHAPES):
        across = int(width * 0.012 * 12 ** random.random())
        down = int(across * random.uniform(0.4, 1.6))
        x, y = random.uniform(0, width), random.uniform(0, height)
        left, right = max(0, int(x - across)), min(width, int(x + across))
        top, bottom = max(0, int(y - down)), min(height, int(y + down))
        rows = (np.arange(top, bottom)[:, None] - y) / down
        columns = (np.arange(left, right)[None, :] - x) / across
        inside = rows**2 + columns**2 < 1 if index % 3 else np.abs(rows) + 0 * columns < 1
        colour = np.float32(random.normal(125, 55) + random.normal(0, 20, 3))
        below = scene[top:bottom, left:right]
        below += np.float32(_COVER) * inside[:, :, None] * (colour - below)


def _texture(random: np.random.Generator, scene: Floats) -> None:
    """Fine detail in patches, such as leaves or cloth: strong in some places, absent in most."""
    height, width, _ = scene.shape
    fine = random.standard_normal((height // 3 + 2, width // 3 + 2, 1), dtype=np.float32)
    fine = fine.repeat(3, axis=0).repeat(3, axis=1)[:height, :width]
    where = _enlarged(random.normal(0, 1, (8, 8, 1)).astype(np.float32), width, height)
    scene += np.clip(where.reshape(height, width, 1), 0, 1.5) * 16 * fine


def make(folder: Path) -> None:
    """Write every picture into `folder`."""
    for width, height in sorted({(row.width, row.height) for row in PICTURES.values()}):
        scene = draw(width, height)
        for row in PICTURES.values():
            if (row.width, row.height) == (width, height):
                scene.write_to_file(str(folder / row.file), **_SAVE[row.format])


if __name__ == "__main__":
    make(Path(sys.argv[1]))

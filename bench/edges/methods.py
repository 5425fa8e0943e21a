"""Ways from a coarse mask to a cut-out: ours, ours without each step, and the field's default.

Each gets a scene and the mask of a network's size, and answers coverage and straight colours as
they would be stored: 8 bits a channel.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pyvips
from PIL import Image

from bench.edges.scenes import Scene
from bench.edges.subjects import Floats
from cropwright.core.cutout import Edges
from cropwright.core.geometry import Size, whole
from cropwright.engine.matte import pixels_of
from cropwright.engine.matte.refine import Place, coverage, own_colours

Bytes = npt.NDArray[np.uint8]
Made = tuple[Bytes, Bytes]
"""Coverage and colours."""

OURS, REMBG = "ours", "rembg's default"


def _ours(edges: Edges, scene: Scene, mask: Floats) -> Made:
    size = Size(scene.pixels.shape[1], scene.pixels.shape[0])
    image = pyvips.Image.new_from_array(scene.pixels).copy(interpretation="srgb")
    alpha = pixels_of(coverage(Place(mask, size, whole(size)), image, edges))[:, :, 0]
    return alpha, own_colours(scene.pixels, alpha) if edges.colours else scene.pixels


def _rembg(scene: Scene, mask: Floats) -> Made:
    """Lanczos to the picture's size, then the picture pasted onto clear black through the mask.

    So rembg describes and publishes its plain cut-out: colours end up multiplied by coverage, and
    are stored as if they were not.
    """
    small = Image.fromarray(np.rint(mask * 255).astype(np.uint8))
    alpha = small.resize(scene.pixels.shape[1::-1], Image.Resampling.LANCZOS)
    picture = Image.fromarray(scene.pixels).convert("RGBA")
    made = np.asarray(Image.composite(picture, Image.new("RGBA", picture.size, 0), alpha))
    return made[:, :, 3], made[:, :, :3]


METHODS: dict[str, Callable[[Scene, Floats], Made]] = {
    OURS: partial(_ours, Edges()),
    "ours without guided filter": partial(_ours, Edges(guided=False)),
    "ours without stretch": partial(_ours, Edges(stretched=False)),
    "ours without colour estimate": partial(_ours, Edges(colours=False)),
    "bilinear mask, nothing else": partial(
        _ours, Edges(guided=False, stretched=False, colours=False)
    ),
    REMBG: _rembg,
}


def straight(scene: Scene, alpha: Bytes) -> Bytes:
    """The picture's own colours beside coverage: the old background stays in the rim."""
    del alpha
    return scene.pixels


def multiplied(scene: Scene, alpha: Bytes) -> Bytes:
    """Colours times coverage, stored as if they were not."""
    return np.rint(scene.pixels * (alpha[:, :, None] / 255)).astype(np.uint8)


def estimated(scene: Scene, alpha: Bytes) -> Bytes:
    """Ours."""
    return own_colours(scene.pixels, alpha)


COLOURS: dict[str, Callable[[Scene, Bytes], Bytes]] = {
    OURS: estimated,
    "plain straight alpha": straight,
    "premultiplied stored as straight": multiplied,
}
"""Colours beside the exact coverage, so that nothing but the colours is compared."""

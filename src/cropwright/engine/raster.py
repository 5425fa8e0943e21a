"""A whole picture in memory, as libvips and NumPy both see it, for gravities that look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import simplejpeg

from cropwright.engine.load import ICC, Opened, has
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding, pyvips

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Raster:
    """The picture as stored."""

    image: pyvips.Image
    pixels: Bytes
    """Rows x columns x channels, 8 bits each; one channel of brightness or three of sRGB."""

    def luma(self, rows: slice, columns: slice) -> Bytes:
        """8-bit brightness (ITU-R BT.709 weights) of some rows and columns."""
        part = self.pixels[rows, columns]
        if part.shape[2] < 3:
            return part[:, :, 0]
        # 54 + 183 + 19 = 256: the weights in 256ths, so that sixteen bits are enough.
        mixed = part[:, :, 0] * np.uint16(54)
        mixed += part[:, :, 1] * np.uint16(183)
        mixed += part[:, :, 2] * np.uint16(19)
        mixed += np.uint16(128)
        mixed >>= np.uint16(8)
        return mixed.astype(np.uint8)


def rasterise(opened: Opened) -> Raster:
    """Decode the whole picture once, for looking at and for cutting. BrokenPictureError."""
    plain = _plain_jpeg(opened)
    if plain is not None:
        return Raster(_as_image(plain, opened), plain)
    with decoding(opened.facts.format):
        source = opened.stream()
        if source.format != "uchar" or source.interpretation not in {"srgb", "b-w"}:
            image = source.copy_memory()
            return Raster(image, _as_pixels(to_srgb(image)))
        pixels = _as_pixels(source)
    return Raster(_as_image(pixels, opened), pixels)


def _plain_jpeg(opened: Opened) -> Bytes | None:
    """Ordinary JPEGs by libjpeg-turbo directly: 0.6 of the time libvips takes for all rows."""
    grey = opened.header.bands == 1
    if opened.facts.format != "jpeg" or not (grey or opened.header.interpretation == "srgb"):
        return None
    try:
        decoded: Bytes = simplejpeg.decode_jpeg(
            opened.data, colorspace="GRAY" if grey else "RGB", strict=True
        )
    except ValueError:
        return None  # libvips decides what is damage; this decoder also stumbles over trifles
    return decoded


def _as_pixels(image: pyvips.Image) -> Bytes:
    memory: Any = image.write_to_memory()
    return np.frombuffer(memory, np.uint8).reshape(image.height, image.width, image.bands)


def _as_image(pixels: Bytes, opened: Opened) -> pyvips.Image:
    height, width, bands = pixels.shape
    image = pyvips.Image.new_from_memory(pixels.data, width, height, bands, "uchar")
    image = image.copy(interpretation=opened.header.interpretation)
    if has(opened.header, ICC):
        image.set_type(pyvips.GValue.blob_type, ICC, opened.header.get(ICC))
    return image

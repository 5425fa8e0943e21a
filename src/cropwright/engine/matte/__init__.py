"""Coverage (alpha) and colours at a subject's edge; arrays of 32-bit floats, rows x columns."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cropwright.engine.vips import pyvips

Floats: TypeAlias = npt.NDArray[np.float32]
Bytes: TypeAlias = npt.NDArray[np.uint8]


def pixels_of(image: pyvips.Image) -> Bytes:
    """An 8-bit image's pixels: rows x columns x channels."""
    memory: Any = image.write_to_memory()
    return np.frombuffer(memory, np.uint8).reshape(image.height, image.width, image.bands)


def planes_of(image: pyvips.Image) -> Floats:
    """An image's channels as floats, one after another: channels x rows x columns."""
    memory: Any = image.cast("float").write_to_memory()
    values = np.frombuffer(memory, np.float32).reshape(image.height, image.width, image.bands)
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def image_of(planes: Floats) -> pyvips.Image:
    """The image of channels x rows x columns of floats."""
    values = np.ascontiguousarray(planes.transpose(1, 2, 0))
    height, width, bands = values.shape
    return pyvips.Image.new_from_memory(values.data, width, height, bands, "float")

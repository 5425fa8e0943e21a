"""Pillow, driven in-process, the way its own documentation does each task."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import PIL
from PIL import Image, ImageOps, features

from bench.loop import serve

_SAVE: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 85},
    "png": {"compress_level": 3},  # it chooses the filter itself
    "webp": {"quality": 85, "method": 2},
}
"""Encoder settings like ours, so that the same work is compared."""


def _prepare(data: bytes, case: dict[str, Any]) -> Callable[[], bytes]:
    def crop() -> bytes:
        with Image.open(io.BytesIO(data)) as image:
            made = _thumbnail(image, case["resize"]) if case["resize"] else _window(image, case)
        out = io.BytesIO()
        made.save(out, case["format"], **_SAVE[case["format"]])
        return out.getvalue()

    return crop


def _window(image: Image.Image, case: dict[str, Any]) -> Image.Image:
    x, y = case["x"], case["y"]
    return image.crop((x, y, x + case["width"], y + case["height"]))


def _thumbnail(image: Image.Image, side: int) -> Image.Image:
    image.draft(None, (side, side))  # JPEG: decode smaller where that is enough
    return ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    parts = f"libjpeg-turbo {features.version('libjpeg_turbo')}, libwebp {features.version('webp')}"
    serve(f"{PIL.__version__} ({parts})", _prepare)

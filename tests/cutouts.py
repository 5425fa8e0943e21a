"""Subjects drawn by the tests, and the models that stand in for the official ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from conftest import decoded, encoded
from cropwright.core.models import ModelSettings

NO_MODELS = ModelSettings(folder="/nowhere", first_use_bytes=0)
BALL = (60, 40, 140, 120)
"""Left, top, right and bottom of the drawn ball."""


def product(size: tuple[int, int] = (200, 150), box=BALL, backdrop=(236, 236, 240)) -> Image.Image:
    """A red ring with a hole, before a plain backdrop."""
    large = Image.new("RGB", (size[0] * 4, size[1] * 4), backdrop)
    pen = ImageDraw.Draw(large)
    left, top, right, bottom = (side * 4 for side in box)
    pen.ellipse((left, top, right, bottom), fill=(190, 30, 40))
    hole = (right - left) // 3
    pen.ellipse((left + hole, top + hole, right - hole, bottom - hole), fill=backdrop)
    return large.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.4))


def photo(**drawn: object) -> bytes:
    """The product as a JPEG file."""
    return encoded(product(**drawn), "JPEG", quality=95)


def alpha_of(data: bytes) -> np.ndarray:
    """A result's coverage, 0 to 1."""
    return np.asarray(decoded(data))[:, :, 3] / 255


def stand_in(shared: Path, **more: object) -> ModelSettings:
    """Settings with the shared stand-in for u2netp."""
    file = str(shared / "models" / "standin_u2netp.onnx")
    return ModelSettings(folder="/nowhere", first_use_bytes=0, u2netp_file=file, **more)


def every_model(shared: Path) -> ModelSettings:
    """Settings with the shared models, or what stands in for them, in every place."""
    folder = shared / "models"
    return stand_in(
        shared,
        yunet_file=str(folder / "face_detection_yunet_2026may.onnx"),
        yolox_file=str(folder / "standin_yolox_nano.onnx"),
        pose_file=str(folder / "standin_pose_estimation_mediapipe.onnx"),
    )


def standing_man(shared: Path) -> bytes:
    """A photograph of one man from head to shoes, cut out of one of two men."""
    two = Image.open(shared / "samples" / "imagor_people.jpg")
    return encoded(two.crop((1060, 560, 1760, two.height)), "JPEG", quality=92)


def overlap(truth: np.ndarray, made: np.ndarray) -> float:
    """Intersection over union at half coverage."""
    one, other = truth > 0.5, made > 0.5
    return float((one & other).sum() / (one | other).sum())

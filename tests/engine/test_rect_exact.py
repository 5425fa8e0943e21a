"""Rect crops against an independent decoder: every pixel, every orientation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import render

SIDE = 40


def oriented(image: Image.Image, orientation: int, format_name: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"WEBP": {"lossless": True, "exact": True}}.get(format_name, {})
    return encoded(image, format_name, exif=exif.tobytes(), **lossless)


@st.composite
def rects(draw, width: int, height: int) -> Rect:
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Rect(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_rect_is_exact_whatever_the_orientation_and_lossless_format(data):
    orientation = data.draw(st.integers(1, 8))
    source = data.draw(st.sampled_from(["PNG", "TIFF", "WEBP"]))
    target = data.draw(st.sampled_from(["png", "webp"]))
    stored = oriented(gradient(SIDE, SIDE // 2 + 7), orientation, source)
    upright = ImageOps.exif_transpose(decoded(stored)).convert("RGB")
    rect = data.draw(rects(*upright.size))
    edit = Edit(rect=rect, output=Output(target, lossless=True))
    result = decoded(render(stored, edit, Limits()).data).convert("RGB")
    expected = upright.crop((rect.x, rect.y, rect.right, rect.bottom))
    assert result.size == expected.size
    assert result.tobytes() == expected.tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_pixel_stays_exact_in_png(mode):
    image = gradient(60, 44).convert("L").convert("I;16") if mode == "I;16" else None
    image = image or gradient(60, 44, "RGB" if mode in ("P", "1") else mode).convert(mode)
    result = decoded(render(encoded(image), Edit(rect=Rect(7, 9, 31, 20)), Limits()).data)
    expected = image.crop((7, 9, 38, 29))
    if mode in ("P", "1"):
        expected, result = expected.convert("RGB"), result.convert("RGB")
    assert result.mode == expected.mode
    assert result.tobytes() == expected.tobytes()


@pytest.mark.parametrize("top", [0, 700, 1400])
def test_large_pictures_are_exact_where_reading_stops_early(top):
    image = gradient(1300, 1500)
    result = decoded(render(encoded(image), Edit(rect=Rect(101, top, 64, 100)), Limits()).data)
    assert result.tobytes() == image.crop((101, top, 165, top + 100)).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_differs_from_another_decoder_by_rounding_only(orientation):
    stored = oriented(gradient(64, 48).resize((512, 384)), orientation, "JPEG")
    upright = ImageOps.exif_transpose(decoded(stored))
    edit = Edit(rect=Rect(33, 21, 128, 160), output=Output("png"))
    result = decoded(render(stored, edit, Limits()).data)
    expected = upright.crop((33, 21, 161, 181))
    worst = max(abs(a - b) for a, b in zip(result.tobytes(), expected.tobytes(), strict=True))
    assert worst <= 4

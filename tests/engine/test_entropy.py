"""Gravity entropy: never less than 99.5 % of the best variance, whatever the picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from conftest import encoded
from cropwright.core.command import Edit
from cropwright.core.geometry import Rect, Size
from cropwright.core.limits import Limits
from cropwright.engine.focus import entropy
from cropwright.engine.load import open_picture
from cropwright.engine.pipeline import explain
from cropwright.engine.raster import Raster, rasterise

LARGE = (900, 1200)


def variances(luma: np.ndarray, window: Size) -> np.ndarray:
    """The variance at every place, by integral images: slow, plain, independent of the search."""
    count = window.width * window.height

    def sums(values: np.ndarray) -> np.ndarray:
        table = np.pad(values.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        w, h = window.width, window.height
        return table[h:, w:] - table[:-h, w:] - table[h:, :-w] + table[:-h, :-w]

    return sums(luma.astype(np.int64) ** 2) / count - (sums(luma) / count) ** 2


def scene(name: str, size: tuple[int, int]) -> np.ndarray:
    random = np.random.default_rng(7)
    height, width = size
    rows, columns = np.mgrid[0:height, 0:width]
    if name == "noise":
        return random.integers(0, 256, size).astype(np.uint8)
    if name == "photo":
        small = Image.fromarray(random.integers(0, 256, (9, 12)).astype(np.uint8))
        return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    if name == "dots":
        picture = np.full(size, 30, np.uint8)
        picture[random.integers(0, height, 80), random.integers(0, width, 80)] = 255
        return picture
    if name == "stripes":
        return np.where(columns > width // 3, columns % 2 * 255, 90).astype(np.uint8)
    patch = (rows // 3 + columns // 3) % 2 * 255
    inside = (rows > height * 0.6) & (rows < height * 0.8) & (columns < width * 0.3)
    return np.where(inside, patch, 20).astype(np.uint8)


@pytest.mark.parametrize("name", ["noise", "photo", "dots", "stripes", "patch"])
@pytest.mark.parametrize("window", [Size(60, 41), Size(300, 280), Size(700, 300)])
@pytest.mark.parametrize("size", [(310, 720), LARGE])
def test_the_window_has_nearly_the_best_variance_there_is(name, window, size):
    picture = scene(name, size)
    raster = Raster(None, picture[:, :, None])
    window = window.clamped(Size(size[1] - 3, size[0] - 3))
    found = entropy.find(raster, Rect(0, 0, size[1], size[0]), window)
    truth = variances(picture, window)
    assert truth[found.y, found.x] >= 0.995 * truth.max()


def test_equal_windows_go_to_the_one_nearest_the_centre():
    picture = np.zeros((160, 160), np.uint8)
    picture[20:60, 60:100] = np.indices((40, 40)).sum(0) % 2 * 255
    data = encoded(Image.fromarray(picture))
    told = explain(data, Edit(gravity="entropy", width=80, height=80), Limits())
    assert told.rect == Rect(40, 20, 80, 80)


def test_a_pattern_that_is_the_same_everywhere_is_cut_in_the_middle():
    picture = (np.indices(LARGE).sum(0) % 2 * 255).astype(np.uint8)
    raster = Raster(None, picture[:, :, None])
    found = entropy.find(raster, Rect(0, 0, 1200, 900), Size(400, 300))
    assert found == Rect(400, 300, 400, 300)


def test_one_odd_pixel_in_a_large_plain_picture_is_found():
    picture = np.full(LARGE, 128, np.uint8)
    picture[850, 33] = 129
    found = entropy.find(Raster(None, picture[:, :, None]), Rect(0, 0, 1200, 900), Size(400, 300))
    assert found.x <= 33 < found.right
    assert found.y <= 850 < found.bottom


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_same_place_is_found_however_the_picture_is_stored(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = encoded(Image.fromarray(scene("patch", (200, 300))), exif=exif.tobytes())
    told = explain(turned, Edit(gravity="entropy", width=70, height=50), Limits())
    upright = np.asarray(Image.fromarray(rasterise(open_picture(turned, Limits())).pixels[:, :, 0]))
    from PIL import ImageOps

    stored = Image.fromarray(upright)
    stored.getexif()[0x0112] = orientation
    truth = variances(np.asarray(ImageOps.exif_transpose(stored)), Size(70, 50))
    assert truth[told.rect.y, told.rect.x] >= 0.995 * truth.max()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "CMYK", "I;16"])
def test_brightness_is_seen_in_every_kind_of_picture(mode):
    picture = scene("patch", (120, 200))
    image = Image.fromarray(picture).convert("RGB" if mode != "I;16" else "L").convert(mode)
    data = encoded(image, "TIFF")
    told = explain(data, Edit(gravity="entropy", width=40, height=30), Limits())
    truth = variances(picture, Size(40, 30))
    assert truth[told.rect.y, told.rect.x] >= 0.9 * truth.max()

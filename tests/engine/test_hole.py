"""Where a mask is open: the box around its transparent pixels, upright."""

from __future__ import annotations

import pytest
from PIL import Image

from conftest import encoded
from cropwright.core.geometry import Rect, Size
from cropwright.core.limits import Limits
from cropwright.engine.hole import hole
from cropwright.errors import BrokenPictureError

BOX = (4, 6, 14, 9)


def mask(mode: str, solid, clear, box=BOX) -> bytes:
    image = Image.new(mode, (40, 20), solid)
    if box:
        image.paste(clear, box)
    return encoded(image)


@pytest.mark.parametrize(
    ("mode", "solid", "clear"),
    [
        ("RGBA", (9, 9, 9, 255), (9, 9, 9, 0)),
        ("RGBA", (9, 9, 9, 128), (9, 9, 9, 127)),
        ("LA", (255, 255), (255, 0)),
    ],
)
def test_the_box_is_that_of_the_transparent_pixels(mode, solid, clear):
    assert hole(mask(mode, solid, clear), Limits()) == (Size(40, 20), Rect(4, 6, 10, 3))


def test_one_transparent_pixel_is_enough():
    data = mask("RGBA", (0, 0, 0, 255), (0, 0, 0, 0), (39, 19, 40, 20))
    assert hole(data, Limits()) == (Size(40, 20), Rect(39, 19, 1, 1))


def test_a_mask_without_any_has_none():
    assert hole(mask("RGBA", (0, 0, 0, 255), None, None), Limits()) == (Size(40, 20), None)
    assert hole(mask("RGB", (0, 0, 0), None, None), Limits()) == (Size(40, 20), None)


def test_a_mask_that_lies_on_its_side_is_turned_upright():
    image = Image.new("RGBA", (40, 20), (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), BOX)
    exif = Image.Exif()
    exif[0x0112] = 6
    assert hole(encoded(image, exif=exif), Limits()) == (Size(20, 40), Rect(11, 4, 3, 10))


def test_a_damaged_mask_is_refused():
    with pytest.raises(BrokenPictureError):
        hole(mask("RGBA", (0, 0, 0, 255), (0, 0, 0, 0))[:60], Limits())

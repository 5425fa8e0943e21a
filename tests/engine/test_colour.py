"""Colour: kept where the format can hold it, converted where it cannot, never dropped."""

from __future__ import annotations

import pytest
from PIL import Image, ImageCms

from conftest import decoded, encoded, gradient
from cropwright.core.colour import Colour
from cropwright.core.command import Edit, Output, Resize
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import render

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
PLAIN = (200, 40, 90)


def written(data: bytes, format_name: str, **edit: object) -> Image.Image:
    return decoded(render(data, Edit(output=Output(format_name), **edit), Limits()).data)


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "avif"])
def test_a_profile_is_kept(name):
    data = encoded(gradient(40, 30), icc_profile=SRGB)
    assert written(data, name).info["icc_profile"] == SRGB


def test_a_profile_is_turned_into_srgb_where_the_format_has_no_room():
    result = written(encoded(Image.new("RGB", (40, 30), PLAIN), icc_profile=SRGB), "gif")
    assert "icc_profile" not in result.info
    assert (
        max(abs(a - b) for a, b in zip(result.convert("RGB").getpixel((9, 9)), PLAIN, strict=False))
        <= 3
    )


def test_a_profile_of_another_colour_space_is_dropped():
    data = encoded(gradient(40, 30), icc_profile=LAB)
    result = written(data, "png")
    assert "icc_profile" not in result.info
    assert result.tobytes() == gradient(40, 30).tobytes()


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "avif", "gif"])
def test_cmyk_becomes_rgb(name):
    data = encoded(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", quality=95)
    red, green, blue = written(data, name).convert("RGB").getpixel((20, 15))
    assert red > 180
    assert green < 90
    assert blue < 90


def test_sixteen_bits_stay_in_png_and_become_eight_elsewhere():
    grey = Image.new("I;16", (40, 30), 0x8040)
    assert written(encoded(grey), "png").getpixel((3, 3)) == 0x8040
    assert abs(written(encoded(grey), "webp").convert("L").getpixel((3, 3)) - 0x80) <= 1


def test_sixteen_bits_survive_a_resize():
    grey = Image.new("I;16", (40, 30), 0x8040)
    small = written(encoded(grey), "png", resize=Resize(20, 15))
    assert small.size == (20, 15)
    assert small.getpixel((3, 3)) == 0x8040


def test_colours_hidden_under_clear_pixels_do_not_bleed_when_resized():
    image = Image.new("RGBA", (80, 40), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (40, 0, 80, 40))
    small = written(encoded(image), "png", resize=Resize(21, None))
    seen = [small.getpixel((x, 5)) for x in range(small.width)]
    assert max(red for red, _, _, alpha in seen if alpha > 20) <= 2


def half_clear() -> bytes:
    return encoded(Image.new("RGBA", (40, 30), (*PLAIN, 0)))


def test_a_jpeg_shows_the_background_where_the_picture_is_clear():
    assert written(half_clear(), "jpeg").getpixel((5, 5)) == (255, 255, 255)
    blue = written(half_clear(), "jpeg", background=Colour(0, 0, 250)).getpixel((5, 5))
    assert max(abs(a - b) for a, b in zip(blue, (0, 0, 250), strict=False)) <= 3


def test_no_background_keeps_the_colours_hidden_under_the_alpha():
    shown = written(half_clear(), "jpeg", background=None).getpixel((5, 5))
    assert max(abs(a - b) for a, b in zip(shown, PLAIN, strict=False)) <= 3


@pytest.mark.parametrize("background", [Colour(255, 255, 255), Colour(250, 0, 0)])
def test_clear_grey_is_laid_on_any_colour(background):
    data = encoded(Image.new("LA", (40, 30), (90, 0)))
    shown = written(data, "jpeg", background=background).convert("RGB").getpixel((5, 5))
    expected = (background.red, background.green, background.blue)
    assert max(abs(a - b) for a, b in zip(shown, expected, strict=False)) <= 3


@pytest.mark.parametrize("name", ["png", "webp", "avif"])
def test_transparency_is_kept(name):
    assert written(half_clear(), name).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "avif"])
def test_what_the_camera_wrote_beside_the_picture_is_left_behind(name):
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    data = encoded(gradient(40, 30), "JPEG", exif=exif.tobytes(), comment=b"SECRET-COMMENT")
    result = render(data, Edit(output=Output(name)), Limits()).data
    assert b"SECRET" in data
    assert b"SECRET" not in result

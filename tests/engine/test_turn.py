"""Mirroring, turning and taking colour away."""

from __future__ import annotations

import pytest
from PIL import Image

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output, Turn
from cropwright.core.formats import ARCHIVAL
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import render
from cropwright.errors import InvalidValueError, OutputFormatError

PICTURE = gradient(60, 40)
MIRRORED = PICTURE.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def made(image: Image.Image = PICTURE, *, written: str = "png", **wish: object) -> Image.Image:
    """What an edit makes of a picture."""
    edit = Edit(output=Output(written, archival=True), **wish)
    return decoded(render(encoded(image), edit, Limits()).data)


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (Turn(degrees=90), PICTURE.transpose(Image.Transpose.ROTATE_270)),
        (Turn(degrees=180), PICTURE.transpose(Image.Transpose.ROTATE_180)),
        (Turn(degrees=270), PICTURE.transpose(Image.Transpose.ROTATE_90)),
        (Turn(degrees=360), PICTURE),
        (Turn(mirror=True), MIRRORED),
        (Turn(mirror=True, degrees=90), MIRRORED.transpose(Image.Transpose.ROTATE_270)),
    ],
)
def test_quarter_turns_are_clockwise_after_mirroring_and_lose_nothing(turn, expected):
    assert made(turn=turn).tobytes() == expected.tobytes()


def test_another_angle_shows_all_of_the_picture_with_clear_corners():
    turned = made(Image.new("RGB", (60, 40), "red"), turn=Turn(degrees=45))
    assert turned.size in ((71, 71), (72, 72), (70, 70))
    assert [turned.getpixel(at)[3] for at in ((0, 0), (69, 0), (0, 69), (69, 69))] == [0] * 4
    assert turned.getpixel((35, 35)) == (255, 0, 0, 255)
    edges = [p[:3] for p in turned.get_flattened_data() if 0 < p[3] < 255]
    assert all(red > 250 and green < 5 for red, green, _ in edges)


@pytest.mark.parametrize("degrees", [-1, 360.5, float("nan")])
def test_an_angle_out_of_range_is_refused(degrees):
    with pytest.raises(InvalidValueError):
        Turn(degrees=degrees)


def test_grey_and_bitonal_pictures_have_no_colour():
    grey, two = made(tone="grey"), made(tone="bitonal")
    assert (grey.mode, two.mode) == ("L", "L")
    assert len(grey.getcolors()) > 50
    assert {value for _, value in two.getcolors()} == {0, 255}


def test_a_bitonal_picture_is_clear_or_opaque_and_nothing_between():
    two = made(gradient(60, 40, "RGBA"), tone="bitonal", turn=Turn(degrees=30))
    assert {band for _, pixel in two.getcolors() for band in pixel} == {0, 255}


@pytest.mark.parametrize("written", ["jpeg", "webp", "avif", "gif", *ARCHIVAL])
@pytest.mark.parametrize("tone", ["grey", "bitonal"])
def test_every_format_holds_every_tone_turned(written, tone):
    assert made(written=written, tone=tone, turn=Turn(True, 15)).size == (68, 54)


def test_a_tone_that_there_is_not_is_refused():
    with pytest.raises(InvalidValueError, match="tone is sepia"):
        Edit(tone="sepia")


def test_a_wish_of_its_own_cannot_have_an_archival_format():
    with pytest.raises(OutputFormatError):
        render(encoded(PICTURE), Edit(output=Output("tiff")), Limits())

"""Pyramids: written once, read in parts, in every size."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PIL import Image

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output, Resize
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.core.models import ModelSettings
from cropwright.engine.pipeline import render_opened
from cropwright.engine.pyramid import build_pyramid, open_pyramid, placed
from cropwright.errors import BrokenPictureError, LimitExceededError, StorageUnavailableError

LIMITS = Limits()


@pytest.fixture
def built(tmp_path):
    """Builds a pyramid and opens it."""

    def build(data: bytes):
        path = tmp_path / "pyramid"
        build_pyramid(data, str(path), LIMITS)
        return open_pyramid(str(path))

    return build


def test_a_pyramid_has_halving_levels(built):
    pyramid = built(encoded(gradient(1030, 300)))
    assert (pyramid.facts.width, pyramid.facts.height) == (1030, 300)
    assert pyramid.shrinks == (8, 4, 2)
    assert [pyramid.stream(shrink=by).width for by in (1, 2, 4, 8)] == [1030, 515, 257, 128]


def test_a_picture_smaller_than_a_tile_has_one_level(built):
    pyramid = built(encoded(gradient(30, 20)))
    assert (pyramid.shrinks, pyramid.stream().width) == ((), 30)


def test_a_part_of_it_in_a_smaller_size_is_that_part(built):
    picture = Image.linear_gradient("L").resize((1000, 800))
    pyramid = built(encoded(picture))
    edit = Edit(rect=Rect(200, 400, 400, 200), resize=Resize(100, 50), output=Output("png"))
    made = decoded(render_opened(pyramid, edit, LIMITS).data)
    assert (made.size, made.mode) == ((100, 50), "L")
    expected = picture.crop((200, 400, 600, 600)).resize((100, 50))
    pairs = zip(made.tobytes(), expected.tobytes(), strict=True)
    assert max(abs(one - other) for one, other in pairs) <= 3


def test_it_lies_as_the_picture_was_stored(built):
    picture = gradient(300, 200)
    exif = picture.getexif()
    exif[0x0112] = 8
    pyramid = built(encoded(picture, "JPEG", exif=exif))
    assert (pyramid.orientation, pyramid.facts.width, pyramid.stored.width) == (8, 200, 300)


def test_a_picture_beyond_the_limits_is_refused(tmp_path):
    with pytest.raises(LimitExceededError):
        build_pyramid(encoded(gradient(30, 20)), str(tmp_path / "p"), Limits(pixels=100))


def test_a_damaged_picture_is_told_apart_from_a_disk_that_refuses(tmp_path):
    data = encoded(gradient(300, 200))
    with pytest.raises(BrokenPictureError):
        build_pyramid(data[: len(data) // 2], str(tmp_path / "p"), LIMITS)
    with pytest.raises(StorageUnavailableError):
        build_pyramid(data, str(tmp_path / "none" / "p"), LIMITS)


def test_a_pyramid_that_is_gone_is_told_as_such(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_pyramid(str(tmp_path / "none"))


@pytest.mark.parametrize("gravity", ["entropy", "attention"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_window_placed_by_pixels_is_found_in_a_small_level(built, gravity, orientation):
    plain = Image.new("RGB", (2400, 1000), "white")
    plain.paste(gradient(400, 400), (1700, 300))
    exif = plain.getexif()
    exif[0x0112] = orientation
    pyramid = built(encoded(plain, "JPEG", exif=exif))
    edit = placed(pyramid, Edit(gravity=gravity, aspect=Fraction(1)), ModelSettings())
    assert (edit.rect.width, edit.rect.height) == (1000, 1000)
    along = edit.rect.x if orientation == 1 else edit.rect.y
    assert 1100 <= along <= 1400
    edit.rect.check_inside(pyramid.facts.size)


@pytest.mark.parametrize("edit", [Edit(rect=Rect(0, 0, 5, 5)), Edit(gravity="north"), Edit()])
def test_a_window_placed_by_numbers_is_left_alone(built, edit):
    assert placed(built(encoded(gradient(30, 20))), edit, ModelSettings()) == edit

"""`import cropwright`, as a program uses it."""

from __future__ import annotations

import doctest
from io import BytesIO
from pathlib import Path

import pytest

import cropwright
import cutouts
from conftest import decoded, encoded, gradient
from cropwright.core.limits import Limits
from cropwright.errors import (
    BrokenPictureError,
    InvalidValueError,
    LimitExceededError,
    OutputExistsError,
    SourceUnreadableError,
)


def test_the_examples_in_the_docstrings_are_true(photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "product.jpg").write_bytes(cutouts.photo())
    names = {"photo": photo, "product": tmp_path / "product.jpg", "cropwright": cropwright}
    result = doctest.testmod(cropwright, extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert result.attempted >= 8
    assert result.failed == 0


@pytest.mark.parametrize(
    "as_source", [str, Path, Path.read_bytes, lambda p: BytesIO(p.read_bytes())]
)
def test_a_picture_opens_from_a_path_bytes_or_a_file(photo, as_source):
    picture = cropwright.open(as_source(photo))
    assert (picture.width, picture.height, picture.format) == (640, 480, "jpeg")


def test_words_may_be_numbers_or_text():
    picture = cropwright.open(encoded(gradient(80, 60)))
    typed = picture.explain(aspect=0.75, margin=0, resize=(None, 30))
    written = picture.explain(aspect="3:4", margin="0%", resize="x30")
    assert typed == written
    assert (typed.result.width, typed.result.height) == (22, 30)


def test_save_follows_the_extension_and_answers_the_path(photo, tmp_path):
    written = cropwright.crop(photo, width=50, height=40).save(tmp_path / "new" / "o.webp")
    assert decoded(written.read_bytes()).format == "WEBP"
    assert decoded(written.read_bytes()).size == (50, 40)


def test_save_keeps_what_is_there_when_told(photo, tmp_path):
    (tmp_path / "o.png").write_bytes(b"precious")
    with pytest.raises(OutputExistsError):
        cropwright.crop(photo).save(tmp_path / "o.png", overwrite=False)
    assert (tmp_path / "o.png").read_bytes() == b"precious"


def test_quality_and_format_reach_the_bytes(photo):
    crop = cropwright.crop(photo, aspect="1:1")
    assert len(crop.to_bytes("jpeg", quality=20)) < len(crop.to_bytes("jpeg", quality=90))
    assert decoded(crop.to_bytes("avif")).format == "AVIF"


def test_an_animation_is_kept_when_asked():
    frames = [gradient(40, 30).rotate(turn) for turn in (0, 90)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (
        decoded(cropwright.crop(data, width=20, height=20, animate=True).to_bytes()).n_frames == 2
    )


def test_what_is_wrong_is_our_own_error(photo, tmp_path):
    with pytest.raises(SourceUnreadableError):
        cropwright.open(tmp_path / "missing.jpg")
    with pytest.raises(SourceUnreadableError):
        cropwright.open(tmp_path)
    with pytest.raises(BrokenPictureError):
        cropwright.crop(photo.read_bytes()[:3000]).to_bytes()
    with pytest.raises(InvalidValueError):
        cropwright.crop(photo, gravity="elsewhere")
    with pytest.raises(LimitExceededError):
        cropwright.open(BytesIO(b"x" * 101), limits=Limits(picture_bytes=100))

"""Encoding: quality, losslessness, animation, and what formats cannot hold."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageSequence

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output, Resize
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import render
from cropwright.errors import (
    InvalidValueError,
    LimitExceededError,
    OutputFormatError,
    OutputTooLargeError,
)

DURATIONS = [40, 120, 70]


def animation(format_name: str, count: int = 3) -> bytes:
    frames = [gradient(60, 40).rotate(turn * 90) for turn in range(count)]
    durations = (DURATIONS * count)[:count]
    return encoded(
        frames[0],
        format_name,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=3,
        lossless=True,
    )


def timing(image: Image.Image) -> list[int]:
    return [frame.load() and frame.info["duration"] for frame in ImageSequence.Iterator(image)]


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif"])
def test_more_quality_makes_larger_files(name):
    data = encoded(gradient(200, 150))
    sizes = [
        len(render(data, Edit(output=Output(name, quality=quality)), Limits()).data)
        for quality in (10, 60, 95)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2]


@pytest.mark.parametrize("name", ["webp", "avif"])
def test_lossless_loses_nothing(name):
    picture = gradient(64, 48)
    data = render(encoded(picture), Edit(output=Output(name, lossless=True)), Limits()).data
    off = zip(decoded(data).convert("RGB").tobytes(), picture.tobytes(), strict=True)
    assert max(abs(a - b) for a, b in off) <= (0 if name == "webp" else 2)


def test_a_lossless_jpeg_is_refused_with_what_is_possible():
    with pytest.raises(InvalidValueError) as refusal:
        render(encoded(gradient(8, 8)), Edit(output=Output("jpeg", lossless=True)), Limits())
    assert refusal.value.field == "lossless"


@pytest.mark.parametrize("source", ["GIF", "WEBP"])
@pytest.mark.parametrize("target", ["gif", "webp"])
def test_an_animation_keeps_its_frames_and_timing_in_one_window(source, target):
    edit = Edit(rect=Rect(10, 5, 30, 20), animate=True, output=Output(target))
    result = Image.open(BytesIO(render(animation(source), edit, Limits()).data))
    assert (result.size, result.n_frames) == ((30, 20), 3)
    assert timing(result) == DURATIONS


def test_an_animation_can_be_resized():
    edit = Edit(resize=Resize(30, 20), animate=True)
    result = decoded(render(animation("WEBP"), edit, Limits()).data)
    assert (result.size, result.n_frames) == ((30, 20), 3)


@pytest.mark.parametrize("source", ["GIF", "WEBP"])
def test_without_being_asked_only_the_first_frame_is_kept(source):
    result = decoded(render(animation(source), Edit(), Limits()).data)
    assert getattr(result, "n_frames", 1) == 1


def test_a_still_picture_may_be_asked_for_all_its_frames():
    assert decoded(render(encoded(gradient(9, 9)), Edit(animate=True), Limits()).data).size == (
        9,
        9,
    )


def test_too_many_frames_are_refused():
    with pytest.raises(LimitExceededError) as refusal:
        render(animation("GIF", 9), Edit(animate=True), Limits(frames=8))
    assert (refusal.value.field, refusal.value.actual) == ("animation", 9)


def test_pixels_are_counted_over_all_frames():
    with pytest.raises(LimitExceededError) as refusal:
        render(animation("GIF", 3), Edit(animate=True), Limits(pixels=60 * 40 * 2))
    assert refusal.value.actual == 60 * 40 * 3


def test_an_animation_is_not_written_where_it_cannot_move():
    with pytest.raises(InvalidValueError) as refusal:
        render(animation("GIF"), Edit(animate=True, output=Output("png")), Limits())
    assert "webp" in refusal.value.expected


def test_a_side_too_long_for_the_format_is_refused_before_encoding():
    with pytest.raises(OutputTooLargeError) as refusal:
        render(encoded(gradient(16_384, 2)), Edit(output=Output("webp")), Limits())
    assert (refusal.value.limit, refusal.value.actual) == (16_383, 16_384)


def test_an_unknown_format_is_refused():
    with pytest.raises(OutputFormatError):
        render(encoded(gradient(8, 8)), Edit(output=Output("ico")), Limits())


@pytest.mark.parametrize(
    ("source", "path", "written"),
    [
        ("PNG", None, "PNG"),
        ("TIFF", None, "PNG"),
        ("JPEG", "x.webp", "WEBP"),
        ("PNG", "x.txt", "PNG"),
    ],
)
def test_what_is_written_follows_the_rule(source, path, written):
    result = render(encoded(gradient(8, 8), source), Edit(output=Output(path=path)), Limits())
    assert decoded(result.data).format == written

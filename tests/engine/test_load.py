"""Opening: content decides, limits come first, damage is found."""

from __future__ import annotations

import os
import struct
import zlib

import pytest

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine.load import open_picture
from cropwright.engine.pipeline import render
from cropwright.errors import (
    BrokenPictureError,
    LimitExceededError,
    SourceUnreadableError,
    UnsupportedFormatError,
)
from cropwright.sources.local import read_file

CORNER = Edit(rect=Rect(0, 0, 8, 8), output=Output("png"))
FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "TIFF", "BMP"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_known_by_its_bytes(name):
    facts = open_picture(encoded(gradient(50, 30), name), Limits()).facts
    assert (facts.width, facts.height, facts.format) == (50, 30, name.lower())


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_cut_short_is_refused_even_if_its_corner_is_whole(name, share):
    data = encoded(gradient(300, 200), name)
    with pytest.raises(BrokenPictureError):
        render(data[: int(len(data) * share)], CORNER, Limits())


@pytest.mark.parametrize("name", ["PNG", "JPEG", "TIFF", "BMP"])
def test_a_large_picture_cut_short_is_refused_even_if_its_corner_is_whole(name):
    data = encoded(gradient(1300, 1000), name)
    with pytest.raises(BrokenPictureError):
        render(data[: int(len(data) * 0.9)], CORNER, Limits())


def test_an_end_mark_inside_a_thumbnail_does_not_pass_for_the_end():
    data = encoded(gradient(1300, 1000), "JPEG")
    hidden = b"\xff\xe1" + struct.pack(">H", 8) + b"Exif\xff\xd9"
    with pytest.raises(BrokenPictureError):
        render(data[:2] + hidden + data[2:-2000], CORNER, Limits())


def test_a_small_picture_damaged_below_the_window_is_refused():
    data = bytearray(encoded(gradient(300, 200)))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(BrokenPictureError):
        render(bytes(data), CORNER, Limits())


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"3 2\n1 2 3\n4 5 6\n"],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(UnsupportedFormatError):
        open_picture(data, Limits())


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT"


def test_a_bomb_is_refused_by_its_header():
    with pytest.raises(LimitExceededError) as refusal:
        open_picture(png_header(20_000, 20_000), Limits())
    assert (refusal.value.limit, refusal.value.actual) == (50_000_000, 400_000_000)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (Limits(picture_bytes=100), "file size"),
        (Limits(edge=49), "longest edge"),
        (Limits(pixels=1499), "picture size"),
        (Limits(bands=2), "channels"),
    ],
)
def test_each_limit_names_itself(limits, field):
    with pytest.raises(LimitExceededError) as refusal:
        open_picture(encoded(gradient(50, 30)), limits)
    assert refusal.value.field == field


def test_a_file_without_its_end_mark_but_all_its_pixels_is_judged_by_the_decoder():
    data = encoded(gradient(1300, 1000))
    with_end = render(data, CORNER, Limits()).data
    assert render(data[:-12], CORNER, Limits()).data == with_end


def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceUnreadableError) as refusal:
        read_file(tmp_path / "pipe", Limits())
    assert refusal.value.reason == "not a regular file"


def test_a_file_too_large_is_refused_unread(tmp_path):
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(LimitExceededError) as refusal:
        read_file(tmp_path / "large.png", Limits())
    assert (refusal.value.field, refusal.value.actual) == ("file size", 10**12)


def test_comments_that_are_no_text_are_no_obstacle():
    data = encoded(gradient(20, 10))
    body = b"tEXt\xba\xff\x00\xfe"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    after_header = 8 + 25
    commented = data[:after_header] + chunk + data[after_header:]
    for gravity in ("center", "entropy", "attention"):
        edit = Edit(gravity=gravity, width=4, height=4)
        assert decoded(render(commented, edit, Limits()).data).size == (4, 4)

"""Formats: told by their first bytes, named by people, chosen by wish, file name and input."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import encoded, gradient
from cropwright.core.formats import (
    FORMATS,
    READABLE,
    WRITABLE,
    identify,
    named,
    of_path,
    written_as,
)
from cropwright.errors import OutputFormatError, UnsupportedFormatError


def boxed(*brands: bytes) -> bytes:
    """The first box of an ISO media file: the major brand, then the compatible ones."""
    major, *compatible = brands
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body


def found_in(head: bytes) -> str:
    """What the refusal of some first bytes calls them."""
    with pytest.raises(UnsupportedFormatError) as refusal:
        identify(head)
    assert refusal.value.supported == READABLE
    return refusal.value.found


@pytest.mark.parametrize("name", READABLE)
def test_what_an_independent_encoder_writes_is_known(name):
    assert identify(encoded(gradient(20, 10), name.upper())[:18]) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"II+\0", "tiff"),
        (b"MM\0+", "tiff"),
        (b"\xff\xd8\xff\xe1", "jpeg"),
        (b"RIFF\x10\0\0\0WEBP", "webp"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "bmp"),
        (b"BM\x1a\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0", "bmp"),
        (b"BM\x1a\n\n\n\n\n\n\n\n\n\0\0\x7c\0\0\0", "bmp"),
        (boxed(b"avif"), "avif"),
        (boxed(b"avif", b"mif1", b"miaf"), "avif"),
        (boxed(b"mif1", b"miaf", b"avif"), "avif"),
        (boxed(b"avis", b"avif"), "avif"),
    ],
)
def test_first_bytes_that_are_known(head, name):
    assert identify(head + b"\0" * 16) == name


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (boxed(b"heic", b"mif1"), "heic"),
        (boxed(b"mif1", b"heic"), "heic"),
        (boxed(b"msf1", b"hevc"), "heic"),
        (boxed(b"avis", b"msf1"), "avif sequence"),
        (boxed(b"isom", b"iso2", b"mp41"), "unknown"),
        (boxed(b"qt  "), "unknown"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "unknown"),
        (b"BM\x36\0\0\0\0\0\0\0", "unknown"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x29\0\0\0", "unknown"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\1", "unknown"),
        (b"BMW drivers prefer", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "unknown"),
        (b"\x89PNG\n\x1a\n\0\0\0\0", "unknown"),
        (b"\0\0\1\0\1\0\x10\x10", "unknown"),
        (b"GIF88a", "unknown"),
    ],
)
def test_first_bytes_that_are_refused_and_what_they_are_called(head, found):
    assert found_in(head) == found


def test_a_brand_beyond_the_first_box_does_not_count():
    assert found_in(boxed(b"isom", b"mp41") + b"avifavif") == "unknown"


@pytest.mark.parametrize("head", [b"", b"\xff", b"\x89PNG", b"RIFF", b"\0\0\0\x1cftyp", b"II"])
def test_heads_cut_short_are_unknown_and_no_crash(head):
    assert found_in(head) == "unknown"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.sampled_from([b"", b"\0\0\0\x1cftyp", b"RIFFabcd"]))
def test_any_bytes_are_either_known_or_refused(tail, start):
    with suppress(UnsupportedFormatError):
        assert identify(start + tail) in FORMATS


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("png", "png"),
        ("PNG", "png"),
        ("jpg", "jpeg"),
        ("jpeg", "jpeg"),
        ("JPG", "jpeg"),
        ("jfif", "jpeg"),
        ("jpe", "jpeg"),
        ("WebP", "webp"),
        ("avif", "avif"),
        ("gif", "gif"),
    ],
)
def test_formats_are_named_in_any_case_and_by_their_extensions(word, name):
    assert named(word).name == name


@pytest.mark.parametrize("word", ["tiff", "tif", "heic", "ico", "svg", "", "bmp", ".png", "png "])
def test_a_format_we_do_not_write_is_refused_as_it_was_spelt(word):
    with pytest.raises(OutputFormatError) as refusal:
        named(word)
    assert (refusal.value.format, refusal.value.supported) == (word, WRITABLE)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.png", "png"),
        ("dir.png/a.JPEG", "jpeg"),
        ("a.tar.webp", "webp"),
        ("a.tiff", None),
        ("a.txt", None),
        ("a", None),
        ("a.", None),
        (".png", None),
        ("", None),
    ],
)
def test_the_extension_names_a_format_only_if_we_write_it(path, name):
    row = of_path(path)
    assert (row and row.name) == name


@pytest.mark.parametrize(
    ("explicit", "path", "source", "name"),
    [
        ("webp", "a.png", "jpeg", "webp"),
        ("JPG", "a.png", "gif", "jpeg"),
        (None, "a.png", "jpeg", "png"),
        (None, "a.bin", "jpeg", "jpeg"),
        (None, None, "gif", "gif"),
        (None, "", "avif", "avif"),
        (None, None, "tiff", "png"),
        (None, None, "bmp", "png"),
        (None, "a.bmp", "jpeg", "jpeg"),
        (None, "a.tif", "tiff", "png"),
        (None, "a.avif", "tiff", "avif"),
    ],
)
def test_the_wish_decides_then_the_file_name_then_the_input_then_png(explicit, path, source, name):
    assert written_as(explicit, path, source).name == name


def test_an_impossible_wish_is_refused_even_if_the_file_name_would_do():
    with pytest.raises(OutputFormatError) as refusal:
        written_as("ico", "a.png", "jpeg")
    assert refusal.value.format == "ico"


@pytest.mark.parametrize(
    ("name", "media_type", "max_edge", "alpha", "animated"),
    [
        ("png", "image/png", 2**31 - 1, True, False),
        ("jpeg", "image/jpeg", 65_535, False, False),
        ("webp", "image/webp", 16_383, True, True),
        ("avif", "image/avif", 16_384, True, False),
        ("gif", "image/gif", 65_535, True, True),
    ],
)
def test_what_a_format_can_hold(name, media_type, max_edge, alpha, animated):
    row = FORMATS[name]
    assert (row.media_type, row.max_edge) == (media_type, max_edge)
    assert (row.alpha, row.animated) == (alpha, animated)


def test_no_two_formats_share_an_extension():
    extensions = [extension for row in FORMATS.values() for extension in row.extensions]
    assert len(set(extensions)) == len(extensions)
    assert all(name in row.extensions for name, row in FORMATS.items())

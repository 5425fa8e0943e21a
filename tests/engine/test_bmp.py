"""BMP, which libvips does not read: every common kind, nothing cut short, limits before pixels."""

from __future__ import annotations

import json
import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine import vips
from cropwright.engine.load import open_picture
from cropwright.engine.pipeline import explain, render, verify
from cropwright.errors import BrokenPictureError, InputError, LimitExceededError, SettingsError

CORNER = Edit(rect=Rect(0, 0, 8, 8), output=Output("png"))


def bmp(width: int, height: int, bits: int, rows: bytes, *, compression: int = 0) -> bytes:
    """A BMP with the usual 40-byte header and, up to 8 bits, a palette of blues."""
    palette = b"".join(bytes((n % 256, 0, 0, 0)) for n in range(1 << bits if bits <= 8 else 0))
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    return joined(head, palette, rows)


def bmp_with_alpha(picture: Image.Image) -> bytes:
    """A 32-bit BMP with masks, alpha's too, in a header of version 4."""
    head = struct.pack("<IiiHHIIiiII", 108, picture.width, -picture.height, 1, 32, 3, 0, 0, 0, 0, 0)
    masks = struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000)
    return joined((head + masks).ljust(108, b"\0"), b"", picture.tobytes())


def joined(head: bytes, palette: bytes, rows: bytes) -> bytes:
    offset = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + head + palette + rows


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_pictures_of_all_depths_keep_every_pixel(mode):
    picture = gradient(61, 40).convert(mode)
    rendered = render(encoded(picture, "BMP"), Edit(rect=Rect(3, 5, 50, 30)), Limits())
    expected = picture.convert({"1": "L", "P": "RGB"}.get(mode, mode)).crop((3, 5, 53, 35))
    assert rendered.format.name == "png"
    assert decoded(rendered.data).mode == expected.mode
    assert decoded(rendered.data).tobytes() == expected.tobytes()


def test_transparency_is_kept():
    picture = gradient(9, 7, "RGBA")
    rendered = render(bmp_with_alpha(picture), Edit(rect=Rect(0, 0, 8, 7)), Limits())
    assert decoded(rendered.data).tobytes() == picture.crop((0, 0, 8, 7)).tobytes()


def test_the_facts_are_told_without_decoding():
    facts = open_picture(encoded(gradient(61, 40), "BMP")[:60], Limits()).facts
    assert (facts.width, facts.height, facts.format, facts.has_alpha) == (61, 40, "bmp", False)


def test_rows_from_the_top_are_read_from_the_top():
    rows = b"".join(bytes((row, 0, 0)) * 4 for row in range(10))
    down = render(bmp(4, -10, 24, rows), CORNER_OF_FOUR, Limits())
    up = render(bmp(4, 10, 24, rows), CORNER_OF_FOUR, Limits())
    assert [decoded(down.data).getpixel((0, y))[2] for y in range(4)] == [0, 1, 2, 3]
    assert [decoded(up.data).getpixel((0, y))[2] for y in range(4)] == [9, 8, 7, 6]


CORNER_OF_FOUR = Edit(rect=Rect(0, 0, 4, 4), output=Output("png"))


def test_run_lengths_are_read():
    rows = b"".join(bytes((4, 10 * (row + 1))) + b"\0\0" for row in range(4)) + b"\0\1"
    result = decoded(render(bmp(4, 4, 8, rows, compression=1), CORNER_OF_FOUR, Limits()).data)
    assert [result.getpixel((3, y)) for y in range(4)] == [(0, 0, 10 * n) for n in (4, 3, 2, 1)]


def test_os2_headers_are_read():
    head = struct.pack("<IHHHH", 12, 8, 8, 1, 24)
    data = b"BM" + struct.pack("<IHHI", 26 + 192, 0, 0, 26) + head + b"\1\2\3" * 64
    assert decoded(render(data, CORNER, Limits()).data).getpixel((7, 7)) == (3, 2, 1)


def test_the_largest_square_of_five_megabytes_is_cut():
    data = encoded(Image.effect_noise((1600, 1040), 90).convert("RGB"), "BMP")
    assert 4_900_000 < len(data) < 5 * 1024 * 1024
    result = render(data, Edit(gravity="center", width=1040, height=1040), Limits())
    assert decoded(result.data).size == (1040, 1040)


@pytest.mark.parametrize("gravity", ["entropy", "attention"])
def test_gravities_that_look_see_a_bmp_as_they_see_a_png(gravity):
    picture, edit = gradient(300, 200), Edit(gravity=gravity, width=90, height=80)
    assert (
        explain(encoded(picture, "BMP"), edit, Limits()).rect
        == explain(encoded(picture, "PNG"), edit, Limits()).rect
    )


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.999])
def test_what_is_cut_short_is_refused_even_if_pillow_was_told_to_guess(mode, share, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = encoded(gradient(300, 200).convert(mode), "BMP")
    data = data[: max(26, int(len(data) * share))]
    for work in (lambda: render(data, CORNER, Limits()), lambda: verify(data, Limits())):
        with pytest.raises(BrokenPictureError):
            work()


def test_run_lengths_cut_short_are_refused():
    with pytest.raises(BrokenPictureError):
        verify(bmp(4, 4, 8, bytes((4, 1, 0, 0)) * 3, compression=1), Limits())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("data", "field"),
    [
        (bmp(20_000, 20_000, 24, b""), "picture size"),
        (bmp(1, 100_000, 1, b""), "longest edge"),
        (bmp(70_000, -1, 24, b""), "longest edge"),
    ],
)
def test_a_bomb_is_refused_by_its_header(data, field):
    with pytest.raises(LimitExceededError) as refusal:
        open_picture(data, Limits())
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "data",
    [
        bmp(0, 4, 24, b""),
        bmp(4, 0, 24, b""),
        bmp(-4, 4, 24, bytes(64)),
        bmp(2**31 - 1, 2**31 - 1, 24, b""),
        bmp(4, 4, 99, bytes(64)),
        bmp(4, 4, 24, bytes(64), compression=4),
        bmp(4, 4, 24, bytes(64), compression=77),
        bmp(4, 4, 32, b"\1" * 64, compression=3),
    ],
)
def test_headers_that_cannot_be_are_refused(data):
    with pytest.raises(InputError):
        verify(data, Limits())


HEADS = [encoded(gradient(9, 7).convert(mode), "BMP") for mode in ("1", "P", "RGB", "RGBA")]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*HEADS, bmp(4, 4, 8, bytes((4, 1, 0, 0)) * 4, compression=1)]),
    st.integers(18, 80),
    st.binary(max_size=8),
)
def test_any_header_is_read_or_refused(data, at, splice):
    data = data[:at] + splice + data[at + len(splice) :]
    try:
        verify(data, Limits(pixels=1_000_000))
    except InputError:
        return
    assert render(data, Edit(rect=Rect(0, 0, 1, 1)), Limits()).data


def test_good_pictures_of_the_corpus_are_read(shared):
    folder = shared / "corpus" / "good"
    entries = json.loads((folder / "manifest.json").read_text())["files"]
    for entry in (entry for entry in entries if entry["file"].endswith(".bmp")):
        data = (folder / entry["file"]).read_bytes()
        facts = verify(data, Limits())
        assert (facts.width, facts.height) == (entry["expect"]["width"], entry["expect"]["height"])
        whole = Edit(rect=Rect(0, 0, facts.width, facts.height))
        result = decoded(render(data, whole, Limits()).data).convert("RGB")
        assert result.tobytes() == decoded(data).convert("RGB").tobytes()


def test_pillow_is_imported_when_a_bmp_arrives_and_not_before():
    code = (
        "import sys; from cropwright.engine.load import open_picture\n"
        "from cropwright.core.limits import Limits\n"
        "print('PIL.Image' in sys.modules)\n"
        "open_picture(bytes.fromhex(sys.argv[1]), Limits()); print('PIL.Image' in sys.modules)"
    )
    data = encoded(gradient(3, 2), "BMP").hex()
    command = [sys.executable, "-c", code, data]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("found", "fits"), [("12.3.0", True), ("13.0.dev1", True), ("12.2", False)]
)
def test_an_old_pillow_is_refused(found, fits, monkeypatch):
    monkeypatch.setattr(vips.PIL, "__version__", found)
    if fits:
        vips._set_up()
        return
    with pytest.raises(SettingsError, match=r"Pillow: version 12\.2 found, 12\.3 or newer"):
        vips._set_up()

"""Subjects laid into frames: where their box lands, what is around it, what is written."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from conftest import decoded, encoded
from cropwright.core.colour import WHITE, Colour
from cropwright.core.command import Edit, Output
from cropwright.core.cutout import KEEP, Cutout
from cropwright.core.geometry import Rect, Size
from cropwright.core.layout import END, MIDDLE, START, Axis, Layout, Room
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import render
from cropwright.errors import LimitExceededError
from cutouts import NO_MODELS, alpha_of, photo, product

LARGE, BOX = (1600, 1200), (500, 300, 1100, 900)
MARGIN = Room(percent=8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FRAMES = [Size(600, 600), Size(1080, 1350), Size(2000, 3000), Size(1200, 628), None]


@pytest.fixture(scope="module")
def shot() -> bytes:
    """A ring of 600 x 600 pixels in a photograph of 1600 x 1200."""
    return photo(size=LARGE, box=BOX)


def laid(data: bytes, layout: Layout, cutout: Cutout | None = None, output: str = "png"):
    edit = Edit(cutout=cutout, layout=layout, output=Output(output))
    return render(data, edit, Limits(), NO_MODELS)


def box_of(seen: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(seen)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def red(data: bytes) -> np.ndarray:
    """Where the ring's colour is, half of it at least."""
    pixels = np.asarray(decoded(data).convert("RGB")).astype(int)
    return pixels[:, :, 1] < (236 + 30) / 2


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("ends", [(MIDDLE, MIDDLE), (START, END), (END, START)])
def test_the_subject_s_box_lands_where_margins_and_alignment_put_it(shot, frame, ends):
    across, down = (Axis(MARGIN, MARGIN, end) for end in ends)
    made = laid(shot, Layout(frame, across=across, down=down), Cutout())
    size = frame or Size(*LARGE)
    side = min(size.width, size.height) / 1.16
    starts = [
        {MIDDLE: (length - side) / 2, START: 0.08 * side, END: length - 1.08 * side}[end]
        for length, end in zip((size.width, size.height), ends, strict=True)
    ]
    expected = (*starts, starts[0] + side, starts[1] + side)
    assert decoded(made.data).size == (size.width, size.height)
    assert box_of(alpha_of(made.data) > 10 / 255) == pytest.approx(expected, abs=1.0)


def test_a_background_lies_behind_the_whole_frame_without_a_seam(shot):
    layout = Layout(Size(500, 300), across=Axis(MARGIN, MARGIN))
    made = decoded(laid(shot, layout, Cutout(background=Colour(10, 200, 30))).data)
    pixels = np.asarray(made).astype(int)
    plain = np.abs(pixels - (10, 200, 30)).max(axis=2) <= 1
    left, top, right, bottom = box_of(~plain)
    assert (made.mode, made.size, plain[0, 0]) == ("RGB", (500, 300), True)
    assert (top, bottom) == (0, 300)
    assert right - left == pytest.approx(300, abs=3)


def test_a_half_clear_background_stays_so(shot):
    layout = Layout(Size(300, 200))
    made = laid(shot, layout, Cutout(background=Colour(0, 0, 255, 128)), "webp")
    assert decoded(made.data).getpixel((2, 2))[3] == 128


def test_a_picture_without_a_subject_is_laid_out_whole():
    plain = encoded(Image.new("RGB", (300, 200), (90, 90, 90)))
    made = laid(plain, Layout(Size(400, 400)), Cutout(no_subject=KEEP))
    assert box_of(alpha_of(made.data) > 0.5) == pytest.approx((0, 67, 400, 333), abs=1)


def test_the_background_stays_around_the_subject_with_its_margins(shot):
    layout = Layout(Size(800, 600), filled=True, across=Axis(Room(20), Room(40)), down=Axis(MARGIN))
    made = laid(shot, layout)
    left, top, right, bottom = box_of(red(made.data))
    assert top == pytest.approx(0.08 / 1.08 * 600, abs=2)
    assert bottom == pytest.approx(600, abs=2)
    assert (left, 800 - right) >= (20, 40)
    corner = np.asarray(decoded(made.data).convert("RGB"))[5, 5]
    assert np.abs(corner.astype(int) - (236, 236, 240)).max() <= 3


def test_a_trimmed_frame_has_the_picture_s_own_pixels():
    data = encoded(product(), "PNG")
    layout = Layout(trimmed=True, filled=True, across=Axis(Room(10), Room(20)))
    made = laid(data, layout)
    rect = made.report.rect
    assert made.report.result == rect.size
    assert (rect.x, rect.right) == pytest.approx((60 - 10, 140 + 20), abs=2)
    own = np.asarray(product().crop((rect.x, rect.y, rect.right, rect.bottom)))
    assert np.array_equal(np.asarray(decoded(made.data)), own)


def test_a_subject_beside_the_edge_is_shown_as_far_as_the_picture_reaches():
    data = encoded(product(box=(4, 4, 84, 84)), "PNG")
    layout = Layout(Size(400, 400), filled=True, across=Axis(Room(percent=50), Room(percent=50)))
    made = laid(data, layout)
    assert (made.report.rect.x, made.report.rect.y) == (0, 0)
    assert red(made.data)[:200].any()
    assert made.report.rect.size.width == pytest.approx(made.report.rect.size.height, abs=1)


def test_a_picture_that_lies_on_its_side_is_laid_out_upright(shot):
    turned = decoded(shot).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(turned, "JPEG", quality=95, exif=exif.tobytes())
    for cutout in (None, Cutout()):
        layout = Layout(Size(400, 300), filled=cutout is None, down=Axis(MARGIN, MARGIN))
        left, top, right, bottom = box_of(red(laid(data, layout, cutout, "jpeg").data))
        assert (left, right) == pytest.approx((71, 329), abs=2)
        assert (top, bottom) == pytest.approx((21, 279), abs=2)


def test_a_tiny_subject_is_enlarged_without_the_picture_around_it():
    image = Image.new("RGB", (1200, 900), (240, 240, 240))
    image.paste((20, 20, 120), (600, 450, 760, 540))
    made = laid(encoded(image), Layout(Size(1600, 1200)), Cutout())
    assert box_of(alpha_of(made.data) > 0.5) == pytest.approx((0, 150, 1600, 1050), abs=30)
    assert made.report.rect.inside(Rect(590, 430, 180, 130)) == made.report.rect


@pytest.mark.parametrize("cutout", [None, Cutout()])
def test_the_colour_profile_is_kept(cutout):
    data = encoded(product(), "JPEG", quality=95, icc_profile=SRGB)
    layout = Layout(Size(100, 100), filled=cutout is None)
    assert decoded(laid(data, layout, cutout).data).info["icc_profile"] == SRGB


@pytest.mark.parametrize(
    ("source", "cutout", "written"),
    [
        ("JPEG", None, "JPEG"),
        ("JPEG", Cutout(background=WHITE), "JPEG"),
        ("JPEG", Cutout(), "PNG"),
        ("WEBP", Cutout(), "WEBP"),
        ("GIF", None, "PNG"),
        ("AVIF", None, "PNG"),
    ],
)
def test_the_picture_s_own_format_is_kept_where_it_is_one_of_those_wished_for(
    source, cutout, written
):
    output, data = Output(among=("jpeg", "png", "webp")), encoded(product(), source)
    edit = Edit(cutout=cutout, layout=Layout(filled=cutout is None), output=output)
    assert decoded(render(data, edit, Limits(), NO_MODELS).data).format == written


def test_a_product_that_is_cut_off_below_stands_on_the_frame_s_edge():
    data = encoded(product(box=(60, 80, 140, 160)), "JPEG", quality=95)
    for keeps, bottom in ((True, 300), (False, 270)):
        axis = Axis(Room(30), Room(30), keeps_after=keeps)
        made = laid(data, Layout(Size(300, 300), down=axis), Cutout())
        alpha = alpha_of(made.data)
        assert box_of(alpha > 0.5)[3] == pytest.approx(bottom, abs=1)
        if keeps:
            assert alpha[-1].max() == 1


def test_a_line_of_a_picture_does_not_vanish():
    line = encoded(Image.new("RGB", (4000, 1), (20, 20, 20)))
    made = laid(line, Layout(Size(100, 100)), Cutout(no_subject=KEEP))
    assert box_of(alpha_of(made.data) > 0.5) == pytest.approx((0, 50, 100, 51), abs=1)


def test_a_frame_beyond_the_limit_is_refused(shot):
    with pytest.raises(LimitExceededError):
        render(shot, Edit(cutout=Cutout(), layout=Layout(Size(9999, 9999))), Limits(), NO_MODELS)

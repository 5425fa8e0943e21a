"""Choosing and finishing windows on real pictures: gravity, trim, margin, resize."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PIL import Image

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Margin, Output, Resize
from cropwright.core.geometry import Rect, Size
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import explain, render
from cropwright.errors import LimitExceededError, RectEmptyError, RectOutsideError

SUBJECT = (70, 30, 110, 80)


def framed(mode: str = "RGB", colour: object = (250, 250, 250)) -> bytes:
    image = Image.new(mode, (200, 100), colour)
    image.paste(gradient(40, 50, "RGB").point(lambda v: v // 2), SUBJECT)
    return encoded(image)


def report(data: bytes, **edit: object):
    return explain(data, Edit(**edit), Limits())


@pytest.mark.parametrize("colour", [(250, 250, 250), (0, 130, 20)])
def test_trim_finds_the_subject_in_its_plain_border(colour):
    told = report(framed(colour=colour), trim=True)
    assert told.rect == Rect(70, 30, 40, 50)
    assert told.decided_by == "trim"


def test_trim_finds_the_subject_in_a_clear_border():
    image = Image.new("RGBA", (200, 100), (9, 9, 9, 0))
    image.paste(gradient(40, 50).convert("RGBA"), SUBJECT)
    assert report(encoded(image), trim=True).rect == Rect(70, 30, 40, 50)


def test_trim_of_an_all_plain_picture_keeps_it():
    told = report(encoded(Image.new("RGB", (50, 40), (7, 7, 7))), trim=True)
    assert told.rect == Rect(0, 0, 50, 40)
    assert told.tried[0].outcome == "all of it is plain"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (40, 1), (2, 40)])
def test_trim_of_a_picture_that_is_hardly_one_is_no_error(size, mode):
    assert report(encoded(gradient(*size, mode)), trim=True).source.size == Size(*size)


def test_trim_finds_the_subject_in_a_thin_picture():
    image = Image.new("L", (40, 2))
    image.paste(255, (5, 0, 20, 2))
    assert report(encoded(image), trim=True).rect == Rect(5, 0, 15, 2)


def test_trim_works_on_the_upright_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(decoded(framed()), exif=exif.tobytes())
    assert report(data, trim=True).rect == Rect(20, 70, 50, 40)


def test_margin_grows_the_trimmed_box_as_far_as_the_picture_reaches():
    assert report(framed(), trim=True, margin=Margin(10)).rect == Rect(60, 20, 60, 70)
    assert report(framed(), trim=True, margin=Margin(50, percent=True)).rect == Rect(
        50, 5, 80, 100 - 5
    )


@pytest.mark.parametrize(
    ("resize", "size"),
    [
        (Resize(100, 100, "fit"), Size(100, 50)),
        (Resize(100, None, "fit"), Size(100, 50)),
        (Resize(None, 25, "fit"), Size(50, 25)),
        (Resize(60, 60, "fill"), Size(60, 60)),
        (Resize(60, 80, "exact"), Size(60, 80)),
        (Resize(900, 900, "fit"), Size(200, 100)),
        (Resize(400, 400, "fill"), Size(100, 100)),
        (Resize(400, 100, "exact"), Size(200, 50)),
        (Resize(400, 400, "fill", enlarge=True), Size(400, 400)),
        (Resize(400, 400, "fit", enlarge=True), Size(400, 200)),
    ],
)
def test_the_result_has_the_size_that_was_explained(resize, size):
    edit = Edit(resize=resize)
    assert explain(framed(), edit, Limits()).result == size
    assert decoded(render(framed(), edit, Limits()).data).size == (size.width, size.height)


@pytest.mark.parametrize("ask", [explain, render])
def test_nothing_is_enlarged_beyond_what_would_be_taken_as_a_picture(ask):
    limits = Limits(pixels=200 * 200)
    assert ask(framed(), Edit(resize=Resize(200, 200, "exact", enlarge=True)), limits)
    with pytest.raises(LimitExceededError) as refusal:
        ask(framed(), Edit(resize=Resize(200, 201, "exact", enlarge=True)), limits)
    assert (refusal.value.field, refusal.value.actual) == ("result size", 40_200)


@pytest.mark.parametrize("name", ["JPEG", "WEBP", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_shrinking_while_decoding_shows_the_same_picture(name, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = gradient(16, 12).resize((1600, 1200), Image.Resampling.BICUBIC)
    data = encoded(photo, name, exif=exif.tobytes())
    edit = Edit(aspect=Fraction(1), resize=Resize(150, 150), output=Output("png"))
    small = decoded(render(data, edit, Limits()).data).convert("RGB")
    upright = photo if orientation == 1 else photo.transpose(Image.Transpose.ROTATE_270)
    side, left = 1200, (upright.width - 1200) // 2
    top = (upright.height - 1200) // 2
    expected = upright.crop((left, top, left + side, top + side)).resize((150, 150))
    off = [abs(a - b) for a, b in zip(small.tobytes(), expected.tobytes(), strict=True)]
    assert small.size == (150, 150)
    assert sum(off) / len(off) < 3


@pytest.mark.parametrize("gravity", ["entropy", "attention"])
def test_a_plain_picture_is_cut_in_the_middle_and_says_so(gravity):
    data = encoded(Image.new("RGB", (90, 60), (80, 80, 80)))
    told = report(data, gravity=gravity, width=30, height=20)
    assert told.rect == Rect(30, 20, 30, 20)
    assert [attempt.decider for attempt in told.tried] == [gravity, "center"]


def test_attention_finds_the_one_colourful_thing_at_every_size():
    image = Image.new("RGB", (900, 600), (120, 120, 120))
    image.paste((230, 60, 40), (650, 400, 750, 500))
    for side in (150, 200, 300):
        rect = report(encoded(image), gravity="attention", width=side, height=side).rect
        assert rect.x <= 660
        assert rect.right >= 740
        assert rect.y <= 410
        assert rect.bottom >= 490


def test_a_rect_outside_is_refused_with_its_numbers():
    with pytest.raises(RectOutsideError) as refusal:
        report(framed(), rect=Rect(150, 0, 60, 10))
    assert (refusal.value.start, refusal.value.length, refusal.value.available) == (150, 60, 200)
    with pytest.raises(RectEmptyError):
        report(framed(), rect=Rect(0, 0, 0, 10))


def test_explain_needs_no_encoding_and_agrees_with_the_crop():
    edit = Edit(gravity="entropy", width=50, height=40)
    assert explain(framed(), edit, Limits()) == render(framed(), edit, Limits()).report

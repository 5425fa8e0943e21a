"""Cut-outs without a model: what is kept, what is put behind it, what is said about it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from conftest import decoded, encoded, gradient
from cropwright.core.colour import Colour
from cropwright.core.command import Edit, Margin, Output, Resize
from cropwright.core.cutout import Blur, Cutout, Shadow
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import explain, render
from cropwright.errors import (
    InvalidValueError,
    ModelMissingError,
    ModelUnusableError,
    SubjectMissingError,
)
from cutouts import NO_MODELS, alpha_of, photo, product

BALL_RECT = Rect(60, 40, 80, 80)


WHOLE = Cutout()


def cut(data: bytes, cutout: Cutout = WHOLE, **edit: object):
    return render(data, Edit(cutout=cutout, **edit), Limits(), NO_MODELS)


def framed() -> Image.Image:
    image = Image.new("RGB", (200, 150), (250, 250, 250))
    image.paste(gradient(192, 142).point(lambda value: value // 2), (4, 4))
    return image


def near(one: Rect, other: Rect, pixels: int = 2) -> bool:
    apart = (one.x - other.x, one.y - other.y, one.right - other.right, one.bottom - other.bottom)
    return max(map(abs, apart)) <= pixels


def test_a_product_is_cut_out_of_its_backdrop_and_its_hole_stays_open():
    alpha = alpha_of(cut(photo()).data)
    assert alpha.shape == (150, 200)
    assert alpha[80, 70] == 1
    assert alpha[80, 100] == 0
    assert alpha[10, 10] == 0


def test_the_report_says_who_looked_and_in_whose_place():
    seen = cut(photo()).report.seen
    assert (seen.model, seen.origin, seen.instead_of) == ("classical", "built in", "u2netp")
    assert seen.confidence < 0.5
    assert near(seen.box, BALL_RECT)


def test_a_report_without_a_cutout_has_no_word_of_it():
    told = explain(photo(), Edit(), Limits(), NO_MODELS)
    assert told.seen is None
    assert "cutout" not in told.as_dict()


def test_colours_are_straight_and_clear_pixels_hold_nothing():
    pixels = np.asarray(decoded(cut(photo()).data))
    rim = pixels[(pixels[:, :, 3] > 60) & (pixels[:, :, 3] < 200)].astype(int)
    assert len(rim) > 50
    assert np.abs(rim[:, :3].mean(axis=0) - (190, 30, 40)).max() < 60
    assert pixels[pixels[:, :, 3] == 0].max() == 0


@pytest.mark.parametrize(
    ("source", "output", "written"),
    [
        ("JPEG", Output(), "PNG"),
        ("WEBP", Output(), "WEBP"),
        ("JPEG", Output("avif"), "AVIF"),
        ("JPEG", Output(path="a.webp"), "WEBP"),
        ("JPEG", Output("jpeg"), "JPEG"),
    ],
)
def test_what_is_clear_is_written_in_a_format_that_can_hold_it(source, output, written):
    data = encoded(product(), source, quality=95)
    assert decoded(cut(data, output=output).data).format == written


def test_an_opaque_background_keeps_the_source_s_format():
    made = cut(photo(), Cutout(background=Colour(0, 0, 255)))
    assert made.format.name == "jpeg"
    image = decoded(made.data)
    assert np.abs(np.array(image.getpixel((100, 80))) - (0, 0, 255)).max() < 20
    assert np.abs(np.array(image.getpixel((70, 80))) - (190, 30, 40)).max() < 20


def test_a_picture_behind_covers_the_result():
    behind = encoded(Image.new("RGB", (40, 400), (0, 200, 0)))
    image = decoded(cut(photo(), Cutout(background=behind), output=Output("png")).data)
    assert image.size == (200, 150)
    assert {image.getpixel(place) for place in ((0, 0), (199, 149), (100, 80))} == {(0, 200, 0)}


def test_the_blurred_background_holds_nothing_of_the_subject():
    image = decoded(cut(photo(), Cutout(background=Blur(5)), output=Output("png")).data)
    beside = np.array(image.getpixel((52, 80)))
    assert np.abs(beside - (236, 236, 240)).max() < 8


def test_a_shadow_lies_under_the_subject_and_may_be_all_there_is_around_it():
    pixels = np.asarray(decoded(cut(photo(), Cutout(shadow=Shadow(down=5))).data))
    below = pixels[124, 100]
    assert below[:3].max() < 20
    assert 20 < below[3] < 120
    assert tuple(pixels[80, 70][:3]) != (0, 0, 0)


def test_only_the_mask_is_grey_and_white_where_the_subject_is():
    image = decoded(cut(photo(), Cutout(only_mask=True)).data)
    assert image.mode == "L"
    assert (image.getpixel((70, 80)), image.getpixel((5, 5))) == (255, 0)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({}, BALL_RECT),
        ({"margin": Margin(10)}, Rect(50, 30, 100, 100)),
        ({"aspect": Fraction(2)}, Rect(20, 40, 160, 80)),
        ({"aspect": Fraction(1, 2)}, Rect(63, 0, 75, 150)),
        ({"width": 120, "height": 60}, Rect(40, 50, 120, 60)),
    ],
)
@pytest.mark.parametrize("cutout", [None, Cutout()])
def test_gravity_subject_cuts_to_its_box_from_the_picture_or_the_cutout(edit, expected, cutout):
    told = explain(photo(), Edit(gravity="subject", cutout=cutout, **edit), Limits(), NO_MODELS)
    assert near(told.rect, expected, 3)
    assert told.decided_by == "subject"


def test_gravity_subject_without_one_takes_the_centre_and_says_so():
    plain = encoded(Image.new("RGB", (120, 80), (200, 200, 200)))
    told = explain(plain, Edit(gravity="subject", width=20, height=20), Limits(), NO_MODELS)
    assert told.rect == Rect(50, 30, 20, 20)
    assert [row.decider for row in told.tried] == ["subject", "center"]


def test_a_cutout_may_be_resized_and_its_mask_goes_with_it():
    made = cut(photo(), gravity="subject", resize=Resize(40, 40))
    alpha = alpha_of(made.data)
    assert alpha.shape == (40, 40)
    assert alpha[20, 20] == 0
    assert alpha[20, 6] == 1
    assert alpha[1, 1] == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_subject_is_found_in_the_upright_picture(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(product(), "JPEG", quality=95, exif=exif.tobytes())
    png = Edit(output=Output("png"))
    upright = alpha_of(cut(render(data, png, Limits()).data).data)
    turned = alpha_of(cut(data).data)
    assert turned.shape == upright.shape
    assert np.abs(turned - upright).mean() < 0.01


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA"])
def test_pictures_of_every_kind_come_out_in_colour_with_coverage(mode):
    made = cut(encoded(product().convert(mode)))
    assert decoded(made.data).mode == "RGBA"
    assert alpha_of(made.data)[80, 70] == 1


def test_what_was_clear_stays_clear():
    image = product().convert("RGBA")
    image.paste((0, 0, 0, 0), (60, 40, 100, 150))
    alpha = alpha_of(cut(encoded(image)).data)
    assert (alpha[80, 70], alpha[80, 130]) == (0, 1)


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (100, 80), (120, 130, 140)),
        gradient(200, 150),
        framed(),
    ],
    ids=["plain", "busy", "all of it"],
)
def test_without_a_model_what_cannot_be_right_is_refused(picture):
    with pytest.raises(SubjectMissingError):
        cut(encoded(picture))


@pytest.mark.parametrize("background", [None, Colour(0, 0, 255), Blur()])
def test_where_no_subject_is_found_the_whole_picture_may_be_kept(background):
    plain = encoded(gradient(64, 40))
    made = cut(plain, Cutout(no_subject="keep", background=background), output=Output("png"))
    assert decoded(made.data).convert("RGB").tobytes() == decoded(plain).tobytes()
    assert (made.report.seen.box, made.report.seen.confidence) == (None, 0)


def test_the_mask_of_a_picture_kept_whole_is_white():
    made = cut(encoded(gradient(64, 40)), Cutout(no_subject="keep", only_mask=True))
    assert decoded(made.data).getextrema() == (255, 255)


def test_what_was_clear_stays_clear_in_a_picture_kept_whole():
    source = gradient(64, 40)
    source.putalpha(200)
    made = cut(encoded(source), Cutout(no_subject="keep"))
    assert made.report.seen.box is None
    assert decoded(made.data).getchannel("A").getextrema() == (200, 200)


@pytest.mark.parametrize("name", ["u2netp", "isnet"])
def test_a_model_that_was_named_is_never_replaced(name):
    with pytest.raises(ModelMissingError, match=f"cropwright models pull {name}"):
        cut(photo(), Cutout(model=name))


def test_birefnet_has_to_be_opened_first():
    with pytest.raises(ModelUnusableError, match="CROPWRIGHT_MODELS_BIREFNET"):
        cut(photo(), Cutout(model="birefnet"))


def test_without_the_fallback_a_missing_model_is_told():
    strict = replace(NO_MODELS, fallback=False)
    with pytest.raises(ModelMissingError):
        render(photo(), Edit(cutout=Cutout()), Limits(), strict)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Cutout(model="rmbg"),
        lambda: Cutout(only_mask=True, shadow=Shadow()),
        lambda: Blur(0),
        lambda: Shadow(opacity=2),
        lambda: Edit(cutout=Cutout(), animate=True),
    ],
)
def test_a_wish_that_cannot_be_is_refused_on_making(wrong):
    with pytest.raises(InvalidValueError):
        wrong()

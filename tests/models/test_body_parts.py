"""Parts of people and lines across faces in the shared photographs."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from conftest import cropwright, decoded, encoded, gradient
from cropwright.core.body import NEEDS, Part
from cropwright.core.command import Edit, Margin, Output, Resize
from cropwright.core.cutout import Cutout
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.core.lines import LINES, Line
from cropwright.engine.load import open_picture
from cropwright.engine.people import viewed
from cropwright.engine.pipeline import explain, render
from cropwright.errors import ModelMissingError, PartMissingError
from cutouts import NO_MODELS, every_model

GROUP, ASTRONAUT = "imagor_people.jpg", "ski_astronaut.png"
# As people see them, drawn by hand: the men from head to shoes, how low their eyes reach, their waists.
MEN = [Rect(279, 590, 711, 2130), Rect(1143, 646, 525, 1844)]
EYES = {GROUP: 790, ASTRONAUT: 108}
BELTS = {1: (1480, 1640), 2: (1380, 1530)}
NESTED = [
    *[("face", "head"), ("head", "head_to_shoulder"), ("head_to_shoulder", "upper_half")],
    *[("upper_half", "person"), ("head_to_shoulder", "head_to_elbows")],
    *[("head_to_elbows", "head_to_knees"), ("head_to_knees", "person")],
    *[("hips", "person"), ("mid_half", "person"), ("lower_half", "person")],
]


def told(shared, name: str, **wish: object):
    data = (shared / "samples" / name).read_bytes()
    return explain(data, Edit(**wish), Limits(), every_model(shared))


def part_of(shared, name: str, part: str, who: str = "largest") -> Rect:
    return told(shared, name, part=Part(part, who)).rect


def holds(outer: Rect, inner: Rect) -> bool:
    return outer.joined(inner) == outer


@pytest.mark.parametrize(("name", "count"), [(GROUP, 2), (ASTRONAUT, 1)])
def test_the_parts_of_everybody_nest(shared, name, count):
    people = told(shared, name, part=Part("person")).people
    assert len(people.parts) == count
    for parts in people.parts:
        pairs = [pair for pair in NESTED if parts.keys() >= set(pair)]
        assert ("head", "head_to_shoulder") in pairs
        assert all(holds(parts[outer], parts[inner]) for inner, outer in pairs)


def test_of_people_who_stand_there_whole_every_part_is_seen(shared):
    people = told(shared, GROUP, part=Part("person")).people
    assert [parts.keys() for parts in people.parts] == [NEEDS.keys()] * 2


@pytest.mark.parametrize("number", [1, 2])
def test_a_person_is_whole_with_hair_and_shoes(shared, number):
    assert holds(part_of(shared, GROUP, "person", str(number)), MEN[number - 1])


@pytest.mark.parametrize("number", [1, 2])
def test_halves_meet_at_the_waist(shared, number):
    upper = part_of(shared, GROUP, "upper_half", str(number))
    lower = part_of(shared, GROUP, "lower_half", str(number))
    top, bottom = BELTS[number]
    assert top - 100 < upper.bottom == lower.y < bottom


@pytest.mark.parametrize(
    ("part", "missing"),
    [
        ("head_to_knees", "knees"),
        ("lower_half", "feet"),
        ("mid_half", "thighs"),
        ("hips", "hips"),
    ],
)
def test_legs_that_are_not_in_the_picture_are_not_made_up(shared, part, missing):
    with pytest.raises(PartMissingError, match=f"^the picture shows no {missing}$"):
        part_of(shared, ASTRONAUT, part)


def test_elbows_are_found_where_the_picture_cuts_somebody_off(shared):
    box = part_of(shared, ASTRONAUT, "head_to_elbows")
    assert holds(box, Rect(40, 14, 300, 300))


def test_of_people_whose_faces_are_not_seen_the_parts_but_face_and_head_are(shared):
    image = Image.open(shared / "samples" / GROUP).convert("RGB")
    pen = ImageDraw.Draw(image)
    for hidden in ((640, 590, 830, 860), (1210, 640, 1400, 900)):
        pen.ellipse(hidden, fill=(60, 40, 30))
    wish = Edit(part=Part("head_to_knees", "1"))
    report = explain(encoded(image), wish, Limits(), every_model(shared))
    assert report.people.parts[0].keys() == NEEDS.keys() - {"face", "head"}
    assert report.rect.y == pytest.approx(590, abs=40)
    assert 1990 < report.rect.bottom < 2250


@pytest.mark.parametrize("part", NEEDS)
def test_where_nobody_is_seen_it_is_said(shared, part):
    with pytest.raises(PartMissingError, match=r"^the picture shows no (person|face)$"):
        part_of(shared, "nat_lemur.png", part)


@pytest.mark.parametrize("name", EYES)
@pytest.mark.parametrize("line", LINES)
def test_below_a_line_there_is_no_eye(shared, name, line):
    report = told(shared, name, line=Line(line))
    assert report.rect.y > EYES[name]
    assert report.rect.bottom == report.source.height


def test_a_window_of_another_shape_stays_below_the_line(shared):
    kept = told(shared, GROUP, line=Line("nose"))
    square = told(shared, GROUP, line=Line("nose"), aspect=Fraction(1), gravity="north")
    assert (square.rect.y, square.rect.width) == (kept.rect.y, 2000)
    filled = told(shared, GROUP, line=Line("nose"), resize=Resize(300, 100, "fill"))
    assert holds(kept.rect, filled.rect)
    assert filled.result.width == 300


def test_a_line_needs_a_face(shared):
    with pytest.raises(PartMissingError, match=r"^the picture shows no face$"):
        told(shared, "nat_lemur.png", line=Line("eyes"))


def test_a_part_has_its_margin_and_the_smallest_window_of_a_shape_around_it(shared):
    head = part_of(shared, GROUP, "head", "1")
    wider = told(shared, GROUP, part=Part("head", "1"), margin=Margin(top=10, left=20))
    assert wider.rect == Rect(head.x - 20, head.y - 10, head.width + 20, head.height + 10)
    square = told(shared, GROUP, part=Part("head", "1"), aspect=Fraction(1))
    assert square.rect.width == square.rect.height == max(head.width, head.height)
    assert (square.decided_by, square.tried[-1].outcome) == ("part", "head, 1 of 2")


def test_a_part_is_cut_out_and_resized_as_any_window(shared):
    data = (shared / "samples" / ASTRONAUT).read_bytes()
    edit = Edit(
        part=Part("head_to_shoulder"),
        resize=Resize(100, 100),
        cutout=Cutout(),
        output=Output("png"),
    )
    made = render(data, edit, Limits(), every_model(shared))
    image = decoded(made.data)
    assert (image.mode, max(image.size)) == ("RGBA", 100)
    assert image.getpixel((image.width // 2, image.height // 2))[3] > 250
    assert image.getpixel((1, 1))[3] < 5


def test_a_turned_picture_has_its_parts_at_the_same_places(shared):
    image = Image.open(shared / "samples" / ASTRONAUT).convert("RGB")
    buffer, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    image.rotate(90, expand=True).save(buffer, "PNG", exif=exif)
    wish = Edit(part=Part("head_to_elbows"))
    turned = explain(buffer.getvalue(), wish, Limits(), every_model(shared)).rect
    upright = part_of(shared, ASTRONAUT, "head_to_elbows")
    assert max(abs(turned.x - upright.x), abs(turned.bottom - upright.bottom)) <= 8


def test_a_model_that_is_missing_is_named():
    data = encoded(gradient(300, 200))
    for wish in (Edit(part=Part("hips")), Edit(line=Line("eyes"))):
        with pytest.raises(ModelMissingError):
            explain(data, wish, Limits(), NO_MODELS)


def test_the_parts_that_are_seen_are_told_in_json(shared):
    said = told(shared, ASTRONAUT, part=Part("head")).as_dict()["people"]
    assert said["parts"][0].keys() == {"face", "head"}
    assert said["parts"][0]["head"] == told(shared, ASTRONAUT, part=Part("head")).as_dict()["rect"]
    assert [model["model"] for model in said["models"]] == ["yunet"]


def test_models_look_at_a_copy_that_is_no_larger_than_they_need(shared):
    data = (shared / "samples" / GROUP).read_bytes()
    assert 640 <= viewed(open_picture(data, Limits())).image.height < 1280


def test_the_command_cuts_to_a_part_and_tells_which_are_seen(shared, tmp_path):
    models, photo = every_model(shared), shared / "samples" / ASTRONAUT
    own = {
        f"CROPWRIGHT_MODELS_{name.upper()}_FILE": models.own_file(name)
        for name in ("yunet", "yolox", "pose")
    }
    asked = ("crop", photo, "--part", "person", "--explain", "-o", tmp_path / "a.png")
    done = cropwright(*asked, **own)
    assert (done.returncode, "head_to_elbows" in done.stdout + done.stderr) == (0, True)
    refused = cropwright("crop", photo, "--part", "lower_half", "-o", tmp_path / "b.png", **own)
    assert refused.returncode != 0
    assert "the picture shows no feet" in refused.stderr

"""Faces and persons in the shared photographs, and where windows are placed for them."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

import pytest
from PIL import Image

from conftest import encoded, gradient
from cropwright.core.command import Edit, Output, Resize
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import explain, render
from cropwright.errors import ModelMissingError
from cutouts import NO_MODELS, every_model

# Heads as people see them, hair and chin: left, top, right, bottom, drawn by hand.
HEADS = {
    "ski_astronaut.png": [(152, 14, 302, 190)],
    "imagor_people.jpg": [(636, 590, 830, 856), (1214, 646, 1397, 900)],
}
SHAPES = ["1:1", "4:5", "16:9", "9:16", "600x200"]
BODIES = {"imagor_people.jpg": 2, "ski_astronaut.png": 1, "nat_lemur.png": 0}


def told(shared, name: str, **wish: object):
    data = (shared / "samples" / name).read_bytes()
    return explain(data, Edit(**wish), Limits(), every_model(shared))


def shaped(shape: str) -> dict[str, object]:
    if "x" in shape:
        return {"resize": Resize(600, 200, "fill")}
    across, down = shape.split(":")
    return {"aspect": Fraction(int(across), int(down))}


def holds(window: Rect, head: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = head
    across = window.x <= left and right <= window.right
    return across and window.y <= top and bottom <= window.bottom


@pytest.mark.parametrize("gravity", ["auto", "face"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", HEADS)
def test_every_head_that_fits_is_whole(shared, name, shape, gravity):
    report, heads = told(shared, name, gravity=gravity, **shaped(shape)), HEADS[name]
    right, left = max(h[2] for h in heads), min(h[0] for h in heads)
    bottom, top = max(h[3] for h in heads), min(h[1] for h in heads)
    window = report.rect
    all_fit = right - left <= window.width and bottom - top <= window.height
    kept = [holds(window, head) for head in heads]
    one_fits = any(h[2] - h[0] <= window.width and h[3] - h[1] <= window.height for h in heads)
    assert all(kept) if all_fit else any(kept) or not one_fits


@pytest.mark.parametrize("name", HEADS)
def test_the_head_drawn_around_a_face_holds_the_head_that_people_see(shared, name):
    report = told(shared, name, gravity="face", aspect=Fraction(1, 3))
    seen = [face.head(report.source.size) for face in report.people.faces]
    assert len(seen) == len(HEADS[name])
    assert all(any(holds(box, head) for box in seen) for head in HEADS[name])


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_face_on_its_side_is_found_where_it_is(shared, degrees):
    image = Image.open(shared / "samples" / "ski_astronaut.png").convert("RGB")
    data = encoded(image.rotate(degrees, expand=True))
    report = explain(
        data, Edit(gravity="face", width=300, height=300), Limits(), every_model(shared)
    )
    left, top, right, bottom = HEADS["ski_astronaut.png"][0]
    at_90, at_270 = (top, 512 - right, bottom, 512 - left), (512 - bottom, left, 512 - top, right)
    assert holds(report.rect, at_90 if degrees == 90 else at_270)


@pytest.mark.parametrize("gravity", ["auto", "face", "person"])
def test_a_picture_has_one_place_whatever_size_is_asked_for(shared, gravity):
    sizes = [(1200, 400), (600, 200), (300, 100), (3, 1)]
    wishes = [Resize(*size, "fill") for size in sizes]
    places = {
        told(shared, "imagor_people.jpg", gravity=gravity, resize=resize).rect for resize in wishes
    }
    assert len(places) == 1


def test_a_turned_picture_is_cut_at_the_same_place_as_an_upright_one(shared):
    image = Image.open(shared / "samples" / "imagor_people.jpg").resize((1000, 1475))
    buffer, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    image.rotate(90, expand=True).save(buffer, "PNG", exif=exif)
    wish = Edit(gravity="face", aspect=Fraction(2, 1))
    turned = explain(buffer.getvalue(), wish, Limits(), every_model(shared)).rect
    upright = explain(encoded(image), wish, Limits(), every_model(shared)).rect
    assert abs(turned.y - upright.y) <= 8
    assert turned.size == upright.size


@pytest.mark.parametrize("name", BODIES)
def test_persons_are_counted_and_told(shared, name):
    report = told(shared, name, gravity="person", aspect=Fraction(1, 3))
    assert len(report.people.persons) == BODIES[name]
    assert report.decided_by == ("person" if BODIES[name] else "center")


def test_of_somebody_taller_than_the_window_the_head_is_kept(shared):
    report = told(shared, "imagor_people.jpg", gravity="person", aspect=Fraction(1))
    assert all(holds(report.rect, head) for head in HEADS["imagor_people.jpg"])


def test_auto_tells_every_step_and_who_decided(shared):
    report = told(shared, "nat_lemur.png", gravity="auto", aspect=Fraction(1))
    steps = [(a.decider, a.outcome) for a in report.tried]
    assert steps == [("face", "no face is seen"), ("subject", "found by u2netp")]
    assert (report.people.faces, report.seen.box is not None) == ((), True)
    said = told(shared, "ski_astronaut.png", gravity="auto", aspect=Fraction(2)).as_dict()
    assert said["decided_by"] == "face"
    assert said["people"]["faces"][0]["box"].keys() == {"x", "y", "width", "height"}
    assert said["people"]["models"] == [{"model": "yunet", "origin": "own file"}]


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_auto_takes_the_centre_of_a_picture_that_shows_nothing(shared, colour):
    data = encoded(Image.new("RGB", (300, 200), colour))
    wish = Edit(gravity="auto", aspect=Fraction(1))
    for settings in (every_model(shared), NO_MODELS):
        report = explain(data, wish, Limits(), settings)
        assert (report.decided_by, report.rect) == ("center", Rect(50, 0, 200, 200))


def test_without_a_model_auto_goes_on_and_says_which_is_missing():
    data = encoded(gradient(300, 200))
    report = explain(data, Edit(gravity="auto", aspect=Fraction(1)), Limits(), NO_MODELS)
    assert "the model yunet is not installed" in report.tried[0].outcome
    assert [a.decider for a in report.tried][:3] == ["face", "subject", "attention"]


@pytest.mark.parametrize("gravity", ["face", "person"])
def test_a_gravity_that_was_named_asks_for_its_model_unless_it_may_be_forgiven(gravity):
    data, shape = encoded(gradient(300, 200)), Fraction(1)
    with pytest.raises(ModelMissingError):
        explain(data, Edit(gravity=gravity, aspect=shape), Limits(), NO_MODELS)
    edit = Edit(gravity=gravity, aspect=shape, forgiving=True, output=Output("png"))
    made = render(data, edit, Limits(), NO_MODELS)
    assert made.report.decided_by == "center"

"""Parts of bodies: from points and boxes to the boxes of parts, nested as anatomy has them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cropwright.core.body import NEEDS, Body, Marks, Part, bodies, part_box
from cropwright.core.geometry import Rect, Size
from cropwright.core.people import Face, Person, Point
from cropwright.errors import InvalidValueError, PartMissingError

SIZE = Size(1000, 1600)
NESTED = [
    ("face", "head"),
    ("head", "head_to_shoulder"),
    ("head_to_shoulder", "upper_half"),
    ("upper_half", "person"),
    ("head_to_shoulder", "head_to_elbows"),
    ("head_to_elbows", "head_to_knees"),
    ("head_to_knees", "person"),
    ("hips", "person"),
    ("mid_half", "person"),
    ("lower_half", "person"),
]


def face(x: int, y: int, side: int = 100) -> Face:
    """An upright face with its upper left corner there."""
    at = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
    one, two, three, four, five = (Point(x + a * side, y + b * side) for a, b in at)
    return Face(Rect(x, y, side, side), (one, two, three, four, five), 0.9)


def pair(left: float, right: float, y: float) -> tuple[Point, Point]:
    return Point(left, y), Point(right, y)


STANDING = Marks(
    shoulders=pair(400, 600, 330),
    elbows=pair(370, 630, 520),
    hips=pair(440, 560, 690),
    knees=pair(440, 560, 980),
    feet=pair(440, 560, 1300),
)
PERSON = Person(Rect(350, 160, 300, 1150), 0.9)
BODY = Body(face(450, 180), PERSON, STANDING)


def holds(outer: Rect, inner: Rect) -> bool:
    return outer.joined(inner) == outer


def test_of_somebody_who_is_seen_whole_every_part_is_told():
    assert BODY.parts(SIZE).keys() == NEEDS.keys()


@pytest.mark.parametrize(("inner", "outer"), NESTED)
def test_parts_nest(inner, outer):
    parts = BODY.parts(SIZE)
    assert holds(parts[outer], parts[inner])


places = st.builds(Point, st.floats(0, 999), st.floats(0, 1599))
some = st.lists(places, max_size=2).map(tuple)
boxes = st.builds(
    Rect, st.integers(0, 500), st.integers(0, 800), st.integers(1, 500), st.integers(1, 800)
)
anybody = st.builds(
    Body,
    st.none() | st.builds(face, st.integers(0, 800), st.integers(0, 1400), st.integers(1, 200)),
    st.builds(Person, boxes, st.just(0.9)),
    st.builds(Marks, some, some, some, some, some),
)


@given(anybody)
def test_parts_of_any_body_nest_and_stay_inside_the_picture(body):
    parts = body.parts(SIZE)
    for inner, outer in NESTED:
        if inner in parts and outer in parts:
            assert holds(parts[outer], parts[inner])
    for box in parts.values():
        box.check_inside(SIZE)


def test_parts_end_where_anatomy_has_them():
    parts = BODY.parts(SIZE)
    assert parts["head"].bottom < parts["head_to_shoulder"].bottom < 520
    assert 520 < parts["head_to_elbows"].bottom < parts["upper_half"].bottom < 690
    assert parts["upper_half"].bottom == parts["lower_half"].y
    assert parts["mid_half"].y < parts["hips"].y < 690 < parts["hips"].bottom
    assert parts["hips"].bottom < parts["mid_half"].bottom < 980 < parts["head_to_knees"].bottom
    assert 1300 < parts["lower_half"].bottom == parts["person"].bottom


@pytest.mark.parametrize(
    ("unseen", "lost"),
    [
        ("feet", {"lower_half"}),
        ("knees", {"head_to_knees"}),
        ("elbows", {"head_to_elbows"}),
        ("hips", {"hips", "upper_half", "mid_half", "lower_half", "head_to_knees"}),
    ],
)
def test_what_is_not_seen_is_no_part(unseen, lost):
    marks = replace(STANDING, **{unseen: ()})
    assert NEEDS.keys() - Body(BODY.face, PERSON, marks).parts(SIZE).keys() == lost


def test_without_shoulders_only_the_head_and_the_whole_person_are_known():
    parts = Body(BODY.face, PERSON, replace(STANDING, shoulders=())).parts(SIZE)
    assert parts.keys() == {"face", "head", "person"}


def test_hips_right_below_the_shoulders_are_none():
    marks = replace(STANDING, hips=pair(440, 560, 380), knees=pair(440, 560, 400))
    parts = Body(BODY.face, PERSON, marks).parts(SIZE)
    assert parts.keys() == {"face", "head", "person", "head_to_shoulder", "head_to_elbows"}


def test_knees_beside_the_hips_are_none():
    marks = replace(STANDING, knees=pair(440, 560, 700))
    assert "head_to_knees" not in Body(BODY.face, PERSON, marks).parts(SIZE)


def test_thighs_and_hips_below_the_picture_s_edge_are_no_parts():
    cut = Person(Rect(350, 160, 300, 540), 0.9)
    marks = replace(STANDING, knees=(), feet=())
    parts = Body(BODY.face, cut, marks).parts(Size(1000, 700))
    assert {"hips", "mid_half"} & parts.keys() == set()
    assert "upper_half" in parts


def test_of_somebody_seen_from_behind_the_head_begins_where_the_person_does():
    parts = Body(None, PERSON, STANDING).parts(SIZE)
    assert {"face", "head"} & parts.keys() == set()
    assert parts["head_to_knees"].y == parts["head_to_shoulder"].y == PERSON.box.y


def test_the_whole_body_reaches_below_an_upright_head_whatever_hides_it():
    bust = Rect(350, 160, 300, 200)
    assert BODY.reach(bust, SIZE) == Rect(350, 130, 300, 6 * BODY.face.head(SIZE).height)
    assert BODY.reach(PERSON.box, SIZE) == Rect(350, 130, 300, 1180)
    assert Body(None, PERSON).reach(bust, SIZE) == bust


def test_a_head_that_lies_says_nothing_of_where_the_body_is():
    turned = tuple(Point(p.y, p.x) for p in face(180, 450).points)
    lying = Face(Rect(450, 180, 100, 100), turned, 0.9)
    assert Body(lying, PERSON).reach(PERSON.box, SIZE) == PERSON.box


def test_points_grow_with_the_picture():
    assert STANDING.scaled(2).knees == pair(880, 1120, 1960)


def test_each_face_belongs_to_the_person_whose_head_it_may_be():
    other = Person(Rect(600, 160, 300, 1150), 0.8)
    own, others, alone = face(450, 180), face(700, 190), face(20, 20)
    made = bodies([alone, others, own], [PERSON, other])
    assert made == (Body(own, PERSON), Body(others, other), Body(alone))


def moved(body: Body, across: int) -> Body:
    marks = Marks(
        *(
            tuple(Point(p.x + across, p.y) for p in getattr(body.marks, name))
            for name in Marks.__slots__
        )
    )
    box = body.person.box.moved(across, 0)
    return Body(face(body.face.box.x + across, body.face.box.y), Person(box, 0.9), marks)


SMALL = Body(face(40, 400, 40), Person(Rect(20, 380, 100, 300), 0.9))
CROWD = (BODY, moved(BODY, 320), SMALL)


def test_one_of_several_people_is_named_by_size_or_counted_from_the_left():
    largest = part_box(CROWD, Part("head"), SIZE)
    assert largest in (BODY.parts(SIZE)["head"], CROWD[1].parts(SIZE)["head"])
    first = part_box(CROWD, Part("head", "1"), SIZE)
    assert first == SMALL.parts(SIZE)["head"]
    assert part_box(CROWD, Part("head", "2"), SIZE) == BODY.parts(SIZE)["head"]


def test_all_people_are_those_who_show_the_part():
    knees = part_box(CROWD, Part("head_to_knees", "all"), SIZE)
    shown = [body.parts(SIZE)["head_to_knees"] for body in CROWD[:2]]
    assert knees == shown[0].joined(shown[1])


@pytest.mark.parametrize(
    ("found", "part", "missing"),
    [
        ((), Part("hips"), "person"),
        ((), Part("face"), "face"),
        ((Body(None, PERSON, STANDING),), Part("head"), "face"),
        ((SMALL,), Part("head_to_knees"), "knees"),
        ((BODY, SMALL), Part("lower_half", "1"), "feet"),
        ((BODY,), Part("head", "2"), "person 2"),
    ],
)
def test_a_part_that_is_not_there_is_named(found, part, missing):
    with pytest.raises(PartMissingError) as refusal:
        part_box(found, part, SIZE)
    assert str(refusal.value) == f"the picture shows no {missing}"


def test_around_the_face_the_part_stays_whole_and_the_face_is_in_the_middle():
    lopsided = Body(face(520, 180), PERSON, STANDING)
    plain = part_box([lopsided], Part("upper_half"), SIZE)
    box = part_box([lopsided], Part("upper_half", around_face=True), SIZE)
    assert holds(box, plain)
    assert box.x + box.right == 2 * 570
    behind = Body(None, PERSON, STANDING)
    wished = Part("upper_half", around_face=True)
    assert part_box([behind], wished, SIZE) == behind.parts(SIZE)["upper_half"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("torso",), "part"),
        (("head", "both"), "who"),
        (("head", "0"), "who"),
        (("head", "100"), "who"),
    ],
)
def test_a_part_that_nobody_has_and_a_word_for_nobody_are_refused(given, field):
    with pytest.raises(InvalidValueError) as refusal:
        Part(*given)
    assert refusal.value.field == field

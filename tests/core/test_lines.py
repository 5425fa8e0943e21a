"""Lines across faces: in order, past both eyes, and never back across another face."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cropwright.core.geometry import Rect, Size
from cropwright.core.lines import LINES, Line, height_of, kept_by
from cropwright.core.people import Face, Point
from cropwright.errors import InvalidValueError, PartMissingError

SIZE = Size(400, 300)
AT = [(-20, -15), (20, -15), (0, 5), (-15, 25), (15, 25)]


def face(x: float, y: float, degrees: float = 0, scale: float = 1) -> Face:
    """A face whose middle is there, turned clockwise."""
    turn = math.radians(degrees)
    one, two, three, four, five = (
        Point(
            x + scale * (a * math.cos(turn) - b * math.sin(turn)),
            y + scale * (a * math.sin(turn) + b * math.cos(turn)),
        )
        for a, b in AT
    )
    half = round(50 * scale)
    box = Rect(round(x) - half, round(y) - half, 2 * half, 2 * half)
    return Face(box, (one, two, three, four, five), 0.9)


def test_lines_lie_where_their_names_say():
    heights = [height_of(face(200, 100), name, "below") for name in LINES]
    assert heights == [93, 95, 113, 115, 133, 150]
    above = [height_of(face(200, 100), name, "above") for name in LINES]
    assert above == [77, 95, 97, 115, 117, 150]


anyone = st.builds(
    face, st.floats(60, 340), st.floats(60, 240), st.floats(0, 360), st.floats(0.1, 1)
)


@given(anyone, st.sampled_from(["below", "above"]))
def test_lines_keep_their_order_however_a_head_is_tilted(one, keep):
    heights = [height_of(one, name, keep) for name in LINES]
    assert heights == sorted(heights)


@given(st.lists(anyone, min_size=1, max_size=4), st.sampled_from(LINES))
def test_below_a_line_there_is_nobody_s_eye(faces, name):
    kept = kept_by(Line(name), faces, SIZE)
    kept.check_inside(SIZE)
    assert all(eye.y < kept.y or kept.y == 299 for one in faces for eye in one.points[:2])


@given(st.lists(anyone, min_size=1, max_size=4))
def test_above_the_eyes_there_is_nobody_s_eye(faces):
    kept = kept_by(Line("eyes", "above"), faces, SIZE)
    kept.check_inside(SIZE)
    assert all(eye.y > kept.bottom or kept.bottom == 1 for one in faces for eye in one.points[:2])


PAIR = [face(100, 100), face(300, 140, scale=0.5)]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (Line("mouth"), Rect(0, 157, 400, 143)),
        (Line("mouth", who="largest"), Rect(0, 133, 400, 167)),
        (Line("mouth", who="2"), Rect(0, 157, 400, 143)),
        (Line("eyes", "above"), Rect(0, 0, 400, 77)),
        (Line("mouth", who="1", further=10), Rect(0, 163, 400, 137)),
        (Line("mouth", who="1", further=100), Rect(0, 299, 400, 1)),
        (Line("mouth", who="1", reach=50), Rect(0, 133, 400, 84)),
        (Line("mouth", who="1", reach=0), Rect(0, 133, 400, 1)),
        (Line("eyes", "above", "1", further=10), Rect(0, 0, 400, 47)),
        (Line("eyes", "above", "1", further=100), Rect(0, 0, 400, 1)),
        (Line("eyes", "above", "1", reach=50), Rect(0, 39, 400, 38)),
        (Line("mouth", who="1", left=50), Rect(100, 133, 300, 167)),
        (Line("mouth", who="1", right=25), Rect(0, 133, 250, 167)),
        (Line("mouth", who="1", left=0, right=0), Rect(200, 133, 1, 167)),
    ],
)
def test_what_is_kept(line, kept):
    assert kept_by(line, PAIR, SIZE) == kept


@pytest.mark.parametrize(
    ("line", "faces", "missing"),
    [(Line("nose"), [], "face"), (Line("nose", who="3"), PAIR, "face 3")],
)
def test_a_face_that_is_not_there_is_named(line, faces, missing):
    with pytest.raises(PartMissingError) as refusal:
        kept_by(line, faces, SIZE)
    assert refusal.value.part == missing


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "chin"}, "line"),
        ({"name": "eyes", "keep": "left"}, "keep"),
        ({"name": "eyes", "who": "me"}, "who"),
        ({"name": "eyes", "further": -1}, "further"),
        ({"name": "eyes", "reach": 101}, "reach"),
        ({"name": "eyes", "left": float("nan")}, "left"),
        ({"name": "eyes", "right": 100.5}, "right"),
    ],
)
def test_a_line_that_cannot_be_drawn_is_refused(given, field):
    with pytest.raises(InvalidValueError) as refusal:
        Line(**given)
    assert refusal.value.field == field

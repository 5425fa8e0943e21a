"""Where a subject goes in a frame: margins, alignment, the picture's edges."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cropwright.core.geometry import Rect, Size, whole
from cropwright.core.layout import END, ENDS, MIDDLE, START, Axis, Layout, Placed, Room
from cropwright.errors import InvalidValueError

SOURCE, BOX = Size(800, 600), Rect(300, 200, 200, 100)

ROOMS = st.builds(Room, st.floats(0, 80), st.floats(0, 100))
AXES = st.builds(Axis, ROOMS, ROOMS, st.sampled_from(ENDS))
SIZES = st.builds(Size, st.integers(200, 3000), st.integers(200, 3000))


@st.composite
def boxes_in_pictures(draw) -> tuple[Rect, Size]:
    size = draw(SIZES)
    x, y = draw(st.integers(0, size.width - 40)), draw(st.integers(0, size.height - 40))
    width = draw(st.integers(20, size.width - x))
    return Rect(x, y, width, draw(st.integers(20, size.height - y))), size


def seen(placed: Placed, box: Rect) -> tuple[float, float, float, float]:
    """The subject in the frame: left, top, right, bottom."""
    x, y = placed.x + box.x * placed.scale, placed.y + box.y * placed.scale
    return x, y, x + box.width * placed.scale, y + box.height * placed.scale


@pytest.mark.parametrize(
    ("layout", "subject"),
    [
        (Layout(Size(400, 400)), (0, 100, 400, 300)),
        (Layout(Size(400, 400), across=Axis(Room(100), Room(100))), (100, 150, 300, 250)),
        (Layout(Size(400, 400), across=Axis(Room(percent=50), Room())), (133, 133, 400, 267)),
        (Layout(Size(400, 400), across=Axis(Room(100), Room())), (100, 125, 400, 275)),
        (Layout(Size(400, 400), down=Axis(end=START)), (0, 0, 400, 200)),
        (Layout(Size(400, 400), down=Axis(Room(), Room(percent=10), END)), (0, 180, 400, 380)),
        (Layout(Size(400, 400), down=Axis(Room(30), Room(60))), (0, 100, 400, 300)),
        (Layout(Size(400, 400), down=Axis(Room(), Room(150))), (0, 50, 400, 250)),
        (Layout(), (0, 100, 800, 500)),
    ],
)
def test_the_subject_is_as_large_as_margins_allow_and_goes_where_it_is_aligned(layout, subject):
    assert seen(layout.placed(BOX, SOURCE), BOX) == pytest.approx(subject, abs=0.5)


@settings(max_examples=200, deadline=None)
@given(boxes_in_pictures(), SIZES, AXES, AXES)
def test_margins_are_kept_and_one_axis_is_full(drawn, frame, across, down):
    box, source = drawn
    placed = Layout(frame, across=across, down=down).placed(box, source)
    left, top, right, bottom = seen(placed, box)
    width, height, slack = right - left, bottom - top, 1e-6 * max(frame.width, frame.height)
    free = [
        left - across.before.beside(width),
        frame.width - right - across.after.beside(width),
        top - down.before.beside(height),
        frame.height - bottom - down.after.beside(height),
    ]
    assert min(free) >= -slack
    assert min(free[0] + free[1], free[2] + free[3]) <= slack


@settings(max_examples=200, deadline=None)
@given(boxes_in_pictures(), SIZES, AXES, AXES)
def test_a_picture_that_fills_its_frame_leaves_no_gap(drawn, frame, across, down):
    box, source = drawn
    placed = Layout(frame, filled=True, across=across, down=down).placed(box, source)
    slack = 1e-6 * max(frame.width, frame.height)
    assert max(placed.x, placed.y) <= slack
    assert placed.x + source.width * placed.scale >= frame.width - slack
    assert placed.y + source.height * placed.scale >= frame.height - slack
    assert placed.shown(source).inside(whole(source)) == placed.shown(source)


@settings(max_examples=100, deadline=None)
@given(boxes_in_pictures(), AXES, AXES)
def test_a_trimmed_frame_is_the_subject_and_its_margins_inside_the_picture(drawn, across, down):
    box, source = drawn
    placed = Layout(trimmed=True, filled=True, across=across, down=down).placed(box, source)
    shown = placed.shown(source)
    assert (placed.scale, shown.size) == (1, placed.frame)
    assert box.inside(shown) == box
    wanted = round(across.before.beside(box.width))
    assert box.x - shown.x == min(box.x, wanted)


@settings(max_examples=100, deadline=None)
@given(st.integers(100, 700), st.integers(20, 560), SIZES, st.sampled_from(["left", "right"]))
def test_a_subject_at_the_picture_s_edge_stays_at_the_frame_s_edge(width, height, frame, side):
    box = Rect(0 if side == "left" else 800 - width, 10, width, height)
    rooms = Axis(Room(20), Room(20), keeps_before=True, keeps_after=True)
    placed = Layout(frame, across=rooms, down=Axis(Room(20), Room(20))).placed(box, SOURCE)
    left, top, right, _ = seen(placed, box)
    at_the_edge = left if side == "left" else frame.width - right
    assert at_the_edge == pytest.approx(0, abs=1e-6)
    assert top >= 20 - 1e-6


def test_a_subject_that_reaches_across_the_picture_has_no_margin_on_either_side():
    rooms = Axis(Room(20), Room(40), keeps_before=True, keeps_after=True)
    box = Rect(0, 100, 800, 300)
    placed = Layout(Size(400, 400), across=rooms).placed(box, SOURCE)
    assert seen(placed, box) == pytest.approx((0, 125, 400, 275))


def test_without_the_wish_a_cut_off_subject_gets_its_margins():
    axis = Axis(Room(20), Room(20))
    assert axis.touching(0, 100, 100) == axis
    kept = replace(axis, keeps_before=True)
    assert (kept.touching(0, 100, 100).before, kept.touching(0, 100, 100).end) == (Room(), START)
    assert kept.touching(2, 100, 100).end == MIDDLE


@pytest.mark.parametrize("room", [Room(200), Room(250)])
def test_margins_that_leave_the_subject_no_pixel_are_refused(room):
    with pytest.raises(InvalidValueError) as refused:
        Layout(Size(400, 400), across=Axis(room, room)).placed(BOX, SOURCE)
    assert refused.value.expected == "room for the subject in 400 x 400 pixels"


def test_a_room_is_no_less_than_nothing():
    with pytest.raises(InvalidValueError):
        Room(-1)

"""Parts and lines laid into frames, on the shared photographs."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import decoded
from cropwright.core.body import Part
from cropwright.core.colour import WHITE
from cropwright.core.command import Edit, Output
from cropwright.core.cutout import KEEP, Cutout
from cropwright.core.geometry import Size
from cropwright.core.layout import Axis, Layout, Room
from cropwright.core.limits import Limits
from cropwright.core.lines import ABOVE, Line
from cropwright.engine.pipeline import explain, render
from cutouts import alpha_of, every_model, standing_man

SQUARE = Size(600, 600)
MARGIN = Room(percent=10)
ON_WHITE = Cutout(background=WHITE, no_subject=KEEP)


def made(shared, **edit):
    edit = {"output": Output("png")} | edit
    return render(standing_man(shared), Edit(**edit), Limits(), every_model(shared))


def test_a_part_at_its_own_scale_has_its_margins(shared):
    part = Part("head_to_shoulder")
    box = explain(standing_man(shared), Edit(part=part), Limits(), every_model(shared)).rect
    axis = Axis(MARGIN, Room())
    rect = made(
        shared, part=part, layout=Layout(trimmed=True, filled=True, across=axis)
    ).report.rect
    assert (box.x - rect.x, rect.right) == (round(box.width / 10), box.right)
    assert (rect.y, rect.bottom) == (box.y, box.bottom)


@pytest.mark.parametrize("name", ["face", "head", "hips", "upper_half"])
def test_a_part_in_a_frame_is_whole_and_as_large_as_its_margins_allow(shared, name):
    box = explain(standing_man(shared), Edit(part=Part(name)), Limits(), every_model(shared)).rect
    layout = Layout(Size(300, 600), filled=True, across=Axis(MARGIN, MARGIN))
    result = made(shared, part=Part(name), layout=layout)
    shown = result.report.rect
    assert decoded(result.data).size == (300, 600)
    assert shown.joined(box) == shown
    assert shown.width / shown.height == pytest.approx(0.5, abs=0.01)


def test_a_person_too_tall_for_a_frame_keeps_the_head(shared):
    down = Axis(MARGIN, MARGIN, starts_whole=True)
    result = made(shared, part=Part("person"), layout=Layout(SQUARE, filled=True, down=down))
    head = explain(standing_man(shared), Edit(part=Part("head")), Limits(), every_model(shared))
    assert result.report.rect.joined(head.rect) == result.report.rect


def test_on_a_background_the_whole_person_fits_into_any_frame(shared):
    layout = Layout(SQUARE, down=Axis(MARGIN, MARGIN))
    result = made(shared, part=Part("person"), cutout=ON_WHITE, layout=layout)
    pixels = np.asarray(decoded(result.data).convert("L"))
    rows = np.flatnonzero((pixels < 60).any(axis=1))
    assert rows[0] == pytest.approx(50, abs=15)
    assert pixels[:, :150].min() == 255


@pytest.mark.parametrize(("keep", "edge"), [("below", 0), (ABOVE, -1)])
def test_nothing_from_beyond_a_line_comes_back_in_a_frame(shared, keep, edge):
    line = Line("between_eyes_and_nose", keep)
    kept = explain(standing_man(shared), Edit(line=line), Limits(), every_model(shared)).rect
    filled = made(shared, line=line, layout=Layout(SQUARE, filled=True)).report.rect
    assert kept.joined(filled) == kept
    clear = made(shared, line=line, cutout=Cutout(no_subject=KEEP), layout=Layout(SQUARE))
    assert kept.joined(clear.report.rect) == kept
    alpha = alpha_of(clear.data)
    side = 600 * kept.height / max(kept.width, kept.height)
    rows = np.flatnonzero((alpha > 0.5).any(axis=1))
    assert rows[edge] == pytest.approx(300 + (side / 2 - 1) * (1 if edge else -1), abs=2)

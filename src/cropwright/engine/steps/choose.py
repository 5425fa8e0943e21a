"""Choosing the window: rect, trim and gravity, with every question asked written down."""

from __future__ import annotations

from cropwright.core.command import Edit
from cropwright.core.geometry import Rect, Size, to_stored, to_upright, upright_size, whole
from cropwright.core.gravity import COMPASS, FOCAL_POINT, at_compass, at_focal_point
from cropwright.core.report import Attempt
from cropwright.core.window import finished, window_size
from cropwright.engine.focus import FINDERS
from cropwright.engine.load import Opened
from cropwright.engine.steps.trim import plain_border
from cropwright.engine.vips import pyvips
from cropwright.engine.work import Window


def choose(opened: Opened, edit: Edit) -> Window:
    """The window of an edit, in upright pixels. RectOutsideError, RectEmptyError or damage."""
    size = opened.facts.size
    if edit.rect is not None:
        edit.rect.check_inside(size)
        return Window(finished(edit.rect, edit, size), (Attempt("rect", "as asked"),))
    field, tried, decoded = _field(opened, edit)
    wanted = window_size(field.size, edit)
    if wanted == field.size:
        kept = tried or (Attempt("whole", "nothing to cut"),)
        return Window(finished(field, edit, size), kept, decoded)
    placed = _placed(opened, edit, field, wanted)
    rect = finished(placed.rect, edit, size)
    return Window(rect, tried + placed.tried, placed.decoded or decoded)


def _field(opened: Opened, edit: Edit) -> tuple[Rect, tuple[Attempt, ...], pyvips.Image | None]:
    size = opened.facts.size
    if not edit.trim:
        return whole(size), (), None
    decoded = opened.decoded()
    box = plain_border(decoded, opened.facts.format)
    if box is None:
        return whole(size), (Attempt("trim", "all of it is plain"),), decoded
    return to_upright(box, size, opened.orientation), (Attempt("trim", "found a border"),), decoded


def _placed(opened: Opened, edit: Edit, field: Rect, wanted: Size) -> Window:
    name = edit.gravity
    if name in COMPASS:
        return Window(at_compass(wanted, field, name), (Attempt(name, "by its place"),))
    if name == FOCAL_POINT:
        rect = at_focal_point(wanted, field, edit.focal_x, edit.focal_y)
        return Window(rect, (Attempt(name, f"at {edit.focal_x:g}, {edit.focal_y:g}"),))
    return _looked_for(opened, name, field, wanted)


def _looked_for(opened: Opened, name: str, field: Rect, wanted: Size) -> Window:
    # Finders work on the picture as stored: turning all of it first would cost more than looking.
    size, orientation = opened.facts.size, opened.orientation
    stored = to_stored(field, size, orientation)
    found = FINDERS[name](opened, stored, upright_size(wanted, orientation))
    if found.rect is None:
        tried = (Attempt(name, "the picture is plain"), Attempt("center", "by its place"))
        return Window(at_compass(wanted, field, "center"), tried, found.decoded)
    rect = to_upright(found.rect, size, orientation)
    return Window(rect, (Attempt(name, "found a place"),), found.decoded)

"""Choosing the window: rect, trim and gravity, with every question asked written down."""

from __future__ import annotations

from dataclasses import replace

from cropwright.core.command import Edit
from cropwright.core.cutout import KEEP
from cropwright.core.geometry import Rect, Size, to_stored, to_upright, upright_size, whole
from cropwright.core.gravity import (
    BY_PEOPLE,
    COMPASS,
    FOCAL_POINT,
    SUBJECT,
    at_compass,
    at_focal_point,
)
from cropwright.core.models import ModelSettings
from cropwright.core.report import Attempt
from cropwright.core.window import around, finished, window_size
from cropwright.engine.focus import FINDERS
from cropwright.engine.load import Opened
from cropwright.engine.steps.layout import to_lay_out
from cropwright.engine.steps.trim import plain_border
from cropwright.engine.subject import Subject, find_subject
from cropwright.engine.work import Window
from cropwright.errors import ModelError, SubjectMissingError


def choose(opened: Opened, edit: Edit, models: ModelSettings) -> Window:
    """The window of an edit, in upright pixels, and the subject where it is needed.

    Raises RectOutsideError, RectEmptyError, SubjectMissingError, ModelError or damage.
    """
    if not edit.needs_subject:
        return _chosen(opened, edit, None, models)
    if edit.rect is not None:  # refused before a model looks
        edit.rect.check_inside(opened.facts.size)
    try:
        subject, decoded = find_subject(opened, edit.cutout.model if edit.cutout else None, models)
    except ModelError:
        if edit.cutout is not None or not edit.endures:
            raise
        return _chosen(opened, edit, None, models)
    if edit.cutout is not None and subject.seen.box is None and edit.cutout.no_subject != KEEP:
        raise SubjectMissingError(subject.missing)
    window = _chosen(opened, edit, subject, models)
    return replace(window, subject=subject, decoded=window.decoded or decoded)


def _chosen(opened: Opened, edit: Edit, subject: Subject | None, models: ModelSettings) -> Window:
    size = opened.facts.size
    if edit.rect is not None:
        edit.rect.check_inside(size)
        return Window(finished(edit.rect, edit, size), (Attempt("rect", "as asked"),))
    if edit.layout is not None:
        return to_lay_out(opened, edit, subject, models)
    if edit.part is not None:
        from cropwright.engine.steps.body import find_part

        found = find_part(opened, edit.part, models)
        return replace(found, rect=around(found.rect, whole(size), edit))
    return _inside(_field(opened, edit, models), opened, edit, subject, models)


def _inside(
    found: Window, opened: Opened, edit: Edit, subject: Subject | None, models: ModelSettings
) -> Window:
    """The window where only `found` is left to choose from."""
    size, field, seen = opened.facts.size, found.rect, subject.seen if subject else None
    if edit.gravity == SUBJECT and seen is not None and seen.box is not None:
        kept = (*found.tried, Attempt(SUBJECT, f"found by {seen.model}"))
        return replace(found, rect=around(seen.box.inside(field), field, edit), tried=kept)
    if edit.gravity == SUBJECT:
        found = replace(found, tried=(*found.tried, Attempt(SUBJECT, "nothing stands out")))
    wanted = window_size(field.size, edit)
    if wanted == field.size:
        kept = found.tried or (Attempt("whole", "nothing to cut"),)
        return replace(found, rect=finished(field, edit, size), tried=kept)
    if edit.gravity in BY_PEOPLE:
        from cropwright.engine.steps.seek import seek

        placed = seek(opened, edit, models, field=field, wanted=wanted)
    else:
        placed = _placed(opened, edit, field, wanted)
    return replace(
        placed,
        rect=finished(placed.rect, edit, size),
        tried=found.tried + placed.tried,
        decoded=placed.decoded or found.decoded,
        people=placed.people or found.people,
    )


def _field(opened: Opened, edit: Edit, models: ModelSettings) -> Window:
    """What of the picture is there to choose from."""
    size = opened.facts.size
    if edit.line is not None:
        from cropwright.engine.steps.body import find_line

        return find_line(opened, edit.line, models)
    if not edit.trim:
        return Window(whole(size), ())
    decoded = opened.decoded()
    box = plain_border(decoded, opened.facts.format)
    if box is None:
        return Window(whole(size), (Attempt("trim", "all of it is plain"),), decoded)
    border = to_upright(box, size, opened.orientation)
    return Window(border, (Attempt("trim", "found a border"),), decoded)


def _placed(opened: Opened, edit: Edit, field: Rect, wanted: Size) -> Window:
    name = edit.gravity
    if name in COMPASS:
        return Window(at_compass(wanted, field, name), (Attempt(name, "by its place"),))
    if name == SUBJECT:
        return Window(at_compass(wanted, field, "center"), (Attempt("center", "by its place"),))
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

"""Placing the window by what models see: faces, persons, the subject; who is asked is a row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cropwright.core.command import Edit
from cropwright.core.geometry import Rect, Size, to_stored, to_upright, upright_size
from cropwright.core.gravity import BY_PEOPLE, FACE, PERSON, SUBJECT, at_compass, holding
from cropwright.core.models import ModelSettings
from cropwright.core.people import Face
from cropwright.core.report import Attempt
from cropwright.engine.focus import FINDERS
from cropwright.engine.load import Opened
from cropwright.engine.people import View, find_faces, find_persons, viewed
from cropwright.engine.subject import find_subject
from cropwright.engine.work import Window
from cropwright.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for, and where."""

    edit: Edit
    view: View
    models: ModelSettings
    field: Rect
    wanted: Size


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one of those asked said: a place if it has one."""

    said: str
    boxes: tuple[Rect, ...] = ()
    """What to hold, the most important first."""
    window: Window = field(default_factory=lambda: Window(Rect(0, 0, 0, 0), ()))
    """What else was seen."""


def seek(opened: Opened, edit: Edit, models: ModelSettings, *, field: Rect, wanted: Size) -> Window:
    """`wanted` inside `field`, both upright, where the gravity's first to see something says.

    Raises ModelError for a model that cannot be had, unless the edit endures it.
    """
    view = viewed(opened)
    search, found = _Search(edit, view, models, field, wanted), Window(field, (), view.decoded)
    for name in BY_PEOPLE[edit.gravity]:
        answer = _asked(name, search)
        found = replace(
            found,
            tried=(*found.tried, Attempt(name, answer.said)),
            people=answer.window.people or found.people,
            subject=answer.window.subject or found.subject,
        )
        if answer.boxes:
            return replace(found, rect=holding(wanted, field, answer.boxes))
    tried = (*found.tried, Attempt("center", "by its place"))
    return replace(found, tried=tried, rect=at_compass(wanted, field, "center"))


def _asked(name: str, search: _Search) -> _Answer:
    try:
        return _SEEKERS[name](search)
    except ModelError as error:
        if not search.edit.endures:
            raise
        return _Answer(str(error))


def _faces(search: _Search) -> _Answer:
    people = find_faces(search.view, search.models)
    window = Window(search.field, (), people=people)
    within = [face for face in people.faces if face.box.meets(search.field)]
    if not within:
        return _Answer("no face is seen", window=window)
    boxes = tuple(_head(face, search) for face in within)
    return _Answer(f"{_counted(len(boxes), 'face')} seen", boxes, window)


def _head(face: Face, search: _Search) -> Rect:
    """The head if the window can hold it, else the face alone."""
    head = face.head(search.view.opened.facts.size).inside(search.field)
    fits = head.width <= search.wanted.width and head.height <= search.wanted.height
    return head if fits else face.box.inside(search.field)


def _persons(search: _Search) -> _Answer:
    people = find_persons(search.view, search.models)
    window = Window(search.field, (), people=people)
    inside = [p.box.inside(search.field) for p in people.persons if p.box.meets(search.field)]
    # Of somebody taller than the window the head's end is kept.
    tall = search.wanted.height
    boxes = tuple(Rect(b.x, b.y, b.width, min(b.height, tall)) for b in inside)
    said = f"{_counted(len(boxes), 'person')} seen" if boxes else "no person is seen"
    return _Answer(said, boxes, window)


def _subject(search: _Search) -> _Answer:
    subject, _ = find_subject(search.view.opened, None, search.models, view=search.view.image)
    window, box = Window(search.field, (), subject=subject), subject.seen.box
    if box is None or not box.meets(search.field):
        return _Answer("nothing stands out", window=window)
    return _Answer(f"found by {subject.seen.model}", (box.inside(search.field),), window)


def _attention(search: _Search) -> _Answer:
    opened, orientation = search.view.opened, search.view.opened.orientation
    size = opened.facts.size
    stored = to_stored(search.field, size, orientation)
    found = FINDERS["attention"](opened, stored, upright_size(search.wanted, orientation))
    if found.rect is None:
        return _Answer("the picture is plain")
    return _Answer("found a place", (to_upright(found.rect, size, orientation),))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


_SEEKERS: dict[str, Callable[[_Search], _Answer]] = {
    FACE: _faces,
    PERSON: _persons,
    SUBJECT: _subject,
    "attention": _attention,
}

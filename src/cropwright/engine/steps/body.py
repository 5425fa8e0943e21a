"""Cutting to a part of a body, or along a line across faces."""

from __future__ import annotations

from dataclasses import replace

from cropwright.core.body import BY_FACE, Part, bodies, part_box
from cropwright.core.geometry import Rect, Size
from cropwright.core.lines import Line, kept_by
from cropwright.core.models import ModelSettings
from cropwright.core.people import People
from cropwright.core.report import Attempt
from cropwright.engine.load import Opened
from cropwright.engine.people import View, find_bodies, find_faces, viewed
from cropwright.engine.work import Window


def find_part(opened: Opened, part: Part, models: ModelSettings) -> Window:
    """The part's box, in upright pixels. Raises PartMissingError or ModelError."""
    view, size = viewed(opened), opened.facts.size
    people, box = _looked_for(view, part, models, size)
    told = Attempt("part", f"{part.name}, {part.who} of {len(people.parts)}")
    return Window(box, (told,), view.decoded, people=people)


def _looked_for(view: View, part: Part, models: ModelSettings, size: Size) -> tuple[People, Rect]:
    if part.name in BY_FACE:  # the other two networks need not look
        people = find_faces(view, models)
        found = bodies(people.faces, ())
        people = replace(people, parts=tuple(body.parts(size) for body in found))
    else:
        people, found = find_bodies(view, models)
    return people, part_box(found, part, size)


def find_line(opened: Opened, line: Line, models: ModelSettings) -> Window:
    """What a line leaves of the picture, upright. Raises PartMissingError or ModelError."""
    view = viewed(opened)
    people = find_faces(view, models)
    kept = kept_by(line, people.faces, opened.facts.size)
    told = Attempt("line", f"{line.keep} {line.name}, {line.who} of {len(people.faces)}")
    return Window(kept, (told,), view.decoded, people=people)

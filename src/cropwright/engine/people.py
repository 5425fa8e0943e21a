"""Finding people in a picture: one small copy of it, seen by one model after another."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cropwright.core.body import Body, Marks, bodies
from cropwright.core.geometry import Rect
from cropwright.core.models import ModelSettings
from cropwright.core.people import Face, People, Person, Point
from cropwright.engine.load import Opened
from cropwright.engine.models.files import located
from cropwright.engine.models.registry import MODELS
from cropwright.engine.subject import looked_at
from cropwright.engine.vips import decoding, pyvips

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SIDE = 640
"""What the network that sees most looks at."""


@dataclass(frozen=True, slots=True)
class View:
    """A picture as models see it: upright, opaque sRGB, in memory, at most twice what they need."""

    opened: Opened
    image: pyvips.Image
    decoded: pyvips.Image | None = field(default=None)
    """The whole picture as stored, if it had to be decoded."""

    @property
    def scale(self) -> float:
        """Pixels of the upright picture for each of the view's."""
        return self.opened.facts.width / self.image.width


def viewed(opened: Opened) -> View:
    """The view of a picture, decoded once for all models. BrokenPictureError."""
    image, decoded = looked_at(opened, _SIDE, max)
    with decoding(opened.facts.format):
        small = image.thumbnail_image(2 * _SIDE, height=2 * _SIDE, size="down", no_rotate=True)
        return View(opened, small.copy_memory(), decoded)


def find_bodies(view: View, settings: ModelSettings) -> tuple[People, tuple[Body, ...]]:
    """Everybody in a picture, and what is known of each body. Raises ModelError."""
    from cropwright.engine.models import pose, sessions

    faces, persons = find_faces(view, settings), find_persons(view, settings)
    started, row = time.monotonic(), MODELS[pose.NAME]
    found, size = located(row, settings), view.opened.facts.size
    session = sessions.session(row, found.path, settings.threads)
    known = tuple(
        replace(body, marks=_marks(body, body.person.box, view, session)) if body.person else body
        for body in bodies(faces.faces, persons.persons)
    )
    milliseconds = faces.milliseconds + persons.milliseconds + _since(started)
    models = (*faces.models, *persons.models, (row.name, found.origin))
    parts = tuple(body.parts(size) for body in known)
    return People(faces.faces, persons.persons, models, milliseconds, parts), known


def find_faces(view: View, settings: ModelSettings) -> People:
    """The faces of a picture, the largest first. Raises ModelError."""
    # onnxruntime and NumPy take their time to import: only when needed.
    from cropwright.engine.models import sessions, yunet

    started, row = time.monotonic(), MODELS[yunet.NAME]
    found = located(row, settings)
    seen = yunet.faces(view.image, sessions.session(row, found.path, settings.threads))
    faces = sorted((_grown(face, view) for face in seen), key=lambda face: -_area(face.box))
    return People(tuple(faces), (), ((row.name, found.origin),), _since(started))


def find_persons(view: View, settings: ModelSettings) -> People:
    """The persons of a picture, the largest first. Raises ModelError."""
    from cropwright.engine.models import sessions, yolox

    started, row = time.monotonic(), MODELS[yolox.NAME]
    found = located(row, settings)
    seen = yolox.persons(view.image, sessions.session(row, found.path, settings.threads))
    grown = (Person(_in_source(person.box, view), person.confidence) for person in seen)
    persons = sorted(grown, key=lambda person: -_area(person.box))
    return People((), tuple(persons), ((row.name, found.origin),), _since(started))


def _grown(face: Face, view: View) -> Face:
    one, two, three, four, five = (Point(p.x * view.scale, p.y * view.scale) for p in face.points)
    points = (one, two, three, four, five)
    return replace(face, box=_in_source(face.box, view), points=points)


def _marks(body: Body, box: Rect, view: View, session: InferenceSession) -> Marks:
    from cropwright.engine.models import pose

    whole = body.reach(box, view.opened.facts.size)
    seen = pose.marks(view.image, session, _in_view(box, view), _in_view(whole, view))
    return seen.scaled(view.scale)


def _in_view(box: Rect, view: View) -> Rect:
    """A box of the upright picture in pixels of the view; it may reach beyond."""
    x, y = round(box.x / view.scale), round(box.y / view.scale)
    width, height = round(box.width / view.scale), round(box.height / view.scale)
    return Rect(x, y, max(1, width), max(1, height))


def _in_source(box: Rect, view: View) -> Rect:
    """A box of the view in pixels of the upright picture."""
    size, scale = view.opened.facts.size, view.scale
    x, y = min(size.width - 1, round(box.x * scale)), min(size.height - 1, round(box.y * scale))
    width = min(size.width - x, max(1, round(box.width * scale)))
    return Rect(x, y, width, min(size.height - y, max(1, round(box.height * scale))))


def _area(box: Rect) -> int:
    return box.width * box.height


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)

"""auto-resize-align and lifestyle: a subject in a frame (contract notes, 6.4 and 6.7; CP-4, CP-7)."""

from __future__ import annotations

import re
from typing import Any

from cropwright.core.command import Edit
from cropwright.core.geometry import Size
from cropwright.core.layout import END, MIDDLE, START, Axis, Layout, Room
from cropwright.doors.cropphoto.wire import PictureCall, parse_as_link, parse_image_url
from cropwright.doors.cropphoto.wire_frame import (
    SIDES,
    TRIM,
    Ground,
    Number,
    parse_background,
    parse_choice,
    parse_dimension,
    parse_output,
    parse_sides,
    percent,
    shown,
)
from cropwright.errors import InvalidValueError, MissingFieldError
from cropwright.http.fields import Fields

_PERCENT, _PIXELS = _UNITS = ("%", "px")
_MOST = 3000
"""Of a margin in pixels or percent of the subject, where the contract says so."""
_ENDS = {"center": MIDDLE, "left": START, "right": END, "top": START, "bottom": END}
_ACROSS, _DOWN = ("center", "left", "right"), ("center", "top", "bottom")
_MODELS = ("AUTO", "SCENE_V1")
_MOST_HINTS = 5
_WHOLE = re.compile(r"[0-9]{1,5}")


def parse_auto_resize_align(fields: Fields) -> PictureCall:
    """A request to lay a product into a frame on another background. InputError."""
    source, ground = parse_image_url(fields), parse_background(fields, none=False)
    size = parse_dimension(fields, trim=False)
    rooms, touching = _minimum_margins(fields), _edge_contact(fields)
    layout = Layout(
        size if isinstance(size, Size) else None,
        across=_axis(fields, "horizontal", rooms, touching),
        down=_axis(fields, "vertical", rooms, touching),
    )
    edit = Edit(cutout=ground.cutout, layout=layout, output=parse_output(fields, ground))
    return PictureCall(source, edit, parse_as_link(fields), ground.behind)


def parse_lifestyle(fields: Fields) -> PictureCall:
    """A request to crop around a subject, its background as it is. InputError.

    Models and hints are checked, and change nothing: the subject is found by what is there.
    """
    source, size = parse_image_url(fields), parse_dimension(fields, trim=True)
    value = fields.get("minimum_margins")
    if value is None:
        raise MissingFieldError("minimum_margins", f"an object with {', '.join(SIDES)} and unit")
    sides = parse_sides(value, "minimum_margins", _lenient, needed=True)
    rooms = _rooms(sides, _unit(value, "minimum_margins", None))
    parse_choice(fields, "ai_model", _MODELS)
    _check_hints(fields)
    layout = Layout(
        size if isinstance(size, Size) else None,
        trimmed=size == TRIM,
        filled=True,
        across=Axis(rooms["left"], rooms["right"]),
        down=Axis(rooms["top"], rooms["bottom"]),
    )
    edit = Edit(layout=layout, output=parse_output(fields, Ground(None)))
    return PictureCall(source, edit, parse_as_link(fields))


def _axis(fields: Fields, name: str, rooms: dict[str, Room], touching: dict[str, bool]) -> Axis:
    words = _ACROSS if name == "horizontal" else _DOWN
    word = parse_choice(fields, f"{name}_alignment", words)
    field = f"{name}_alignment_margin"
    value = fields.get(field)
    own = 0.0 if value is None else percent(value, field)
    if word in rooms:
        kept = rooms[word]
        rooms = rooms | {word: Room(kept.pixels, max(kept.percent, own))}
    _, before, after = words
    return Axis(rooms[before], rooms[after], _ENDS[word], touching[before], touching[after])


def _minimum_margins(fields: Fields) -> dict[str, Room]:
    """Names and types are ours: the contract's could not be read (CP-7)."""
    name = "minimum_margins" if fields.has("minimum_margins") else "margins"
    value = fields.get(name)
    if value is None:
        return _rooms(dict.fromkeys(SIDES, 0.0), _PERCENT)
    if not isinstance(value, dict):
        return _rooms(dict.fromkeys(SIDES, percent(value, name)), _PERCENT)
    unit = _unit(value, name, _PERCENT)
    number: Number = percent if unit == _PERCENT else _pixels
    return _rooms(parse_sides(value, name, number, needed=False), unit)


def _rooms(sides: dict[str, float], unit: str) -> dict[str, Room]:
    percents = unit == _PERCENT
    return {side: Room(percent=n) if percents else Room(pixels=n) for side, n in sides.items()}


def _unit(value: Any, name: str, default: str | None) -> str:
    word = value.get("unit", default)
    if word is None:
        raise MissingFieldError(f"{name}.unit", " or ".join(_UNITS))
    if word not in _UNITS:
        raise InvalidValueError(f"{name}.unit", shown(word), " or ".join(_UNITS))
    return str(word)


def _pixels(value: Any, name: str) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not known or not 0 <= value <= _MOST:
        raise InvalidValueError(name, shown(value), f"a number from 0 to {_MOST}")
    return float(value)


def _lenient(value: Any, name: str) -> float:
    """A whole number, written as a number or as text (CP-4)."""
    text = value.strip() if isinstance(value, str) else None
    number = int(text) if text is not None and _WHOLE.fullmatch(text) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _MOST:
        raise InvalidValueError(name, shown(value), f"a whole number from 0 to {_MOST}")
    return float(number)


def _edge_contact(fields: Fields) -> dict[str, bool]:
    """The sides on which a subject that is cut off by the picture's edge stays at the edge."""
    name = "preserve_edge_contact"
    value = fields.get(name)
    if value is None or isinstance(value, bool):
        return dict.fromkeys(SIDES, bool(value))
    if not isinstance(value, dict):
        raise InvalidValueError(name, shown(value), "true, false, or an object with sides")
    told = {side: value.get(side) or False for side in SIDES}
    for side, one in told.items():
        if not isinstance(one, bool):
            raise InvalidValueError(f"{name}.{side}", shown(one), "true or false")
    return told


def _check_hints(fields: Fields) -> None:
    hints = fields.get("analysis_hints")
    if hints is None:
        return
    if not isinstance(hints, list) or not all(isinstance(hint, str) for hint in hints):
        raise InvalidValueError("analysis_hints", shown(hints), "an array of strings")
    if len(hints) > _MOST_HINTS:
        raise InvalidValueError("analysis_hints", f"{len(hints)} hints", f"up to {_MOST_HINTS}")

"""body-aware-crop and unrecognizable-crop: parts of people (contract notes, 6.5 and 6.6; CP-5 to CP-7)."""

from __future__ import annotations

from typing import Any

from cropwright.core.body import NEEDS, Part
from cropwright.core.command import Edit
from cropwright.core.geometry import Size
from cropwright.core.layout import Axis, Layout, Room
from cropwright.core.lines import ABOVE, BELOW, BELOW_FACE, LINES, Line
from cropwright.doors.cropphoto.wire import SHOWN, PictureCall, parse_as_link, parse_image_url
from cropwright.doors.cropphoto.wire_frame import (
    SIDES,
    Ground,
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

_PARTS = {name.upper(): name for name in NEEDS}
_LINES = {"face" if name == BELOW_FACE else name: name for name in LINES}
_BOTTOM, _TOP = _KEPT = ("bottom", "top")
_FULL = 100.0


def parse_body_aware_crop(fields: Fields) -> PictureCall:
    """A request to crop to a part of a body. InputError."""
    source, ground = parse_image_url(fields), parse_background(fields, none=True)
    name = _marker(fields, _PARTS)
    if name is None:
        raise MissingFieldError("crop_marker", f"one of {', '.join(_PARTS)}")
    sides, around_face = (
        _margins(fields, dict.fromkeys(SIDES, 0.0)),
        fields.get("center_around_face"),
    )
    if around_face is not None and not isinstance(around_face, bool):
        raise InvalidValueError("center_around_face", shown(around_face), "true or false")
    rooms = {side: Room(percent=value) for side, value in sides.items()}
    across = Axis(rooms["left"], rooms["right"])
    down = Axis(rooms["top"], rooms["bottom"], starts_whole=True)
    edit = Edit(
        part=Part(name, around_face=bool(around_face)),
        cutout=ground.cutout,
        layout=_layout(fields, ground, across, down),
        output=parse_output(fields, ground),
    )
    return PictureCall(source, edit, parse_as_link(fields), ground.behind)


def parse_unrecognizable_crop(fields: Fields) -> PictureCall:
    """A request to keep what lies on one side of a line across the faces. InputError.

    Its margins are unlike the others' (6.6): the one at the marker moves the edge away from it, in
    percent of the picture's height, the other three tell how much is kept. All four at 100, the
    advised start, cut at the marker (CP-6).
    """
    source, ground = parse_image_url(fields), parse_background(fields, none=True)
    name = _marker(fields, _LINES) or _LINES["between_eyes_and_nose"]
    field = "crop_from" if fields.has("crop_from") else "side"
    keeps_below = parse_choice(fields, field, _KEPT) == _BOTTOM
    at_line, beyond = (_TOP, _BOTTOM) if keeps_below else (_BOTTOM, _TOP)
    kept = _margins(fields, dict.fromkeys(SIDES, _FULL) | {at_line: 0.0})
    is_preset = all(value == _FULL for value in kept.values())
    line = Line(
        name,
        BELOW if keeps_below else ABOVE,
        further=0.0 if is_preset else kept[at_line],
        reach=kept[beyond],
        left=kept["left"],
        right=kept["right"],
    )
    edit = Edit(
        line=line,
        cutout=ground.cutout,
        layout=_layout(fields, ground, Axis(), Axis(starts_whole=keeps_below)),
        output=parse_output(fields, ground),
    )
    return PictureCall(source, edit, parse_as_link(fields), ground.behind)


def _layout(fields: Fields, ground: Ground, across: Axis, down: Axis) -> Layout:
    """Without a size, the crop's own; a picture that stays as it is has to fill its frame."""
    if not fields.has("output_dimension"):
        return Layout(trimmed=True, filled=True, across=across, down=down)
    size = parse_dimension(fields, trim=False)
    frame, filled = size if isinstance(size, Size) else None, ground.cutout is None
    return Layout(frame, filled=filled, across=across, down=down)


def _marker(fields: Fields, words: dict[str, str]) -> str | None:
    """One of an endpoint's markers in any case, under the name we guess or its shorter form."""
    field = "crop_marker" if fields.has("crop_marker") else "marker"
    word = (fields.text(field) or "").strip()
    if not word:
        return None
    known = {name.lower(): ours for name, ours in words.items()}
    if word.lower() not in known:
        raise InvalidValueError(field, word[:SHOWN], ", ".join(words))
    return known[word.lower()]


def _margins(fields: Fields, defaults: dict[str, float]) -> dict[str, float]:
    """Numbers from 0 to 100 for every side, from one number or from an object."""
    value: Any = fields.get("margins")
    if value is None:
        return defaults
    if not isinstance(value, dict):
        return dict.fromkeys(SIDES, percent(value, "margins"))
    given = {side: value[side] for side in SIDES if value.get(side) is not None}
    return parse_sides(defaults | given, "margins", percent, needed=False)

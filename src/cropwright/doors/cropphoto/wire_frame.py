"""Crop.photo's words for what a crop is laid on and how large it becomes (contract notes, 6.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cropwright.core.colour import parse_colour
from cropwright.core.command import Output
from cropwright.core.cutout import KEEP, Cutout
from cropwright.core.formats import FORMATS
from cropwright.core.geometry import Size
from cropwright.doors.cropphoto.wire import LINK, SHOWN
from cropwright.errors import InvalidValueError, MalformedRequestError, MissingFieldError
from cropwright.http.fields import Fields
from cropwright.service.calls import Source

SIDES = ("top", "bottom", "left", "right")
MATCH, TRIM = "match_to_original", "trim_to_subject"
_AUTO = "auto"
_FORMATS = ("jpeg", "png", "webp")
_SIZE = re.compile(r"([0-9]{1,4})x([0-9]{1,4})")
_COLOUR = re.compile(r"white|#(?:[0-9a-f]{3}){1,2}|#[0-9a-f]{8}", re.IGNORECASE)
"""CP-15."""
_CLEAR, _NONE = "transparent", "none"

Number = Callable[[Any, str], float]
"""Checks one number of a field."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a crop is laid on."""

    cutout: Cutout | None
    """None leaves the picture as it is."""
    behind: Source | None = None


def parse_background(fields: Fields, *, none: bool) -> Ground:
    """What `background` says; white without it. `none` says whether that word may be used.

    Raises InvalidValueError.
    """
    word = (fields.text("background") or "white").strip()
    if LINK.fullmatch(word):
        return Ground(Cutout(no_subject=KEEP), Source(url=word, field="background"))
    if word.lower() == _NONE and none:
        return Ground(None)
    if word.lower() == _CLEAR:
        return Ground(Cutout(no_subject=KEEP))
    if not _COLOUR.fullmatch(word):
        others = f"{_NONE}, " if none else ""
        expected = f"{others}{_CLEAR}, white, #rgb, #rrggbb, #rrggbbaa or an http or https URL"
        raise InvalidValueError("background", word[:SHOWN], expected)
    return Ground(Cutout(background=parse_colour(word, clear=True), no_subject=KEEP))


def parse_output(fields: Fields, ground: Ground) -> Output:
    """The format to write; `auto` keeps the picture's own where that is jpeg, png or webp.

    Raises InvalidValueError, also for jpeg on a background that is not opaque (CP-16).
    """
    word = (fields.text("output_format") or _AUTO).strip().lower()
    if word != _AUTO and word not in _FORMATS:
        expected = ", ".join([_AUTO, *_FORMATS])
        raise InvalidValueError("output_format", word[:SHOWN], expected)
    is_clear = ground.cutout is not None and ground.cutout.is_clear and ground.behind is None
    if word == _AUTO:
        return Output(among=_FORMATS)
    if is_clear and not FORMATS[word].alpha:
        raise InvalidValueError("output_format", word, "png or webp on a transparent background")
    return Output(word)


def parse_dimension(fields: Fields, *, trim: bool) -> Size | str:
    """A size in pixels, MATCH (the default) or, where it is allowed, TRIM. InvalidValueError."""
    word = fields.text("output_dimension") or MATCH
    if word == MATCH or (word == TRIM and trim):
        return word
    found = _SIZE.fullmatch(word)
    if found is None or not int(found[1]) or not int(found[2]):
        words = f"{MATCH}, {TRIM}" if trim else MATCH
        expected = f"{words} or WIDTHxHEIGHT with 1 to 9999 pixels a side"
        raise InvalidValueError("output_dimension", word[:SHOWN], expected)
    return Size(int(found[1]), int(found[2]))


def parse_choice(fields: Fields, name: str, words: tuple[str, ...]) -> str:
    """One of some words in any case, the first if the field is empty. InvalidValueError."""
    word = (fields.text(name) or words[0]).strip()
    found = next((one for one in words if one.lower() == word.lower()), None)
    if found is None:
        raise InvalidValueError(name, word[:SHOWN], " or ".join(words))
    return found


def parse_sides(value: Any, name: str, number: Number, *, needed: bool) -> dict[str, float]:
    """A number for each of SIDES, from an object; what is absent is 0 unless it is `needed`.

    Raises InvalidValueError or MissingFieldError.
    """
    if not isinstance(value, dict):
        raise InvalidValueError(name, shown(value), f"an object with {', '.join(SIDES)}")
    for side in SIDES:
        if needed and value.get(side) is None:
            raise MissingFieldError(f"{name}.{side}", "a number is needed on every side")
    return {
        side: 0.0 if value.get(side) is None else number(value[side], f"{name}.{side}")
        for side in SIDES
    }


def percent(value: Any, name: str) -> float:
    """A number from 0 to 100, no text (CP-5). Raises MalformedRequestError in the contract's words."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValueError(name, shown(value), "a number from 0 to 100")
    if not 0 <= value <= 100:
        raise MalformedRequestError(name.partition(".")[0], "value should be in range 0 to 100")
    return float(value)


def shown(value: Any) -> str:
    """A wrong value as it is said again."""
    return repr(value)[:SHOWN]

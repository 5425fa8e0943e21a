"""Wishes as people write them, turned into an Edit: one parser for library, CLI and services."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypedDict

from cropwright.core.body import EVERYBODY, LARGEST, Part
from cropwright.core.colour import WHITE, parse_colour
from cropwright.core.command import Edit, Margin, Output, Resize
from cropwright.core.cutout import MODEL_WORDS, REFUSE, Backdrop, Blur, Cutout, Shadow
from cropwright.core.geometry import Rect
from cropwright.core.gravity import FOCAL_POINT
from cropwright.core.lines import BELOW, Line
from cropwright.errors import InvalidValueError

_SIZE = re.compile(r"(\d{1,7})?\s*[xX]\s*(\d{1,7})?")
_ASPECT = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)\s*[:/]\s*(\d{1,5}(?:\.\d{1,4})?)")
_NUMBER = re.compile(r"\d{1,7}(?:\.\d{1,6})?")


class Wish(TypedDict, total=False):
    """What to keep of a picture; every word is optional. Pixels are those of the upright picture."""

    rect: str | tuple[int, int, int, int] | None
    """Exactly this: x, y, width, height in pixels, or "10,20,300,200"."""
    gravity: str | None
    """Where the window goes: a compass point, focal_point, entropy, attention, subject,
    face, person or auto (face, else subject, else attention, else the centre)."""
    focal: str | tuple[float, float] | None
    """The focal point as fractions 0 to 1 of width and height, or "0.3,0.7"."""
    part: str | None
    """A part of somebody, which the window is cut to: face, head, head_to_shoulder,
    head_to_elbows, head_to_knees, hips, person, upper_half, mid_half or lower_half."""
    line: str | None
    """Keep only what lies on one side of a line across all faces: eyes, between_eyes_and_nose,
    nose, between_nose_and_mouth, mouth or below_face."""
    keep: str
    """The side of the line that is kept: below (the default) or above."""
    who: str | int | None
    """Of several people the largest (the default for part), all of them (for line), or a number
    from the left."""
    around_face: bool
    """Have the face in the middle of the part from left to right, as far as the picture reaches."""
    width: int | None
    """Width of the window in pixels, clamped to the picture; nothing is resized."""
    height: int | None
    aspect: str | float | Fraction | None
    """Shape of the window: "4:5", 0.8 or a Fraction, width ÷ height."""
    margin: str | float | None
    """Kept on every side beyond the window: pixels (20), or percent of its sides ("5%")."""
    trim: bool
    """Leave plain borders out before anything else."""
    resize: str | tuple[int | None, int | None] | None
    """Size of the result: (width, height), either may be None; or "600x400"."""
    resize_mode: str
    """fit (inside), fill (exactly, by cutting) or exact (exactly, by stretching)."""
    enlarge: bool
    """Let resize make the picture larger."""
    background: str | None
    """What shows behind transparent parts in jpeg, "#rrggbb"; white by default."""
    animate: bool
    """Keep every frame of an animated GIF or WebP."""


class CutoutWish(Wish, total=False):
    """What to cut out, and what to put behind it; the words of Wish say what is kept."""

    model: str | None
    """u2netp, isnet (or quality), birefnet or classical, and no other; by default what is there."""
    background: str | None
    """Behind the subject: transparent (the default), blur, or a colour such as "#rrggbb"."""
    background_picture: bytes | None
    """A picture's bytes to put behind the subject; it is cut to cover the result."""
    shadow: bool
    """Put a soft shadow under the subject."""
    only_mask: bool
    """The result is the coverage itself, white where the subject is."""
    no_subject: str
    """Where no subject is found: refuse (the default), or keep the whole picture."""


_CUTOUT_WORDS = CutoutWish.__annotations__.keys() - (Wish.__annotations__.keys() - {"background"})


def cutout_of(wish: CutoutWish, output: Output | None = None) -> Edit:
    """The Edit that a wish for a cut-out describes. Raises as `edit_of` does."""
    rest: Any = {word: value for word, value in wish.items() if word not in _CUTOUT_WORDS}
    model = wish.get("model")
    cutout = Cutout(
        model=MODEL_WORDS.get(model, model) if model else None,
        background=_backdrop(wish),
        shadow=Shadow() if wish.get("shadow") else None,
        only_mask=wish.get("only_mask", False),
        no_subject=wish.get("no_subject", REFUSE),
    )
    return replace(edit_of(rest, output), cutout=cutout)


def _backdrop(wish: CutoutWish) -> Backdrop:
    word, picture = (wish.get("background") or "").strip().lower(), wish.get("background_picture")
    if picture is not None and word:
        raise InvalidValueError("background", word, "no background beside background_picture")
    if picture is not None or word in ("", "transparent"):
        return picture
    return Blur() if word == "blur" else parse_colour(word)


def edit_of(wish: Wish, output: Output | None = None) -> Edit:
    """The Edit that a wish describes.

    Raises InvalidValueError or MissingFieldError, which name the word that is wrong.
    """
    for word in wish.keys() - Wish.__annotations__.keys():
        known = ", ".join(Wish.__annotations__)
        raise InvalidValueError(word, repr(wish.get(word)), f"one of these words: {known}")
    focal = _read(wish, "focal", parse_focal)
    gravity = wish.get("gravity") or (FOCAL_POINT if focal else "center")
    if focal and gravity != FOCAL_POINT:
        raise InvalidValueError(
            "focal", repr(wish.get("focal")), f"no focal beside gravity {gravity}"
        )
    rect = _read(wish, "rect", parse_rect)
    for word in ("gravity", "focal"):
        if rect and wish.get(word):
            raise InvalidValueError(word, repr(wish.get(word)), f"no {word} beside rect")
    return Edit(
        rect=rect,
        gravity=gravity,
        focal_x=focal[0] if focal else 0.5,
        focal_y=focal[1] if focal else 0.5,
        part=_part(wish),
        line=_line(wish),
        width=_whole(wish, "width"),
        height=_whole(wish, "height"),
        aspect=_read(wish, "aspect", parse_aspect),
        margin=_read(wish, "margin", parse_margin) or Margin(),
        trim=wish.get("trim", False),
        resize=_resize(wish),
        background=_read(wish, "background", parse_colour) or WHITE,
        animate=wish.get("animate", False),
        output=output or Output(),
    )


def _part(wish: Wish) -> Part | None:
    name, around_face = wish.get("part"), wish.get("around_face", False)
    if name:
        return Part(name, _who(wish, LARGEST), around_face)
    if around_face:
        raise InvalidValueError("around_face", "true", "no around_face without part")
    return None


def _line(wish: Wish) -> Line | None:
    name, keep = wish.get("line"), wish.get("keep", BELOW)
    if name:
        return Line(name, keep, _who(wish, EVERYBODY))
    if keep != BELOW:
        raise InvalidValueError("keep", repr(keep), "no keep without line")
    if wish.get("who") and not wish.get("part"):
        raise InvalidValueError("who", repr(wish.get("who")), "no who without part or line")
    return None


def _who(wish: Wish, usual: str) -> str:
    who = wish.get("who")
    return usual if who is None or who == "" else str(who)


def _resize(wish: Wish) -> Resize | None:
    size = _read(wish, "resize", parse_size)
    mode, enlarge = wish.get("resize_mode", "fit"), wish.get("enlarge", False)
    if size is not None:
        return Resize(size[0], size[1], mode, enlarge)
    for word, idle in (("resize_mode", mode == "fit"), ("enlarge", not enlarge)):
        if not idle:
            raise InvalidValueError(word, repr(wish.get(word)), f"no {word} without resize")
    return None


def _read(wish: Wish, word: str, parse: Callable[[str, str], Any]) -> Any:
    """A word's value: text is parsed, numbers are written out first so that one rule holds."""
    value: Any = wish.get(word)
    if value is None or isinstance(value, str):
        return value if value is None else parse(value, word)
    if isinstance(value, tuple):
        joiner = "x" if word == "resize" else ","
        return parse(joiner.join(map(_written, value)), word)
    return parse(_written(value), word)


def _written(value: object) -> str:
    """A number as the parsers read it, to six decimals; None is an open side."""
    if value is None:
        return ""
    if isinstance(value, Fraction) and max(value.numerator, value.denominator) < 100_000:
        return f"{value.numerator}:{value.denominator}"
    if isinstance(value, float | Fraction):
        return f"{float(value):.6f}".rstrip("0").rstrip(".")
    return f"{value}"


def _whole(wish: Wish, word: str) -> int | None:
    value: Any = wish.get(word)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise InvalidValueError(word, repr(value), "a whole number of pixels")
    return value


def parse_size(text: str, field: str) -> tuple[int | None, int | None]:
    """ "600x400" -> (600, 400); "600x" and "x400" leave the other side open. Pixels."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise InvalidValueError(field, repr(text), "WIDTHxHEIGHT in pixels, such as 600x400")
    width, height = match.groups()
    return int(width) if width else None, int(height) if height else None


def parse_rect(text: str, field: str) -> Rect:
    """ "10,20,300,200" -> the rectangle x, y, width, height in pixels."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(re.fullmatch(r"[0-9]{1,7}", part) for part in parts):
        raise InvalidValueError(
            field, repr(text), "X,Y,WIDTH,HEIGHT in pixels, such as 0,0,300,200"
        )
    return Rect(*(int(part) for part in parts))


def parse_aspect(text: str, field: str) -> Fraction:
    """ "4:5", "16/9" or "1.5" -> width ÷ height."""
    word = text.strip()
    match = _ASPECT.fullmatch(word)
    if match is not None and Fraction(match[2]) > 0 and Fraction(match[1]) > 0:
        return Fraction(match[1]) / Fraction(match[2])
    if _NUMBER.fullmatch(word) and Fraction(word) > 0:
        return Fraction(word)
    raise InvalidValueError(field, repr(text), "WIDTH:HEIGHT, such as 4:5 or 16:9")


def parse_margin(text: str, field: str) -> Margin:
    """ "20" or "20px" -> pixels; "5%" -> percent of the window's own sides."""
    word = text.strip()
    unit = "%" if word.endswith("%") else "px"
    number = word.removesuffix(unit).strip()
    if not _NUMBER.fullmatch(number):
        raise InvalidValueError(field, repr(text), "pixels such as 20, or percent such as 5%")
    return Margin(float(number), percent=unit == "%")


def parse_focal(text: str, field: str) -> tuple[float, float]:
    """ "0.3,0.7" -> the focal point as fractions of width and height, each 0 to 1."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 2 and all(_NUMBER.fullmatch(part) for part in parts):
        x, y = float(parts[0]), float(parts[1])
        if x <= 1 and y <= 1:
            return x, y
    raise InvalidValueError(field, repr(text), "X,Y as fractions from 0 to 1, such as 0.3,0.7")

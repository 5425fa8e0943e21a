"""Colours as people write them."""

from __future__ import annotations

from dataclasses import dataclass

from cropwright.errors import InvalidValueError

_NAMES = {"white": "ffffff", "black": "000000", "grey": "808080", "gray": "808080"}
_HEX_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour, 0 to 255 a channel; opaque unless something else is said."""

    red: int
    green: int
    blue: int
    alpha: int = 255


WHITE = Colour(255, 255, 255)


def parse_colour(text: str, field: str = "background", *, clear: bool = False) -> Colour:
    """A colour from "#rgb", "#rrggbb" or a name (white, black, grey); else InvalidValueError.

    "#rrggbbaa" is one where a colour may be `clear`, which is fully so at 00.
    """
    word = text.strip().lower()
    digits = _NAMES.get(word, word.removeprefix("#"))
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    lengths = (6, 8) if clear else (6,)
    if len(digits) not in lengths or not _HEX_DIGITS.issuperset(digits):
        raise InvalidValueError(field, text, "#rgb, #rrggbb, white, black or grey")
    return Colour(*bytes.fromhex(digits))

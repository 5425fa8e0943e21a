"""The family of our errors, and one of each kind."""

from __future__ import annotations

from dataclasses import fields

from cropwright import errors
from cropwright.errors import CropwrightError

FACTS = {"int": 7, "float": 2.5, "str": "größe 1", "tuple[str, ...]": ("png", "jpeg")}
"""An example of each type that a fact may have, by the type's name."""


def family(kind: type[CropwrightError] = CropwrightError) -> list[type[CropwrightError]]:
    """The errors of the tree, each before those below it, in the order they are defined."""
    below = [row for row in kind.__subclasses__() if row.__module__ == errors.__name__]
    return [kind, *(row for child in below for row in family(child))]


LEAVES = [kind for kind in family() if not any(kind in other.__bases__ for other in family())]


def made(kind: type[CropwrightError]) -> CropwrightError:
    """An error of that kind, with some facts."""
    return kind(**{row.name: FACTS[str(row.type)] for row in fields(kind)})

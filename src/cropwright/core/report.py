"""Why a crop is what it is: the answer of `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cropwright.core.command import Facts
from cropwright.core.geometry import Rect, Size
from cropwright.core.people import People, sides

_SIDES = ("x", "y", "width", "height")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing that was asked where to cut, and what it said."""

    decider: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model saw of the subject."""

    model: str
    origin: str
    """"verified" (its sha256 is known), "own file" (the operator's), or "built in"."""
    confidence: float
    """0 to 1; below 0.5 nobody should rely on it."""
    box: Rect | None
    """The subject, in pixels of the upright source; None where there is none."""
    milliseconds: int
    """What looking took."""
    instead_of: str | None = None
    """The model that should have looked, but is not installed."""

    def as_dict(self) -> dict[str, Any]:
        """The same in JSON's types."""
        return {
            "model": self.model,
            "origin": self.origin,
            "confidence": round(self.confidence, 3),
            "subject": None if self.box is None else sides(self.box),
            "milliseconds": self.milliseconds,
            "instead_of": self.instead_of,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The chosen rectangle and who chose it."""

    source: Facts
    rect: Rect
    """The window in pixels of the upright source."""
    decided_by: str
    """"rect", "part", "line", "whole", "trim" or a gravity."""
    tried: tuple[Attempt, ...]
    """Everything asked, in order; the last one decided."""
    result: Size
    """Size of the result, after any resize."""
    seen: Seen | None = None
    """What a model saw of the subject, where one had to look."""
    people: People | None = None
    """Who was seen, where somebody was looked for."""

    @property
    def fractions(self) -> tuple[float, float, float, float]:
        """The rectangle's x, y, width, height as fractions (0 to 1) of the upright source."""
        return self.rect.fractions(self.source.size)

    def as_dict(self) -> dict[str, Any]:
        """The report in JSON's types; fractions are rounded to six places."""
        told = {
            "source": {
                "width": self.source.width,
                "height": self.source.height,
                "format": self.source.format,
                "frames": self.source.frames,
            },
            "rect": sides(self.rect),
            "fractions": {
                name: round(value, 6) for name, value in zip(_SIDES, self.fractions, strict=True)
            },
            "decided_by": self.decided_by,
            "tried": [{"decider": a.decider, "outcome": a.outcome} for a in self.tried],
            "result": {"width": self.result.width, "height": self.result.height},
        }
        if self.seen is not None:
            told |= {"cutout": self.seen.as_dict()}
        if self.people is not None:
            told |= {"people": self.people.as_dict(self.source.size)}
        return told

"""Why a crop is what it is: the answer of `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cropwright.core.command import Facts
from cropwright.core.geometry import Rect, Size


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing that was asked where to cut, and what it said."""

    decider: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Report:
    """The chosen rectangle and who chose it."""

    source: Facts
    rect: Rect
    """The window in pixels of the upright source."""
    decided_by: str
    """"rect", "whole", "trim" or a gravity."""
    tried: tuple[Attempt, ...]
    """Everything asked, in order; the last one decided."""
    result: Size
    """Size of the result, after any resize."""

    @property
    def fractions(self) -> tuple[float, float, float, float]:
        """The rectangle's x, y, width, height as fractions (0 to 1) of the upright source."""
        return self.rect.fractions(self.source.size)

    def as_dict(self) -> dict[str, Any]:
        """The report in JSON's types; fractions are rounded to six places."""
        names = ("x", "y", "width", "height")
        pixels = (self.rect.x, self.rect.y, self.rect.width, self.rect.height)
        return {
            "source": {
                "width": self.source.width,
                "height": self.source.height,
                "format": self.source.format,
                "frames": self.source.frames,
            },
            "rect": dict(zip(names, pixels, strict=True)),
            "fractions": {
                name: round(value, 6) for name, value in zip(names, self.fractions, strict=True)
            },
            "decided_by": self.decided_by,
            "tried": [{"decider": a.decider, "outcome": a.outcome} for a in self.tried],
            "result": {"width": self.result.width, "height": self.result.height},
        }

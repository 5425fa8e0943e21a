"""Cutting a subject out: which model looks for it, and what is put behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from cropwright.core.colour import Colour
from cropwright.errors import InvalidValueError

DEFAULT_MODEL = "u2netp"
CLASSICAL = "classical"
CUTOUT_MODELS = (DEFAULT_MODEL, "isnet", "birefnet", CLASSICAL)
"""One file each in `engine/models`."""
MODEL_WORDS = {"quality": "isnet"}
"""Other words for a model, by what they promise."""
REFUSE, KEEP = NO_SUBJECT_WORDS = ("refuse", "keep")
"""What to do where no subject is found: refuse, or keep the whole picture, which loses nothing."""
CLEAR_FORMATS = ("png", "webp", "avif")
"""Formats that hold soft transparency."""


@dataclass(frozen=True, slots=True)
class Blur:
    """The picture's own background, out of focus."""

    strength: float = 2.0
    """Standard deviation in percent of the longer side."""

    def __post_init__(self) -> None:
        if not 0 < self.strength <= 20:
            raise InvalidValueError("blur", f"{self.strength:g}", "above 0, up to 20 percent")


@dataclass(frozen=True, slots=True)
class Shadow:
    """A soft shadow under the subject; lengths in percent of the longer side."""

    opacity: float = 0.35
    """0 to 1."""
    down: float = 1.5
    right: float = 0.0
    softness: float = 1.2

    def __post_init__(self) -> None:
        if not 0 < self.opacity <= 1:
            raise InvalidValueError("shadow", f"{self.opacity:g}", "an opacity above 0, up to 1")


@dataclass(frozen=True, slots=True)
class Edges:
    """What is done for clean edges; all of it, unless somebody compares."""

    guided: bool = True
    """Outlines follow the picture's own edges (guided filter)."""
    stretched: bool = True
    """Faint and nearly full coverage become none and full."""
    colours: bool = True
    """The old background's colour is taken out of half covered pixels."""


Backdrop: TypeAlias = "Colour | Blur | bytes | None"
"""What is behind the subject: a colour, the blurred picture, a picture's bytes, or nothing."""


@dataclass(frozen=True, slots=True)
class Cutout:
    """The wish to have the subject cut out. Checked on making."""

    model: str | None = None
    """A name of CUTOUT_MODELS and no other; None takes the default, or what works without it."""
    background: Backdrop = None
    shadow: Shadow | None = None
    only_mask: bool = False
    """The result is the coverage itself: white where the subject is."""
    no_subject: str = REFUSE
    """What to do where nothing stands out: a word of NO_SUBJECT_WORDS."""
    edges: Edges = field(default_factory=Edges)

    def __post_init__(self) -> None:
        if self.model is not None and self.model not in CUTOUT_MODELS:
            raise InvalidValueError("model", self.model, ", ".join([*CUTOUT_MODELS, *MODEL_WORDS]))
        if self.no_subject not in NO_SUBJECT_WORDS:
            raise InvalidValueError("no_subject", self.no_subject, " or ".join(NO_SUBJECT_WORDS))
        if self.only_mask and (self.background is not None or self.shadow is not None):
            raise InvalidValueError("only_mask", "true", "no background or shadow beside it")

    @property
    def is_clear(self) -> bool:
        """Whether what is not subject stays empty."""
        below = self.background
        return below is None or (isinstance(below, Colour) and below.alpha < 255) or self.only_mask

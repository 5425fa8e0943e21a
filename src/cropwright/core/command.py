"""What to do with a picture: the Edit, and the Plan for contracts that decide from its facts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from cropwright.core.body import Part
from cropwright.core.colour import WHITE, Colour
from cropwright.core.cutout import Cutout
from cropwright.core.formats import WRITABLE
from cropwright.core.geometry import Rect, Size
from cropwright.core.gravity import AUTO, BY_PEOPLE, GRAVITIES, SUBJECT
from cropwright.core.layout import Layout
from cropwright.core.lines import Line
from cropwright.errors import InvalidValueError, MissingFieldError

RESIZE_MODES = ("fit", "fill", "exact")
TONES = ("colour", "grey", "bitonal")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a picture's header says, after turning it upright."""

    width: int
    """Upright width in pixels."""
    height: int
    """Upright height in pixels."""
    format: str
    has_alpha: bool
    frames: int
    """Frames or pages in the file; 1 for a still picture."""

    @property
    def size(self) -> Size:
        """Upright width and height."""
        return Size(self.width, self.height)


@dataclass(frozen=True, slots=True)
class Margin:
    """Room kept beyond the window: pixels, or percent of the window's own sides."""

    amount: float = 0.0
    """On every side that has no number of its own."""
    percent: bool = False
    top: float | None = None
    right: float | None = None
    bottom: float | None = None
    left: float | None = None

    def __post_init__(self) -> None:
        for amount in (self.amount, self.top, self.right, self.bottom, self.left):
            if amount is not None and not 0 <= amount <= 65_535:
                raise InvalidValueError("margin", f"{amount:g}", "0 to 65535")

    def around(self, window: Rect, within: Size) -> Rect:
        """`window` with the margin, as far as a picture of size `within` reaches."""
        x = max(0, window.x - self._pixels(self.left, window.width))
        y = max(0, window.y - self._pixels(self.top, window.height))
        right = min(within.width, window.right + self._pixels(self.right, window.width))
        bottom = min(within.height, window.bottom + self._pixels(self.bottom, window.height))
        return Rect(x, y, right - x, bottom - y)

    def _pixels(self, side: float | None, length: int) -> int:
        amount = self.amount if side is None else side
        return round(length * amount / 100) if self.percent else round(amount)


@dataclass(frozen=True, slots=True)
class Resize:
    """The size wanted after the crop.

    `fit` keeps the window's shape inside width x height (either may be absent); `fill` gives
    exactly width x height by narrowing the window to that shape; `exact` stretches. Nothing is
    enlarged unless `enlarge` says so: then the result is smaller than asked, in the same shape.
    """

    width: int | None
    height: int | None
    mode: str = "fit"
    enlarge: bool = False

    def __post_init__(self) -> None:
        if self.mode not in RESIZE_MODES:
            raise InvalidValueError("resize_mode", self.mode, ", ".join(RESIZE_MODES))
        check_length("resize width", self.width)
        check_length("resize height", self.height)
        if self.width is None and self.height is None:
            raise MissingFieldError("resize", "a width, a height or both are needed")
        if self.mode != "fit" and (self.width is None or self.height is None):
            raise MissingFieldError("resize", f"{self.mode} needs both a width and a height")

    @property
    def shape(self) -> Fraction | None:
        """Width ÷ height that the window is narrowed to, for `fill`."""
        if self.mode == "fill" and self.width and self.height:
            return Fraction(self.width, self.height)
        return None

    def result(self, window: Size) -> Size:
        """Size of the result for a window of that size."""
        across = Fraction(self.width, window.width) if self.width else None
        down = Fraction(self.height, window.height) if self.height else None
        given = [scale for scale in (across, down) if scale is not None]
        if self.mode == "fit":
            scale = min(given) if self.enlarge else min(*given, Fraction(1))
            return _scaled(window, scale, scale)
        shrink = Fraction(1) if self.enlarge else 1 / max(*given, Fraction(1))
        return _scaled(window, given[0] * shrink, given[1] * shrink)


@dataclass(frozen=True, slots=True)
class Turn:
    """Mirroring and turning of the finished window, after any resize."""

    mirror: bool = False
    """Left to right, before it is turned."""
    degrees: float = 0.0
    """Clockwise, 0 to 360; what is no quarter turn has clear corners."""

    def __post_init__(self) -> None:
        if not 0 <= self.degrees <= 360:
            raise InvalidValueError("degrees", f"{self.degrees:g}", "0 to 360")


@dataclass(frozen=True, slots=True)
class Output:
    """How the result is written."""

    format: str | None = None
    """A name of `core.formats`; None lets `path`, then the input decide."""
    path: str | None = None
    """The file's name, for its extension only; writing is the caller's."""
    quality: int = 85
    """1 to 100, for jpeg, webp and avif."""
    lossless: bool = False
    """No loss: webp and avif without loss; a JPEG is cut without being encoded again."""
    archival: bool = False
    """`format` may be one of ARCHIVAL too, for doors whose contract has them."""
    among: tuple[str, ...] = WRITABLE
    """Where the input decides the format: its own if it is one of these, else png."""

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise InvalidValueError("quality", str(self.quality), "1 to 100")


@dataclass(frozen=True, slots=True)
class Edit:
    """One wish, complete: what to keep of a picture and how to write it. Checked on making."""

    rect: Rect | None = None
    """Exactly this, in pixels of the upright picture."""
    gravity: str = "center"
    """Where the window goes when there is no rect."""
    forgiving: bool = False
    """Take the centre where the gravity needs a model that cannot be had, instead of failing."""
    focal_x: float = 0.5
    focal_y: float = 0.5
    part: Part | None = None
    """A part of somebody's body: the window is cut to it."""
    line: Line | None = None
    """A line across a face: what lies on one side of it is all there is to choose from."""
    width: int | None = None
    """Window width in pixels, clamped to the picture. Not a resize."""
    height: int | None = None
    aspect: Fraction | None = None
    """Window width ÷ height."""
    margin: Margin = field(default_factory=Margin)
    trim: bool = False
    """Leave plain borders out before anything else is decided."""
    resize: Resize | None = None
    turn: Turn = field(default_factory=Turn)
    tone: str = "colour"
    """One of TONES: all colours, shades of grey, or black and white alone."""
    background: Colour | None = WHITE
    """What shows through where the format has no transparency; None keeps the hidden colours."""
    animate: bool = False
    """Keep all frames of an animation."""
    cutout: Cutout | None = None
    """Cut the subject out of what is kept."""
    layout: Layout | None = None
    """Lay the subject, the part or what the line leaves into a frame, which has its own size."""
    output: Output = field(default_factory=Output)

    def __post_init__(self) -> None:
        if self.gravity not in GRAVITIES:
            raise InvalidValueError("gravity", self.gravity, ", ".join(GRAVITIES))
        if self.tone not in TONES:
            raise InvalidValueError("tone", self.tone, ", ".join(TONES))
        for name, focal in (("focal_x", self.focal_x), ("focal_y", self.focal_y)):
            if not math.isfinite(focal):
                raise InvalidValueError(name, str(focal), "a fraction from 0 to 1")
        check_length("width", self.width)
        check_length("height", self.height)
        if self.aspect is not None and self.aspect <= 0:
            raise InvalidValueError("aspect", str(self.aspect), "a ratio above 0, such as 4:5")
        if self.rect is not None:
            self._check_rect_alone()
        self._check_part_and_line()
        self._check_layout_alone()
        if self.width and self.height and self.aspect is not None:
            raise InvalidValueError("aspect", str(self.aspect), "no aspect beside width and height")
        if self.animate and self.cutout is not None:
            raise InvalidValueError("animate", "true", "no animation beside a cut-out")

    @property
    def needs_subject(self) -> bool:
        """Whether a model has to tell the subject from what is behind it, whatever else is seen."""
        laid_out = self.layout is not None and not (self.part or self.line)
        by_gravity = self.rect is None and self.gravity == SUBJECT
        return self.cutout is not None or laid_out or by_gravity

    @property
    def needs_model(self) -> bool:
        """Whether a model has to look at the picture, which takes its time."""
        by_people = self.rect is None and self.gravity in BY_PEOPLE
        return self.needs_subject or by_people or bool(self.part or self.line)

    @property
    def endures(self) -> bool:
        """Whether the gravity goes on without a model that cannot be had."""
        return self.forgiving or self.gravity == AUTO

    def _check_rect_alone(self) -> None:
        others = {
            "width": self.width,
            "height": self.height,
            "aspect": self.aspect,
            "part": self.part and self.part.name,
            "line": self.line and self.line.name,
        }
        for name, value in others.items():
            if value is not None:
                raise InvalidValueError(name, str(value), f"no {name} beside rect")
        if self.trim:
            raise InvalidValueError("trim", "true", "no trim beside rect")

    def _check_layout_alone(self) -> None:
        others = (self.rect, self.width, self.height, self.aspect, self.resize)
        if self.layout and (any(others) or self.trim or self.animate or self.margin != Margin()):
            raise InvalidValueError("layout", "given", "no other word for what is kept beside it")

    def _check_part_and_line(self) -> None:
        if self.part and self.line:
            raise InvalidValueError("line", self.line.name, "no line beside part")
        named = "part" if self.part else "line" if self.line else None
        if named and self.trim:
            raise InvalidValueError("trim", "true", f"no trim beside {named}")
        if self.part and self.gravity != "center":
            raise InvalidValueError("gravity", self.gravity, "no gravity beside part")
        if self.line and self.margin != Margin():  # it would lead back across the line
            raise InvalidValueError("margin", "given", "no margin beside line")


Plan = Callable[[Facts], Edit]
"""A pure function from a picture's facts to an Edit, for contracts that decide only then.

It travels to a worker process: make it an instance of a module-level class, not a closure.
"""


def settled(wish: Edit | Plan, facts: Facts) -> Edit:
    """The Edit, whether it was one already or has to be decided from the facts."""
    return wish if isinstance(wish, Edit) else wish(facts)


def check_length(name: str, value: int | None) -> None:
    """Refuse a width or height that is given and below 1 pixel (InvalidValueError)."""
    if value is not None and value < 1:
        raise InvalidValueError(name, str(value), "at least 1 pixel")


def _scaled(size: Size, across: Fraction, down: Fraction) -> Size:
    return Size(max(1, round(size.width * across)), max(1, round(size.height * down)))

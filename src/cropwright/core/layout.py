"""Laying a subject into a frame: from its box, margins and alignment to a scale and a place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product

from cropwright.core.geometry import Rect, Size, whole
from cropwright.errors import InvalidValueError

START, MIDDLE, END = ENDS = ("start", "middle", "end")
"""Where on an axis the subject goes: left or top, the middle, right or bottom."""
_CONTACT = 0.005
"""So near to the picture's edge, in parts of its side, a subject touches it."""


@dataclass(frozen=True, slots=True)
class Room:
    """What stays free on one side of the subject, at least. Checked on making."""

    pixels: float = 0.0
    """Of the result."""
    percent: float = 0.0
    """Of the subject's own length on that axis."""

    def __post_init__(self) -> None:
        if not (0 <= self.pixels <= 65_535 and 0 <= self.percent <= 65_535):
            raise InvalidValueError("margins", f"{self}", "0 to 65535")

    def beside(self, length: float) -> float:
        """The room beside a subject of a length in pixels of the result."""
        return max(self.pixels, self.percent / 100 * length)


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a layout; before the subject is left or above."""

    before: Room = field(default_factory=Room)
    after: Room = field(default_factory=Room)
    end: str = MIDDLE
    """A word of ENDS."""
    keeps_before: bool = False
    """Where the subject is cut off by the picture's edge, it touches the frame's edge too."""
    keeps_after: bool = False
    starts_whole: bool = False
    """Where both margins do not fit, the one at the end is given up, and the subject's end."""

    def touching(self, start: int, stop: int, side: int) -> Axis:
        """This axis for a subject from `start` to `stop` in a picture's `side`, in pixels."""
        near = _CONTACT * side
        before = self.keeps_before and start <= near
        after = self.keeps_after and stop >= side - near
        if not before and not after:
            return self
        end = MIDDLE if before and after else START if before else END
        first, last = Room() if before else self.before, Room() if after else self.after
        return replace(self, before=first, after=last, end=end)

    def scale(self, length: float, frame: float) -> float:
        """The largest scale at which a length and its room fit into `frame`; it may be negative."""
        sides = [((room.pixels, 0.0), (0.0, room.percent)) for room in (self.before, self.after)]
        return min(
            (frame - one[0] - other[0]) / (length * (1 + (one[1] + other[1]) / 100))
            for one, other in product(*sides)
        )

    def start(self, length: float, frame: float) -> float:
        """Where a length (pixels of the result) begins in the frame.

        In the middle it is the frame's middle, unless a margin needs more. What is too large for
        the frame is short of the same on both sides, unless it `starts_whole`.
        """
        first = self.before.beside(length)
        last = frame - length - self.after.beside(length)
        if self.end != MIDDLE:
            return first if self.end == START else last
        if last < first:
            return first if self.starts_whole else (first + last) / 2
        return min(max(first, (frame - length) / 2), last)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a picture goes in a frame."""

    frame: Size
    scale: float
    x: float
    """Where the picture's left edge lies in the frame, in its pixels."""
    y: float

    def shown(self, source: Size) -> Rect:
        """The part of a picture of a size that the frame shows, in the picture's whole pixels."""
        x, y = round(-self.x / self.scale), round(-self.y / self.scale)
        width, height = round(self.frame.width / self.scale), round(self.frame.height / self.scale)
        return Rect(x, y, max(1, width), max(1, height)).inside(whole(source))


@dataclass(frozen=True, slots=True)
class Layout:
    """The wish to have the subject laid into a frame."""

    size: Size | None = None
    """The frame's; None takes that of the picture."""
    trimmed: bool = False
    """The frame is the subject with its margins at its own scale, as far as the picture reaches."""
    filled: bool = False
    """The picture stays around the subject, and fills the frame whatever margins say."""
    across: Axis = field(default_factory=Axis)
    down: Axis = field(default_factory=Axis)

    def placed(self, box: Rect, source: Size) -> Placed:
        """Where a picture of size `source` goes, whose subject is `box`.

        Raises InvalidValueError where margins leave the subject no pixel of the frame.
        """
        if self.trimmed:
            return self._trimmed(box, source)
        frame = self.size or source
        across = self.across.touching(box.x, box.right, source.width)
        down = self.down.touching(box.y, box.bottom, source.height)
        scale = min(across.scale(box.width, frame.width), down.scale(box.height, frame.height))
        if self.filled:
            scale = max(scale, frame.width / source.width, frame.height / source.height)
        width, height = box.width * scale, box.height * scale
        if scale <= 0 or max(width, height) < 1:
            expected = f"room for the subject in {frame.width} x {frame.height} pixels"
            raise InvalidValueError("margins", "too much", expected)
        x = across.start(width, frame.width) - box.x * scale
        y = down.start(height, frame.height) - box.y * scale
        if self.filled:
            x = min(0.0, max(x, frame.width - source.width * scale))
            y = min(0.0, max(y, frame.height - source.height * scale))
        return Placed(frame, scale, x, y)

    def _trimmed(self, box: Rect, source: Size) -> Placed:
        left = max(0, box.x - round(self.across.before.beside(box.width)))
        right = min(source.width, box.right + round(self.across.after.beside(box.width)))
        top = max(0, box.y - round(self.down.before.beside(box.height)))
        bottom = min(source.height, box.bottom + round(self.down.after.beside(box.height)))
        return Placed(Size(right - left, bottom - top), 1.0, -left, -top)

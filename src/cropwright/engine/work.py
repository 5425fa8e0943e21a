"""What travels from step to step: a picture on its way, never changed, only replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cropwright.core.command import Edit
from cropwright.core.formats import Format, written_as
from cropwright.core.geometry import Rect, Size
from cropwright.core.report import Attempt, Report
from cropwright.engine.load import Opened
from cropwright.engine.vips import pyvips


@dataclass(frozen=True, slots=True)
class Window:
    """The rectangle that was chosen, in upright pixels, and who chose it."""

    rect: Rect
    tried: tuple[Attempt, ...]
    decoded: pyvips.Image | None = None
    """The whole picture as stored, if choosing needed it in memory."""


@dataclass(frozen=True, slots=True)
class Work:
    """A picture between two steps."""

    opened: Opened
    edit: Edit
    window: Window
    frames: tuple[pyvips.Image, ...] = ()
    """The window's pixels so far: one image, or one a frame."""

    def showing(self, frames: tuple[pyvips.Image, ...]) -> Work:
        """The same work with other pixels."""
        return replace(self, frames=frames)

    @property
    def result(self) -> Size:
        """Size of the result, upright."""
        window = self.window.rect.size
        return self.edit.resize.result(window) if self.edit.resize else window

    @property
    def target(self) -> Format:
        """The format to write. Raises OutputFormatError."""
        output = self.edit.output
        return written_as(output.format, output.path, self.opened.facts.format)

    @property
    def report(self) -> Report:
        """Why the result is what it is."""
        tried = self.window.tried
        return Report(self.opened.facts, self.window.rect, tried[-1].decider, tried, self.result)

"""What travels from step to step: a picture on its way, never changed, only replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cropwright.core.command import Edit
from cropwright.core.cutout import CLEAR_FORMATS
from cropwright.core.formats import ARCHIVAL, FALLBACK, FORMATS, Format, written_as
from cropwright.core.geometry import Rect, Size
from cropwright.core.layout import Placed
from cropwright.core.limits import Limits
from cropwright.core.people import People
from cropwright.core.report import Attempt, Report
from cropwright.engine.load import Opened
from cropwright.engine.vips import pyvips

if TYPE_CHECKING:
    from cropwright.engine.subject import Subject


@dataclass(frozen=True, slots=True)
class Window:
    """The rectangle that was chosen, in upright pixels, and who chose it."""

    rect: Rect
    tried: tuple[Attempt, ...]
    decoded: pyvips.Image | None = None
    """The whole picture as stored, if choosing needed it in memory."""
    subject: Subject | None = None
    """What a model saw of the subject, where one had to look."""
    people: People | None = None
    """Who was seen, where somebody was looked for."""
    box: Rect | None = None
    """What is to be laid into a frame, where that is known before the subject is cut out."""
    field: Rect | None = None
    """What else may be seen there; None is all of the picture."""
    placed: Placed | None = None
    """Where the picture goes in its frame, once it was laid out."""


@dataclass(frozen=True, slots=True)
class Work:
    """A picture between two steps."""

    opened: Opened
    edit: Edit
    window: Window
    limits: Limits
    frames: tuple[pyvips.Image, ...] = ()
    """The window's pixels so far: one image, or one a frame."""

    def showing(self, frames: tuple[pyvips.Image, ...]) -> Work:
        """The same work with other pixels."""
        return replace(self, frames=frames)

    @property
    def result(self) -> Size:
        """Size of the result, upright."""
        window = self.window.rect.size
        if self.edit.layout is not None:
            placed = self.window.placed
            if placed is None and self.edit.layout.trimmed:
                return window
            return placed.frame if placed else self.edit.layout.size or self.opened.facts.size
        return self.edit.resize.result(window) if self.edit.resize else window

    @property
    def target(self) -> Format:
        """The format to write. Raises OutputFormatError."""
        output = self.edit.output
        if output.archival and output.format in ARCHIVAL:
            return FORMATS[output.format]
        source = self.opened.facts.format
        source = source if source in output.among else FALLBACK
        if self.edit.cutout is not None and self.edit.cutout.is_clear:
            source = source if source in CLEAR_FORMATS else FALLBACK
        return written_as(output.format, output.path, source)

    @property
    def report(self) -> Report:
        """Why the result is what it is."""
        window = self.window
        return Report(
            source=self.opened.facts,
            rect=window.rect,
            decided_by=window.tried[-1].decider,
            tried=window.tried,
            result=self.result,
            seen=window.subject.seen if window.subject else None,
            people=window.people,
        )

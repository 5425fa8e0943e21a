"""Pictures in, crops out, in workers: from a file for the command line, from bytes for the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cropwright.core.command import Edit, Facts, Plan
from cropwright.core.geometry import Rect, Size
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.core.models import ModelSettings
from cropwright.core.report import Report
from cropwright.engine.handover import Parcel
from cropwright.service.checkup import drawn
from cropwright.service.models import Shelf
from cropwright.sources.local import read_file

if TYPE_CHECKING:
    from cropwright.core.formats import Format
    from cropwright.engine.pipeline import Rendered
    from cropwright.engine.pool import Workers


PLAIN = ModelSettings()
"""The models' settings where no wish can need a model."""


def crop_file(
    path: str, wish: Edit | Plan, limits: Limits, models: ModelSettings = PLAIN
) -> Rendered:
    """Crop the picture at `path`. Raises InputError, OutputError or ModelError; writes nothing."""
    # Imported by the worker alone: the process that hands out work never loads a decoder.
    from cropwright.engine.pipeline import render

    return render(read_file(path, limits), wish, limits, models)


def explain_file(
    path: str, wish: Edit | Plan, limits: Limits, models: ModelSettings = PLAIN
) -> Report:
    """What `crop_file` would keep and why. Raises InputError or ModelError."""
    from cropwright.engine.pipeline import explain

    return explain(read_file(path, limits), wish, limits, models)


def seconds_for(wish: Edit | Plan, limits: WorkerLimits) -> float:
    """How long a worker may take for a wish."""
    looks = isinstance(wish, Edit) and wish.needs_model
    return limits.cutout_seconds if looks else limits.deadline_seconds


@dataclass(frozen=True, slots=True)
class Made:
    """A finished crop, as the service passes it on."""

    data: bytes
    format: Format
    report: Report


@dataclass(frozen=True, slots=True)
class Renderer:
    """Has pictures worked on. Every call waits for a worker: call it from a thread.

    Raises what the picture or the wish deserve (InputError, OutputError), ModelError if a model is
    needed that cannot be had, or WorkerError if the worker was lost or out of time.
    """

    workers: Workers
    limits: Limits
    shelf: Shelf = field(default_factory=lambda: Shelf(PLAIN))
    """The models' files."""

    def render(self, data: bytes, wish: Edit | Plan) -> Made:
        """Follow `wish` with the picture in `data`; a model it needs may be fetched first."""
        self.shelf.fetch_for(wish)
        seconds, models = seconds_for(wish, self.workers.limits), self.shelf.settings
        parcel, target, report = self.workers.run(
            _render, Parcel(data), wish, self.limits, models, seconds=seconds
        )
        return Made(parcel.unpacked(), target, report)

    def explain(self, data: bytes, wish: Edit | Plan) -> Report:
        """What `render` would keep, and why."""
        self.shelf.fetch_for(wish)
        seconds, models = seconds_for(wish, self.workers.limits), self.shelf.settings
        return self.workers.run(_explain, Parcel(data), wish, self.limits, models, seconds=seconds)

    def verify(self, data: bytes) -> Facts:
        """Nothing is made: the picture is decoded to see that it is whole."""
        return self.workers.run(_verify, Parcel(data), self.limits)

    def hole(self, data: bytes) -> tuple[Size, Rect | None]:
        """A mask's size and the box around its transparent pixels; None without any."""
        return self.workers.run(_hole, Parcel(data), self.limits)

    def sample(self) -> bytes:
        """A picture to try things with, as a PNG."""
        return self.workers.run(drawn, 960, 640)

    def ping(self) -> None:
        """Nothing if a worker answers."""
        self.workers.run(int)

    def check(self) -> None:
        """Nothing if a worker runs, or else can be made to; asks none that runs: it may be busy."""
        if not self.workers.pids():
            self.ping()


def _render(
    parcel: Parcel, wish: Edit | Plan, limits: Limits, models: ModelSettings
) -> tuple[Parcel, Format, Report]:
    from cropwright.engine.pipeline import render

    made = render(parcel.unpacked(), wish, limits, models)
    return Parcel(made.data), made.format, made.report


def _explain(parcel: Parcel, wish: Edit | Plan, limits: Limits, models: ModelSettings) -> Report:
    from cropwright.engine.pipeline import explain

    return explain(parcel.unpacked(), wish, limits, models)


def _hole(parcel: Parcel, limits: Limits) -> tuple[Size, Rect | None]:
    from cropwright.engine.hole import hole

    return hole(parcel.unpacked(), limits)


def _verify(parcel: Parcel, limits: Limits) -> Facts:
    from cropwright.engine.pipeline import verify

    return verify(parcel.unpacked(), limits)

"""The one road to bytes: the steps of a crop, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cropwright.core.command import Edit, Facts, Plan, settled
from cropwright.core.formats import Format
from cropwright.core.limits import Limits
from cropwright.core.models import ModelSettings
from cropwright.core.report import Report
from cropwright.engine.load import Opened, open_picture
from cropwright.engine.save import encode
from cropwright.engine.steps.background import lay_on_background
from cropwright.engine.steps.choose import choose
from cropwright.engine.steps.colour import recolour
from cropwright.engine.steps.cutout import cut_out
from cropwright.engine.steps.layout import lay_out
from cropwright.engine.steps.read import read
from cropwright.engine.steps.resize import resize
from cropwright.engine.steps.tone import tone
from cropwright.engine.steps.turn import turn
from cropwright.engine.steps.upright import turn_upright
from cropwright.engine.vips import decoding
from cropwright.engine.work import Work


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished crop."""

    data: bytes
    format: Format
    report: Report


WITHOUT_WISHES = ModelSettings()
"""The models' settings of callers who have none."""

STEPS: tuple[Callable[[Work], Work], ...] = (
    read,
    recolour,
    resize,
    turn_upright,
    cut_out,
    lay_out,
    turn,
    tone,
    lay_on_background,
)


def render(
    data: bytes, wish: Edit | Plan, limits: Limits, models: ModelSettings = WITHOUT_WISHES
) -> Rendered:
    """Open the picture in `data`, follow `wish`, encode the result.

    Raises InputError for what is wrong with the picture or the wish, OutputError for what is
    wrong with the result, ModelError if a model is needed that cannot be had.
    """
    return render_opened(open_picture(data, limits), wish, limits, models)


def render_opened(
    opened: Opened, wish: Edit | Plan, limits: Limits, models: ModelSettings = WITHOUT_WISHES
) -> Rendered:
    """The same for a picture that is open already."""
    work = _begun(opened, wish, limits, models)
    target = work.target  # an impossible format is refused before any work is done
    for step in STEPS:
        work = step(work)
    return Rendered(encode(work), target, work.report)


def explain(
    data: bytes, wish: Edit | Plan, limits: Limits, models: ModelSettings = WITHOUT_WISHES
) -> Report:
    """What `render` would keep and why, without encoding anything. InputError or ModelError."""
    return _begun(open_picture(data, limits), wish, limits, models).report


def verify(data: bytes, limits: Limits) -> Facts:
    """Decode the whole first frame, keep nothing. Raises InputError for what is wrong with it."""
    opened = open_picture(data, limits)
    with decoding(opened.facts.format):
        opened.stream().avg()
    return opened.facts


def _begun(opened: Opened, wish: Edit | Plan, limits: Limits, models: ModelSettings) -> Work:
    edit = settled(wish, opened.facts)
    if edit.animate:
        limits.check_animation(opened.facts.size, opened.facts.frames)
    work = Work(opened, edit, choose(opened, edit, models), limits)
    limits.check_result(work.result, opened.facts.frames if edit.animate else 1)
    return work

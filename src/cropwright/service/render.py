"""A file in, a finished crop out: the task that workers run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cropwright.core.command import Edit, Plan
from cropwright.core.limits import Limits
from cropwright.core.report import Report
from cropwright.sources.local import read_file

if TYPE_CHECKING:
    from cropwright.engine.pipeline import Rendered


def crop_file(path: str, wish: Edit | Plan, limits: Limits) -> Rendered:
    """Crop the picture at `path`. Raises InputError or OutputError; writes nothing."""
    # Imported by the worker alone: the process that hands out work never loads a decoder.
    from cropwright.engine.pipeline import render

    return render(read_file(path, limits), wish, limits)


def explain_file(path: str, wish: Edit | Plan, limits: Limits) -> Report:
    """What `crop_file` would keep and why. Raises InputError."""
    from cropwright.engine.pipeline import explain

    return explain(read_file(path, limits), wish, limits)

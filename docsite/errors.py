"""The page of all errors, from their tree and from each door's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from cropwright import errors
from cropwright.doors.cropphoto.errors import ROWS
from cropwright.doors.iiif.errors import STATUSES as IIIF
from cropwright.doors.modelslab.errors import ANSWERS
from cropwright.doors.native.errors import STATUSES as NATIVE
from cropwright.errors import CropwrightError
from docsite.markdown import fenced, page, table

Kind = type[CropwrightError]
Row = TypeVar("Row")

DOORS: dict[str, Callable[[Kind], int]] = {
    "`/api/v1`": lambda kind: nearest(NATIVE, kind)[0],
    "ModelsLab": lambda kind: nearest(ANSWERS, kind)[0],
    "Crop.photo": lambda kind: nearest(ROWS, kind).status,
    "IIIF": lambda kind: nearest(IIIF, kind),
}
"""The statuses that each door answers, from its own table."""

_HEAD = """\
Generated from `errors.py` and the doors' tables. Every error has a code that stays the same, facts,
and one sentence that names the field, the limit and the value. No path but the caller's own, no stack
trace and no text of a library is in it."""
_BY_DOOR = """\
The status that each door answers. [Our own API](api.md#errors) sends the code and the facts along;
others speak as their contracts do. Not every error can come up at every door; 500 is what would be
answered where a door has no row for it. A request body beyond what is read at all is 413 everywhere.
`not_found` and `method_not_allowed` are our own API's codes for requests that are for none of its
addresses. A dash: cannot come up over HTTP. Failures of [dpf jobs](dpf.md) are that contract's own
sentences."""
_TREE = """\
Programs that use the library catch an error, or any of those above it."""
_ELSEWHERE = (
    errors.SourceUnreadableError,
    errors.OutputExistsError,
    errors.OutputUnwritableError,
    errors.SettingsError,
)
"""Errors of files and of an operator's own machine."""


def errors_page() -> str:
    """Every error: its code, its sentence, its status at each door."""
    rows = [_row(kind) for kind in leaves()]
    drawn = (errors.__doc__ or "").partition("\n\n")[2].rpartition("\n\nEach error")[0]
    return page(
        "Errors",
        _HEAD,
        "## Codes",
        table(("code", "when", "what it says"), [row[:3] for row in rows]),
        "## Statuses",
        _BY_DOOR,
        table(("code", *DOORS), [(row[0], *row[3:]) for row in rows]),
        "## In Python",
        _TREE,
        fenced("text", drawn),
    )


def leaves(kind: Kind = CropwrightError) -> list[Kind]:
    """The errors that are raised: those with none below them, in the order of the tree."""
    below = [row for row in kind.__subclasses__() if row.__module__ == errors.__name__]
    return [leaf for child in below for leaf in leaves(child)] or [kind]


def nearest(rows: dict[Kind, Row], kind: Kind) -> Row:
    """The row of an error's nearest ancestor, as the doors read their tables."""
    return next(rows[above] for above in kind.__mro__ if above in rows)


def _row(kind: Kind) -> tuple[str, ...]:
    when = (kind.__doc__ or "").strip().splitlines()[0]
    local = kind in _ELSEWHERE
    statuses = ("-" if local else str(status(kind)) for status in DOORS.values())
    return f"`{kind.code}`", when, _sentence(kind), *statuses


def _sentence(kind: Kind) -> str:
    """An error's sentence with its facts' names where their values will be."""
    if kind.sentence != CropwrightError.sentence:
        return kind.sentence
    return str(kind(**{row.name: _example(row.name, str(row.type)) for row in fields(kind)}))  # type: ignore[arg-type]  # every kind is a dataclass


def _example(name: str, type_name: str) -> Any:
    return {"int": 100, "tuple[str, ...]": ("png", "…")}.get(type_name, _WORDS.get(name, "…"))


_WORDS = {"axis": "width", "found": "heic", "format": "ico"}
"""Facts with which the sentences that are put together read like real ones."""

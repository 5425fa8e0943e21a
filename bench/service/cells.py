"""What is measured, one cell each: a system, a job, so many processes and connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.service.servers import THUMBOR

OURS, BARE, IDLE, LAYERS = "cropwright", "bare loop", "does nothing", "layers"
OURS_SENT = "cropwright, the picture sent along"
FILLING = (OURS, OURS_SENT, THUMBOR)
WORKERS = (1, 2)
PER_WORKER = (1, 2)
"""Connections for each worker."""
EMPTY = "empty"
"""The job of sending no body."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing that is measured."""

    system: str
    job: str
    """The key of a job, or the sides of a square to fill."""
    processes: int = 1
    connections: int = 1

    @property
    def said(self) -> str:
        """What it is called where it went wrong."""
        return f"{self.system}, {self.job}, processes {self.processes}"


Call = Callable[[float], Any]
"""Measures a cell for so many seconds: a Burst, or for layers their times."""


@dataclass(slots=True)
class Field:
    """The cells of a run, ready to be measured, and what could not be had."""

    calls: dict[Cell, Call] = field(default_factory=dict)
    answers: dict[Cell, Callable[[Path], None]] = field(default_factory=dict)
    """Writes the body of one answer to a file."""
    missing: dict[str, str] = field(default_factory=dict)
    """System -> why it is not here."""

    def drop(self, cell: Cell, why: str) -> None:
        """Do without a cell that failed."""
        del self.calls[cell]
        self.missing[cell.said] = why

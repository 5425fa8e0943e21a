"""What a run found, and the figures that are made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any

from bench.rounds import Pace
from bench.service import layers
from bench.service.burst import Series
from bench.service.cells import BARE, EMPTY, IDLE, LAYERS, OURS, PER_WORKER, WORKERS, Cell
from bench.service.jobs import SIDES, SMALL_CROP
from bench.service.servers import THUMBOR

OF_BARE_AT_LEAST = 0.85
OF_THUMBOR_AT_LEAST = 1.0
HANDOVER_AT_MOST = 0.1


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of one layer."""

    wall: float
    cpu: float

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: Taken) -> Taken:
        return Taken(self.wall - other.wall, self.cpu - other.cpu)


@dataclass(frozen=True, slots=True)
class Goal:
    """One promise and what was found."""

    said: str
    figure: float | None
    """None if something it needs is missing."""
    bound: float
    is_least: bool = True

    @property
    def verdict(self) -> str:
        """Met, not met or not measured."""
        if self.figure is None:
            return "not measured"
        met = self.figure >= self.bound if self.is_least else self.figure <= self.bound
        return "met" if met else "**not met**"


@dataclass(slots=True)
class Findings:
    """Everything a run found."""

    machine: str
    pace: Pace
    seconds: float
    series: dict[Cell, Series] = field(default_factory=dict)
    layers: dict[str, dict[str, Taken]] = field(default_factory=dict)
    """Job -> layer -> its times."""
    kilobytes: dict[Cell, float] = field(default_factory=dict)
    """Sizes of the squares that were filled."""
    missing: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    others: float = 0.0
    """Share of the processors that something else took during the run."""

    def add(self, found: dict[Cell, list[Any]]) -> None:
        """Take in what all rounds found."""
        for cell, results in found.items():
            if cell.system == LAYERS:
                self.layers[cell.job] = _together(results)
            else:
                self.series[cell] = Series(results)

    def of_bare(self, cell: Cell) -> float | None:
        """The share of the bare loop's rate that a cell has, with as many processes."""
        bare = self.series.get(Cell(BARE, cell.job, cell.processes, 0))
        return self.series[cell].faster_than(bare) if bare and cell in self.series else None

    def of_bare_cpu(self, cell: Cell) -> float | None:
        """The bare loop's processor time for a job beside a cell's: its share if all are busy."""
        bare = self.series.get(Cell(BARE, cell.job, cell.processes, 0))
        return bare.cheaper_than(self.series[cell]) if bare and cell in self.series else None

    def of_thumbor(self, cell: Cell) -> float | None:
        """How many times thumbor's rate a cell has, with as many processes."""
        thumbor = self.series.get(Cell(THUMBOR, cell.job, cell.processes, cell.connections))
        return self.series[cell].faster_than(thumbor) if thumbor and cell in self.series else None

    def idle(self, job: str) -> Taken | None:
        """A request that is received and answered, and nothing else."""
        series = self.series.get(Cell(IDLE, job))
        return Taken(series.latency_ms(0.5), series.cpu_ms) if series else None

    def receiving(self, job: str) -> Taken | None:
        """What of that is the body's."""
        whole, empty = self.idle(job), self.idle(EMPTY)
        return whole - empty if whole and empty else None

    def handover(self, job: str) -> float | None:
        """The hand-over's processor time beside that of the picture work."""
        times = self.layers.get(job)
        if times is None:
            return None
        return times[layers.HANDOVER].cpu / times[layers.ENGINE].cpu

    def goals(self) -> Iterator[Goal]:
        """Every promise, in the order it is made."""
        for count in WORKERS:
            cells = [Cell(OURS, SMALL_CROP.key, count, count * times) for times in PER_WORKER]
            for figure, word in ((self.of_bare, "rate"), (self.of_bare_cpu, "rate, by CPU")):
                shares = [share for share in map(figure, cells) if share is not None]
                said = f"{SMALL_CROP.said}, workers {count}: share of the bare loop's {word}"
                yield Goal(said, max(shares, default=None), OF_BARE_AT_LEAST)
        for side in SIDES:
            for count in WORKERS:
                said = f"fill {side}x{side}, processes {count}: times thumbor's rate"
                figure = self.of_thumbor(Cell(OURS, str(side), count, 2 * count))
                yield Goal(said, figure, OF_THUMBOR_AT_LEAST)
        said = "hand-over of a 1 MB job: its CPU beside that of the picture work"
        yield Goal(said, self.handover(SMALL_CROP.key), HANDOVER_AT_MOST, is_least=False)


def _together(rounds: list[dict[str, list[tuple[float, float]]]]) -> dict[str, Taken]:
    """Each layer over all rounds: the median of wall time; the mean of what processors did."""
    made = {}
    for name in rounds[0]:
        times = [taken for found in rounds for taken in found[name]]
        made[name] = Taken(median(wall for wall, _ in times), mean(cpu for _, cpu in times))
    return made

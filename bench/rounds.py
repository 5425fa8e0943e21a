"""Rounds: every system once, then every system again, so that a busy moment hits them alike.

The order within a round is shuffled, the same way in every run: who always follows the same
neighbour starts with the caches and the free memory that this neighbour left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from typing import TypeVar

from bench.cases import Case
from bench.driver import Driver, PeerError, Sample
from bench.systems import System

Name = TypeVar("Name")
Found = TypeVar("Found")

_ALIKE = 6.0
"""Mean difference (0 to 255) above which two results are not the same crop."""
_SAME_SIZE = (0.9, 1.1)
"""Outside these times the size of ours, an encoder was not asked for the same."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How one series of samples compares with another; below 1 the first is faster."""

    wall: float
    """Ratio of the medians of wall time."""
    paired: float
    """Median of the ratios round by round."""
    cpu: float
    """Ratio of the medians of CPU time."""

    @classmethod
    def of(cls, first: list[Sample], second: list[Sample]) -> Ratio:
        """Compare two series measured in the same rounds."""
        pairs = zip(first, second, strict=True)
        return cls(
            wall(first) / wall(second),
            median(one.wall_ms / other.wall_ms for one, other in pairs),
            cpu(first) / cpu(second),
        )


@dataclass(slots=True)
class Measured:
    """One case: the samples of every system that did it."""

    case: Case
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    """Name -> why it could not."""
    doubts: list[str] = field(default_factory=list)
    """Results that are not the same picture as ours."""

    def ratio(self, first: str, second: str) -> Ratio | None:
        """How two systems compare, or None if one of them did not do it."""
        if first not in self.samples or second not in self.samples:
            return None
        return Ratio.of(self.samples[first], self.samples[second])


def wall(samples: list[Sample]) -> float:
    """Median wall milliseconds."""
    return median(sample.wall_ms for sample in samples)


def cpu(samples: list[Sample]) -> float:
    """Median CPU milliseconds."""
    return median(sample.cpu_ms for sample in samples)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often everything is done."""

    warmups: int
    rounds: int

    def interleaved(self, calls: dict[Name, Callable[[], Found]]) -> dict[Name, list[Found]]:
        """What named calls, made in turn, find. Raises PeerError."""
        samples: dict[Name, list[Found]] = {name: [] for name in calls}
        order = list(calls)
        shuffler = Random(0)
        for turn in range(self.warmups + self.rounds):
            shuffler.shuffle(order)
            for name in order:
                sample = calls[name]()
                if turn >= self.warmups:
                    samples[name].append(sample)
        return samples

    def after_one(self) -> Pace:
        """The same pace once everything was done one time already."""
        return Pace(max(0, self.warmups - 1), self.rounds)

    def measure(self, case: Case, systems: list[System], checker: Driver, folder: Path) -> Measured:
        """One case by all systems; who fails at the first attempt is left out and noted."""
        measured = Measured(case)
        calls: dict[str, Callable[[], Sample]] = {}
        kept: dict[str, Path] = {}
        for number, system in enumerate(systems):
            keep = folder / f"kept{number}.{case.format}"
            try:
                system.crop(case, keep)
            except PeerError as error:
                measured.failed[system.name] = str(error)
                continue
            kept[system.name] = keep
            calls[system.name] = lambda system=system: system.crop(case)
        measured.doubts = _doubts(case, kept, checker)
        measured.samples = self.after_one().interleaved(calls)
        return measured


def _doubts(case: Case, kept: dict[str, Path], checker: Driver) -> list[str]:
    """What is wrong with the results of a case; systems may look for different places."""
    doubts = []
    first = next(iter(kept.values()), Path())
    for name, path in kept.items():
        told = checker.ask({"do": "compare", "first": str(first), "second": str(path)})
        bigger = path.stat().st_size / first.stat().st_size
        if tuple(told["size"]) != case.result:
            doubts.append(f"{name}: {told['size']} instead of {case.result}")
        elif case.format not in told["loader"]:
            doubts.append(f"{name}: written by {told['loader']}, expected {case.format}")
        elif case.gravity not in ("", "center"):
            continue
        elif told["difference"] > _ALIKE:
            doubts.append(f"{name}: differs from ours by {told['difference']:.1f} of 255")
        elif not _SAME_SIZE[0] <= bigger <= _SAME_SIZE[1]:
            doubts.append(f"{name}: the file is {bigger:.2f} times the size of ours")
    return doubts

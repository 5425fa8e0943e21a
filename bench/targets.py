"""The stated targets: each with its figure and whether it is met. A report, never a test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench import command, rounds
from bench.cases import CENTRE, FILL, RECT, TWELVE
from bench.command import Streamed
from bench.driver import Sample
from bench.rounds import Measured, Ratio
from bench.systems import OURS, PILLOW, SHARP

SHARP_AT_MOST = 1.05
PILLOW_AT_MOST = 0.5
ENTROPY_AT_MOST = 1.5
PROCESS_AT_MOST = 250.0
STREAM_AT_MOST = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """One promise and what was found."""

    said: str
    figure: float | None
    """None if a system it needs is missing."""
    at_most: float
    unit: str

    @property
    def verdict(self) -> str:
        """Met, not met or not measured."""
        if self.figure is None:
            return "not measured"
        return "met" if self.figure <= self.at_most else "**not met**"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same window at the centre and by entropy."""

    said: str
    centre: list[Sample]
    entropy: list[Sample]

    @property
    def ratio(self) -> Ratio:
        """How much longer looking takes."""
        return Ratio.of(self.entropy, self.centre)


def judged(
    crops: list[Measured],
    pairs: list[Pair],
    started: dict[str, list[Sample]],
    streamed: Streamed | None,
) -> list[Target]:
    """Every target, in the order it is stated."""
    return [
        *_against_sharp(crops),
        *_against_pillow(crops),
        *(_entropy(pair) for pair in pairs),
        Target(
            f"`{command.PROCESS}` on the small PNG",
            rounds.cpu(started[command.PROCESS]) if command.PROCESS in started else None,
            PROCESS_AT_MOST,
            "CPU ms",
        ),
        Target(
            "stream job beyond the engine's own time",
            streamed.overhead_ms if streamed else None,
            STREAM_AT_MOST,
            "ms",
        ),
    ]


def _against_sharp(crops: list[Measured]) -> Iterator[Target]:
    for measured in crops:
        if measured.case.picture in TWELVE and measured.case.kind in (RECT, CENTRE, FILL):
            figure = measured.ratio(OURS, SHARP)
            said = f"{measured.case.said}, against sharp"
            yield Target(said, figure.wall if figure else None, SHARP_AT_MOST, "x")


def _against_pillow(crops: list[Measured]) -> Iterator[Target]:
    for measured in crops:
        if measured.case.title in ("rect top", "rect middle"):
            figure = measured.ratio(OURS, PILLOW)
            said = f"{measured.case.said}, against Pillow"
            yield Target(said, figure.wall if figure else None, PILLOW_AT_MOST, "x")


def _entropy(pair: Pair) -> Target:
    return Target(f"{pair.said}, entropy against centre", pair.ratio.wall, ENTROPY_AT_MOST, "x")

"""A whole run: pictures, systems, cases, targets, the page."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from bench import cases, command, machine, rounds, targets
from bench.cases import Case
from bench.driver import ROOT, Driver, PeerError
from bench.rounds import Measured, Pace
from bench.systems import OURS, Field, gathered
from bench.table import Findings, page
from bench.targets import Pair

PAGE = ROOT / "docs" / "performance.md"

Result = TypeVar("Result")


def main() -> None:
    """Measure everything, print the page, write it. Always ends well: it is a report."""
    options = _options()
    started, watch = time.monotonic(), machine.Watch()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        _say("drawing the pictures")
        subprocess.run([sys.executable, "-m", "bench.draw", name], cwd=ROOT, check=True)
        field = gathered(folder, stack)
        _say_systems(field)
        found = Findings(machine.said(), Pace(options.warmups, options.rounds), field)
        checker = stack.enter_context(Driver([sys.executable, "-m", "bench.check"]))
        _fill(found, folder, checker)
    found.others = watch.taken_by_others()
    text = page(found)
    print(text)
    if not options.dry:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
    _say(f"took {time.monotonic() - started:.0f} s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="rounds that count")
    parser.add_argument("--warmups", type=int, default=2, help="rounds before them")
    parser.add_argument("--dry", action="store_true", help=f"do not write {PAGE.name}")
    return parser.parse_args()


def _fill(found: Findings, folder: Path, checker: Driver) -> None:
    def measure(rows: Iterable[Case]) -> list[Measured]:
        return [_measured(found, case, folder, checker) for case in rows]

    found.crops = measure(cases.crops())
    found.looked_for = measure(cases.looked_for())
    found.pairs = [pair for pair in _pairs(found) if pair is not None]
    field, pace = found.field, found.pace
    found.started = _tried(found, "start-up", lambda: command.start_up(field, folder, pace)) or {}
    found.streamed = _tried(found, "stream", lambda: command.streamed(field, folder))
    found.peaks = _tried(found, "memory", lambda: command.peaks(field, folder)) or {}
    found.targets = targets.judged(found.crops, found.pairs, found.started, found.streamed)


def _measured(found: Findings, case: Case, folder: Path, checker: Driver) -> Measured:
    systems, pace = found.field.doing(case.kind), found.pace
    measured = _tried(found, case.said, lambda: pace.measure(case, systems, checker, folder))
    if measured is None:
        return Measured(case)
    told = (f"{name} {rounds.wall(row):.0f}" for name, row in measured.samples.items())
    _say(f"{case.said}: {', '.join(told)}")
    return measured


def _pairs(found: Findings) -> Iterable[Pair | None]:
    ours = found.field.named(OURS)
    if ours is None:
        return
    for centre, entropy in cases.window_pairs():
        said = centre.said.replace("center ", "")
        calls = {"centre": lambda c=centre: ours.crop(c), "entropy": lambda c=entropy: ours.crop(c)}
        samples = _tried(found, said, lambda calls=calls: found.pace.interleaved(calls))
        _say(f"{said}: centre and entropy")
        yield Pair(said, samples["centre"], samples["entropy"]) if samples else None


def _tried(found: Findings, said: str, measure: Callable[[], Result]) -> Result | None:
    try:
        return measure()
    except PeerError as error:
        found.failed.append(f"{said}: {error}")
        return None


def _say_systems(field: Field) -> None:
    for name, version in field.versions.items():
        _say(f"{name}: {version}")
    for name, why in field.missing.items():
        _say(f"{name}: missing, {why}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""A whole run: photographs, servers, trial, rounds, the page."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench import machine
from bench.driver import ROOT, Driver, PeerError
from bench.rounds import Pace
from bench.service.cells import FILLING, Cell, Field
from bench.service.findings import Findings
from bench.service.gathered import Bench, gathered
from bench.service.jobs import JOBS
from bench.service.page import page

PAGE = ROOT / "docs" / "performance-service.md"

_TRIAL_SECONDS = 0.3
_ALIKE = 6.0
"""Mean difference (0 to 255) above which two results are not the same picture."""


def main() -> None:
    """Measure everything, print the page, write it. Always ends well: it is a report."""
    options = _options()
    started, watch = time.monotonic(), machine.Watch()
    pace = Pace(0, options.rounds)  # the trial warms up
    found = Findings(machine.said(), pace, options.seconds)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder, photos = Path(name), Path(name) / "photos"
        photos.mkdir()
        _say("drawing the photographs")
        draw = [sys.executable, "-m", "bench.service.photos", str(photos)]
        subprocess.run(draw, cwd=ROOT, check=True)
        _say("starting the servers")
        field = gathered(Bench(folder, photos, stack))
        _try(field)
        found.missing = field.missing
        checker = stack.enter_context(Driver([sys.executable, "-m", "bench.check"]))
        _compare(found, field, folder, checker)
        _say(f"{len(field.calls)} rows, {pace.rounds} rounds")
        calls = {cell: partial(call, options.seconds) for cell, call in field.calls.items()}
        found.add(pace.interleaved(calls))
    found.others = watch.taken_by_others()
    text = page(found)
    print(text)
    if not options.dry:
        PAGE.write_text(text, encoding="utf-8")
    _say(f"took {time.monotonic() - started:.0f} s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.service", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count")
    parser.add_argument("--seconds", type=float, default=1.2, help="for each row in a round")
    parser.add_argument("--dry", action="store_true", help=f"do not write {PAGE.name}")
    return parser.parse_args()


def _try(field: Field) -> None:
    """Every row once, briefly: what fails now is left out and noted."""
    for cell, call in list(field.calls.items()):
        try:
            call(_TRIAL_SECONDS)
        except PeerError as error:
            field.drop(cell, str(error))


def _compare(found: Findings, field: Field, folder: Path, checker: Driver) -> None:
    """Are the squares that ours and thumbor fill the same picture?"""
    first: dict[str, Path] = {}
    for cell in sorted(_filling(field), key=lambda cell: FILLING.index(cell.system)):
        answer = folder / f"square{len(found.kilobytes)}.jpeg"
        field.answers[cell](answer)
        found.kilobytes[cell] = answer.stat().st_size / 1000
        ours = first.setdefault(cell.job, answer)
        told = checker.ask({"do": "compare", "first": str(ours), "second": str(answer)})
        if told["size"] != [int(cell.job)] * 2:
            found.doubts.append(f"{cell.said}: {told['size']} instead of {cell.job}")
        elif told["difference"] > _ALIKE:
            found.doubts.append(f"{cell.said}: differs from ours by {told['difference']:.1f}")


def _filling(field: Field) -> list[Cell]:
    return [cell for cell in field.answers if cell.job not in JOBS and cell.system in FILLING]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""Our own command line: what starting it costs, what a stream job costs, what memory it takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import programs, tree
from bench.cases import Case, memory_rect, small_rect
from bench.driver import PeerError, Sample
from bench.pictures import PICTURES
from bench.rounds import Pace
from bench.systems import OURS, Field, Library, Program, loaded

PROCESS = f"{OURS} process --job"
PYTHON = "python -c pass"
_JOBS = 150
_PAIRS = 60
_WARM_JOBS = 10


@dataclass(frozen=True, slots=True)
class Streamed:
    """What `cropwright --stream` does with the small picture."""

    jobs_per_second: float
    job_ms: float
    """Median milliseconds from a line sent to its answer."""
    engine_ms: float
    """Median milliseconds of the same job in-process: read, render, write."""
    rss_mb: float
    """Every process's own largest resident memory, added up."""
    pss_mb: float
    """Memory at the end with shared pages counted once."""
    processes: int

    @property
    def overhead_ms(self) -> float:
        """Milliseconds of a stream job beyond the engine's own."""
        return self.job_ms - self.engine_ms


def executable() -> list[str]:
    """How our command line is called."""
    beside = Path(sys.executable).with_name("cropwright")
    found = str(beside) if beside.exists() else shutil.which("cropwright")
    return [found] if found else [sys.executable, "-m", "cropwright"]


def job(case: Case, folder: Path) -> dict[str, Any]:
    """A rect case as a job of the dpf protocol."""
    return {
        "operation": "crop",
        "input": str(folder / PICTURES[case.picture].file),
        "output": str(folder / f"job.{case.format}"),
        "rect": {"x": case.x, "y": case.y, "width": case.width, "height": case.height},
    }


def start_up(field: Field, folder: Path, pace: Pace) -> dict[str, list[Sample]]:
    """Whole processes that crop the small picture, ours and the peers'; and an empty Python."""
    case = small_rect()
    process = [*executable(), "process", "--job", json.dumps(job(case, folder))]
    calls = {
        PROCESS: lambda: programs.run(process),
        PYTHON: lambda: programs.run([sys.executable, "-c", "pass"]),
    }
    for system in field.systems:
        if isinstance(system, Program):
            calls[system.name] = lambda system=system: system.crop(case)
    return pace.interleaved(calls)


def streamed(field: Field, folder: Path) -> Streamed:
    """Drive `cropwright --stream`: alternating with the engine alone, then as fast as it goes."""
    ours = field.named(OURS)
    if not isinstance(ours, Library):
        raise PeerError("ours did not start")
    case = small_rect()
    line = json.dumps(job(case, folder)) + "\n"
    alone = {"do": "file", "case": case.as_dict(), "path": job(case, folder)["input"]}
    alone["output"] = str(folder / f"alone.{case.format}")
    argv = [*executable(), "--stream"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stream:
        for _ in range(_WARM_JOBS):
            _answered(stream, line)
            ours.driver.ask(alone)
        pairs = [(_answered(stream, line), ours.driver.ask(alone)) for _ in range(_PAIRS)]
        started = time.perf_counter()
        for _ in range(_JOBS):
            _answered(stream, line)
        rate = _JOBS / (time.perf_counter() - started)
        processes = tree.pids(stream.pid)
        largest = tree.peak_mb(processes)
        shared = sum(tree.status_mb(pid, "Pss:", "smaps_rollup") for pid in processes)
    return Streamed(
        rate,
        median(wall for wall, _ in pairs),
        median(answer["wall_ms"] for _, answer in pairs),
        largest,
        shared,
        len(processes),
    )


def peaks(field: Field, folder: Path) -> dict[str, float]:
    """Largest resident megabytes of one 12-megapixel rect crop by each system, started afresh."""
    case = memory_rect()
    found = {}
    for name in field.versions:
        if name in field.launch:
            with ExitStack() as stack:
                driver = loaded(field.launch[name], folder, stack, case.picture)
                driver.ask({"do": "crop", "case": case.as_dict()})
                found[name] = driver.ask({"do": "memory"})["peak_mb"]
        else:
            system = field.named(name)
            found[name] = system.crop(case).peak_mb if system else 0.0
    process = [*executable(), "process", "--job", json.dumps(job(case, folder))]
    found[PROCESS] = programs.run(process).peak_mb
    return found


def _answered(stream: subprocess.Popen[str], line: str) -> float:
    """Milliseconds until the answer of one job. Raises PeerError if it failed."""
    if stream.stdin is None or stream.stdout is None:
        raise PeerError("no pipes")
    started = time.perf_counter()
    stream.stdin.write(line)
    stream.stdin.flush()
    answer = stream.stdout.readline()
    taken = (time.perf_counter() - started) * 1000
    if '"success":true' not in answer:
        raise PeerError(f"the stream answered {answer[:200]!r}")
    return taken

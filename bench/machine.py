"""The machine a run had: what it is, and how much of it something else took meanwhile."""

from __future__ import annotations

import os
import resource
from pathlib import Path


def said() -> str:
    """Cores and processor: enough to judge the figures by, and nothing else."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{_cores()} cores, {next(models, 'unknown processor')}"


class Watch:
    """Counts, from its making, the share of the processors that others than this run used."""

    def __init__(self) -> None:
        self._total, self._busy = _ticks()
        self._own = _own_ticks()

    def taken_by_others(self) -> float:
        """Share from 0 to 1. Only processes of this run that have ended are known to be ours."""
        total, busy = _ticks()
        others = (busy - self._busy) - (_own_ticks() - self._own)
        return max(0.0, others / max(1, total - self._total))


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _ticks() -> tuple[int, int]:
    """Ticks of all processors since the machine started: all of them, and those spent working."""
    line = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0]
    # user nice system idle iowait irq softirq steal; guest time is in user already
    counts = [int(word) for word in line.split()[1:9]]
    return sum(counts), sum(counts) - counts[3] - counts[4]


def _own_ticks() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(row.ru_utime + row.ru_stime for row in used) * os.sysconf("SC_CLK_TCK")

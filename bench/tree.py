"""A process and all below it: which they are, the processor time and the memory they took."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

_FORGET_PEAK = "5"
"""What /proc/PID/clear_refs takes to begin the largest resident memory anew."""


def pids(pid: int) -> list[int]:
    """A process and everything below it."""
    below = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    ]
    return [pid, *(process for child in below for process in pids(child))]


def cpu_ms(processes: Iterable[int]) -> float:
    """Processor time that processes took since they began, all their threads together."""
    return sum(time.clock_gettime(_clock(pid)) for pid in processes) * 1000


def _clock(pid: int) -> int:
    # What clock_getcpuclockid(3) makes of a process's number on Linux: exact, unlike the hundredths
    # of seconds in /proc/PID/stat.
    return (~pid << 3) | 2


def forget_peaks(processes: Iterable[int]) -> None:
    """Have the largest resident memory counted from now on."""
    for pid in processes:
        Path(f"/proc/{pid}/clear_refs").write_text(_FORGET_PEAK, encoding="ascii")


def peak_mb(processes: Iterable[int]) -> float:
    """Every process's own largest resident megabytes, added up: shared pages count for each."""
    return sum(status_mb(pid, "VmHWM:") for pid in processes)


def status_mb(pid: int, name: str, file: str = "status") -> float:
    """One line of /proc/PID/status, or of a file like it, in megabytes."""
    text = Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024

"""`python -m bench.bulk`: `cropwright bulk` interrupted against left alone, and two workers against one.

Draws pictures, crops them once without interruption, then into another folder with two
interruptions, one by SIGKILL and one by SIGTERM, and compares the results; then times one worker
and two, in turns.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import machine
from bench.draw import draw

COMMAND = Path(sys.executable).parent / "cropwright"
MANIFEST = "cropwright-bulk.jsonl"
SIDES = (1200, 900)
WISH = ("--aspect", "1:1", "--resize", "600x", "--gravity", "attention")
KINDS = 20
"""Different pictures; the others are the same under other names."""


def draw_all(folder: Path, count: int) -> None:
    """Fill a folder with pictures."""
    scene = draw(SIDES[0] + 40 * KINDS, SIDES[1]).copy_memory()
    drawn = [scene.crop(40 * at, 0, *SIDES).jpegsave_buffer(Q=85) for at in range(KINDS)]
    for number in range(count):
        path = folder / f"{number % 10}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn[number % KINDS])


def call(source: Path, out: Path, workers: int) -> list[str]:
    """The command line."""
    return [str(COMMAND), "bulk", str(source), str(out), *WISH, "--workers", str(workers)]


def run(source: Path, out: Path, workers: int) -> float:
    """Seconds that a whole run takes."""
    start = time.perf_counter()
    subprocess.run(call(source, out, workers), check=True, capture_output=True)
    return time.perf_counter() - start


def interrupted(source: Path, out: Path, after: int, number: int) -> int:
    """Run until so many lines are in the manifest, then send a signal. The lines at the end."""
    process = subprocess.Popen(call(source, out, 2), stderr=subprocess.DEVNULL)
    while lines(out) < after and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, number)
    process.wait(timeout=60)
    return lines(out)


def lines(out: Path) -> int:
    """Lines in a manifest, as far as there is one."""
    path = out / MANIFEST
    return path.read_bytes().count(b"\n") if path.exists() else 0


def results(out: Path) -> dict[str, str]:
    """Every result by name, with its bytes' digest."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*.jpg")
    }


def main() -> int:
    """Run it and print what came of it; 1 if a target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    base = Path(tempfile.mkdtemp(prefix="bench-bulk-"))
    try:
        return measure(base, given.pictures, given.rounds)
    finally:
        shutil.rmtree(base)


def measure(base: Path, count: int, rounds: int) -> int:
    """The whole of it."""
    source = base / "source"
    draw_all(source, count)
    print(machine.said())
    run(source, base / "clean", 2)
    kills = (signal.SIGKILL, signal.SIGTERM)
    stops = [
        interrupted(source, base / "out", count * (at + 1) // 3, number)
        for at, number in enumerate(kills)
    ]
    run(source, base / "out", 2)
    same = results(base / "out") == results(base / "clean")
    print(f"{count} pictures, interrupted after {stops} lines: the same results: {same}")
    ratios = []
    for at in range(rounds):
        one = run(source, base / f"one{at}", 1)
        two = run(source, base / f"two{at}", 2)
        ratios.append(one / two)
        print(f"one worker {count / one:.1f}/s, two {count / two:.1f}/s: {one / two:.2f} times")
    ratio = statistics.median(ratios)
    print(f"two workers are {ratio:.2f} times one (median of {rounds}; wanted: 1.7)")
    return 0 if same and ratio >= 1.7 else 1


if __name__ == "__main__":
    sys.exit(main())

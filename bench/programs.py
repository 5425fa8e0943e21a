"""Command-line programs: finding them, timing a process, and the arguments for each crop."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.cases import Case
from bench.driver import PeerError, Sample


def run(argv: Sequence[str]) -> Sample:
    """Start a program and wait for it: wall and CPU time with its children's. PeerError."""
    wall = time.perf_counter()
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise PeerError(f"{Path(argv[0]).name}: {error.strerror}") from error
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - wall
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise PeerError(f"{Path(argv[0]).name} ended with status {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    # The runner imports no picture library: a child's ru_maxrss starts from its parent's size.
    return Sample(wall * 1000, cpu * 1000, peak_mb=used.ru_maxrss / 1024)


def find(names: Sequence[str], sign: str) -> tuple[str, str] | None:
    """Path and version line of the first native program that says `sign` about itself.

    Scripts are passed over: a wrapper called like the program would be timed with it.
    """
    for name in names:
        for path in _on_path(name):
            if path.read_bytes()[:2] == b"#!":
                continue
            told = subprocess.run(
                [str(path), "--version"], capture_output=True, text=True, check=False
            )
            line = next((line for line in told.stdout.splitlines() if sign in line), None)
            if line is not None:
                return str(path), line
    return None


def _on_path(name: str) -> Iterator[Path]:
    for folder in os.get_exec_path():
        path = Path(folder) / name
        if path.is_file() and os.access(path, os.X_OK):
            yield path


_MAGICK_SAVE = {
    "jpeg": ["-quality", "85", "-sampling-factor", "4:2:0", "-define", "jpeg:optimize-coding=off"],
    "png": ["-quality", "31"],  # tens: zlib level 3; ones: filter "sub"
    "webp": ["-quality", "85", "-define", "webp:method=2"],
}


def magick(program: str, case: Case, source: str, output: str) -> list[str]:
    """ImageMagick's arguments for a case, with encoder settings like ours."""
    saved = [*_MAGICK_SAVE[case.format], output]
    if not case.resize:
        window = f"{case.width}x{case.height}+{case.x}+{case.y}"
        return [program, source, "-crop", window, "+repage", *saved]
    side = f"{case.resize}x{case.resize}"
    hint = f"jpeg:size={2 * case.resize}x{2 * case.resize}"
    shaped = ["-resize", f"{side}^", "-gravity", "center", "-extent", side]
    return [program, "-define", hint, source, *shaped, *saved]


_VIPS_SAVE = {
    "jpeg": "[Q=85]",
    "png": "[compression=3,filter=sub]",
    "webp": "[Q=85,effort=2]",
}


def vips(thumbnail: str, case: Case, source: str, output: str) -> list[str]:
    """Arguments of `vips crop` (rects) or `vipsthumbnail`, with encoder settings like ours."""
    saved = f"{output}{_VIPS_SAVE[case.format]}"
    if case.resize:
        strategy = "centre" if case.gravity == "center" else case.gravity
        side = f"{case.resize}x{case.resize}"
        return [thumbnail, source, "--size", side, "--smartcrop", strategy, "-o", saved]
    window = [str(number) for number in (case.x, case.y, case.width, case.height)]
    program = str(Path(thumbnail).with_name("vips"))
    return [program, "crop", f"{source}[access=sequential]", saved, *window]

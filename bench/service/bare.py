"""The bare loop: the same picture work as the service's, in one process without anything around.

From base64 in memory to a file on stable storage: decode, cut the square or verify, write, fsync.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pybase64

from bench import tree
from bench.loop import Answer, serve
from bench.service.jobs import CROP
from bench.service.photos import PHOTOS
from cropwright.core.limits import Limits
from cropwright.doors.modelslab.wire import square
from cropwright.engine.pipeline import render, verify
from cropwright.engine.vips import single_threaded
from cropwright.engine.worker import give_memory_back

_LIMITS = Limits()
_SQUARE = square("center", 0)


def made(data: bytes, work: str) -> bytes:
    """What is kept of a picture."""
    if work == CROP:
        return render(data, _SQUARE, _LIMITS).data
    verify(data, _LIMITS)
    return data


def _bare(request: dict[str, Any]) -> Answer:
    os.setpriority(os.PRIO_PROCESS, 0, request["niceness"])
    photo = Path(request["photos"]) / PHOTOS[request["photo"]].file
    text = memoryview(pybase64.b64encode(photo.read_bytes()))
    own, written = [os.getpid()], []
    tree.forget_peaks(own)
    cpu, latencies = time.process_time(), []
    started = at = time.perf_counter()
    while at - started < request["seconds"]:
        result = made(pybase64.b64decode(text, validate=True), request["work"])
        written.append(_written(result, Path(request["folder"])))
        before, at = at, time.perf_counter()
        latencies.append((at - before) * 1000)
    cpu = time.process_time() - cpu
    for path in written:
        path.unlink()
    return {
        "requests": len(latencies),
        "rate": len(latencies) / (at - started),
        "latencies_ms": latencies,
        "cpu_ms": cpu * 1000,
        "client_cpu_ms": 0.0,
        "peak_mb": tree.peak_mb(own),
    }


def _written(data: bytes, folder: Path) -> Path:
    path = folder / secrets.token_hex(16)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path


def _prepare(_data: bytes, _case: dict[str, Any]) -> Callable[[], bytes]:
    raise NotImplementedError("this driver only loops")


if __name__ == "__main__":
    give_memory_back()
    single_threaded()
    serve("", _prepare, bare=_bare)

"""The loop every Python driver runs: one JSON request a line, one JSON answer a line.

A driver is a process that lives as long as the benchmark, as a worker of a server would. It holds
the pictures' bytes in memory and times only the work from bytes to bytes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Prepare = Callable[[bytes, dict[str, Any]], Callable[[], bytes]]
"""Makes, from a picture's bytes and a case, the call that is timed."""
Answer = dict[str, Any]


def serve(version: str, prepare: Prepare, **more: Callable[[dict[str, Any]], Answer]) -> None:
    """Answer requests until standard input ends. `more` adds requests of the driver's own."""
    pictures: dict[str, bytes] = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = _answer(request, pictures, version, prepare, more)
        except Exception as error:  # noqa: BLE001  # a case that fails is reported, not fatal
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def timed(call: Callable[[], bytes]) -> Answer:
    """Wall and CPU milliseconds of one call (all threads), and how many bytes it made."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall_ms": wall * 1000, "cpu_ms": cpu * 1000, "bytes": len(made), "made": made}


def _answer(
    request: dict[str, Any],
    pictures: dict[str, bytes],
    version: str,
    prepare: Prepare,
    more: dict[str, Callable[[dict[str, Any]], Answer]],
) -> Answer:
    match request["do"]:
        case "version":
            return {"version": version}
        case "load":
            pictures[request["key"]] = Path(request["path"]).read_bytes()
            return {}
        case "memory":
            return {"peak_mb": _peak_mb()}
        case "crop":
            case = request["case"]
            answer = timed(prepare(pictures[case["picture"]], case))
            made = answer.pop("made")
            if request.get("keep"):
                Path(request["keep"]).write_bytes(made)
            return answer
        case other:
            return more[other](request)


def _peak_mb() -> float:
    """This process's own largest resident memory; unlike ru_maxrss nothing of its parent's."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0

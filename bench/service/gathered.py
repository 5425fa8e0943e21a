"""Everything that is measured, started: our servers, the bare loops, thumbor, the layers."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.driver import Driver, PeerError
from bench.service import jobs, servers
from bench.service.burst import Burst
from bench.service.cells import (
    BARE,
    EMPTY,
    IDLE,
    LAYERS,
    OURS,
    OURS_SENT,
    PER_WORKER,
    WORKERS,
    Cell,
    Field,
)
from bench.service.jobs import JOBS, SIDES, Job
from bench.service.loads import Loads
from bench.service.photos import ONE
from bench.service.servers import THUMBOR, Server

_LAYER_TIMES = 6
_IDLE_SHARE = 0.4
"""What does nothing shows in a shorter time what it takes."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is started with: where things lie, and who ends what was started."""

    folder: Path
    photos: Path
    stack: ExitStack

    def driver(self, module: str, *arguments: str) -> Driver:
        """A driver of ours, started."""
        argv = [sys.executable, "-m", f"bench.service.{module}", *arguments]
        return self.stack.enter_context(Driver(argv))


def gathered(bench: Bench) -> Field:
    """Start every server and driver there is."""
    found = Field()
    loads = Loads(bench.driver("client"), bench.folder)
    ours = {
        count: bench.stack.enter_context(servers.ours(bench.folder / f"ours{count}", count))
        for count in WORKERS
    }
    for count, server in ours.items():
        for job in JOBS.values():
            request = jobs.posted(job.path, job.body(bench.photos), server.key)
            for times in PER_WORKER:
                loads.add(found, Cell(OURS, job.key, count, count * times), server, request)
        _add_fills(found, bench, loads, server, count)
        _add_thumbor(found, bench, loads, count)
    niceness = max(servers.niceness(server) for server in ours.values())
    _add_bare(found, bench, niceness)
    _add_layers(found, bench, loads)
    return found


def _add_fills(found: Field, bench: Bench, loads: Loads, server: Server, count: int) -> None:
    """Our own API filling squares: of a file on the disk, as thumbor does it, and of one sent."""
    picture = (bench.photos / ONE.file).read_bytes()
    form = jobs.form(picture, {})
    upload = loads.ask(server, jobs.posted("/api/v1/uploads", form, server.key, jobs.FORM))
    server.spare()
    for side in SIDES:
        asked = jobs.fill(side)
        named = json.dumps({"upload": upload["id"], **asked}).encode()
        by_id = jobs.posted("/api/v1/crop", named, server.key)
        sent = jobs.posted("/api/v1/crop", jobs.form(picture, asked), server.key, jobs.FORM)
        for system, request in ((OURS, by_id), (OURS_SENT, sent)):
            loads.add(found, Cell(system, str(side), count, 2 * count), server, request)


def _add_thumbor(found: Field, bench: Bench, loads: Loads, count: int) -> None:
    try:
        starting = servers.thumbor(bench.folder, bench.photos, count)
        server = bench.stack.enter_context(starting)
    except PeerError as error:
        found.missing[THUMBOR] = str(error)
        return
    for side in SIDES:
        request = jobs.got(f"/unsafe/{side}x{side}/{ONE.file}")
        loads.add(found, Cell(THUMBOR, str(side), count, 2 * count), server, request)


def _add_bare(found: Field, bench: Bench, niceness: int) -> None:
    """The bare loops; where processors are few they give way as our workers do."""
    drivers = [bench.driver("bare") for _ in range(max(WORKERS))]
    written = bench.folder / "bare"
    written.mkdir()
    for count in WORKERS:
        for job in JOBS.values():
            asked = {
                "do": "bare",
                "work": job.work,
                "photo": job.photo,
                "photos": str(bench.photos),
                "folder": str(written),
                "niceness": niceness,
            }
            cell = Cell(BARE, job.key, count, 0)
            found.calls[cell] = partial(_beside_one_another, drivers[:count], asked)


def _beside_one_another(drivers: list[Driver], asked: dict[str, Any], seconds: float) -> Burst:
    """The same asked of drivers at the same time."""
    request = {**asked, "seconds": seconds}
    with ThreadPoolExecutor(len(drivers)) as threads:
        answers = threads.map(lambda driver: driver.ask(request), drivers)
        return Burst.together([Burst.of(answer) for answer in answers])


def _add_layers(found: Field, bench: Bench, loads: Loads) -> None:
    idle = bench.stack.enter_context(servers.idle(bench.folder))
    bodies = {EMPTY: b"{}", **{job.key: job.body(bench.photos) for job in JOBS.values()}}
    for key, body in bodies.items():
        cell = Cell(IDLE, key)
        loads.add(found, cell, idle, jobs.posted("/", body))
        whole = found.calls[cell]
        found.calls[cell] = lambda seconds, whole=whole: whole(seconds * _IDLE_SHARE)
    driver = bench.driver("layers", str(bench.folder / "layers"))
    for job in JOBS.values():
        found.calls[Cell(LAYERS, job.key)] = partial(_layers, driver, job, bench.photos)


def _layers(driver: Driver, job: Job, photos: Path, _seconds: float) -> dict[str, Any]:
    asked = {"do": "layers", "job": job.key, "photos": str(photos), "times": _LAYER_TIMES}
    layers: dict[str, Any] = driver.ask(asked)["layers"]
    return layers

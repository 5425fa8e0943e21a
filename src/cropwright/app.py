"""The service: builds its parts from the settings, mounts its doors, starts and stops it all."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event, Thread

from fastapi_offline import FastAPIOffline
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from cropwright import __version__
from cropwright.core.gravity import FOCAL_POINT, GRAVITIES, SUBJECT
from cropwright.core.limits import WorkerLimits
from cropwright.doors.cropphoto import banners, wire_banners
from cropwright.doors.cropphoto.routes import v1
from cropwright.doors.files.routes import files
from cropwright.doors.iiif import routes as iiif
from cropwright.doors.modelslab.routes import v3, v6
from cropwright.doors.native import about, wire_jobs
from cropwright.doors.native import jobs as native_jobs
from cropwright.doors.native import routes as native
from cropwright.doors.native.dress import dress_errors
from cropwright.doors.operations import routes as operations
from cropwright.engine.pool import Workers
from cropwright.errors import SettingsError, StorageUnavailableError
from cropwright.http.door import mounted
from cropwright.http.metrics import Metrics
from cropwright.http.observe import Observed
from cropwright.kept import kept, pyramids
from cropwright.service.gallery import Gallery
from cropwright.service.gates import Arrivals, Doorkeeper, Gate
from cropwright.service.jobs.filing import forget_old, waited_seconds
from cropwright.service.jobs.workshop import Workshop
from cropwright.service.models import Shelf
from cropwright.service.once import Once
from cropwright.service.parts import Parts
from cropwright.service.render import Renderer
from cropwright.service.settings import SquareSettings
from cropwright.settings import Settings
from cropwright.sources.remote import Fetcher
from cropwright.web import routes as web

log = logging.getLogger(__name__)

DOORS: dict[str, Callable[[Parts], Starlette]] = {
    "/api/v3": v3,
    "/api/v6": v6,
    "/v1": v1,
    "/files": files,
    iiif.PREFIX: iiif.iiif,
}
"""Prefix -> the door mounted there; the native API is the application itself."""

JOB_DOORS = {wire_jobs.DOOR: native_jobs.DOOR, wire_banners.DOOR: banners.DOOR}
"""The doors that take jobs, by the name that is kept with each job."""

_ERRAND_THREADS = 16
_NICENESS = 3
"""Workers give way to the process that answers: else refusals wait behind the very work that they
are to keep away."""
_JOB_NICENESS = 8
"""Jobs give way to requests."""
_JOB_PATIENCE = 6
"""So their pictures may take so many times as long: deadlines are by the clock on the wall."""
_LEAST_WAITING = 4
"""Pictures that may wait where few workers would let fewer."""


@contextmanager
def opened(settings: Settings) -> Iterator[Parts]:
    """The parts of a service, working; ended when the block is left. SettingsError."""
    square = _checked_square(settings)
    _check_pictures(settings)
    with ExitStack() as stack:
        host, accounts = stack.enter_context(kept(settings))
        workers = stack.enter_context(Workers(settings.workers, niceness=_NICENESS))
        workers.start()
        waiting = max(_LEAST_WAITING, workers.count * settings.gates.queue_per_worker)
        places = workers.count + waiting
        renderer = Renderer(workers, settings.limits, Shelf(settings.models))
        yield Parts(
            server=settings.server,
            links=settings.links,
            square=square,
            jobs=settings.jobs,
            renderer=renderer,
            host=host,
            gallery=Gallery(settings.iiif, host, renderer, pyramids(settings)),
            fetcher=Fetcher(settings.sources),
            accounts=accounts,
            once=Once(host.catalog, host.now_ms),
            doorkeeper=Doorkeeper(settings.gates),
            keys_required=settings.keys.required,
            work=Gate(places, workers.count + math.ceil(workers.count / 2)),
            arrivals=Arrivals(settings.gates.bodies, settings.gates.arriving_bytes),
            threads=stack.enter_context(ThreadPoolExecutor(places, "work")),
            errands=stack.enter_context(ThreadPoolExecutor(_ERRAND_THREADS, "errand")),
        )


@contextmanager
def swept(parts: Parts, seconds: int) -> Iterator[None]:
    """A sweeper beside the service: what has expired is deleted, every so many seconds."""
    stop = Event()

    def sweep() -> None:
        while not stop.wait(seconds):
            try:
                parts.host.sweep()
                parts.once.forget()
                forget_old(parts)
                parts.gallery.sweep()
            except StorageUnavailableError:
                log.warning("the sweeper could not reach the storage", exc_info=True)
            except Exception:
                log.exception("the sweeper failed; it goes on")

    thread = Thread(target=sweep, name="sweeper")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def worked(parts: Parts, settings: Settings, count: int) -> Iterator[None]:
    """Jobs are worked on, so many at once, in workers of their own; none if it is 0."""
    if not count:
        yield
        return
    shop: Workshop | None = None
    try:
        with Workers(_patient(settings.workers), count, niceness=_JOB_NICENESS) as workers:
            renderer = replace(parts.renderer, workers=workers)
            shop = Workshop(replace(parts, renderer=renderer), JOB_DOORS, count)
            shop.start()
            try:
                yield
            finally:
                shop.stop()
    finally:
        if shop is not None:
            shop.join()


def _patient(limits: WorkerLimits) -> WorkerLimits:
    return replace(
        limits,
        deadline_seconds=limits.deadline_seconds * _JOB_PATIENCE,
        cutout_seconds=limits.cutout_seconds * _JOB_PATIENCE,
    )


def application(parts: Parts) -> ASGIApp:
    """The service as an ASGI application."""
    api = FastAPIOffline(
        title="Cropwright",
        version=__version__,
        summary="Crops pictures well, and hosts them for as long as you say.",
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing is sent anywhere
    )
    api.state.parts = parts
    api.include_router(native.router)
    api.include_router(native_jobs.router)
    api.include_router(about.router)
    dress_errors(api)
    for prefix, door in DOORS.items():
        api.router.routes.append(mounted(prefix, door(parts)))
    metrics = Metrics()
    metrics.watch(_gauges(parts), partial(_hosted, parts))
    api.router.routes.extend(operations.routes(parts, metrics))
    if parts.server.studio:
        api.router.routes.extend(web.routes())
    # Around everything: a page has to be able to read that something went wrong, too.
    shared = CORSMiddleware(
        api,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["*"],
    )
    return Observed(shared, metrics, (*DOORS, native.PREFIX))


def _checked_square(settings: Settings) -> SquareSettings:
    square = settings.square
    allowed = [name for name in GRAVITIES if name not in (FOCAL_POINT, SUBJECT)]
    if square.gravity not in allowed:
        raise SettingsError(
            "CROPWRIGHT_SQUARE_GRAVITY", f"is {square.gravity!r}; expected {', '.join(allowed)}"
        )
    return square


def _check_pictures(settings: Settings) -> None:
    if settings.iiif.pictures and not Path(settings.iiif.pictures).is_dir():
        raise SettingsError("CROPWRIGHT_IIIF_PICTURES", "names a folder that is not there")


def _gauges(parts: Parts) -> dict[str, tuple[str, Callable[[], float]]]:
    workers, jobs = parts.renderer.workers, parts.host.catalog.jobs
    return {
        "cropwright_jobs_pending": ("Jobs that wait.", lambda: jobs.backlog().pending),
        "cropwright_jobs_running": ("Jobs worked on.", lambda: jobs.backlog().processing),
        "cropwright_jobs_oldest_seconds": (
            "How long the oldest of them waits.",
            lambda: waited_seconds(parts),
        ),
        "cropwright_work_places": (
            "Pictures that may wait or be worked on.",
            lambda: parts.work.limit,
        ),
        "cropwright_work_inside": ("Pictures waiting or worked on.", lambda: parts.work.inside),
        "cropwright_bodies_inside": ("Bodies arriving.", lambda: parts.arrivals.gate.inside),
        "cropwright_bodies_bytes": ("Memory they take.", lambda: parts.arrivals.held),
        "cropwright_pyramids_bytes": (
            "Disk that the tiles of large pictures take.",
            parts.gallery.pyramids.bytes,
        ),
        "cropwright_workers": ("Workers running.", lambda: len(workers.pids())),
        "cropwright_workers_lost_total": ("Workers killed.", workers.losses.total),
        "cropwright_workers_resident_bytes": ("Memory of the workers.", lambda: _resident(workers)),
    }


def _hosted(parts: Parts) -> dict[str, tuple[str, float]]:
    total = parts.host.catalog.uploads.totals()
    return {
        "cropwright_hosted_bytes": ("Bytes hosted.", total.bytes),
        "cropwright_hosted_files": ("Files hosted.", total.files),
    }


def _resident(workers: Workers) -> int:
    pages = 0
    for pid in workers.pids():
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            continue  # gone meanwhile, or a system without /proc
    return pages * os.sysconf("SC_PAGE_SIZE")

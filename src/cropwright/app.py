"""The service: builds its parts from the settings, mounts its doors, starts and stops it all."""

from __future__ import annotations

import logging
import math
import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event, Thread

from fastapi_offline import FastAPIOffline
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from cropwright import __version__
from cropwright.catalog.open import Catalog, open_catalog
from cropwright.core.gravity import FOCAL_POINT, GRAVITIES, SUBJECT
from cropwright.doors.cropphoto.routes import v1
from cropwright.doors.files.routes import files
from cropwright.doors.iiif import routes as iiif
from cropwright.doors.modelslab.routes import v3, v6
from cropwright.doors.native import about
from cropwright.doors.native import routes as native
from cropwright.doors.native.dress import dress_errors
from cropwright.doors.operations import routes as operations
from cropwright.engine.pool import Workers
from cropwright.errors import SettingsError, StorageUnavailableError
from cropwright.http.metrics import Metrics
from cropwright.http.observe import Observed
from cropwright.service.accounts import Accounts
from cropwright.service.clock import Clock
from cropwright.service.gallery import Gallery
from cropwright.service.gates import Arrivals, Doorkeeper, Gate
from cropwright.service.host import Host
from cropwright.service.models import Shelf
from cropwright.service.once import Once
from cropwright.service.parts import Parts
from cropwright.service.pyramids import Pyramids
from cropwright.service.render import Renderer
from cropwright.service.settings import SquareSettings
from cropwright.settings import Settings
from cropwright.sources.remote import Fetcher
from cropwright.storage.open import open_store
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

_ERRAND_THREADS = 16
_NICENESS = 3
"""Workers give way to the process that answers: else refusals wait behind the very work that they
are to keep away."""
_LEAST_WAITING = 4
"""Pictures that may wait where few workers would let fewer."""
_SECRET_FILE = "secret"  # noqa: S105  # a file's name
_SECRET_LENGTH = 32
_PLACEHOLDERS = ("change", "secret", "example", "password", "placeholder")


@contextmanager
def kept(settings: Settings) -> Iterator[tuple[Host, Accounts]]:
    """What keeps files, facts and keys; closed when the block is left. SettingsError."""
    data = Path(settings.general.data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError("CROPWRIGHT_DATA", "names a folder that cannot be made") from error
    with closing(_catalog(settings, data)) as catalog:
        now_ms = Clock().now_ms
        host = Host(open_store(settings.storage, data), catalog, now_ms, _pyramids(settings).forget)
        yield host, Accounts(catalog, pepper(settings), now_ms)


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
            renderer=renderer,
            host=host,
            gallery=Gallery(settings.iiif, host, renderer, _pyramids(settings)),
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
    api.include_router(about.router)
    dress_errors(api)
    for prefix, door in DOORS.items():
        api.mount(prefix, door(parts))
    metrics = Metrics()
    metrics.watch(_gauges(parts))
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


def pepper(settings: Settings) -> bytes:
    """What proves keys: the operator's secret, else one made once in the data folder.

    Raises SettingsError for a secret that is short or a placeholder, and where several machines
    share a database but each would make its own.
    """
    given = settings.keys.secret
    if given:
        if len(given) < _SECRET_LENGTH or any(word in given.lower() for word in _PLACEHOLDERS):
            raise SettingsError(
                "CROPWRIGHT_KEYS_SECRET",
                f"expected {_SECRET_LENGTH} or more random characters, no placeholder",
            )
        return given.encode()
    if settings.catalog.url:
        raise SettingsError(
            "CROPWRIGHT_KEYS_SECRET", "is needed beside CROPWRIGHT_CATALOG_URL, for all machines"
        )
    return _own_secret(Path(settings.general.data) / _SECRET_FILE)


def _pyramids(settings: Settings) -> Pyramids:
    return Pyramids(Path(settings.general.data) / "pyramids", settings.iiif.pyramid_bytes)


def _catalog(settings: Settings, data: Path) -> Catalog:
    """The catalog; who starts a service is told which of its stores is not there."""
    try:
        return open_catalog(settings.catalog, data)
    except StorageUnavailableError as error:
        if settings.catalog.url:
            reason = "names a database that cannot be reached"
            raise SettingsError("CROPWRIGHT_CATALOG_URL", reason) from error
        reason = "names a folder that the database cannot be opened in"
        raise SettingsError("CROPWRIGHT_DATA", reason) from error


def _own_secret(path: Path) -> bytes:
    try:
        made = _made_once(path)
    except OSError as error:
        reason = "names a folder that no secret can be kept in; CROPWRIGHT_KEYS_SECRET may be set"
        raise SettingsError("CROPWRIGHT_DATA", reason) from error
    if len(made) < _SECRET_LENGTH:
        raise SettingsError("CROPWRIGHT_DATA", f"names a folder whose file {path.name} is damaged")
    return made


def _made_once(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        if not path.exists():
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_urlsafe(_SECRET_LENGTH), encoding="ascii")
            os.link(beside, path)  # whoever is first wins, whole
    except FileExistsError:
        pass
    finally:
        beside.unlink(missing_ok=True)
    return path.read_bytes()


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
    workers = parts.renderer.workers
    return {
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
        "cropwright_hosted_bytes": (
            "Bytes hosted.",
            lambda: parts.host.catalog.uploads.totals().bytes,
        ),
        "cropwright_hosted_files": (
            "Files hosted.",
            lambda: parts.host.catalog.uploads.totals().files,
        ),
    }


def _resident(workers: Workers) -> int:
    pages = 0
    for pid in workers.pids():
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            continue  # gone meanwhile, or a system without /proc
    return pages * os.sysconf("SC_PAGE_SIZE")

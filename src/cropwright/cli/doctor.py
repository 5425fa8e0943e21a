"""`cropwright doctor`: is everything there, and what are the limits?"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from cropwright import __version__, settings
from cropwright.core.formats import READABLE, WRITABLE
from cropwright.errors import CropwrightError
from cropwright.service.checkup import check_formats, versions
from cropwright.service.models import REFUSED, Shelf

if TYPE_CHECKING:
    from cropwright.engine.pool import Workers


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    name: str
    well: bool
    words: str

    def as_dict(self) -> dict[str, Any]:
        """The finding in JSON's types."""
        return {"name": self.name, "ok": self.well, "words": self.words}


@click.command()
@click.option("--service", is_flag=True, help="Also open the service's database and storage.")
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON object.")
@click.pass_context
def command(ctx: click.Context, service: bool, as_json: bool) -> None:
    """Check this installation: versions, formats, workers, limits.

    Every format is written and read back in a worker. Exit status 1 if anything is wrong.
    """
    from cropwright.engine.pool import Workers

    loaded = settings.load()
    with Workers(loaded.workers, 1) as workers:
        findings = [_versions(workers), *_formats(workers), _worker(workers)]
    findings += _models(loaded)
    findings += _service(loaded) if service else []
    if as_json:
        click.echo(
            json.dumps(
                {
                    "findings": [finding.as_dict() for finding in findings],
                    "settings": settings.shown(loaded),
                }
            )
        )
    else:
        for finding in findings:
            click.echo(f"{'ok ' if finding.well else 'BAD'}  {finding.name:<10} {finding.words}")
        for name, value in settings.shown(loaded).items():
            click.echo(f"     {name} = {value}")
    ctx.exit(0 if all(finding.well for finding in findings) else 1)


def _versions(workers: Workers) -> Finding:
    try:
        found = workers.submit(versions).result()
    except CropwrightError as error:
        return Finding("versions", False, str(error))
    own = {"cropwright": __version__, "python": platform.python_version()}
    return Finding("versions", True, ", ".join(f"{k} {v}" for k, v in (own | found).items()))


def _formats(workers: Workers) -> list[Finding]:
    try:
        broken: dict[str, str] = workers.submit(check_formats).result()
    except CropwrightError as error:
        return [Finding("formats", False, str(error))]
    return [
        Finding("reads", True, ", ".join(READABLE)),
        *(
            Finding(name, name not in broken, broken.get(name, "written and read back"))
            for name in WRITABLE
        ),
    ]


def _models(loaded: settings.Settings) -> list[Finding]:
    """What can look at pictures here; a model that is not here is no fault."""
    runtime = "" if find_spec("onnxruntime") else "; the package onnxruntime is not installed"
    return [
        Finding(state.row.name, state.state != REFUSED, f"{state.row.task}: {state.words}{runtime}")
        for state in Shelf(loaded.models).states()
    ]


def _service(loaded: settings.Settings) -> list[Finding]:
    from cropwright.kept import kept

    try:
        with kept(loaded) as (host, _):
            return [
                _pinged("catalog", host.catalog.ping, loaded.catalog.url or "embedded"),
                _pinged("storage", host.store.ping, loaded.storage.url or "local disk"),
            ]
    except CropwrightError as error:
        return [Finding("service", False, str(error))]


def _pinged(name: str, ping: Callable[[], None], kind: str) -> Finding:
    try:
        ping()
    except CropwrightError as error:
        return Finding(name, False, str(error))
    return Finding(name, True, f"{kind.partition(':')[0]}, can be read and written")


def _worker(workers: Workers) -> Finding:
    started = time.monotonic()
    try:
        workers.submit(int).result()
    except CropwrightError as error:
        return Finding("workers", False, str(error))
    answer_ms = (time.monotonic() - started) * 1000
    return Finding(
        "workers", True, f"{workers.limits.processes} at most; answered in {answer_ms:.1f} ms"
    )

"""`cropwright worker`: works on jobs, on any machine that sees the database and the store."""

from __future__ import annotations

import signal
import sys
from threading import Event
from types import FrameType

import click

from cropwright import settings


@click.command()
@click.option(
    "--count",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Jobs at once; default all processors.",
)
def command(count: int | None) -> None:
    """Work on jobs until told to stop.

    It has the same settings as the service. Any number may run, anywhere the database and the store
    can be reached; each may end at any time.
    """
    from cropwright import app
    from cropwright.engine.worker import give_memory_back
    from cropwright.http.logs import log_as_json

    loaded = settings.load()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    give_memory_back()
    log_as_json()
    at_once = count or loaded.workers.processes
    with app.opened(loaded) as parts, app.worked(parts, loaded, at_once):
        print(f"Working on {at_once} jobs at once", flush=True)
        Event().wait()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)

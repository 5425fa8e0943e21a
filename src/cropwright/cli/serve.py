"""`cropwright serve`: the HTTP service."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from cropwright import settings
from cropwright.core.hosting import Allowance

if TYPE_CHECKING:
    from cropwright.service.parts import Parts

_FIRST_KEY = "first"
_SAMPLE = "sample.png"


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(1, 65_535), metavar="N", help="Port to listen on.")
def command(host: str | None, port: int | None) -> None:
    """Run the HTTP service until it is told to stop.

    On its first start it makes an API key and shows it, this once, with a call to try. Everything
    else is a setting: cropwright settings lists them.
    """
    loaded = settings.load()
    server = replace(
        loaded.server, host=host or loaded.server.host, port=port or loaded.server.port
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    _serve(replace(loaded, server=server))


def _serve(loaded: settings.Settings) -> None:
    import uvicorn

    from cropwright import app
    from cropwright.engine.worker import give_memory_back
    from cropwright.http.logs import log_as_json
    from cropwright.http.protocol import BoundedProtocol

    give_memory_back()
    log_as_json()
    server = loaded.server
    with (
        app.opened(loaded) as parts,
        app.swept(parts, loaded.links.sweep_seconds),
        app.worked(parts, loaded, loaded.jobs.workers),
    ):
        config = uvicorn.Config(
            app.application(parts),
            host=server.host,
            port=server.port,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=server.proxies,
            timeout_graceful_shutdown=server.drain_seconds,
        )
        place = config.bind_socket()  # nobody is welcomed where the port is taken
        _welcome(parts, Path(loaded.general.data))
        uvicorn.Server(config).run(sockets=[place])


def _welcome(parts: Parts, data: Path) -> None:
    """Say where the service is and, the first time, with which key to try it."""
    shown = "127.0.0.1" if parts.server.host in ("0.0.0.0", "::") else parts.server.host  # noqa: S104  # compared only
    base = f"http://{shown}:{parts.server.port}"
    parts.renderer.ping()
    print(f"Cropwright on {base}/ (API: {base}/docs)")
    if parts.keys_required and not parts.host.catalog.keys.all():
        key = parts.accounts.create(_FIRST_KEY, Allowance())
        sample = data / _SAMPLE
        sample.write_bytes(parts.renderer.sample())
        print(f"First API key, shown this once: {key}\nTry it:\n")
        print(f"  curl -s {base}/api/v1/crop -H 'Authorization: Bearer {key}' \\")
        print(f"    -F image=@{sample} -F aspect=1:1 -F gravity=entropy -o square.png\n")
    else:
        print(f"More API keys: {sys.argv[0]} keys create NAME")
    sys.stdout.flush()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)

"""`cropwright caps`: what the dpf protocol can do here."""

from __future__ import annotations

import json

import click

from cropwright import __version__, settings
from cropwright.doors.dpf.wire import capabilities


@click.command()
def command() -> None:
    """Print what the dpf job protocol can do here, as JSON."""
    threads = settings.load().workers.processes
    click.echo(json.dumps(capabilities(__version__, threads), indent=2))

"""`cropwright sweep`: delete what has expired, for machines that run no service."""

from __future__ import annotations

import click

from cropwright import settings


@click.command()
def command() -> None:
    """Delete what has expired, once. A running service does it by itself, again and again."""
    from cropwright.kept import kept

    with kept(settings.load()) as (host, _):
        click.echo(f"{host.sweep()} files deleted")

"""`cropwright batch`: the dpf jobs of a file, side by side."""

from __future__ import annotations

from pathlib import Path

import click

from cropwright import settings
from cropwright.cli.process import refuse
from cropwright.doors.dpf import wire
from cropwright.doors.dpf.lines import Desk
from cropwright.service.models import Shelf


@click.command()
@click.option(
    "-f", "--file", "path", required=True, metavar="FILE", help="A JSON array of crop jobs."
)
@click.pass_context
def command(ctx: click.Context, path: str) -> None:
    """Run the crop jobs of a JSON file and print their results as one JSON array, in its order."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        ctx.exit(refuse(f"Cannot read batch file: {path}", OSError(error.strerror)))
    except ValueError:
        ctx.exit(refuse("Invalid batch JSON", wire.InvalidJobError("the file is not UTF-8")))
    try:
        jobs = wire.parse_jobs(wire.parse_json(text))
    except wire.InvalidJobError as error:
        ctx.exit(refuse("Invalid batch JSON", error))

    from cropwright.engine.pool import Workers

    loaded = settings.load()
    with Workers(loaded.workers) as workers:
        desk = Desk(workers, loaded.limits, 2 * workers.count, loaded.workers, Shelf(loaded.models))
        click.echo(wire.line(desk.answer_file(jobs)))

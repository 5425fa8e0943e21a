"""`cropwright process`, `--stream` and one job on standard input: the dpf job protocol."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cropwright import settings
from cropwright.doors.dpf import wire
from cropwright.doors.dpf.lines import Desk, answer_lines
from cropwright.service.models import Shelf

if TYPE_CHECKING:
    from cropwright.core.limits import WorkerLimits
    from cropwright.engine.oneoff import OneOff
    from cropwright.engine.pool import Workers


@click.command()
@click.option("--job", required=True, metavar="JSON", help="The job, a JSON object.")
@click.pass_context
def command(ctx: click.Context, job: str) -> None:
    """Run one crop job given as JSON and print its result as one line of JSON.

    \b
      cropwright process --job '{"operation": "crop", "input": "photo.jpg",
        "output": "square.png", "gravity": "center", "width": 300, "height": 300}'
    """
    ctx.exit(_answer_one(job))


def one_line() -> int:
    """Answer the first line of standard input; a blank one asks for nothing. The exit status."""
    text = sys.stdin.buffer.readline().decode(errors="surrogateescape")
    return _answer_one(text) if text.strip() else 0


def stream() -> int:
    """Answer every line of standard input until it ends. The exit status."""
    from cropwright.engine.pool import Workers

    loaded = settings.load()
    with Workers(loaded.workers) as workers:
        desk = Desk(workers, loaded.limits, 2 * workers.count, loaded.workers, Shelf(loaded.models))
        return 0 if answer_lines(sys.stdin.buffer, sys.stdout, desk) else 1


def refuse(heading: str, error: Exception) -> int:
    """Say on stderr why there is no job to run, in the contract's form. The exit status."""
    click.echo(f"Error: {heading}\n\nCaused by:\n    {error}", err=True)
    return 1


def _answer_one(text: str) -> int:
    try:
        job = wire.parse_job(wire.parse_json(text))
    except wire.InvalidJobError as error:
        return refuse("Invalid job JSON", error)
    loaded = settings.load()
    with _runner(job, loaded.workers) as runner:
        desk = Desk(
            runner,
            loaded.limits,
            2 * loaded.workers.processes,
            loaded.workers,
            Shelf(loaded.models),
        )
        result = desk.answer(job)
    click.echo(wire.line(result))
    return 0 if result["success"] else 1


def _runner(job: wire.Job | wire.BatchJob, limits: WorkerLimits) -> OneOff | Workers:
    # Each is imported only where used: what starts the pool costs a third of a small crop's time.
    if isinstance(job, wire.BatchJob):
        from cropwright.engine.pool import Workers

        return Workers(limits)
    from cropwright.engine.oneoff import OneOff

    return OneOff(limits)

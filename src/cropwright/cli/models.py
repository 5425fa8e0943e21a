"""`cropwright models`: which models there are, fetching them, checking them."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from cropwright import settings
from cropwright.core.cutout import DEFAULT_MODEL
from cropwright.engine.models.files import folder
from cropwright.engine.models.registry import MODELS
from cropwright.service.models import READY, REFUSED, Shelf, State, known

_NAMES = click.argument("names", nargs=-1, type=click.Choice(list(MODELS)), metavar="[NAME]...")


@click.group()
def command() -> None:
    """List, fetch and check the models that look at pictures."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a model.")
def list_models(as_json: bool) -> None:
    """List every model: what it is for, its size, its licence, whether it is here."""
    for state in _shelf().states():
        click.echo(json.dumps(_told(state)) if as_json else _said(state))


@command.command()
@_NAMES
def pull(names: tuple[str, ...]) -> None:
    """Fetch models from their publishers; without a name, the default one for cut-outs.

    Only known hosts are asked, and a file stays only if its sha256 is the published one.
    """
    shelf = _shelf()
    for name in names or (DEFAULT_MODEL,):
        row = known(name)
        click.echo(f"{name}: {row.licence}", err=True)
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=row.bytes, label=name, file=sys.stderr, hidden=hidden) as bar:
            path = shelf.pull(name, bar.update)
        click.echo(path)


@command.command()
@_NAMES
@click.pass_context
def verify(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Read the model files that are here and compare their sha256. Exit status 1 if one is wrong.

    With names, a model that is not here counts as wrong too.
    """
    shelf, wrong = _shelf(), False
    for state in [shelf.state(name) for name in names] if names else shelf.states():
        wrong = wrong or state.state == REFUSED or (bool(names) and state.state != READY)
        click.echo(f"{state.row.name:<9} {state.state:<8} {state.words}")
    ctx.exit(1 if wrong else 0)


@command.command()
@click.argument("name", required=False, type=click.Choice(list(MODELS)), metavar="[NAME]")
def path(name: str | None) -> None:
    """Print the folder of the model files, or where the file of one model belongs."""
    shelf = _shelf()
    click.echo(shelf.state(name).path if name else folder(shelf.settings))


def _shelf() -> Shelf:
    return Shelf(settings.load().models)


def _said(state: State) -> str:
    row = state.row
    size = f"{row.bytes / 1e6:.1f} MB"
    return f"{row.name:<9} {row.task:<12} {size:>9}  {state.state:<8} {row.licence}"


def _told(state: State) -> dict[str, Any]:
    row = state.row
    return {
        "name": row.name,
        "task": row.task,
        "licence": row.licence,
        "state": state.state,
        "words": state.words,
        "path": str(state.path),
        "bytes": row.bytes,
        "sha256": row.sha256,
        "urls": list(row.urls),
    }

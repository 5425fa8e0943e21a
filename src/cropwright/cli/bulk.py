"""`cropwright bulk`: any number of pictures, from a folder or bucket into another."""

from __future__ import annotations

import hashlib
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from cropwright import settings
from cropwright.cli.many import fetch_for
from cropwright.cli.words import bulk_options, either_from
from cropwright.core.command import Edit
from cropwright.service.bulk import Order, Outcome, Task, worked
from cropwright.service.cluster import spread
from cropwright.service.inventory import Inventory
from cropwright.service.manifest import Manifest
from cropwright.storage.places import is_bucket, lies_within, open_place

MANIFEST = "cropwright-bulk.jsonl"
ENGINES: dict[str, Callable[[Order, Iterable[Task], int], Generator[Outcome]]] = {
    "local": worked,
    "ray": spread,
}
_NO_WISH = ("manifest", "workers", "engine", "retry_failed", "overwrite", "destination")
"""Options that do not decide what the results are."""
_STOPPED = 130
_SAID_FAILURES = 20


@click.command(context_settings={"max_content_width": 100})
@click.argument("source", metavar="SRC")
@click.argument("destination", metavar="DST")
@bulk_options
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Default: one a core.")
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    default="local",
    show_default=True,
    help="local: this machine; ray: a Ray cluster.",
)
@click.option(
    "--manifest",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help=f"Where to write down what is done; default DST/{MANIFEST}.",
)
@click.option("--retry-failed", is_flag=True, help="Try again what failed in an earlier run.")
@click.option("--overwrite", is_flag=True, help="Let DST hold files that no manifest knows.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Crop every picture of SRC into DST, or cut them out with --cutout.

    SRC and DST are folders, or s3://bucket/prefix, gs://… or az://…, with all that lies below. The same
    call again goes on where the last one ended, however that was: what is done is not done again,
    unless it has changed in SRC. What became of each picture is a line of the manifest.

    \b
      cropwright bulk photos/ out/ --aspect 4:5 --gravity auto --format webp
      cropwright bulk products/ cut/ --cutout --background '#ffffff'
      cropwright bulk s3://shop/raw s3://shop/square --aspect 1:1 --manifest square.jsonl
    """
    background = given["background_picture"]
    data = Path(background).read_bytes() if background else None
    edit = either_from(given | {"background_picture": data})
    ctx.exit(_run(given, edit, _wish(given, data)))


def _wish(given: dict[str, Any], background: bytes | None) -> dict[str, Any]:
    """All that decides the results, in JSON's types."""
    said = {
        name: value for name, value in given.items() if value is not None and value is not False
    }
    wish = {name: value for name, value in said.items() if name not in _NO_WISH}
    if not is_bucket(given["source"]):
        wish["source"] = str(Path(given["source"]).resolve())
    if background is not None:
        wish["background_picture"] = hashlib.sha256(background).hexdigest()
    return wish


def _run(given: dict[str, Any], edit: Edit, wish: dict[str, Any]) -> int:
    loaded = settings.load()
    order = Order(
        given["source"],
        given["destination"],
        edit,
        loaded.limits,
        loaded.workers,
        loaded.models,
        loaded.storage,
    )
    path = _manifest_path(given)
    _check_places(given, path, order)
    fetch_for(edit, loaded)
    count = given["workers"] or loaded.workers.processes
    with Manifest(path, wish) as manifest, Inventory() as inventory, _ended_gently():
        again = given["retry_failed"]
        inventory.fill(open_place(order.source, order.storage).items(), manifest.records())
        tasks, number = inventory.tasks(again=again), inventory.count_open(again=again)
        before = 0 if again else inventory.count_failed()
        click.echo(_beginning(inventory, number, before), err=True)
        tally = _Tally()
        try:
            with closing(ENGINES[given["engine"]](order, tasks, count)) as outcomes:
                for outcome in _under_a_bar(outcomes, number):
                    manifest.add(outcome)
                    tally.add(outcome)
        except KeyboardInterrupt:
            tally.tell("Stopped; the same call goes on from here.")
            return _STOPPED
    tally.tell(f"The manifest is {path}.")
    return 1 if tally.failed or before else 0


def _manifest_path(given: dict[str, Any]) -> Path:
    if given["manifest"]:
        return Path(given["manifest"])
    if is_bucket(given["destination"]):
        raise click.UsageError("a bucket cannot hold the manifest; name a file with --manifest")
    return Path(given["destination"]) / MANIFEST


def _check_places(given: dict[str, Any], manifest: Path, order: Order) -> None:
    source, destination = order.source, order.destination
    if lies_within(destination, source) or lies_within(source, destination):
        raise click.UsageError(
            "SRC and DST lie within each other; results would be taken for sources"
        )
    next(iter(open_place(source, order.storage).items()), None)
    there = open_place(destination, order.storage)
    if given["overwrite"] or manifest.exists():
        return
    if not is_bucket(destination) and not Path(destination).exists():
        return
    if next(iter(there.items()), None) is not None:
        raise click.UsageError(
            f"{destination} holds files already, and {manifest} is not there; --overwrite if they "
            "may be replaced"
        )


def _beginning(inventory: Inventory, number: int, before: int) -> str:
    words = [f"{number:,} of {inventory.count():,} pictures to do"]
    if before:
        words.append(f"{before:,} failed before, --retry-failed tries them again")
    if inventory.others:
        words.append(f"{inventory.others:,} other files are left out")
    return "; ".join(words)


@contextmanager
def _ended_gently() -> Iterator[None]:
    """Whoever ends the command by SIGTERM is answered as by Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _under_a_bar(outcomes: Iterator[Outcome], number: int) -> Iterator[Outcome]:
    hidden = not sys.stderr.isatty()
    with click.progressbar(outcomes, length=number, file=sys.stderr, hidden=hidden) as shown:
        yield from shown


class _Tally:
    """How many were done, and what the first failures were."""

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0
        self._first: list[Outcome] = []

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        if outcome.error is None:
            self.done += 1
            return
        self.failed += 1
        if self.failed <= _SAID_FAILURES:
            self._first.append(outcome)

    def tell(self, end: str) -> None:
        """Tell of them all, on standard error."""
        for outcome in self._first:
            click.echo(f"{outcome.item.name}: {outcome.error}", err=True)
        if self.failed > len(self._first):
            click.echo(f"{self.failed - len(self._first):,} more are in the manifest", err=True)
        click.echo(f"{self.done:,} pictures done, {self.failed:,} failed. {end}", err=True)

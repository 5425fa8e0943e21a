"""Photos in, results out: what `crop` and `cutout` have in common."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cropwright import settings
from cropwright.cli.paths import Destinations, Photo, photos
from cropwright.cli.words import said
from cropwright.core.command import Edit
from cropwright.core.limits import WorkerLimits
from cropwright.core.report import Report
from cropwright.errors import CropwrightError
from cropwright.service.batch import in_order
from cropwright.service.models import Shelf
from cropwright.service.render import crop_file, explain_file, seconds_for
from cropwright.storage.files import write_file

if TYPE_CHECKING:
    from cropwright.engine.oneoff import OneOff
    from cropwright.engine.pipeline import Rendered
    from cropwright.engine.pool import Workers
    from cropwright.engine.worker import Pending, Runner

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--recursive", is_flag=True, help="Take photos from folders inside folders too."),
    click.option("--overwrite", is_flag=True, help="Replace files that exist already."),
    click.option("--explain", is_flag=True, help="Say what was kept, and who decided it."),
    click.option(
        "--json", "as_json", is_flag=True, help="One JSON object a photo instead of words."
    ),
    click.option("--dry-run", is_flag=True, help="Decide and explain, but write nothing."),
    click.option(
        "--jobs",
        type=click.IntRange(1, 64),
        metavar="N",
        help="Photos at once; default: one a core.",
    ),
)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one photo."""

    photo: Photo
    output: str | None = None
    report: Report | None = None
    error: CropwrightError | None = None

    def as_dict(self) -> dict[str, Any]:
        """One line of `--json`."""
        told: dict[str, Any] = {"input": str(self.photo.path), "success": self.error is None}
        if self.output is not None:
            told["output"] = self.output
        if self.report is not None:
            told["explain"] = self.report.as_dict()
        if self.error is not None:
            told |= {"code": self.error.code, "error": str(self.error)}
        return told


@dataclass(frozen=True, slots=True)
class Manner:
    """How the command was asked to behave, beside what to cut."""

    destinations: Destinations | None
    """None writes nothing: a dry run."""
    explain: bool
    as_json: bool
    jobs: int | None


def photo_arguments(function: Function) -> Function:
    """Give a command its photos and the place for the results."""
    function = click.option(
        "-o",
        "--output",
        metavar="OUT",
        help="A file for one photo; a folder for several, or when it ends with a slash.",
    )(function)
    return click.argument("inputs", nargs=-1, required=True, metavar="PHOTO...")(function)


def manner_options(function: Function) -> Function:
    """Give a command the options about how it behaves."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def run(given: dict[str, Any], edit: Edit) -> int:
    """Do to every photo that a command was given what `edit` says. The exit status."""
    found = photos(given["inputs"], recursive=given["recursive"])
    manner = Manner(_destinations(given, found), given["explain"], given["as_json"], given["jobs"])
    if manner.destinations is not None:
        edit = manner.destinations.named(edit)
    failed = _run(found, edit, manner)
    if failed:
        _summary(failed, len(found))
    return 1 if failed else 0


def _destinations(given: dict[str, Any], found: list[Photo]) -> Destinations | None:
    if given["dry_run"]:
        return None
    if given["output"] is None:
        raise click.UsageError("say where to write with -o OUT, or use --dry-run")
    return Destinations.of(given["output"], found, overwrite=given["overwrite"])


def _run(found: list[Photo], edit: Edit, manner: Manner) -> list[Done]:
    """Crop every photo, telling of each as it is done. Those that failed."""
    loaded = settings.load()
    fetch_for(edit, loaded)
    failed = []
    count = min(manner.jobs or loaded.workers.processes, len(found))
    with _runner(loaded.workers, count, alone=len(found) == 1) as runner:
        begin = partial(_begin, runner, edit, manner, loaded)
        results = in_order(found, begin, ahead=2 * count)
        if len(found) > 1 and sys.stderr.isatty():
            results = _under_a_bar(
                results, len(found), "Cutting out" if edit.cutout else "Cropping"
            )
        for done in results:
            _tell(done, manner)
            if done.error is not None:
                failed.append(done)
    return failed


def fetch_for(edit: Edit, loaded: settings.Settings) -> None:
    """Fetch a model that is needed and missing, under a bar; a failure is told, not raised."""
    shelf = Shelf(loaded.models)
    rows = shelf.missing_for(edit)
    if not rows:
        return
    hidden = not sys.stderr.isatty()
    label = f"Fetching {', '.join(row.name for row in rows)}"
    length = sum(row.bytes for row in rows)
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden) as bar:
        reason = shelf.fetch_for(edit, bar.update)
    if reason is not None:
        click.echo(f"{reason}", err=True)


def _runner(limits: WorkerLimits, count: int, *, alone: bool) -> OneOff | Workers:
    """Where photos are worked on; a single one needs no pool, which takes time to start."""
    if alone:
        from cropwright.engine.oneoff import OneOff

        return OneOff(limits)
    from cropwright.engine.pool import Workers

    return Workers(limits, count)


def _begin(
    runner: Runner, edit: Edit, manner: Manner, loaded: settings.Settings, photo: Photo
) -> Callable[[], Done]:
    """Hand a photo to a worker; what is answered waits for it, and writes the result."""
    if photo.error is not None:
        return partial(Done, photo, error=photo.error)
    arguments = (str(photo.path), edit, loaded.limits, loaded.models)
    seconds = seconds_for(edit, loaded.workers)
    if manner.destinations is None:
        looked_at = runner.submit(explain_file, *arguments, seconds=seconds)
        return partial(_finish, photo, lambda: Done(photo, report=looked_at.result()))
    cropped = runner.submit(crop_file, *arguments, seconds=seconds)
    return partial(_finish, photo, partial(_write, photo, cropped, manner.destinations))


def _finish(photo: Photo, finish: Callable[[], Done]) -> Done:
    try:
        return finish()
    except CropwrightError as error:
        return Done(photo, error=error)


def _write(photo: Photo, cropped: Pending[Rendered], destinations: Destinations) -> Done:
    rendered = cropped.result()
    path = destinations.claim(photo, rendered.format)
    write_file(path, rendered.data, replace=destinations.overwrite)
    return Done(photo, str(path), rendered.report)


def _under_a_bar(results: Iterator[Done], count: int, label: str) -> Iterator[Done]:
    """The same results, after a progress bar has gone through them: it needs its line alone."""
    with click.progressbar(results, length=count, label=label, file=sys.stderr) as shown:
        told = list(shown)
    return iter(told)


def _tell(done: Done, manner: Manner) -> None:
    """Data about one photo on stdout; failures are told on stderr, in the summary."""
    if manner.as_json:
        if not manner.explain and manner.destinations is not None:
            done = replace(done, report=None)
        click.echo(json.dumps(done.as_dict()))
    elif done.report is not None and (manner.explain or manner.destinations is None):
        click.echo(said(done.output or str(done.photo.path), done.report))
    elif done.output is not None:
        click.echo(done.output)


def _summary(failed: list[Done], total: int) -> None:
    if total > 1:
        click.echo(
            f"{total - len(failed)} of {total} pictures done, {len(failed)} failed:", err=True
        )
    for done in failed:
        click.echo(f"{done.photo.path}: {done.error}", err=True)

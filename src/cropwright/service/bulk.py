"""Any number of pictures from one place to another, on one machine or as a part of the work of many."""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cropwright.core.command import Edit
from cropwright.core.formats import Format
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.core.models import ModelSettings
from cropwright.errors import (
    CropwrightError,
    InputError,
    OutputError,
    OutputExistsError,
    OutputUnwritableError,
    WorkerError,
)
from cropwright.service.batch import in_order
from cropwright.service.models import Shelf
from cropwright.service.render import Renderer
from cropwright.storage.places import Item, Place, open_place
from cropwright.storage.settings import StorageSettings

if TYPE_CHECKING:
    from cropwright.core.geometry import Size

_READING_AHEAD = 2
"""Pictures in hand for each worker: one is worked on while another is read or written."""
_NAMES = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL, errno.EISDIR, errno.ENOTDIR, 0)
"""What a system refuses one name for; anything else would befall every other picture as well."""


@dataclass(frozen=True, slots=True)
class Task:
    """One picture that is to be done."""

    item: Item
    twin: bool = False
    """Whether another picture has the same name but for its extension."""
    taken: bool = False
    """Whether another picture has this one's whole name and one more extension."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one picture."""

    item: Item
    output: str | None = None
    """Its name below the destination."""
    size: Size | None = None
    bytes: int = 0
    error: CropwrightError | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with every picture. It can be sent to another machine."""

    source: str
    destination: str
    edit: Edit
    limits: Limits
    workers: WorkerLimits
    models: ModelSettings
    storage: StorageSettings


@dataclass(frozen=True, slots=True)
class _Bench:
    """What is at hand to do it."""

    source: Place
    destination: Place
    renderer: Renderer
    edit: Edit


def worked(order: Order, tasks: Iterable[Task], count: int) -> Generator[Outcome]:
    """The outcomes of tasks, in their order, with `count` workers of this machine.

    What is wrong with one picture is its outcome. Raises what would befall every other as well:
    ModelError, StorageUnavailableError, or OutputUnwritableError for a destination that is full.
    """
    from cropwright.engine.pool import Workers

    source = open_place(order.source, order.storage)
    destination = open_place(order.destination, order.storage)
    threads = ThreadPoolExecutor(_READING_AHEAD * count, "bulk")
    with Workers(order.workers, count) as workers:
        renderer = Renderer(workers, order.limits, Shelf(order.models))
        bench = _Bench(source, destination, renderer, order.edit)
        try:
            yield from in_order(tasks, partial(_begun, threads, bench), 2 * _READING_AHEAD * count)
        finally:
            threads.shutdown(cancel_futures=True)


def _begun(threads: ThreadPoolExecutor, bench: _Bench, task: Task) -> Callable[[], Outcome]:
    return threads.submit(_done, bench, task).result


def _done(bench: _Bench, task: Task) -> Outcome:
    item = task.item
    try:
        data = bench.source.read(item, bench.renderer.limits.picture_bytes)
        made = bench.renderer.render(data, bench.edit)
        name = output_name(task, made.format)
        bench.destination.write(name, made.data)
    except OutputUnwritableError as error:
        if error.number not in _NAMES:
            raise
        return Outcome(item, error=error)
    except (InputError, OutputError, WorkerError) as error:
        return Outcome(item, error=error)
    return Outcome(item, name, made.report.result, len(made.data))


def output_name(task: Task, written: Format) -> str:
    """The name of a result: the picture's own, with the extension of what was written.

    Where a twin would get the same, the new extension is added to the whole name instead. Raises
    OutputExistsError if another picture may get that one, too.
    """
    path = PurePosixPath(task.item.name)
    if path.suffix.lower().lstrip(".") in written.extensions:
        return task.item.name
    extension = f".{written.extensions[0]}"
    if not task.twin:
        return str(path.with_suffix(extension))
    if task.taken:
        raise OutputExistsError(f"{task.item.name}{extension}")
    return f"{task.item.name}{extension}"

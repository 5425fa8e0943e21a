"""Bulk work on a Ray cluster, or on this machine's processors by Ray."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import Any

from cropwright.errors import CropwrightError, InvalidValueError, WorkerLostError
from cropwright.service.batch import in_order
from cropwright.service.bulk import Order, Outcome, Task, worked

_BATCH = 50
"""Pictures that travel together: each batch starts a picture worker of its own."""
_RETRIES = 3
"""How often a batch is done over whose machine was lost: its results are written over."""


def spread(order: Order, tasks: Iterable[Task], count: int) -> Generator[Outcome]:
    """The outcomes of tasks, in their order, with `count` batches under way at once.

    Every machine has to see the source and the destination, and to have Cropwright installed. Raises
    InvalidValueError if Ray is not there, WorkerLostError if machines are lost again and again,
    and what `worked` raises.
    """
    try:
        import ray
    except ImportError as error:
        expected = "local, or the package with its extra: pip install 'cropwright[ray]'"
        raise InvalidValueError("engine", "ray", expected) from error
    begun_here = not ray.is_initialized()
    if begun_here:
        ray.init(log_to_driver=False)  # RAY_ADDRESS names a cluster
    done = ray.remote(max_retries=_RETRIES)(_done)

    def begin(batch: list[Task]) -> Callable[[], Any]:
        reference = done.remote(order, batch)

        def answer() -> Any:
            try:
                return ray.get(reference)
            except ray.exceptions.RayTaskError:
                raise  # a fault of ours, and to be seen as one
            except ray.exceptions.RayError as error:
                raise WorkerLostError(signal=0) from error

        return answer

    try:
        for answer in in_order(_batches(tasks), begin, 2 * count):
            if isinstance(answer, CropwrightError):
                raise answer
            yield from answer
    finally:
        if begun_here:
            ray.shutdown()


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    left = iter(tasks)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _done(order: Order, tasks: list[Task]) -> list[Outcome] | CropwrightError:
    """A batch, on some machine. Errors are answered: Ray would wrap what is raised."""
    try:
        return list(worked(order, tasks, 1))
    except CropwrightError as error:
        return error

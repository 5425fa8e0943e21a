"""What looking for people costs: `python -m bench.people PICTURE…`, CPU milliseconds, warm.

The models are those that `cropwright models list` tells.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cropwright import settings
from cropwright.core.limits import Limits
from cropwright.engine.load import open_picture
from cropwright.engine.people import find_bodies, find_faces, find_persons, viewed
from cropwright.engine.vips import single_threaded

_ROUNDS = 7
_FINDERS: tuple[Callable[..., object], ...] = (find_faces, find_persons, find_bodies)


def _cost(work: Callable[[], object]) -> float:
    """The median CPU time of some rounds, after one to warm up, in milliseconds."""
    taken = []
    for _ in range(_ROUNDS + 1):
        started = time.process_time()
        work()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken[1:])


def main(paths: list[str]) -> None:
    """Print a row for each picture."""
    single_threaded()
    models = settings.load().models
    print("| picture | size | small copy | faces | persons | faces, persons and points |")
    print("|---|--:|--:|--:|--:|--:|")
    for path in map(Path, paths):
        opened = open_picture(path.read_bytes(), Limits())
        view, size = viewed(opened), opened.facts.size
        costs = [_cost(partial(viewed, opened))]
        costs += [_cost(partial(find, view, models)) for find in _FINDERS]
        told = " | ".join(f"{cost:.0f}" for cost in costs)
        print(f"| {path.name} | {size.width}x{size.height} | {told} |")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Many pictures at once, answered in the order they were given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    items: Iterable[Item], begin: Callable[[Item], Callable[[], Result]], ahead: int
) -> Iterator[Result]:
    """Results in the order of `items`, with at most `ahead` of them under way at once.

    `begin` starts one and answers a function that waits for it. The bound keeps finished pictures
    from piling up in memory behind a slow one.
    """
    under_way: deque[Callable[[], Result]] = deque()
    for item in items:
        if len(under_way) >= ahead:
            yield under_way.popleft()()
        under_way.append(begin(item))
    while under_way:
        yield under_way.popleft()()

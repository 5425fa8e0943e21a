"""Services inside the tests' own process, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cropwright.core.limits import WorkerLimits
from cropwright.engine.pool import Workers
from cropwright.service.parts import Parts
from inside import Clock, Inside, client_of, new_key, parts_in


@pytest.fixture(scope="session")
def crew() -> Iterator[Workers]:
    """One pool of workers for all tests that need one."""
    with Workers(WorkerLimits(count=1)) as workers:
        yield workers


@pytest.fixture
def clock() -> Clock:
    """A clock that stands until it is moved."""
    return Clock()


@pytest.fixture
def parts(tmp_path, crew, clock) -> Iterator[Parts]:
    """The parts of a service that has hosted nothing yet."""
    with parts_in(tmp_path, crew, clock) as made:
        yield made


@pytest.fixture
def inside(parts, clock) -> Iterator[Inside]:
    """A service that has hosted nothing yet, and one key."""
    with client_of(parts) as client:
        yield Inside(parts, clock, client, new_key(parts)[0])


@pytest.fixture(scope="session")
def shared_inside(tmp_path_factory, crew) -> Iterator[Inside]:
    """A service that many tests use: what they do there must not disturb the others."""
    clock = Clock()
    with (
        parts_in(tmp_path_factory.mktemp("inside"), crew, clock) as made,
        client_of(made) as client,
    ):
        yield Inside(made, clock, client, new_key(made)[0])

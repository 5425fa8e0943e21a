"""One running service for the tests of a module, whose SETTINGS it has; a key; a client."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from tests.e2e.server import Server, running


@pytest.fixture(scope="module")
def service(request, tmp_path_factory) -> Iterator[Server]:
    """A service that has to end well, too."""
    settings = getattr(request.module, "SETTINGS", {})
    with running(Server(tmp_path_factory.mktemp("service"), **settings)) as server:
        yield server


@pytest.fixture(scope="module")
def key(service) -> str:
    """A key without limits of its own."""
    return service.key("tests")


@pytest.fixture
def client(service) -> Iterator[httpx2.Client]:
    """A client that sends nothing of its own accord."""
    with httpx2.Client(base_url=service.base, timeout=30, trust_env=False) as client:
        yield client

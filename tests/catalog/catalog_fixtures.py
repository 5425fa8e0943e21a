"""Catalogs for the tests, of each kind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing

import pytest

from cropwright.catalog.open import Catalog


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/catalog.db"
        return
    server = request.getfixturevalue("postgres")
    schema = f"test_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    yield server.url(schema)


@pytest.fixture
def catalog(url) -> Iterator[Catalog]:
    """A catalog with nothing in it."""
    with closing(Catalog.open(url)) as opened:
        yield opened

"""A whole service inside the tests' own process: real parts, with a store in memory."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from cropwright.app import application
from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Allowance, ApiKey
from cropwright.core.limits import Limits
from cropwright.engine.pool import Workers
from cropwright.errors import StorageUnavailableError
from cropwright.service.accounts import Accounts
from cropwright.service.gallery import Gallery
from cropwright.service.gates import Arrivals, Doorkeeper, Gate
from cropwright.service.host import Host
from cropwright.service.models import Shelf
from cropwright.service.once import Once
from cropwright.service.parts import Parts
from cropwright.service.pyramids import Pyramids
from cropwright.service.render import Renderer
from cropwright.service.settings import (
    GateSettings,
    IiifSettings,
    JobSettings,
    LinkSettings,
    ServerSettings,
    SquareSettings,
)
from cropwright.sources.remote import Fetcher
from cropwright.sources.settings import SourceSettings
from cropwright.storage.memory import MemoryStore
from cutouts import NO_MODELS

NOW = 1_700_000_000_000
BASE = "http://pictures.test"
PEPPER = b"p" * 32


@dataclass
class Clock:
    """A clock that goes when told to."""

    ms: int = NOW

    def __call__(self) -> int:
        return self.ms

    def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        self.ms += round(seconds * 1000)


@dataclass
class BreakableStore(MemoryStore):
    """A store in memory that refuses for as long as it is told to."""

    refuses: set[str] = field(default_factory=set)
    """Names of methods."""

    def __post_init__(self) -> None:
        super().__init__()

    def _pass(self, method: str) -> None:
        if method in self.refuses:
            raise StorageUnavailableError(retry_after_seconds=7)

    def names(self) -> list[str]:
        return sorted(self._files)

    def put(self, key: str, data: bytes) -> None:
        self._pass("put")
        super().put(key, data)

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self._pass("get")
        return super().get(key, start, length)

    def delete(self, key: str) -> None:
        self._pass("delete")
        super().delete(key)

    def ping(self) -> None:
        self._pass("ping")


@contextmanager
def parts_in(folder: Path, workers: Workers, clock: Clock) -> Iterator[Parts]:
    """The parts of a service whose database is in a folder."""
    with ExitStack() as stack:
        catalog = stack.enter_context(closing(Catalog.open(f"sqlite:///{folder}/catalog.db")))
        pyramids = Pyramids(folder / "pyramids", 2**30)
        host = Host(BreakableStore(), catalog, clock, pyramids.forget)
        gates = GateSettings()
        renderer = Renderer(workers, Limits(), Shelf(NO_MODELS))
        yield Parts(
            server=ServerSettings(),
            links=LinkSettings(),
            square=SquareSettings(),
            jobs=JobSettings(),
            renderer=renderer,
            host=host,
            gallery=Gallery(IiifSettings(), host, renderer, pyramids),
            fetcher=Fetcher(SourceSettings()),
            accounts=Accounts(catalog, PEPPER, clock),
            once=Once(catalog, clock),
            doorkeeper=Doorkeeper(gates),
            keys_required=True,
            work=Gate(8),
            arrivals=Arrivals(gates.bodies, gates.arriving_bytes),
            threads=stack.enter_context(ThreadPoolExecutor(8, "work")),
            errands=stack.enter_context(ThreadPoolExecutor(4, "errand")),
        )


def new_key(parts: Parts, **allowed: int) -> tuple[str, ApiKey]:
    """A new key, as its owner has it and as the service knows it."""
    text = parts.accounts.create(secrets.token_hex(6), Allowance(**allowed))
    return text, parts.accounts.check(text)


@dataclass(frozen=True)
class Inside:
    """A running service and a client of it that has a key."""

    parts: Parts
    clock: Clock
    client: TestClient
    key: str

    @property
    def store(self) -> BreakableStore:
        store = self.parts.host.store
        assert isinstance(store, BreakableStore)
        return store

    @property
    def bearer(self) -> dict[str, str]:
        """The header that shows the key."""
        return {"authorization": f"Bearer {self.key}"}

    def crop(self, fields: dict[str, Any], **headers: str) -> Any:
        """What the native door answers to a crop in JSON."""
        return self.client.post("/api/v1/crop", json=fields, headers=self.bearer | headers)

    def keep(self, data: bytes, **fields: Any) -> dict[str, Any]:
        """What the native door answers to an upload of a file."""
        answer = self.client.post(
            "/api/v1/uploads", files={"image": data}, data=fields, headers=self.bearer
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    @contextmanager
    def changed(self, **changes: Any) -> Iterator[Inside]:
        """The same service, some of its parts exchanged."""
        parts = replace(self.parts, **changes)
        with client_of(parts) as client:
            yield replace(self, parts=parts, client=client)


@contextmanager
def client_of(parts: Parts) -> Iterator[TestClient]:
    """A client that sees what a caller sees, crashes too."""
    app = application(parts)
    with TestClient(
        app, BASE, raise_server_exceptions=False, follow_redirects=False, client=("192.0.2.7", 4000)
    ) as client:
        yield client

"""The parts of a running service, as doors get them, and the one hop from their async to threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from cropwright.core.hosting import ApiKey, Upload
from cropwright.core.limits import BodyLimits
from cropwright.errors import KeyRejectedError
from cropwright.service.accounts import Accounts
from cropwright.service.gallery import Gallery
from cropwright.service.gates import Arrivals, Doorkeeper, Gate
from cropwright.service.host import Host
from cropwright.service.once import Once
from cropwright.service.render import Renderer
from cropwright.service.settings import JobSettings, LinkSettings, ServerSettings, SquareSettings
from cropwright.sources.remote import Fetcher

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a door needs."""

    server: ServerSettings
    links: LinkSettings
    square: SquareSettings
    jobs: JobSettings
    renderer: Renderer
    host: Host
    gallery: Gallery
    fetcher: Fetcher
    accounts: Accounts
    once: Once
    doorkeeper: Doorkeeper
    keys_required: bool
    work: Gate
    """Places for pictures: worked on and waiting."""
    arrivals: Arrivals
    """Places for requests whose bodies are arriving."""
    threads: ThreadPoolExecutor
    """As many as `work` has places."""
    errands: ThreadPoolExecutor
    """For what is short: the database, files; never waits behind pictures."""

    @property
    def body_limits(self) -> BodyLimits:
        """What is read of a request's body."""
        return BodyLimits(self.server.body_bytes, self.server.body_seconds)

    @contextmanager
    def receiving(self) -> Iterator[Callable[[int], None]]:
        """A place for a request whose body is about to be read; it is told of every piece.

        Raises OverloadedError if there is none, and already if its picture would find none: what
        cannot be worked on need not arrive.
        """
        self.work.check()
        with self.arrivals.entered() as hold:
            yield hold

    async def identified(self, text: str | None, address: str) -> ApiKey | None:
        """The key that `text` is; None where no key is asked for and none was sent.

        Raises AccessError, or RateExceededError once an address guessed too often.
        """
        if not text and not self.keys_required:
            return None
        try:
            return await self.errand(self.accounts.check, text)
        except KeyRejectedError:
            self.doorkeeper.failed(address)
            raise

    async def worked(
        self, key: ApiKey | None, function: Callable[..., Result], *arguments: Any
    ) -> Result:
        """Run something that needs a picture worker, in a thread, if there is a place for it.

        Raises CapacityError at once if there is none, and whatever `function` raises.
        """
        with self.doorkeeper.admitted(key), self.work.entered():
            return await self._in_thread(self.threads, function, *arguments)

    async def errand(
        self, function: Callable[..., Result], *arguments: Any, **named: Any
    ) -> Result:
        """Run something short that waits for disk or database, in a thread."""
        return await self._in_thread(self.errands, partial(function, **named), *arguments)

    def link(self, upload: Upload, base: str) -> str:
        """The address of a hosted file; `base` is where the request came to."""
        root = (self.server.public_url or base).rstrip("/")
        return f"{root}/files/{upload.draft.token}.{upload.draft.extension}"

    @staticmethod
    async def _in_thread(
        pool: ThreadPoolExecutor, function: Callable[..., Result], *arguments: Any
    ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(pool, function, *arguments)

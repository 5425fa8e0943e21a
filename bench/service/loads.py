"""Cells that send requests to a server: the request lies in a file, the client sends it."""

from __future__ import annotations

import json
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bench.driver import Driver
from bench.service.burst import Burst
from bench.service.cells import Cell, Field
from bench.service.servers import Server


class Loads:
    """Makes such cells."""

    def __init__(self, client: Driver, folder: Path) -> None:
        self._client, self._folder = client, folder
        self._numbers = count()

    def add(self, found: Field, cell: Cell, server: Server, request: bytes) -> None:
        """One more cell."""
        asked = self._asked(server, request)
        found.calls[cell] = partial(self._burst, server, asked, cell.connections)
        found.answers[cell] = partial(self._keep, asked)

    def ask(self, server: Server, request: bytes) -> Any:
        """The JSON that one request is answered with. PeerError."""
        answer = self._folder / "answer"
        self._keep(self._asked(server, request), answer)
        return json.loads(answer.read_bytes())

    def _asked(self, server: Server, request: bytes) -> dict[str, Any]:
        path = self._folder / f"request{next(self._numbers)}"
        path.write_bytes(request)
        return {"ports": server.ports, "request": str(path)}

    def _keep(self, asked: dict[str, Any], answer: Path) -> None:
        self._client.ask({"do": "ask", "keep": str(answer), **asked})

    def _burst(
        self, server: Server, asked: dict[str, Any], connections: int, seconds: float
    ) -> Burst:
        more = {"connections": connections, "pids": server.pids, "seconds": seconds}
        burst = Burst.of(self._client.ask({"do": "burst", **asked, **more}))
        server.tidy()
        return burst

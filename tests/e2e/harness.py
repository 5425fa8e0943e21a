"""Kills the whole service again and again while it works, and checks what it had promised.

`.venv/bin/python -m tests.e2e.harness --rounds 50` prints what was found; exit status 1 if anything
was lost. A round: start, check what was acknowledged before the last kill, send uploads from
several clients, kill every process at a random moment.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from tests.e2e.pictures import png, uri, wav
from tests.e2e.server import COMMAND, Server, within

CLIENTS = 4
SETTINGS = {"LINKS_SWEEP_SECONDS": "1"}
SHORTEST_SECONDS, LONGEST_SECONDS = 0.1, 1.0
"""From the first request of a round to its kill."""
SWEPT_SECONDS = 5
_LONG_AGO_MS = 60 * 60 * 1000
"""By so much what a crash cut short is made older: the sweeper waits for a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An upload that was acknowledged."""

    path: str
    sha256: str


@dataclass(slots=True)
class Tally:
    """What was done, and what was found wrong."""

    rounds: int = 0
    sent: int = 0
    acknowledged: int = 0
    cut_short: int = 0
    """Uploads that a kill left begun: rows without a link, half-written files."""
    checked: int = 0
    """Reads of acknowledged files after a restart."""
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not served whole after a restart."""
    torn: list[str] = field(default_factory=list)
    """Served, though not what was sent, or promised by the catalog and not served."""
    left: list[str] = field(default_factory=list)
    """Cut short by a kill, and not swept."""
    starts: list[float] = field(default_factory=list)
    """Seconds of every restart."""

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.torn or self.left)

    def told(self) -> dict[str, Any]:
        """The figures, with a few examples of each fault."""
        rows = asdict(self)
        for name in ("lost", "torn", "left"):
            rows[name] = {"count": len(rows[name]), "such as": rows[name][:3]}
        starts = rows.pop("starts")
        middle = sorted(starts)[len(starts) // 2]
        return rows | {"slowest_start": round(max(starts), 2), "median_start": round(middle, 2)}


def run(
    rounds: int, folder: Path, *, command: tuple[str, ...] = COMMAND, seed: int | None = None
) -> Tally:
    """Kill the service so many times. AssertionError if it does not come back."""
    chance, tally = random.Random(seed), Tally(rounds=rounds)
    server = Server(folder, command=command, **SETTINGS)
    promises: list[Promise] = []
    key = ""
    try:
        for _ in range(rounds):
            tally.starts.append(server.start())
            key = key or server.key("harness")
            _check(
                server, promises[-200:] + chance.sample(promises, min(100, len(promises))), tally
            )
            with _uploading(server.port, key, tally) as made:
                time.sleep(chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS))
                server.kill()
            promises += made
            _age(server.data, tally)
        tally.acknowledged = len(promises)
        tally.starts.append(server.start())
        _check(server, promises, tally)
        _check_catalog(server, tally)
        _check_swept(server, tally)
        assert server.stop() == 0, server.log()[-2000:]
    finally:
        server.clear_up()
    return tally


@contextmanager
def _uploading(port: int, key: str, tally: Tally) -> Iterator[list[Promise]]:
    """Clients that upload until the service is gone; what it acknowledged to them."""
    made: list[Promise] = []
    threads = [Thread(target=_upload, args=(port, key, made, tally)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    yield made
    for thread in threads:
        thread.join()


def _upload(port: int, key: str, made: list[Promise], tally: Tally) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        for number in range(10_000):
            data = png() if number % 4 == 3 else wav(random.randrange(100, 100_000))
            path, headers, body, link = _DOORS[number % len(_DOORS)](key, data)
            try:
                tally.sent += 1
                connection.request("POST", path, json.dumps(body), headers)
                answer = connection.getresponse()
                told = answer.read()
            except (OSError, http.client.HTTPException):
                return
            if answer.status < 300:
                made.append(
                    Promise(_path(link(json.loads(told))), hashlib.sha256(data).hexdigest())
                )


_Dressed = tuple[str, dict[str, str], dict[str, str], Callable[[Any], str]]


def _as_url(key: str, data: bytes) -> _Dressed:
    body = {"key": key, "base64_string": uri(data)}
    return "/api/v6/base64_to_url", {}, body, lambda told: told["output"][0]


def _as_upload(key: str, data: bytes) -> _Dressed:
    headers = {"authorization": f"Bearer {key}"}
    return "/api/v1/uploads", headers, {"image": uri(data)}, lambda told: told["url"]


_DOORS = (_as_url, _as_upload)


def _path(link: str) -> str:
    return "/files/" + link.rpartition("/")[2]


def _check(server: Server, promises: list[Promise], tally: Tally) -> None:
    """Read what was acknowledged."""
    for promise in promises:
        status, sha256 = _served(server.port, promise.path)
        tally.checked += 1
        if (status, sha256) != (200, promise.sha256):
            tally.lost.append(f"{promise.path}: {status}")
            if status == 200:
                tally.torn.append(f"{promise.path}: not what was sent")


def _check_catalog(server: Server, tally: Tally) -> None:
    """Read whatever has a link, acknowledged or not."""
    with _catalog(server.data) as catalog:
        rows = catalog.execute(
            "SELECT token, extension, sha256 FROM uploads WHERE state = 'live'"
        ).fetchall()
    for token, extension, sha256 in rows:
        status, found = _served(server.port, f"/files/{token}.{extension}")
        if (status, found) != (200, sha256):
            tally.torn.append(f"{token}: {status}")


def _check_swept(server: Server, tally: Tally) -> None:
    """Nothing is on the disk but what has a link."""

    def left() -> list[str]:
        with _catalog(server.data) as catalog:
            rows = catalog.execute("SELECT token, state FROM uploads").fetchall()
        live = {token for token, state in rows if state == "live"}
        stray = [path.name for path in server.stored() if path.stem not in live]
        return [
            *(token for token, state in rows if state != "live"),
            *stray,
            *_partial(server.data),
        ]

    try:
        within(SWEPT_SECONDS, lambda: not left())
    except AssertionError:
        tally.left += left()


def _served(port: int, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        try:
            return answer.status, hashlib.sha256(answer.read()).hexdigest()
        except http.client.IncompleteRead:
            return answer.status, "less than was announced"


def _age(data: Path, tally: Tally) -> None:
    """Count what the kill cut short, and make it old enough to be swept."""
    with _catalog(data) as catalog:
        aged = "UPDATE uploads SET created_ms = created_ms - ? WHERE state = 'reserved'"
        tally.cut_short += catalog.execute(aged, (_LONG_AGO_MS,)).rowcount
        catalog.commit()
    long_ago = time.time() - 2 * _LONG_AGO_MS / 1000
    for name in _partial(data):
        os.utime(data / "files" / ".partial" / name, (long_ago, long_ago))
        tally.cut_short += 1


def _partial(data: Path) -> list[str]:
    return [path.name for path in (data / "files" / ".partial").glob("*")]


@contextmanager
def _catalog(data: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(data / "catalog.db", timeout=10)) as connection:
        yield connection


def main() -> None:
    """Run so many rounds and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harness-") as folder:
        tally = run(options.rounds, Path(folder), seed=options.seed)
    print(json.dumps(tally.told(), indent=2))
    sys.exit(0 if tally.is_clean else 1)


if __name__ == "__main__":
    main()

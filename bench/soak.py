"""`python -m bench.soak`: thousands of mixed requests, good and bad; what the service keeps of them.

Memory, descriptors and threads after the first 500 requests and at the end, with nobody asking, and
what is left on the disk once all links have ended. Exit status 1 if any of it grew too much.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from tests.e2e.server import Server, within

from bench import machine
from bench.draw import draw

WARM_REQUESTS = 500
CLIENTS = 4
MOST_GROWTH = 1.1
MOST_DESCRIPTORS = 2
_SETTINGS = {
    "LINKS_V3_SECONDS": "5",
    "LINKS_V6_SECONDS": "5",
    "LINKS_NATIVE_SECONDS": "5",
    "LINKS_SWEEP_SECONDS": "1",
    "GATES_QUEUE_PER_WORKER": "4",
    "CATALOG_CONNECTIONS": "3",  # all open after a few requests, so that no later one is a leak
}
_SIDES = ((64, 48), (640, 480), (1600, 1200))
_FORMATS = {"jpg": {"Q": 85}, "png": {"compression": 1}, "webp": {"Q": 80}}
_WISHES: tuple[dict[str, str], ...] = (
    {"aspect": "1:1"},
    {"gravity": "entropy", "width": "40", "height": "40"},
    {"aspect": "16:9", "format": "webp", "resize": "320x180"},
    {"rect": "0,0,30,30", "format": "png", "answer": "base64"},
    {"gravity": "attention", "aspect": "4:5", "format": "jpeg", "answer": "link"},
    {"aspect": "1:1", "dry_run": "true"},
    {"width": "-1"},
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The service while nobody asks."""

    requests: int
    rss_mb: float
    """Of all its processes, shared pages counted for each."""
    serving_mb: float
    """Of the process that answers alone."""
    descriptors: int
    threads: int
    processes: int


def soak(requests: int, folder: Path, *, seed: int = 1) -> dict[str, Any]:
    """Send so many requests to a service of our own and tell what it kept."""
    server = Server(folder, **_SETTINGS)
    try:
        server.start()
        mix = _Mix(server.base, server.key("soak"), random.Random(seed))
        begun, statuses = time.monotonic(), Counter[int]()
        statuses += mix.sent(min(WARM_REQUESTS, requests))
        first = _idle(server, min(WARM_REQUESTS, requests))
        statuses += mix.sent(requests - first.requests)
        last, seconds = _idle(server, requests), time.monotonic() - begun
        within(15, lambda: not server.stored())
        left = [path.name for path in server.temp.rglob("*") if path.is_file()]
        if server.stop() != 0:
            raise RuntimeError(server.log()[-2000:])
        return _told(
            first, last, statuses, left + [path.name for path in server.scratch()], seconds
        )
    finally:
        server.clear_up()


def _idle(server: Server, requests: int) -> Sample:
    time.sleep(2)  # connections end, allocators give back
    tasks = Path(f"/proc/{server.pid}/task")
    return Sample(
        requests=requests,
        rss_mb=round(server.memory() / 2**20, 1),
        serving_mb=round(server.own_memory() / 2**20, 1),
        descriptors=server.files_open(),
        threads=len(list(tasks.iterdir())),
        processes=len(server.pids()),
    )


def _told(
    first: Sample, last: Sample, statuses: Counter[int], left: list[str], seconds: float
) -> dict[str, Any]:
    growth = last.rss_mb / first.rss_mb
    more = abs(last.descriptors - first.descriptors)
    failed = sum(count for status, count in statuses.items() if status >= 500 and status != 503)
    return {
        "after": {name: getattr(first, name) for name in Sample.__dataclass_fields__},
        "at the end": {name: getattr(last, name) for name in Sample.__dataclass_fields__},
        "growth": round(growth, 3),
        "statuses": dict(sorted(statuses.items())),
        "temporary files left": left,
        "seconds": round(seconds, 1),
        "machine": machine.said(),
        "load average": os.getloadavg()[0],
        "well": growth <= MOST_GROWTH and more <= MOST_DESCRIPTORS and not left and not failed,
    }


class _Mix:
    """Requests of every kind, in an order that chance makes but a seed repeats."""

    def __init__(self, base: str, key: str, chance: random.Random) -> None:
        self._base, self._key, self._chance = base, key, chance
        self._good = [_written(*sides, name) for sides in _SIDES for name in _FORMATS]
        self._bad = _broken(self._good[0])

    def sent(self, count: int) -> Counter[int]:
        """Send so many, a few at once; how often each status came."""
        kinds: list[Callable[[httpx2.Client, random.Random], httpx2.Response]] = [
            self._square,
            self._as_it_is,
            self._native,
            self._upload_and_read,
            self._wrong,
        ]
        chances = [random.Random(self._chance.random()) for _ in range(count)]
        with (
            ThreadPoolExecutor(CLIENTS) as threads,
            httpx2.Client(base_url=self._base, timeout=60, trust_env=False) as client,
        ):
            return Counter(
                threads.map(
                    lambda chance: chance.choice(kinds)(client, chance).status_code, chances
                )
            )

    def _picture(self, chance: random.Random) -> bytes:
        return chance.choice(self._bad if chance.random() < 0.3 else self._good)

    def _square(self, client: httpx2.Client, chance: random.Random) -> httpx2.Response:
        body = {"key": self._key, "image": _base64(self._picture(chance))}
        return client.post("/api/v3/base64_crop", json=body)

    def _as_it_is(self, client: httpx2.Client, chance: random.Random) -> httpx2.Response:
        body = {"key": self._key, "base64_string": _base64(self._picture(chance))}
        return client.post("/api/v6/base64_to_url", json=body)

    def _native(self, client: httpx2.Client, chance: random.Random) -> httpx2.Response:
        return client.post(
            "/api/v1/crop",
            files={"image": self._picture(chance)},
            data=chance.choice(_WISHES),
            headers=self._bearer,
        )

    def _upload_and_read(self, client: httpx2.Client, chance: random.Random) -> httpx2.Response:
        files = {"image": _sound(chance)}
        told = client.post("/api/v1/uploads", files=files, headers=self._bearer)
        if told.status_code != 201:
            return told
        client.get(told.json()["url"], headers={"range": "bytes=10-99"})
        if chance.random() < 0.5:
            return client.delete(f"/api/v1/uploads/{told.json()['id']}", headers=self._bearer)
        return client.get(told.json()["url"])

    def _wrong(self, client: httpx2.Client, chance: random.Random) -> httpx2.Response:
        return chance.choice(
            [
                lambda: client.get("/nowhere"),
                lambda: client.get(f"/files/{'A' * 32}.png"),
                lambda: client.post("/api/v3/base64_crop", content=b'{"key": '),
                lambda: client.post("/api/v3/base64_crop", json={"key": "wrong", "image": "?"}),
                lambda: client.post("/api/v6/base64_to_url", json={"key": self._key}),
                self._too_large,
                lambda: client.get("/metrics"),
            ]
        )()

    def _too_large(self) -> httpx2.Response:
        # Its connection is closed on it: not one that others use.
        with httpx2.Client(base_url=self._base, timeout=60, trust_env=False) as client:
            return client.post("/api/v1/crop", content=bytes(9_000_000), headers=self._bearer)

    @property
    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key}"}


def _written(width: int, height: int, name: str) -> bytes:
    data: bytes = draw(width, height).write_to_buffer(f".{name}", **_FORMATS[name])
    return data


def _broken(jpeg: bytes) -> list[bytes]:
    size = struct.pack(">II", 60_000, 60_000)
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + b"\x08\2\0\0\0\0\0\0\0"
    return [
        jpeg[: len(jpeg) // 2],
        b"GIF89a" + bytes(100),
        header,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        bytes(range(256)) * 40,
        b"",
    ]


def _sound(chance: random.Random) -> bytes:
    data = chance.randbytes(chance.randrange(100, 200_000))
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _base64(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def main() -> None:
    """Soak and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        told = soak(options.requests, Path(folder), seed=options.seed)
    print(json.dumps(told, indent=2))
    sys.exit(0 if told["well"] else 1)


if __name__ == "__main__":
    main()

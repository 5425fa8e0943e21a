"""`python -m bench.overload`: what the service does with ten times the requests it can serve.

Open loop: requests come at their times, whether those before them were answered or not, each on a
connection of its own. The client is a process beside the service and takes its share of the same
processors: where there are few, what is measured is the service with that much less of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.server import Peak, Server

from bench import machine
from bench.draw import draw

FACTOR = 10
SIDES = (1200, 900)
REFUSALS = (429, 503)
ALONE = 100
"""Requests one after another, for the latency without load."""
_CAPACITY_SECONDS = 3.0
_GIVEN_UP_SECONDS = 60.0
_BOUNDARY = "bench-overload"
_FIELDS = {"aspect": "1:1", "gravity": "entropy", "format": "webp"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One request's end."""

    status: int
    """Of HTTP; 0 if the connection broke."""
    retry_after: str
    seconds: float


@dataclass(slots=True)
class Overload:
    """What was measured. Times are in milliseconds."""

    alone_p50: float
    alone_p99: float
    capacity: float
    """Requests a second that four clients get answered, who each wait for their answer."""
    offered: float
    """Requests a second of the open loop."""
    statuses: dict[int, int]
    accepted_p50: float
    accepted_p99: float
    refused_p50: float
    refused_p99: float
    refused_without_time: int
    """Refusals that did not say when to come again."""
    recovery_seconds: float
    """From the last arrival to a request that was answered with a picture."""
    rss_before_mb: float
    rss_peak_mb: float
    load_average: float
    """Of the machine's last minute: above its processors, others were at work too."""
    machine: str = field(default_factory=machine.said)

    @property
    def ratio(self) -> float:
        """How much longer an accepted request took than one alone, at the 99th percentile."""
        return self.accepted_p99 / self.alone_p99

    def told(self) -> dict[str, Any]:
        """The figures, rounded."""
        rows = {name: getattr(self, name) for name in self.__dataclass_fields__}
        rows |= {"accepted_p99 / alone_p99": self.ratio}
        return {k: round(v, 2) if isinstance(v, float) else v for k, v in rows.items()}


def measure(seconds: float, folder: Path, *, alone: int = ALONE) -> Overload:
    """Overload a service of our own for so long, after so many requests one by one."""
    server = Server(folder)
    try:
        server.start()
        request = _request(server.key("overload"), _picture())
        with Peak(server) as peak:
            measured = asyncio.run(_measured(server, request, seconds, alone))
        measured.rss_peak_mb = peak.bytes / 2**20
        if server.stop() != 0:
            raise RuntimeError(server.log()[-2000:])
        return measured
    finally:
        server.clear_up()


async def _measured(server: Server, request: bytes, seconds: float, count: int) -> Overload:
    port = server.port
    for _ in range(5):
        await _asked(port, request)  # the first ones load libraries
    alone = [await _asked(port, request) for _ in range(count)]
    capacity = await _capacity(port, request)
    before = server.memory() / 2**20
    answers = await _open_loop(port, request, capacity * FACTOR, seconds)
    ended = time.monotonic()
    while (await _asked(port, request)).status != 200:
        if time.monotonic() - ended > _GIVEN_UP_SECONDS:
            raise RuntimeError("the service does not recover")
    recovery = time.monotonic() - ended
    accepted = [one for one in answers if one.status == 200]
    refused = [one for one in answers if one.status in REFUSALS]
    return Overload(
        alone_p50=_percentile(alone, 50),
        alone_p99=_percentile(alone, 99),
        capacity=capacity,
        offered=len(answers) / seconds,
        statuses=dict(sorted(Counter(one.status for one in answers).items())),
        accepted_p50=_percentile(accepted, 50),
        accepted_p99=_percentile(accepted, 99),
        refused_p50=_percentile(refused, 50),
        refused_p99=_percentile(refused, 99),
        refused_without_time=sum(not one.retry_after.isdecimal() for one in refused),
        recovery_seconds=recovery,
        rss_before_mb=before,
        rss_peak_mb=0.0,
        load_average=os.getloadavg()[0],
    )


async def _capacity(port: int, request: bytes) -> float:
    ends, done = time.monotonic() + _CAPACITY_SECONDS, 0

    async def client() -> None:
        nonlocal done
        while time.monotonic() < ends:
            answer = await _asked(port, request)
            done += answer.status == 200

    await asyncio.gather(*(client() for _ in range(4)))
    return done / _CAPACITY_SECONDS


async def _open_loop(port: int, request: bytes, rate: float, seconds: float) -> list[Answer]:
    """Send at this rate for so long, then wait for what is still under way."""
    begun, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        late = time.monotonic() - (begun + number / rate)
        if late < 0:
            await asyncio.sleep(-late)
        elif number % 10 == 0:
            await asyncio.sleep(0)  # behind its times it still has to hear the answers
        tasks.append(asyncio.create_task(_asked(port, request)))
    return await asyncio.gather(*tasks)


async def _asked(port: int, request: bytes) -> Answer:
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(_GIVEN_UP_SECONDS):
            status, retry_after = await _exchanged(port, request)
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        status, retry_after = 0, ""
    return Answer(status, retry_after, time.perf_counter() - begun)


async def _exchanged(port: int, request: bytes) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        await reader.readexactly(int(headers["content-length"]))
        return int(head[0].split()[1]), headers.get("retry-after", "")
    finally:
        writer.close()


def _request(key: str, picture: bytes) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in _FIELDS.items()
    ]
    part = (
        f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
    )
    body = b"".join([*parts, part.encode(), picture, f"\r\n--{_BOUNDARY}--\r\n".encode()])
    head = (
        f"POST /api/v1/crop HTTP/1.1\r\nhost: bench.example\r\nauthorization: Bearer {key}\r\n"
        f"content-type: multipart/form-data; boundary={_BOUNDARY}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _picture() -> bytes:
    data: bytes = draw(*SIDES).write_to_buffer(".jpg", Q=85)
    return data


def _percentile(answers: list[Answer], percent: float) -> float:
    """Milliseconds; 0 if there are none."""
    times = sorted(one.seconds * 1000 for one in answers)
    return times[min(len(times) - 1, int(len(times) * percent / 100))] if times else 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="of ten times the capacity")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="overload-") as folder:
        print(json.dumps(measure(options.seconds, Path(folder)).told(), indent=2))


if __name__ == "__main__":
    main()

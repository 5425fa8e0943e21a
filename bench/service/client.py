"""The load: a process of its own that sends one request again and again on some connections.

It is as cheap as it gets, since it has the same cores as the server: the request's bytes are made
beforehand, a thread a connection sends them and reads no more of the answer than its length.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

from bench import tree
from bench.loop import Answer, serve

_PATIENCE_SECONDS = 30
_PIECE = 1 << 20
_SHOWN = 300


class Connection:
    """One connection, kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bytes:
        """The body of the answer. RuntimeError if it is no success."""
        self._socket.sendall(request)
        head, _, begun = self._until_blank_line().partition(b"\r\n\r\n")
        length = int(_header(head, b"content-length") or 0)
        pieces = [begun]
        left = length - len(begun)
        while left > 0:
            piece = self._received()
            pieces.append(piece)
            left -= len(piece)
        body = b"".join(pieces)
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"answered {head[:16]!r}, {body[:_SHOWN]!r}")
        return body

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def _until_blank_line(self) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._received()
        return data

    def _received(self) -> bytes:
        piece = self._socket.recv(_PIECE)
        if not piece:
            raise RuntimeError("the connection was closed")
        return piece


def _header(head: bytes, name: bytes) -> bytes | None:
    for line in head.split(b"\r\n")[1:]:
        found, _, value = line.partition(b":")
        if found.strip().lower() == name:
            return value.strip()
    return None


def _burst(request: dict[str, Any]) -> Answer:
    """So many seconds of load; what the server's processes took is read at both ends of them."""
    message = Path(request["request"]).read_bytes()
    count, ports = request["connections"], request["ports"]
    processes = [below for pid in request["pids"] for below in tree.pids(pid)]
    connections = [Connection(ports[number % len(ports)]) for number in range(count)]
    for connection in connections:
        connection.ask(message)  # what is only done the first time is done now
    begin = Barrier(count + 1)
    with ThreadPoolExecutor(count) as threads:
        tree.forget_peaks(processes)
        loops = [
            threads.submit(_loop, partial(connection.ask, message), begin, request["seconds"])
            for connection in connections
        ]
        cpu, own = tree.cpu_ms(processes), time.process_time()
        begin.wait()
        done = [loop.result() for loop in loops]
        cpu, own = tree.cpu_ms(processes) - cpu, time.process_time() - own
    for connection in connections:
        connection.close()
    return {
        "requests": sum(len(latencies) for latencies, _ in done),
        "rate": sum(len(latencies) / seconds for latencies, seconds in done),
        "latencies_ms": [latency for latencies, _ in done for latency in latencies],
        "cpu_ms": cpu,
        "client_cpu_ms": own * 1000,
        "peak_mb": tree.peak_mb(processes),
    }


def _loop(ask: Callable[[], object], begin: Barrier, seconds: float) -> tuple[list[float], float]:
    """Milliseconds of each request, and seconds until the last one begun in time was answered."""
    begin.wait()
    started = at = time.perf_counter()
    latencies = []
    while at - started < seconds:
        ask()
        before, at = at, time.perf_counter()
        latencies.append((at - before) * 1000)
    return latencies, at - started


def _ask(request: dict[str, Any]) -> Answer:
    """One request; its answer's body goes to a file."""
    connection = Connection(request["ports"][0])
    body = connection.ask(Path(request["request"]).read_bytes())
    connection.close()
    Path(request["keep"]).write_bytes(body)
    return {}


def _prepare(_data: bytes, _case: dict[str, Any]) -> Callable[[], bytes]:
    raise NotImplementedError("this driver only sends requests")


if __name__ == "__main__":
    serve("", _prepare, burst=_burst, ask=_ask)

"""The servers under load: ours, thumbor and one that does nothing, started and stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import tree
from bench.command import executable
from bench.driver import ROOT, PeerError
from bench.systems import PEERS

THUMBOR = "thumbor"
THUMBOR_VERSION = "7.8.0"

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_PAUSE_SECONDS = 0.05
_SHOWN = 300


@dataclass(slots=True)
class Server:
    """One that listens, or several alike that share the connections."""

    pids: tuple[int, ...]
    ports: tuple[int, ...]
    key: str = ""
    """What ours wants to see."""
    files: Path | None = None
    """Where ours keeps what it hosts."""
    spared: frozenset[Path] = frozenset()
    """Hosted files that are needed again."""

    def spare(self) -> None:
        """Need again what is hosted now."""
        self.spared = frozenset(self._hosted())

    def tidy(self) -> None:
        """Delete the other hosted files, so that a run does not fill the disk; their rows stay."""
        for path in self._hosted():
            if path not in self.spared:
                path.unlink()

    def _hosted(self) -> list[Path]:
        return list(self.files.glob("*/*.file")) if self.files else []


def niceness(server: Server) -> int:
    """How far a server's processes give way to others: those do that give way most."""
    processes = (below for pid in server.pids for below in tree.pids(pid))
    return max(os.getpriority(os.PRIO_PROCESS, pid) for pid in processes)


@contextmanager
def ours(folder: Path, workers: int) -> Iterator[Server]:
    """`cropwright serve` with so many workers and a key, everything else as it is by default."""
    folder.mkdir()
    given = {"CROPWRIGHT_DATA": str(folder), "CROPWRIGHT_WORKERS_COUNT": str(workers)}
    others = {name: value for name, value in os.environ.items() if "CROPWRIGHT_" not in name}
    environment = {**others, **given}
    made = subprocess.run(
        [*executable(), "keys", "create", "bench"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    key, port = made.stdout.split()[-1], _free_port()
    argv = [*executable(), "serve", "--port", str(port)]
    with _running(argv, port, folder / "log", environment) as pid:
        yield Server((pid,), (port,), key, folder / "files")


@contextmanager
def idle(folder: Path) -> Iterator[Server]:
    """The server that does nothing."""
    port = _free_port()
    argv = [sys.executable, "-m", "bench.service.idle", str(port)]
    with _running(argv, port, folder / "idle.log") as pid:
        yield Server((pid,), (port,))


@contextmanager
def thumbor(folder: Path, photos: Path, processes: int) -> Iterator[Server]:
    """So many thumbors, reading the same files from the disk. PeerError.

    Each has a port of its own: on one port for all, a process may take most connections.
    """
    program = _thumbor()
    settings = folder / "thumbor.conf"
    settings.write_text(_THUMBOR_SETTINGS.format(photos=photos), encoding="utf-8")
    ports = tuple(_free_port() for _ in range(processes))
    with ExitStack() as stack:
        pids = []
        for port in ports:
            argv = [str(program), "--ip", "127.0.0.1", "--port", str(port)]
            argv += ["--conf", str(settings), "--log-level", "error"]
            running = _running(argv, port, folder / f"thumbor{port}.log")
            pids.append(stack.enter_context(running))
        yield Server(tuple(pids), ports)


_THUMBOR_SETTINGS = """\
LOADER = "thumbor.loaders.file_loader"
FILE_LOADER_ROOT_PATH = "{photos}"
STORAGE = "thumbor.storages.no_storage"
QUALITY = 85
PROGRESSIVE_JPEG = False
ALLOW_UNSAFE_URL = True
"""
"""Nothing is kept, so that every request does the work; the encoder is asked for what ours does."""


def _thumbor() -> Path:
    """Its program, installed first if need be. PeerError."""
    home = PEERS / THUMBOR
    wanted, mark = f"thumbor=={THUMBOR_VERSION}", home / "installed.txt"
    if not mark.exists() or mark.read_text(encoding="ascii") != wanted:
        for argv in (
            [sys.executable, "-m", "venv", "--clear", str(home)],
            [str(home / "bin/python"), "-m", "pip", "install", "--quiet", wanted],
        ):
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            if done.returncode:
                raise PeerError(f"could not install {wanted}: {done.stderr.strip()[-_SHOWN:]}")
        mark.write_text(wanted, encoding="ascii")
    return home / "bin/thumbor"


@contextmanager
def _running(
    argv: Sequence[str], port: int, log: Path, environment: dict[str, str] | None = None
) -> Iterator[int]:
    """A program that listens on a port; ended when the block is left. PeerError."""
    with (
        log.open("wb") as words,
        subprocess.Popen(
            argv, stdout=words, stderr=words, stdin=subprocess.DEVNULL, env=environment, cwd=ROOT
        ) as process,
    ):
        try:
            if not _listens(process, port):
                said = log.read_text(encoding="utf-8", errors="replace").strip()[-_SHOWN:]
                raise PeerError(f"{Path(argv[0]).name} does not listen: {said}")
            yield process.pid
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port

"""A real `cropwright serve` process: started, given keys, watched, told to end, or killed."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

COMMAND = (str(Path(sys.executable).with_name("cropwright")),)
_START_SECONDS = 30
_END_SECONDS = 30
_SAMPLE_SECONDS = 0.05


class Server:
    """A service with a folder of its own for its data, its temporary files and what it says.

    `settings` are named without their prefix: LINKS_V6_SECONDS="4".
    """

    def __init__(self, folder: Path, *, command: tuple[str, ...] = COMMAND, **settings: str):
        self.folder, self.data, self.temp = folder, folder / "data", folder / "temp"
        self.temp.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._command = command
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CROPWRIGHT_")}
        own = {f"CROPWRIGHT_{name}": value for name, value in settings.items()}
        data, temp = str(self.data), str(self.temp)
        self._environment = inherited | own | {"CROPWRIGHT_DATA": data, "TMPDIR": temp}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._process is not None, "the service was not started"
        return self._process.pid

    def start(self) -> float:
        """Start it, on the same port and data every time, and wait until it answers: seconds."""
        begun, self._process = time.monotonic(), self._launched()
        while not self._answers():
            assert self._process.poll() is None, f"the service ended: {self.log()[-2000:]}"
            assert time.monotonic() - begun < _START_SECONDS, "the service does not answer"
            time.sleep(0.02)
        return time.monotonic() - begun

    def fails_to_start(self) -> int:
        """Start it where it cannot be: its exit status."""
        self._process = self._launched()
        return self.wait()

    def stop(self) -> int:
        """Tell it to end and wait for that: its exit status."""
        os.kill(self.pid, signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended: its exit status."""
        assert self._process is not None
        return self._process.wait(_END_SECONDS)

    def kill(self) -> None:
        """End it and its workers at once, as a power cut would."""
        assert self._process is not None
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(_END_SECONDS)

    def clear_up(self) -> None:
        """Kill whatever still runs."""
        if self._process is not None and self.leftovers():
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait(_END_SECONDS)

    def key(self, name: str, *options: str) -> str:
        """A new API key."""
        return self.command("keys", "create", name, *options).splitlines()[-1]

    def command(self, *arguments: str) -> str:
        """What another command of the program prints, on the same data."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self._environment,
            capture_output=True,
            timeout=_START_SECONDS,
            check=True,
        )
        return done.stdout.decode()

    def beside(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Another command of the program, started on the same data; it logs to the same file.

        Its temporary files are elsewhere: it may be killed, and then leaves them.
        """
        temp = self.folder / "beside"
        temp.mkdir(exist_ok=True)
        return self._spawned([*COMMAND, *arguments], TMPDIR=str(temp))

    def log(self) -> str:
        """What it said on standard error, of all its starts."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def said(self) -> str:
        """What it said on standard output, of all its starts."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")

    def stored(self) -> list[Path]:
        """The hosted files, as they lie on the disk."""
        return sorted((self.data / "files").rglob("*.file"))

    def scratch(self) -> list[Path]:
        """What is in its temporary folder that should not outlive it."""
        return sorted(self.temp.iterdir())

    def pids(self) -> list[int]:
        """The process and everything below it."""
        return _below(self.pid)

    def workers(self) -> list[int]:
        """The processes that touch pictures."""
        return [pid for pid in self.pids() if b"multiprocessing.spawn" in _read(pid, "cmdline")]

    def leftovers(self) -> list[int]:
        """Every process of its session, whoever its parent is by now; the dead do not count."""
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if self._is_of(path)]

    def memory(self) -> int:
        """Resident bytes of all its processes, shared pages counted once for each."""
        return sum(_resident(pid) for pid in self.pids())

    def own_memory(self) -> int:
        """Resident bytes of the process that answers."""
        return _resident(self.pid)

    def forget_peak(self) -> None:
        """Have the largest memory of the serving process counted from now on."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")

    def peak(self) -> int:
        """The largest resident bytes that the serving process had, not those of its workers."""
        found = re.search(rb"VmHWM:\s+(\d+) kB", _read(self.pid, "status"))
        return int(found[1]) * 1024 if found else 0

    def cpu_seconds(self) -> float:
        """Processor time that its processes took since they began."""
        return sum(_cpu_seconds(pid) for pid in self.pids())

    def files_open(self) -> int:
        """Descriptors that the serving process has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def _launched(self) -> subprocess.Popen[bytes]:
        return self._spawned([*self._command, "serve", "--port", str(self.port)])

    def _spawned(self, command: list[str], **changed: str) -> subprocess.Popen[bytes]:
        with (self.folder / "said").open("ab") as said, (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=log,
                env=self._environment | changed,
                cwd=self.folder,
                start_new_session=True,
            )

    def _is_of(self, process: Path) -> bool:
        words = _stat(int(process.name))
        return len(words) > 3 and int(words[3]) == self.pid and words[0] not in (b"Z", b"X")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """A server, started; at the end told to end, which it has to do without leaving a trace."""
    try:
        server.start()
        yield server
        assert server.stop() == 0, server.log()[-2000:]
        # Python's own tracker of resources ends a moment after the process it tracked for.
        within(1, lambda: not server.leftovers())
        assert server.scratch() == []
    finally:
        server.clear_up()


class Peak:
    """The most memory that a server's processes had at once while the block ran."""

    def __init__(self, server: Server) -> None:
        self.bytes = 0
        self._server = server
        self._stop = Event()
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.bytes = max(self.bytes, self._server.memory())
            if self._stop.wait(_SAMPLE_SECONDS):
                return


def within(seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until something is so; AssertionError if it is not in that time."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, f"not so after {seconds} seconds"
        time.sleep(0.02)


def metric(page: str, name: str) -> float:
    """One number of a page in Prometheus' text format."""
    found = re.search(rf"^{name} (\S+)$", page, re.MULTILINE)
    assert found, f"no metric {name}"
    return float(found[1])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _below(pid: int) -> list[int]:
    found = [pid]
    for task in _listed(Path(f"/proc/{pid}/task")):
        for child in _read(pid, f"task/{task.name}/children").split():
            found += _below(int(child))
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []  # ended meanwhile


def _read(pid: int, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""  # ended meanwhile


def _resident(pid: int) -> int:
    words = _read(pid, "statm").split()
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") if words else 0


def _stat(pid: int) -> list[bytes]:
    # proc(5): after the name in brackets come state, parent, group, session; user time is the 12th.
    return _read(pid, "stat").rpartition(b")")[2].split()


def _cpu_seconds(pid: int) -> float:
    words = _stat(pid)
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK") if words else 0.0

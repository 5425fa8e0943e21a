"""A real PostgreSQL for the tests, in a folder of its own on 127.0.0.1, thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

PATIENCE_SECONDS = 30
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, which it does not put on the path."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Where the server is and who may use it."""

    port: int
    password: str

    def url(self, schema: str = "public") -> str:
        """The database, seen from within one schema."""
        options = quote(f"-c search_path={schema}")
        return (
            f"postgresql://tester:{self.password}@127.0.0.1:{self.port}/postgres?options={options}"
        )

    def connect(self) -> psycopg.Connection:
        """A connection past the catalog, on which each statement is committed."""
        return psycopg.connect(self.url(), autocommit=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server; the tests that need it are skipped where it cannot be had."""
    with postgres_running() as server:
        yield server


@contextmanager
def postgres_running() -> Iterator[PostgresServer]:
    """A server for as long as the block runs."""
    programs = _programs()
    with _folder() as folder, _running(programs, folder) as server:
        yield server


def _programs() -> Path:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        pytest.skip("no PostgreSQL server: initdb is not installed (Debian's package postgresql)")
    return versions[-1].parent


def _user() -> dict[str, object]:
    """As whom the server runs: it refuses to be root."""
    if os.getuid():
        return {}
    names = {row.pw_name: row for row in pwd.getpwall()}
    row = names.get("postgres") or names.get("nobody")
    if row is None:
        pytest.skip("no PostgreSQL server: it does not run as root, and there is no other user")
    return {"user": row.pw_uid, "group": row.pw_gid, "extra_groups": []}


@contextmanager
def _folder() -> Iterator[Path]:
    # Not below pytest's folders, into which no other user may look.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = _user()
    if user:
        os.chown(folder, user["user"], user["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(_free_port(), secrets.token_hex(16))
    (folder / "password").write_text(server.password)
    (folder / "password").chmod(0o644)
    _initialise(programs, folder)
    command = [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-p", str(server.port)], cwd=folder, stdout=log, stderr=log, **_user()
        )
    try:
        _wait_for(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # "fast": it does not wait for its clients
        process.wait(PATIENCE_SECONDS)


def _initialise(programs: Path, folder: Path) -> None:
    arguments = ["-D", folder / "data", "-U", "tester", "--pwfile", folder / "password"]
    arguments += ["-A", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync"]
    done = subprocess.run(
        [programs / "initdb", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **_user(),
    )
    if done.returncode:
        pytest.skip(f"no PostgreSQL server: initdb failed: {done.stderr[-300:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_for(server: PostgresServer, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text()[-1000:]}")

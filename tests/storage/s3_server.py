"""A real S3 server for the tests: OpenStack Swift with its s3api, four processes on 127.0.0.1.

What answers here checks signatures and expiry, which the usual stand-ins do not.
"""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "scripts" / "s3-server-setup"
WANTED = Path(__file__).with_name("swift.txt")
INSTALLED = ROOT / ".venv-swift" / "installed.txt"
PROGRAMS = ROOT / ".venv-swift" / "bin"
PATIENCE_SECONDS = 30

SWIFT = """
[swift-hash]
swift_hash_path_suffix = tests
"""
COMMON = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}
mount_check = false
log_level = ERROR
"""
PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper s3api tempauth copy slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 30

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:gatekeeper]
use = egg:swift#gatekeeper

[filter:s3api]
use = egg:swift#s3api

[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin

[filter:copy]
use = egg:swift#copy

[filter:slo]
use = egg:swift#slo
"""
OTHER = """
[pipeline:main]
pipeline = {name}-server

[app:{name}-server]
use = egg:swift#{name}
"""
RINGS = """
import sys
from swift.common.ring import RingBuilder

folder, *ports = sys.argv[1:]
for name, port in zip(("account", "container", "object"), ports, strict=True):
    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    place = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "disk"}
    builder.add_dev({"id": 0, "weight": 1.0, **place})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{name}.ring.gz")
"""


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where the server is and who may use it."""

    endpoint: str
    user: str = "test:tester"
    secret: str = "testing"
    bucket: str = "hosted"

    def make_bucket(self) -> None:
        """Make the bucket, which is empty."""
        client = S3Store(
            self.bucket,
            endpoint=self.endpoint,
            access_key_id=self.user,
            secret_access_key=self.secret,
        )
        url = obstore.sign(client, "PUT", "", timedelta(seconds=60))
        urllib.request.urlopen(urllib.request.Request(url, method="PUT")).close()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server with a bucket; the tests that need it are skipped where it cannot be had."""
    with _running(tmp_path_factory.mktemp("s3")) as server:
        server.make_bucket()
        yield server


@pytest.fixture
def s3_access(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, and in the environment what lets its clients in; nothing of the tester's own."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.user)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret)
    return s3_server


@contextmanager
def _running(folder: Path) -> Iterator[S3Server]:
    _install()
    ports = dict(zip(("proxy", "account", "container", "object"), _free_ports(4), strict=True))
    (folder / "disk").mkdir()
    _write_configurations(folder, ports)
    with ExitStack() as stack:
        for name in ports:
            stack.enter_context(_process(name, folder))
        for port in ports.values():
            _wait_for(port, folder)
        yield S3Server(f"http://127.0.0.1:{ports['proxy']}")


def _install() -> None:
    if INSTALLED.is_file() and INSTALLED.read_bytes() == WANTED.read_bytes():
        return
    done = subprocess.run([SETUP], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no S3 server: scripts/s3-server-setup failed: {done.stderr[-300:]}")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _write_configurations(folder: Path, ports: dict[str, int]) -> None:
    inner = [str(port) for name, port in ports.items() if name != "proxy"]
    subprocess.run([PROGRAMS / "python", "-c", RINGS, folder, *inner], check=True)
    (folder / "swift.conf").write_text(SWIFT)
    for name, port in ports.items():
        common = COMMON.format(port=port, user=getpass.getuser(), folder=folder)
        special = PROXY if name == "proxy" else OTHER.format(name=name)
        (folder / f"{name}.conf").write_text(common + special)


@contextmanager
def _process(name: str, folder: Path) -> Iterator[None]:
    command = [PROGRAMS / f"swift-{name}-server", folder / f"{name}.conf", "--verbose"]
    with (folder / f"{name}.log").open("wb") as log:
        # A session of its own: Swift may end its whole process group.
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    logs = "\n".join(path.read_text()[-1000:] for path in folder.glob("*.log"))
    pytest.fail(f"the S3 server did not start:\n{logs}")

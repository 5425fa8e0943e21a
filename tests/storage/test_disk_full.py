"""A disk that is full, read-only or out of descriptors: nothing is half stored, reads go on."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cropwright.errors import StorageUnavailableError
from cropwright.storage.disk import DiskStore


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(root) -> DiskStore:
    store = DiskStore(root, free_bytes=1)
    store.put("key", b"old")
    return store


@contextmanager
def limited(limit: int, value: int) -> Iterator[None]:
    """The process under a lower limit for a while."""
    before = resource.getrlimit(limit)
    resource.setrlimit(limit, (value, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(limit, before)


def cause(use: Callable[[], object]) -> int | None:
    """The system's number behind a refusal, which has to come."""
    with pytest.raises(StorageUnavailableError) as refusal:
        use()
    assert refusal.value.retry_after_seconds == 30
    return getattr(refusal.value.__cause__, "errno", None)


def test_what_would_take_of_the_free_space_is_refused_and_reads_go_on(store, root):
    disk = os.statvfs(root)
    careful = DiskStore(root, free_bytes=disk.f_bavail * disk.f_frsize + 2**30)
    assert cause(careful.ping) is None
    assert cause(lambda: careful.put("other", b"x")) is None
    assert careful.get("key") == b"old"
    assert list((root / ".partial").iterdir()) == []
    careful.delete("key")


def test_without_a_descriptor_to_be_had_nothing_is_stored_and_later_it_is(store, root):
    with limited(resource.RLIMIT_NOFILE, 0):
        causes = [cause(lambda: store.put("key", b"new")), cause(lambda: store.get("key"))]
        causes += [cause(store.ping), cause(lambda: store.delete("key"))]
    assert causes == [errno.EMFILE] * 4
    assert (store.get("key"), list((root / ".partial").iterdir())) == (b"old", [])
    store.put("key", b"new")
    assert store.get("key") == b"new"


def test_a_file_that_may_not_grow_so_large_is_not_kept_in_part(store, root):
    with limited(resource.RLIMIT_FSIZE, 10_000):
        assert cause(lambda: store.put("key", bytes(20_000))) == errno.EFBIG
    assert (store.get("key"), list((root / ".partial").iterdir())) == (b"old", [])


# Run in a user namespace of its own, where a disk of 1 MiB can be mounted without being root.
SMALL_DISK = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$1" -c "$2" "$0"'
FILLS_IT = """
import subprocess, sys
from contextlib import suppress
from pathlib import Path
from cropwright.errors import StorageUnavailableError
from cropwright.storage.disk import DiskStore

disk = Path(sys.argv[1])
store = DiskStore(disk / "files", free_bytes=-(10**9))  # so that the disk itself has to refuse

def refused(use, *arguments):
    try:
        use(*arguments)
    except StorageUnavailableError as error:
        return error.__cause__.errno

def remount(how):
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)

store.put("first", bytes(600_000))
print(refused(store.put, "first", bytes(600_000)), len(list((disk / "files/.partial").iterdir())))
with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
    while ballast.write(bytes(4096)):
        pass
print(refused(store.put, "second", b"x"), refused(store.ping), len(store.get("first")))
(disk / "ballast").unlink()
store.put("second", b"x" * 200_000)
remount("ro")
print(refused(store.put, "third", b"x"), refused(store.ping), refused(store.delete, "first"))
print(store.get("second", 0, 3))
remount("rw")
store.delete("first")
print(refused(store.ping))
"""


def test_a_full_and_a_read_only_disk_refuse_the_whole_and_recover(tmp_path):
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, tmp_path]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no small disk can be mounted here")
    done = subprocess.run(
        [*command, sys.executable, FILLS_IT], capture_output=True, text=True, check=False
    )
    full, read_only = errno.ENOSPC, errno.EROFS
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{full} 0",
        f"{full} {full} 600000",
        f"{read_only} {read_only} {read_only}",
        "b'xxx'",
        "None",
    ]

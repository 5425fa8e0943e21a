"""The store on a disk: what it has put is on stable storage, whole, whatever ends the process."""

from __future__ import annotations

import hashlib
import os
import random
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cropwright.errors import StorageUnavailableError
from cropwright.storage.disk import DiskStore


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path / "data" / "files"


@pytest.fixture
def store(root) -> DiskStore:
    return DiskStore(root, free_bytes=1)


def left_over(root: Path) -> list[Path]:
    return list((root / ".partial").glob("*"))


class Record:
    """What is asked of the disk, in order: the calls go through, and their paths are written down."""

    def __init__(self, monkeypatch) -> None:
        self.calls: list[tuple[str, Path]] = []
        self.synced_bytes: list[int] = []
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "replace", self.replace)

    def fsync(self, descriptor: int) -> None:
        self.calls.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink()))
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            self.synced_bytes.append(os.fstat(descriptor).st_size)
        self._fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        self.calls.append(("replace", Path(target)))
        self._replace(source, target)


def test_bytes_and_names_are_on_stable_storage_before_put_returns(store, root, monkeypatch):
    record = Record(monkeypatch)
    store.put("ab/key", b"x" * 100)
    (partial,) = [path for _, path in record.calls if path.parent == root / ".partial"]
    assert record.calls == [
        ("fsync", root),
        ("fsync", root.parent),
        ("fsync", partial),
        ("replace", root / "ab/key.file"),
        ("fsync", root / "ab"),
    ]
    assert record.synced_bytes == [100]  # all of it: nothing is in a buffer of ours


def test_a_directory_s_name_is_brought_to_stable_storage_once_and_again_if_it_is_another(
    store, root, monkeypatch
):
    store.put("ab/key", b"x")
    record = Record(monkeypatch)
    store.put("ab/second", b"x")
    assert ("fsync", root) not in record.calls
    (root / "ab").rename(root / "old")
    (root / "ab").mkdir()
    store.put("ab/third", b"x")
    assert ("fsync", root) in record.calls


def test_deleting_lasts_too(store, root, monkeypatch):
    store.put("ab/key", b"x")
    record = Record(monkeypatch)
    store.delete("ab/key")
    assert record.calls == [("fsync", root / "ab")]


def test_others_on_the_machine_cannot_list_what_is_hosted(store, root):
    store.put("ab/key", b"x")
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_only_what_is_asked_for_is_read(store, root):
    store.put("key", b"")
    os.truncate(root / "key.file", 2**40)
    assert store.get("key", 2**39, 10) == bytes(10)
    assert store.get("key", 2**40 - 3, 10**12) == bytes(3)


PUTS_FOR_EVER = """
import hashlib, os, random, sys
from pathlib import Path
from cropwright.storage.disk import DiskStore

store = DiskStore(Path(sys.argv[1]), free_bytes=1)
while True:
    data = os.urandom(random.randrange(1, 400_000))
    name = hashlib.sha256(data).hexdigest()
    store.put(f"{name[:1]}/{name}", data)
    os.write(1, f"{name}\\n".encode())
"""


def killed_while_putting(root: Path) -> list[str]:
    """The names that a process said it had put before it was killed."""
    command = [sys.executable, "-c", PUTS_FOR_EVER, root]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        return [first.strip(), *process.stdout.read().split()]


def test_a_killed_process_leaves_whole_files_only_and_all_it_had_put(root):
    promised = [name for _ in range(8) for name in killed_while_putting(root)]
    found = {path.stem: path.read_bytes() for path in root.rglob("*.file")}
    assert len(promised) >= 8
    assert set(promised) <= found.keys()
    assert [name for name, data in found.items() if hashlib.sha256(data).hexdigest() != name] == []
    DiskStore(root).sweep_partial(older_than_seconds=-60)
    assert left_over(root) == []


def test_only_old_left_overs_are_swept(store, root):
    store.put("key", b"x")
    for name, age in (("new", 10), ("old", 100), ("older", 1000)):
        (root / ".partial" / name).write_bytes(b"half")
        os.utime(root / ".partial" / name, (0, time.time() - age))
    assert store.sweep_partial(older_than_seconds=50) == 2
    assert [path.name for path in left_over(root)] == ["new"]
    assert store.get("key") == b"x"


def test_there_is_nothing_to_sweep_before_anything_is_put(store):
    assert store.sweep_partial(older_than_seconds=0) == 0


def test_where_a_directory_should_be_and_is_not_the_store_is_unavailable(root):
    root.parent.mkdir()
    root.write_bytes(b"a file")
    store = DiskStore(root, free_bytes=1)
    uses = (lambda: store.put("a/b", b""), lambda: store.get("a/b"), lambda: store.delete("a/b"))
    for use in (*uses, store.ping):
        with pytest.raises(StorageUnavailableError, match="ask again later"):
            use()


def test_a_directory_taken_away_is_made_again(store, root):
    store.put("ab/key", b"x")
    root.rename(root.with_name("elsewhere"))
    with pytest.raises(KeyError):
        store.get("ab/key")
    store.put("ab/key", b"y")
    assert store.get("ab/key") == b"y"


def test_of_many_who_write_and_delete_one_key_nobody_is_refused_or_sees_a_mixture(store):
    versions = [bytes([number]) * 300_000 for number in range(3)]

    def work(turn: int) -> bytes:
        store.put("ab/key", versions[turn % 3])
        try:
            return store.get("ab/key")
        except KeyError:
            return b""
        finally:
            if turn % 7 == 0:
                store.delete("ab/key")

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(work, range(200)))
    assert found <= {*versions, b""}

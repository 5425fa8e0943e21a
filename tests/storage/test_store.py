"""What every store promises, asked of each: disk, memory, and a bucket on a real S3 server."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from cropwright.errors import StorageUnavailableError
from cropwright.storage import Store
from cropwright.storage.open import open_store
from cropwright.storage.settings import StorageSettings

pytest_plugins = ["s3_server"]

LETTERS = b"abcdefghij"


@pytest.fixture(params=["disk", "memory", "s3"])
def store(request, tmp_path) -> Store:
    if request.param == "s3":
        server = request.getfixturevalue("s3_access")
        url = f"s3://{server.bucket}/{secrets.token_hex(8)}"
        return open_store(StorageSettings(url, endpoint=server.endpoint), tmp_path)
    url = {"disk": "", "memory": "memory:"}[request.param]
    return open_store(StorageSettings(url, free_bytes=1), tmp_path)


def test_what_is_put_is_got(store):
    data = os.urandom(6_000_000)  # more than a client would send in one piece if it might choose
    store.put("ab/large_1-x", data)
    assert store.get("ab/large_1-x") == data


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, b"abcdefghij"),
        (0, 4, b"abcd"),
        (3, None, b"defghij"),
        (3, 4, b"defg"),
        (9, 1, b"j"),
        (8, 500, b"ij"),
        (10, None, b""),
        (10, 1, b""),
        (50, None, b""),
        (50, 7, b""),
        (0, 0, b""),
        (4, 0, b""),
    ],
)
def test_a_part_is_what_there_is_of_it(store, start, length, expected):
    store.put("letters", LETTERS)
    assert store.get("letters", start, length) == expected


@pytest.mark.parametrize(("start", "length"), [(0, None), (0, 5), (0, 0), (1, None)])
def test_a_file_may_be_empty(store, start, length):
    store.put("empty", b"")
    assert store.get("empty", start, length) == b""


@pytest.mark.parametrize(("start", "length"), [(0, None), (0, 5), (0, 0), (5, None)])
def test_a_key_that_is_not_there_is_a_key_error(store, start, length):
    store.put("there/too", LETTERS)
    with pytest.raises(KeyError):
        store.get("there/not", start, length)
    with pytest.raises(KeyError):
        store.get("nowhere/at/all", start, length)


def test_putting_again_replaces_the_whole(store):
    store.put("key", LETTERS)
    store.put("key", b"xyz")
    assert store.get("key") == b"xyz"


def test_a_deleted_key_is_gone_and_may_be_deleted_again(store):
    store.put("a/key", LETTERS)
    store.put("a/neighbour", LETTERS)
    store.delete("a/key")
    store.delete("a/key")
    store.delete("never/there")
    with pytest.raises(KeyError):
        store.get("a/key")
    assert store.get("a/neighbour") == LETTERS


def test_a_key_may_begin_as_another_does(store):
    store.put("a", b"1")
    store.put("a/b", b"2")
    store.put("a/b/c", b"3")
    store.delete("a")
    assert (store.get("a/b"), store.get("a/b/c")) == (b"2", b"3")


NO_KEYS = [
    *(
        "",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../b",
        "a.png",
        "a\0",
        "a\n",
        "ä",
        "a b",
        "%2e",
    ),
    *("a" * 129, "a/" * 8 + "a", "a\\b", "C:a", "a?b", "a#b"),
]


@pytest.mark.parametrize("key", NO_KEYS)
def test_what_is_no_key_is_refused_unseen(tmp_path, store, key):
    for use in (lambda: store.put(key, b"x"), lambda: store.get(key), lambda: store.delete(key)):
        with pytest.raises(ValueError, match="is not a key"):
            use()
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_link_unless_it_is_asked_for(store):
    store.put("key", LETTERS)
    assert store.link("key", 60, "image/png") is None


def test_a_store_that_works_answers_a_ping_however_often(store):
    assert [store.ping() for _ in range(3)] == [None, None, None]


def seen(read: Callable[[], bytes]) -> bytes | None:
    try:
        return read()
    except KeyError:
        return None


def test_readers_see_whole_files_or_none_while_one_writes_and_deletes(store):
    versions = [bytes([number]) * (20_000 + number) for number in range(4)]
    done = threading.Event()

    def read() -> set[bytes | None]:
        found = {seen(lambda: store.get("key"))}
        while not done.is_set():
            found.add(seen(lambda: store.get("key")))
        return found

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        for turn in range(24):
            store.put("key", versions[turn % 4])
            if turn % 3 == 0:
                store.delete("key")
        done.set()
        found = set().union(*(reader.result() for reader in readers))
    assert found <= {*versions, None}
    assert store.get("key") == versions[3]


def test_of_two_who_write_one_key_at_once_one_is_kept_whole(store):
    versions = [bytes([number]) * (20_000 + number) for number in range(4)]

    def write(turn: int) -> bool:
        try:
            store.put("key", versions[turn % 4])
        except StorageUnavailableError:  # Swift's answer to a write that another overtook
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(write, range(40)))
    assert any(written)
    assert store.get("key") in versions


def test_each_of_many_new_files_is_kept(store):
    files = {f"new/{number % 7}/{number}": os.urandom(3_000) for number in range(56)}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(store.put, files, files.values()))
        assert list(threads.map(store.get, files)) == list(files.values())

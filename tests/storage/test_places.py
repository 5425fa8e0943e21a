"""Places of many files: a folder, and a prefix in a bucket of a real server."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import pytest

from cropwright.errors import (
    InvalidValueError,
    LimitExceededError,
    OutputUnwritableError,
    SourceUnreadableError,
    StorageUnavailableError,
)
from cropwright.storage.places import Folder, Item, Place, lies_within, open_place
from cropwright.storage.settings import StorageSettings

pytest_plugins = ["s3_server"]


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path) -> Place:
    if request.param == "folder":
        return open_place(str(tmp_path), StorageSettings())
    access = request.getfixturevalue("s3_access")
    settings = StorageSettings(endpoint=access.endpoint)
    return open_place(f"s3://{access.bucket}/bulk/{secrets.token_hex(8)}", settings)


def names(place: Place) -> list[str]:
    return sorted(item.name for item in place.items())


def test_what_is_written_is_found_and_read(place):
    for name in ("a.jpg", "inner/deep/b c.png", "é.webp"):
        place.write(name, name.encode())
    place.write("a.jpg", b"new")
    assert names(place) == ["a.jpg", "inner/deep/b c.png", "é.webp"]
    read = {item.name: place.read(item, 100) for item in place.items()}
    assert read == {
        "a.jpg": b"new",
        "inner/deep/b c.png": b"inner/deep/b c.png",
        "é.webp": "é.webp".encode(),
    }


def test_the_version_changes_with_the_bytes(place):
    place.write("a.jpg", b"one")
    (before,) = place.items()
    place.write("a.jpg", b"other")
    (after,) = place.items()
    assert (before.size, after.size) == (3, 5)
    assert before.version != after.version


def test_a_file_over_the_limit_is_not_read(place):
    place.write("a.jpg", b"12345")
    (item,) = place.items()
    with pytest.raises(LimitExceededError, match="file size is 5 bytes, the limit is 4 bytes"):
        place.read(item, 4)
    with pytest.raises(LimitExceededError, match="5 bytes"):
        place.read(Item("a.jpg", 1, ""), 4)  # it has grown since it was listed


def test_a_file_that_is_gone_is_told_of(place):
    with pytest.raises(SourceUnreadableError, match=r"cannot read gone\.jpg"):
        place.read(Item("gone.jpg", 1, ""), 4)


def test_hidden_files_links_to_folders_and_pipes_are_left_out(tmp_path):
    place = Folder(tmp_path / "place")
    place.write("a.jpg", b"a")
    place.write(".hidden/b.jpg", b"b")
    (tmp_path / "place/linked").symlink_to(tmp_path / "place")
    (tmp_path / "place/c.jpg").symlink_to(tmp_path / "place/a.jpg")
    (tmp_path / "place/gone.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "place/pipe.jpg")
    assert names(place) == ["a.jpg", "c.jpg"]


@pytest.mark.skipif(sys.platform == "darwin", reason="names have to be text there")
def test_names_need_not_be_text(tmp_path):
    (Path(os.fsencode(tmp_path).decode()) / os.fsdecode(b"\xff.jpg")).write_bytes(b"a")
    (item,) = Folder(tmp_path).items()
    assert Folder(tmp_path).read(item, 10) == b"a"


@pytest.mark.parametrize("name", ["../b.jpg", "a/../../b.jpg", "/b.jpg"])
def test_nothing_is_written_outside_a_folder(tmp_path, name):
    with pytest.raises(OutputUnwritableError, match="leaves the folder"):
        Folder(tmp_path / "inner").write(name, b"x")
    assert not (tmp_path / "b.jpg").exists()


def test_objects_that_hide_are_left_out(s3_access):
    text = f"s3://{s3_access.bucket}/bulk/{secrets.token_hex(8)}"
    place = open_place(text, StorageSettings(endpoint=s3_access.endpoint))
    place.write(".ping/a.jpg", b"a")
    place.write("b.jpg", b"b")
    assert names(place) == ["b.jpg"]


def test_a_folder_that_is_not_there_is_told_of(tmp_path):
    with pytest.raises(SourceUnreadableError, match="No such file"):
        list(Folder(tmp_path / "none").items())


def test_a_bucket_that_cannot_be_reached_is_told_of(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings = StorageSettings(endpoint="http://127.0.0.1:9", timeout_seconds=1)
    with pytest.raises(StorageUnavailableError):
        list(open_place("s3://bucket/x", settings).items())


@pytest.mark.parametrize("text", ["s3://", "s3://a b", "gs:///x", "az://c/../d"])
def test_a_bucket_has_a_name(text):
    with pytest.raises(InvalidValueError, match="expected a folder, or s3://"):
        open_place(text, StorageSettings())


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        ("a/b", "a", True),
        ("a", "a", True),
        ("ab", "a", False),
        ("s3://x/a/b", "s3://x/a", True),
        ("s3://x/ab", "s3://x/a", False),
        ("s3://x/a", "x", False),
    ],
)
def test_a_place_within_another_is_seen(inner, outer, within):
    assert lies_within(inner, outer) is within

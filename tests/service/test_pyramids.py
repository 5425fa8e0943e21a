"""Pyramids on the disk: found when whole, bounded, and gone with what they are of."""

from __future__ import annotations

import os
import time

import pytest

from cropwright.errors import StorageUnavailableError
from cropwright.service.pyramids import Label, Pyramids


def built(pyramids: Pyramids, owner: str, version: str = "aa", size: int = 100) -> Label:
    label = Label(owner, version)
    with pyramids.building(label) as path:
        path.write_bytes(bytes(size))
    return label


def test_a_pyramid_is_found_once_it_is_whole(tmp_path):
    pyramids = Pyramids(tmp_path / "new" / "folder", 1000)
    label = Label("one", "aa")
    with pyramids.building(label) as path:
        path.write_bytes(b"half")
        assert pyramids.find(label) is None
    assert pyramids.find(label).read_bytes() == b"half"
    assert (pyramids.folder.stat().st_mode & 0o777, pyramids.bytes()) == (0o700, 4)


def test_one_that_fails_leaves_nothing(tmp_path):
    pyramids = Pyramids(tmp_path, 1000)

    def fails():
        with pyramids.building(Label("one", "aa")) as path:
            path.write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert list(tmp_path.iterdir()) == []


def test_those_not_asked_for_longest_go_when_there_is_no_room(tmp_path):
    pyramids = Pyramids(tmp_path, 250)
    labels = [built(pyramids, "one"), built(pyramids, "two")]
    for number, label in enumerate(labels):
        os.utime(pyramids.find(label), (number + 1, number + 1))
    assert pyramids.find(labels[0])  # used now
    built(pyramids, "three")
    assert pyramids.owners() == {"one", "three"}


def test_the_newest_stays_even_if_it_is_larger_than_all_the_room(tmp_path):
    pyramids = Pyramids(tmp_path, 250)
    built(pyramids, "one")
    label = built(pyramids, "two", size=1000)
    assert (pyramids.owners(), bool(pyramids.find(label))) == ({"two"}, True)


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path):
    pyramids = Pyramids(tmp_path, 1000)
    old, new = built(pyramids, "one", "aa"), built(pyramids, "one", "bb")
    assert (pyramids.find(old), bool(pyramids.find(new))) == (None, True)


def test_what_is_forgotten_is_gone_and_nothing_else(tmp_path):
    pyramids = Pyramids(tmp_path, 1000)
    built(pyramids, "one")
    built(pyramids, "one-more")
    pyramids.forget("one")
    pyramids.forget("never there")
    assert pyramids.owners() == {"one-more"}


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    pyramids = Pyramids(tmp_path / "none", 1000)
    pyramids.forget("one")
    pyramids.sweep()
    assert (pyramids.owners(), pyramids.bytes(), pyramids.find(Label("one", "aa"))) == (
        set(),
        0,
        None,
    )


def test_what_a_crash_left_unfinished_is_swept_once_it_is_old(tmp_path):
    pyramids = Pyramids(tmp_path, 1000)
    old, young = tmp_path / "old.part", tmp_path / "young.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    pyramids.sweep()
    assert list(tmp_path.iterdir()) == [young]


def test_a_disk_that_refuses_is_told_as_such(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(StorageUnavailableError),
        Pyramids(tmp_path / "file", 1000).building(Label("one", "aa")),
    ):
        pass

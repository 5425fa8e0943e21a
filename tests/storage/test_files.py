"""Writing files whole or not at all."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from cropwright.errors import OutputExistsError, OutputUnwritableError
from cropwright.storage.files import write_file


def test_directories_are_made_and_nothing_else_is_left(tmp_path):
    write_file(tmp_path / "a" / "b" / "c.bin", b"data", replace=False)
    assert (tmp_path / "a/b/c.bin").read_bytes() == b"data"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c.bin"]


def test_a_new_file_has_the_usual_rights_and_a_replaced_one_keeps_its_own(tmp_path):
    write_file(tmp_path / "new", b"x", replace=False)
    usual = tmp_path / "usual"
    usual.touch()
    assert (tmp_path / "new").stat().st_mode == usual.stat().st_mode
    (tmp_path / "new").chmod(0o640)
    write_file(tmp_path / "new", b"y", replace=True)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_what_is_there_is_not_replaced_unless_told(tmp_path):
    (tmp_path / "f").write_bytes(b"old")
    with pytest.raises(OutputExistsError):
        write_file(tmp_path / "f", b"new", replace=False)
    assert (tmp_path / "f").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("there", [False, True])
def test_a_file_system_without_hard_links_is_served_too(tmp_path, monkeypatch, there):
    def refuse(*_paths: object) -> None:  # stands in for such a file system: none can be had here
        if there:
            (tmp_path / "f").write_bytes(b"came meanwhile")
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    if there:
        with pytest.raises(OutputExistsError):
            write_file(tmp_path / "f", b"new", replace=False)
    else:
        write_file(tmp_path / "f", b"new", replace=False)
    assert (tmp_path / "f").read_bytes() == (b"came meanwhile" if there else b"new")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("path", "step"), [("f/below", "directory"), ("d", "file"), ("x" * 300, "file")]
)
def test_a_place_that_refuses_is_named_with_the_system_s_word(tmp_path, path, step):
    (tmp_path / "f").write_bytes(b"old")
    (tmp_path / "d").mkdir()
    with pytest.raises(OutputUnwritableError) as refusal:
        write_file(tmp_path / path, b"new", replace=True)
    assert refusal.value.step == step
    assert refusal.value.reason == os.strerror(refusal.value.number)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d", "f"]


def test_a_pipe_is_written_through(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_file(tmp_path / "pipe", b"data", replace=True)
    assert os.read(reader, 10) == b"data"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()

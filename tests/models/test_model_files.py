"""Where model files lie, whether they are believed, and who may use them."""

from __future__ import annotations

import hashlib
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from cropwright.core.models import ModelSettings
from cropwright.engine.models import files, sessions
from cropwright.engine.models.registry import MODELS, Row
from cropwright.errors import ModelMissingError, ModelUnusableError

ROW = replace(MODELS["u2netp"], bytes=3, sha256=hashlib.sha256(b"abc").hexdigest(), memory_bytes=1)


def settings(folder: Path, **more: object) -> ModelSettings:
    return ModelSettings(folder=str(folder), **more)


def test_a_file_whose_sha256_is_known_is_verified(tmp_path):
    (tmp_path / "u2netp.onnx").write_bytes(b"abc")
    found = files.located(ROW, settings(tmp_path))
    assert (found.path, found.origin) == (tmp_path / "u2netp.onnx", "verified")


def test_a_file_with_another_sha256_is_refused(tmp_path):
    (tmp_path / "u2netp.onnx").write_bytes(b"abd")
    with pytest.raises(ModelUnusableError, match="another sha256"):
        files.located(ROW, settings(tmp_path))


def test_a_file_that_changes_is_read_again(tmp_path):
    path = tmp_path / "u2netp.onnx"
    path.write_bytes(b"abc")
    files.located(ROW, settings(tmp_path))
    path.write_bytes(b"abcd")
    with pytest.raises(ModelUnusableError):
        files.located(ROW, settings(tmp_path))


def test_no_file_is_told_with_the_command_that_brings_it(tmp_path):
    with pytest.raises(ModelMissingError, match="cropwright models pull u2netp"):
        files.located(ROW, settings(tmp_path))


def test_the_operator_s_own_file_is_taken_as_it_is_and_called_so(tmp_path):
    (tmp_path / "mine").write_bytes(b"xyz")
    found = files.located(ROW, settings(tmp_path, u2netp_file=str(tmp_path / "mine")))
    assert found.origin == "own file"


def test_an_own_file_that_is_not_there_names_its_setting(tmp_path):
    with pytest.raises(ModelUnusableError, match="CROPWRIGHT_MODELS_U2NETP_FILE"):
        files.located(ROW, settings(tmp_path, u2netp_file=str(tmp_path / "none")))


def test_what_is_no_model_is_refused(tmp_path):
    path = tmp_path / "u2netp.onnx"
    path.write_bytes(b"abc")
    with pytest.raises(ModelUnusableError, match="no model that can be loaded"):
        sessions.session(ROW, path, 1)


def test_a_model_that_needs_more_memory_than_there_is_is_refused():
    with pytest.raises(ModelUnusableError, match="of memory, this worker may take"):
        sessions.check_memory(replace(ROW, memory_bytes=1 << 50))


def test_the_worker_s_own_limit_counts_as_memory(monkeypatch):
    limits = (64 * 1024 * 1024, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _what: limits)
    with pytest.raises(ModelUnusableError, match="this worker may take 64 MiB"):
        sessions.check_memory(MODELS["u2netp"])


@pytest.mark.parametrize("row", MODELS.values(), ids=lambda row: row.name)
def test_every_row_is_complete(row: Row):
    assert len(row.sha256) == 64
    assert row.bytes > 100_000
    assert row.licence
    assert all(url.startswith("https://") for url in row.urls)

"""Which store the settings name."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from cropwright.errors import SettingsError
from cropwright.storage.disk import DiskStore
from cropwright.storage.memory import MemoryStore
from cropwright.storage.open import STORES, open_store
from cropwright.storage.remote import CLIENTS
from cropwright.storage.settings import StorageSettings


def test_files_go_to_the_service_s_own_directory_unless_told_otherwise(tmp_path):
    store = open_store(StorageSettings(free_bytes=1), tmp_path)
    store.put("ab/key", b"x")
    assert isinstance(store, DiskStore)
    assert [path.name for path in tmp_path.iterdir()] == ["files"]


def test_memory_is_for_trials(tmp_path):
    assert isinstance(open_store(StorageSettings("memory:"), tmp_path), MemoryStore)


def test_every_kind_of_bucket_has_a_client():
    assert STORES.keys() == {"", "memory:"} | {f"{scheme}://" for scheme in CLIENTS}


@pytest.mark.parametrize("url", ["/srv/files", "file:///srv", "ftp://x/y", "//x", "memory", "s3:x"])
def test_any_other_url_is_refused_with_what_would_be_right(tmp_path, url):
    with pytest.raises(SettingsError, match=r"CROPWRIGHT_STORAGE_URL: .* s3://bucket/prefix"):
        open_store(StorageSettings(url), tmp_path)


def test_what_a_crash_left_is_cleared_away_on_opening(tmp_path):
    open_store(StorageSettings(free_bytes=1), tmp_path).ping()
    left = tmp_path / "files/.partial/left"
    left.write_bytes(b"half")
    os.utime(left, (0, time.time() - 7200))
    open_store(StorageSettings(), tmp_path)
    assert not left.exists()


def test_the_clients_of_object_stores_are_not_imported_without_need():
    code = "import sys, cropwright.storage.open; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The service is built from its settings, refuses wrong ones, and leaves nothing running."""

from __future__ import annotations

import os
import stat
import threading
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from conftest import decoded, encoded, gradient
from cropwright.app import DOORS, application, opened, swept
from cropwright.catalog.answers import Claim
from cropwright.core.hosting import Allowance
from cropwright.core.media import media_of
from cropwright.errors import KeyRejectedError, SettingsError, UploadNotFoundError
from cropwright.kept import kept, pepper
from cropwright.settings import Settings, load
from cropwright.storage.disk import DiskStore
from inside import BreakableStore, client_of

pytest_plugins = ["inside_fixtures"]


def settings(data: Path, **environment: str) -> Settings:
    named = {f"CROPWRIGHT_{name}": text for name, text in environment.items()}
    return load({"CROPWRIGHT_DATA": str(data), "CROPWRIGHT_STORAGE_FREE_BYTES": "0", **named})


def refusal(make, *arguments: object) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        make(*arguments)
    return refused.value


def test_a_service_is_opened_from_its_settings_works_and_ends(tmp_path):
    before = threading.active_count()
    asked = settings(tmp_path / "data", WORKERS_COUNT="1", KEYS_REQUIRED="no", LIMITS_PIXELS="5000")
    picture = {"image": b64encode(encoded(gradient(64, 40))).decode()}
    with opened(asked) as parts:
        assert (parts.work.limit, parts.arrivals.gate.limit) == (5, 1000)
        with TestClient(application(parts)) as client:
            assert decoded(client.post("/api/v1/crop", json=picture).content).size == (64, 40)
            link = client.post("/api/v3/base64_crop", json=picture).json()["link"]
            assert decoded(client.get(link).content).size == (40, 40)
            assert client.get("/readyz").status_code == 200
        pids = parts.renderer.workers.pids()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert threading.active_count() == before
    assert {path.name for path in (tmp_path / "data").iterdir()} >= {
        "catalog.db",
        "files",
        "secret",
    }


def test_what_was_kept_is_there_after_a_restart(tmp_path):
    asked = settings(tmp_path)
    with kept(asked) as (host, accounts):
        assert isinstance(host.store, DiskStore)
        text = accounts.create("anna", Allowance())
        upload = host.keep(b"bytes", media_of("png"), key_id=None, seconds=60)
    with kept(asked) as (host, accounts):
        assert accounts.check(text).name == "anna"
        assert host.read(host.find(upload.draft.token)) == b"bytes"


@pytest.mark.parametrize(
    ("count", "per_worker", "places"), [("1", "0", 5), ("1", "2", 5), ("2", "3", 8), ("3", "2", 9)]
)
def test_so_many_pictures_may_be_worked_on_and_wait(tmp_path, count, per_worker, places):
    asked = settings(
        tmp_path,
        WORKERS_COUNT=count,
        GATES_QUEUE_PER_WORKER=per_worker,
        STORAGE_URL="memory:",
    )
    with opened(asked) as parts:
        assert parts.work.limit == places


@pytest.mark.parametrize("gravity", ["up", "", "CENTER", "focal_point", "subject"])
def test_a_square_that_goes_nowhere_is_refused_before_anything_is_opened(tmp_path, gravity):
    asked = settings(tmp_path / "data", SQUARE_GRAVITY=gravity)
    error = refusal(lambda: opened(asked).__enter__())
    assert error.name == "CROPWRIGHT_SQUARE_GRAVITY"
    assert "northwest" in error.reason
    assert not (tmp_path / "data").exists()


def test_a_folder_of_pictures_that_is_not_there_is_refused_before_anything_is_opened(tmp_path):
    asked = settings(tmp_path / "data", IIIF_PICTURES=str(tmp_path / "none"))
    assert refusal(lambda: opened(asked).__enter__()).name == "CROPWRIGHT_IIIF_PICTURES"
    assert not (tmp_path / "data").exists()


def test_the_tiles_of_an_upload_go_with_it(tmp_path):
    with kept(settings(tmp_path, STORAGE_URL="memory:")) as (host, _):
        upload = host.keep(b"x", media_of("png"), key_id=None, seconds=0)
        tiles = tmp_path / "pyramids" / f"{upload.draft.token}.aa.tif"
        tiles.parent.mkdir()
        tiles.write_bytes(b"tiles")
        host.delete(upload)
    assert not tiles.exists()


@pytest.mark.parametrize("gravity", ["northwest", "entropy", "face", "auto"])
def test_a_square_may_go_where_the_operator_says(tmp_path, gravity):
    asked = settings(tmp_path, SQUARE_GRAVITY=gravity, STORAGE_URL="memory:", WORKERS_COUNT="1")
    with opened(asked) as parts:
        assert parts.square.gravity == gravity


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"STORAGE_URL": "ftp://x"}, "CROPWRIGHT_STORAGE_URL"),
        ({"CATALOG_URL": "mysql://x", "KEYS_SECRET": "k" * 32}, "CROPWRIGHT_CATALOG_URL"),
        ({"KEYS_SECRET": "short"}, "CROPWRIGHT_KEYS_SECRET"),
        ({"SOURCES_ALLOW": "everything"}, "CROPWRIGHT_SOURCES_ALLOW"),
    ],
)
def test_other_wrong_settings_are_refused_too_and_leave_nothing_running(
    tmp_path, environment, name
):
    before = threading.active_count()
    asked = settings(tmp_path, WORKERS_COUNT="1", **environment)
    assert refusal(lambda: opened(asked).__enter__()).name == name
    assert threading.active_count() == before


def test_without_a_secret_one_is_made_once_for_its_owner_only(tmp_path):
    asked = settings(tmp_path / "data")
    made = pepper(asked)
    path = tmp_path / "data" / "secret"
    assert (pepper(asked), path.read_bytes(), len(made)) == (made, made, 43)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret"]  # noqa: PTH208  # hidden files too


def test_many_that_start_at_once_agree_on_one_secret(tmp_path):
    asked = settings(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: pepper(asked), range(16)))
    assert (len(made), len(list(tmp_path.iterdir()))) == (1, 1)


@pytest.mark.parametrize(
    "secret",
    ["short", "x" * 31, "changeme" * 5, "my-secret-my-secret-my-secret-my", "EXAMPLE" + "x" * 40],
)
def test_a_secret_that_is_none_is_refused_and_not_repeated(tmp_path, secret):
    error = refusal(pepper, settings(tmp_path, KEYS_SECRET=secret))
    assert (error.name, secret in str(error)) == ("CROPWRIGHT_KEYS_SECRET", False)


@pytest.mark.parametrize("text", ["", "short", "x" * 31])
def test_a_file_that_holds_no_secret_is_not_taken_for_one(tmp_path, text):
    (tmp_path / "secret").write_text(text)
    error = refusal(pepper, settings(tmp_path))
    assert str(error) == ("setting CROPWRIGHT_DATA: names a folder whose file secret is damaged")


def test_a_folder_that_holds_no_secret_at_all_is_told(tmp_path):
    (tmp_path / "secret").mkdir()
    error = refusal(pepper, settings(tmp_path))
    assert (error.name, "CROPWRIGHT_KEYS_SECRET" in error.reason) == ("CROPWRIGHT_DATA", True)


def opening(asked: Settings) -> None:
    with kept(asked):
        pass


@pytest.mark.parametrize("spoilt", ["data", "data/catalog.db"])
def test_a_folder_that_cannot_be_used_is_told_by_its_setting(tmp_path, spoilt):
    if spoilt == "data":
        (tmp_path / spoilt).touch()
    else:
        (tmp_path / spoilt).mkdir(parents=True)
    error = refusal(opening, settings(tmp_path / "data"))
    assert (error.name, str(tmp_path) in str(error)) == ("CROPWRIGHT_DATA", False)


def test_a_database_that_cannot_be_reached_is_told_by_its_setting(tmp_path):
    url = "postgresql://me:hush@127.0.0.1:1/pictures"
    asked = settings(tmp_path, CATALOG_URL=url, KEYS_SECRET="k" * 32, CATALOG_TIMEOUT_SECONDS="1")
    error = refusal(opening, asked)
    assert (error.name, "hush" in str(error)) == ("CROPWRIGHT_CATALOG_URL", False)


def test_a_given_secret_is_taken_and_none_is_made(tmp_path):
    given = "0123456789abcdef0123456789abcdef"
    assert pepper(settings(tmp_path, KEYS_SECRET=given)) == given.encode()
    assert list(tmp_path.iterdir()) == []


def test_machines_that_share_a_database_have_to_be_given_their_secret(tmp_path):
    asked = settings(tmp_path, CATALOG_URL=f"sqlite:///{tmp_path}/x.db")
    assert "for all machines" in refusal(pepper, asked).reason


def test_keys_made_under_one_secret_are_none_under_another(tmp_path):
    one, other = (settings(tmp_path, KEYS_SECRET=letter * 40) for letter in "ab")
    with kept(one) as (_, accounts):
        text = accounts.create("anna", Allowance())
    with kept(other) as (_, accounts), pytest.raises(KeyRejectedError):
        accounts.check(text)


def until(done) -> bool:
    """Whether it is done within some seconds."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        if done():
            return True
        time.sleep(0.01)
    return False


def test_a_sweeper_beside_the_service_deletes_what_has_expired(parts, clock):
    upload = parts.host.keep(b"x", media_of("png"), key_id=None, seconds=60)
    parts.once.begin(None, "word", "print")
    clock.wait(24 * 3600 + 1)
    with swept(parts, 0.01):
        assert until(lambda: not parts.host.store.names())
    assert isinstance(parts.once.begin(None, "word", "other"), Claim)
    with pytest.raises(UploadNotFoundError):
        parts.host.read(upload)


def test_a_sweeper_outlives_a_store_that_is_away_for_a_while(parts, clock, caplog):
    store: BreakableStore = parts.host.store
    parts.host.keep(b"x", media_of("png"), key_id=None, seconds=60)
    clock.wait(60)
    store.refuses.add("ping")
    with swept(parts, 0.01):
        assert until(lambda: "could not reach the storage" in caplog.text)
        assert len(store.names()) == 1
        store.refuses.clear()
        assert until(lambda: not store.names())
    assert not any(thread.name == "sweeper" for thread in threading.enumerate())


class CrashingStore(BreakableStore):
    """A store with a bug that comes and goes."""

    def ping(self) -> None:
        if self.refuses:
            raise RuntimeError("a bug")


def test_a_sweeper_outlives_a_bug(parts, clock, caplog):
    host = replace(parts.host, store=CrashingStore())
    host.keep(b"x", media_of("png"), key_id=None, seconds=60)
    clock.wait(60)
    host.store.refuses.add("ping")
    with swept(replace(parts, host=host), 0.01):
        assert until(lambda: "the sweeper failed; it goes on" in caplog.text)
        host.store.refuses.clear()
        assert until(lambda: not host.store.names())


def test_a_service_that_ends_does_not_wait_for_its_sweeper(parts):
    started = time.monotonic()
    with swept(parts, 3600):
        pass
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("prefix", DOORS)
def test_every_door_in_the_table_is_mounted(parts, prefix):
    with client_of(parts) as client:
        answer = client.get(f"{prefix}/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] != "application/problem+json"

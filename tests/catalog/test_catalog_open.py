"""Opening a catalog: which databases there are, what their tables become, what is refused."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from urllib.parse import quote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from catalogs import NOW, added, draft, published
from sqlalchemy import inspect, text

from cropwright.catalog.open import Catalog, open_catalog
from cropwright.catalog.schema import metadata
from cropwright.catalog.settings import CatalogSettings
from cropwright.errors import SettingsError, StorageUnavailableError

pytest_plugins = ["postgres_server", "catalog_fixtures"]

IMPATIENT = CatalogSettings(timeout_seconds=0.2)
UNAVAILABLE = "the storage is not available; ask again later"


def refused(action, *arguments) -> None:
    """See that an action says only our words, and keeps the database's for the log."""
    with pytest.raises(StorageUnavailableError) as refusal:
        action(*arguments)
    assert str(refusal.value) == UNAVAILABLE
    assert refusal.value.retry_after_seconds > 0


def test_without_a_url_it_is_a_file_in_the_data_folder_that_others_cannot_read(tmp_path):
    for _ in range(2):
        with closing(open_catalog(CatalogSettings(), tmp_path / "new" / "data")) as catalog:
            published(catalog)
            files = [*(tmp_path / "new" / "data").iterdir()]
            assert "catalog.db" in {file.name for file in files}
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
            assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700


def test_a_url_wins_over_the_data_folder(url, tmp_path):
    with closing(open_catalog(CatalogSettings(url=url), tmp_path / "data")) as catalog:
        catalog.ping()
    assert not (tmp_path / "data").exists()


def test_a_data_folder_of_any_name_will_do(tmp_path):
    folder = tmp_path / "100% of?it #1"
    with closing(open_catalog(CatalogSettings(), folder)) as catalog:
        catalog.ping()
    assert (folder / "catalog.db").is_file()


def test_what_was_kept_is_there_when_opened_again(url):
    with closing(Catalog.open(url)) as catalog:
        upload = published(catalog, added(catalog))
    with closing(Catalog.open(url)) as catalog:
        assert catalog.uploads.find(upload.draft.token, NOW) == upload
        assert catalog.keys.all()[0].name == "anna"


def test_two_catalogs_of_one_process_see_the_same(url, catalog):
    with closing(Catalog.open(url)) as other:
        upload = published(other)
        assert catalog.uploads.find(upload.draft.token, NOW) == upload
        assert catalog.uploads.retire(upload)
        assert other.uploads.find(upload.draft.token, NOW) is None


def test_the_migrations_make_the_tables_that_the_code_uses(catalog):
    with catalog.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migration_that_fails_is_undone_and_can_be_tried_again(url, catalog):
    made = [table.name for table in metadata.sorted_tables]
    in_the_way = "job_results"  # of the last step
    with catalog.database.writing() as connection:
        for name in ("alembic_version", *reversed(made)):
            connection.execute(text(f"DROP TABLE {name}"))
        connection.execute(text(f"CREATE TABLE {in_the_way} (id INTEGER)"))
    refused(Catalog.open, url)
    with catalog.database.writing() as connection:
        assert {*inspect(connection).get_table_names()} & {*made, "alembic_version"} == {in_the_way}
        connection.execute(text(f"DROP TABLE {in_the_way}"))
    with closing(Catalog.open(url)) as again:
        published(again)


def test_a_database_of_a_later_version_is_refused_and_left_as_it_is(url, catalog):
    later = text("UPDATE alembic_version SET version_num = '9999'")
    with catalog.database.writing() as connection:
        connection.execute(later)
    with pytest.raises(SettingsError, match="later version"):
        Catalog.open(url)
    with catalog.database.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


NO_DATABASE = """
nonsense catalog.db http://secret@h/ mysql://h/d postgresql+asyncpg://h/d sqlite+aiosqlite:///d
sqlite:// sqlite:/// sqlite:///:memory: sqlite:///a.db?mode=ro sqlite://h/a.db
postgresql://secret@h:port/d postgresql://secret@h/d?colour=red
"""


@pytest.mark.parametrize("url", ["", *NO_DATABASE.split()])
def test_a_url_that_names_no_database_is_refused_without_telling_it(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as refusal:
        Catalog.open(url)
    assert refusal.value.name == "CROPWRIGHT_CATALOG_URL"
    assert "secret" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_goes_by_several_names_and_takes_its_own_options(postgres, kind):
    url = postgres.url().replace("postgresql:", f"{kind}:") + quote(" -c work_mem=5MB", safe="")
    url += "&application_name=shop&connect_timeout=9"
    with closing(Catalog.open(url)) as catalog, catalog.database.reading() as connection:
        shown = [
            connection.scalar(text(f"SHOW {name}"))
            for name in ("work_mem", "application_name", "lock_timeout")
        ]
    assert shown == ["5MB", "shop", "5s"]


def test_a_file_that_cannot_be_there_is_not_available(tmp_path):
    (tmp_path / "text").write_text("not a database, but longer than nothing" * 40)
    refused(Catalog.open, f"sqlite:///{tmp_path}/missing/catalog.db")
    refused(Catalog.open, f"sqlite:///{tmp_path}")
    refused(Catalog.open, f"sqlite:///{tmp_path}/text")
    refused(open_catalog, CatalogSettings(), tmp_path / "text" / "data")


def test_a_server_that_is_not_there_or_does_not_know_us_is_not_available(postgres):
    refused(Catalog.open, "postgresql://tester@127.0.0.1:1/postgres")
    refused(Catalog.open, "postgresql://tester@host.invalid/postgres")
    refused(Catalog.open, postgres.url().replace(postgres.password, "wrong"))
    refused(Catalog.open, postgres.url().replace("/postgres?", "/nothing?"))
    refused(Catalog.open, postgres.url("no_such_schema"))


def test_what_a_server_lets_nobody_write_is_not_available(postgres):
    with closing(Catalog.open(postgres.url())):
        pass
    url = postgres.url() + quote(" -c default_transaction_read_only=on", safe="")
    with closing(Catalog.open(url)) as catalog:
        refused(catalog.uploads.reserve, draft())
        assert catalog.uploads.find("x" * 32, NOW) is None


def test_connections_that_a_server_ended_cost_no_answer(postgres):
    url = postgres.url() + "&application_name=ended"
    with closing(Catalog.open(url)) as catalog, postgres.connect() as connection:
        upload = published(catalog)
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'ended'"
        )
        assert catalog.uploads.find(upload.draft.token, NOW) == upload
        assert published(catalog).id > upload.id


def test_what_another_holds_for_too_long_is_not_available_and_is_again_afterwards(url, catalog):
    key = added(catalog)
    with closing(Catalog.open(url, IMPATIENT)) as waiting:
        with catalog.database.writing() as connection:
            connection.execute(text("UPDATE keys SET queue = 1"))
            refused(waiting.uploads.reserve, draft(key))
            assert waiting.keys.find(key.handle) == key
        assert waiting.uploads.usage(key.id).files == 0
        published(waiting, key)


def test_too_many_at_once_are_not_available(url):
    with closing(Catalog.open(url, CatalogSettings(connections=1, timeout_seconds=0.2))) as catalog:
        with catalog.database.reading():
            refused(catalog.uploads.find, "x" * 32, NOW)
        with catalog.database.writing():
            refused(catalog.uploads.reserve, draft())
        published(catalog)


def test_tables_that_somebody_dropped_are_not_available(catalog):
    with catalog.database.writing() as connection:
        connection.execute(text("DROP TABLE uploads"))
    refused(catalog.uploads.find, "x" * 32, NOW)
    refused(catalog.uploads.reserve, draft())


def test_a_sqlite_file_is_written_so_that_a_power_cut_loses_nothing(tmp_path):
    names = ("journal_mode", "synchronous", "foreign_keys")
    catalog = open_catalog(CatalogSettings(), tmp_path)
    with closing(catalog), catalog.database.reading() as connection:
        shown = [connection.scalar(text(f"PRAGMA {name}")) for name in names]
    full = 2
    assert shown == ["wal", full, 1]


def test_links_and_keys_are_found_by_index_in_sqlite(tmp_path):
    with closing(open_catalog(CatalogSettings(), tmp_path)) as catalog:
        published(catalog, added(catalog))
    with closing(sqlite3.connect(tmp_path / "catalog.db")) as connection:
        statements = [
            "SELECT * FROM uploads WHERE token = 'x'",
            "SELECT * FROM uploads WHERE state = 'live' AND expires_ms <= 1",
            "SELECT sum(size_bytes), count(*) FROM uploads WHERE state = 'live'",
            "SELECT * FROM keys WHERE handle = 'x'",
            "DELETE FROM answers WHERE begun_ms < 1",
        ]
        for statement in statements:
            (row,) = connection.execute(f"EXPLAIN QUERY PLAN {statement}")
            assert "SEARCH" in row[-1], statement


FULL = """
import resource, secrets, signal, sys
from pathlib import Path
from cropwright.catalog.open import open_catalog
from cropwright.catalog.settings import CatalogSettings
from cropwright.core.hosting import Draft
from cropwright.errors import StorageUnavailableError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
catalog = open_catalog(CatalogSettings(), Path(sys.argv[1]))
kept = []

def keep():
    token = secrets.token_urlsafe(24)
    draft = Draft(token, "png", "image/png", 1, "ab" * 32, None, 0, None)
    catalog.uploads.publish(catalog.uploads.reserve(draft))
    kept.append(token)

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

keep()
limit(300_000)
refusals = 0
while refusals < 3:
    try:
        keep()
    except StorageUnavailableError:
        refusals += 1
    assert len(kept) < 5000
assert all(catalog.uploads.find(token, 0) for token in kept)
limit(resource.RLIM_INFINITY)
keep()
assert all(catalog.uploads.find(token, 0) for token in kept)
assert catalog.uploads.totals().files == len(kept), (catalog.uploads.totals(), len(kept))
catalog.close()
print("well")
"""


def test_a_full_disk_loses_nothing_and_is_well_again_once_there_is_room(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("well\n", "")


def test_the_library_and_the_command_do_not_import_the_database(tmp_path):
    program = "import cropwright.cli, cropwright.catalog.settings, sys; print(*sys.modules)"
    environment = {key: value for key, value in os.environ.items() if "COVERAGE" not in key}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert {"sqlalchemy", "alembic", "psycopg", "sqlite3"} & set(done.stdout.split()) == set()

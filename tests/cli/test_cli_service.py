"""The commands beside a service: its keys, its sweeper, its settings, its doctor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result

from cropwright.cli import cli
from cropwright.cli.settings import reference
from cropwright.core.media import media_of
from cropwright.errors import InvalidValueError, KeyRejectedError, SettingsError
from cropwright.kept import kept
from cropwright.settings import Settings, load, names

Run = Callable[..., Result]


@pytest.fixture
def here(tmp_path, monkeypatch) -> Settings:
    """The settings of a service whose data is in a folder of its own."""
    monkeypatch.setenv("CROPWRIGHT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CROPWRIGHT_STORAGE_FREE_BYTES", "0")
    return load()


@pytest.fixture
def run(here) -> Run:
    """Runs a command in this process."""

    def ran(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    return ran


def test_a_new_key_is_all_that_standard_output_says(run, here):
    done = run("keys", "create", "anna")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert done.stderr == "anna can use the service with this key, shown this once:\n"
    with kept(here) as (_, accounts):
        assert accounts.check(done.stdout.strip()).name == "anna"


def test_a_key_is_allowed_what_the_command_says(run, here):
    options = ["--quota-bytes", "1", "--quota-files", "2", "--rate", "3", "--queue", "4"]
    text = run("keys", "create", "anna", *options).stdout.strip()
    with kept(here) as (_, accounts):
        allowance = accounts.check(text).allowance
    assert (allowance.quota_bytes, allowance.quota_files) == (1, 2)
    assert (allowance.rate_per_minute, allowance.queue) == (3, 4)


@pytest.mark.parametrize("option", ["--quota-bytes", "--quota-files", "--rate", "--queue"])
@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_an_allowance_of_nothing_is_refused(run, option, number):
    done = run("keys", "create", "anna", option, number)
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_name_in_use_is_refused(run):
    run("keys", "create", "anna")
    done = run("keys", "create", "anna")
    assert (done.stdout, isinstance(done.exception, InvalidValueError)) == ("", True)
    assert str(done.exception) == "name is anna; expected a name that no other key in use has"


def test_keys_are_listed_with_what_they_may_and_never_as_they_are(run, here):
    text = run("keys", "create", "anna", "--rate", "60").stdout.strip()
    run("keys", "create", "ben")
    with kept(here) as (host, accounts):
        host.keep(b"12345", media_of("png"), key_id=accounts.check(text).id, seconds=60)
    listed = run("keys", "list").stdout
    anna, ben = listed.splitlines()
    assert (anna.split()[0], ben.split()[0]) == ("name=anna", "name=ben")
    assert {"rate=60", "bytes=5", "files=1"} <= set(anna.split())
    assert "rate" not in ben
    assert (text[3:15] in listed, text[16:] in listed) == (False, False)  # handle, secret
    told = [json.loads(line) for line in run("keys", "list", "--json").stdout.splitlines()]
    assert [row["name"] for row in told] == ["anna", "ben"]
    assert (told[0]["bytes"], told[1]["rate"], told[0]["revoked"]) == (5, None, None)


def test_a_revoked_key_opens_nothing_and_its_name_is_free_again(run, here):
    text = run("keys", "create", "anna").stdout.strip()
    done = run("keys", "revoke", "anna")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "anna is revoked\n")
    with kept(here) as (_, accounts), pytest.raises(KeyRejectedError):
        accounts.check(text)
    assert "revoked=20" in run("keys", "list").stdout
    assert run("keys", "create", "anna").exit_code == 0


def test_a_key_that_there_is_not_cannot_be_revoked(run):
    done = run("keys", "revoke", "anna")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: there is no key called anna\n"


def test_sweeping_deletes_what_has_expired_and_counts_it(run, here):
    with kept(here) as (host, _):
        old = replace(host, now_ms=lambda: int(time.time() * 1000) - 3_600_000)
        lives = host.keep(b"new", media_of("png"), key_id=None, seconds=60)
        for _ in range(2):
            old.keep(b"old", media_of("png"), key_id=None, seconds=60)
    assert [run("sweep").stdout for _ in range(2)] == ["2 files deleted\n", "0 files deleted\n"]
    with kept(here) as (host, _):
        assert host.read(lives) == b"new"


def test_all_settings_are_told_with_their_value_and_their_purpose(run, monkeypatch):
    monkeypatch.setenv("CROPWRIGHT_KEYS_SECRET", "hush" * 10)
    monkeypatch.setenv("CROPWRIGHT_SERVER_PORT", "9000")
    told = run("settings").stdout
    assert "CROPWRIGHT_SERVER_PORT = 9000\n    Port to listen on.\n" in told
    assert ("hush" in told, "CROPWRIGHT_KEYS_SECRET = (set)\n" in told) == (False, True)
    as_json = json.loads(run("settings", "--json").stdout)
    assert as_json.keys() == {name.variable for name in names()}
    assert (as_json["CROPWRIGHT_SERVER_PORT"], as_json["CROPWRIGHT_KEYS_SECRET"]) == (9000, "(set)")


def test_the_reference_page_does_not_depend_on_the_settings_here(run, monkeypatch):
    monkeypatch.setenv("CROPWRIGHT_SERVER_PORT", "9000")
    assert run("settings", "--markdown").stdout == reference()
    assert "9000" not in reference()


@pytest.mark.parametrize("command", [["keys", "list"], ["sweep"], ["settings"], ["serve"]])
def test_wrong_settings_are_told_by_every_command(run, monkeypatch, command):
    monkeypatch.setenv("CROPWRIGHT_SERVER_PROT", "9000")
    done = run(*command)
    assert isinstance(done.exception, SettingsError)
    assert str(done.exception) == "setting CROPWRIGHT_SERVER_PROT: no such setting"


def findings(run: Run) -> tuple[int, dict[str, tuple[bool, str]]]:
    """The doctor's exit status and what it found, by name."""
    done = run("doctor", "--service", "--json")
    rows = json.loads(done.stdout)["findings"]
    return done.exit_code, {row["name"]: (row["ok"], row["words"]) for row in rows}


def test_the_doctor_opens_the_service_s_database_and_storage_too(run):
    status, found = findings(run)
    assert status == 0
    assert found["catalog"] == (True, "embedded, can be read and written")
    assert found["storage"] == (True, "local disk, can be read and written")


@pytest.mark.parametrize(
    ("variable", "text", "name"),
    [
        ("CROPWRIGHT_STORAGE_URL", "ftp://x", "service"),
        ("CROPWRIGHT_STORAGE_FREE_BYTES", "9" * 18, "storage"),
    ],
)
def test_the_doctor_tells_what_of_the_service_is_not_well(run, monkeypatch, variable, text, name):
    monkeypatch.setenv(variable, text)
    status, found = findings(run)
    assert (status, found[name][0]) == (1, False)


@pytest.mark.parametrize("command", ["serve", "keys", "sweep", "settings"])
def test_every_command_is_listed_and_has_help(run, command):
    assert f"  {command} " in run("--help").stdout
    done = run(command, "--help")
    assert (done.exit_code, done.stderr) == (0, "")

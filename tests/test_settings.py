"""Settings: read from a file and the environment, each checked, none ignored, none undocumented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cropwright.cli.settings import reference
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.errors import SettingsError
from cropwright.service.settings import GeneralSettings, KeySettings, ServerSettings
from cropwright.settings import (
    FILE,
    PREFIX,
    SECTIONS,
    Name,
    Settings,
    described,
    load,
    names,
    shown,
)

ROOT = Path(__file__).parent.parent
NUMBERS = [name for name in names() if type(name.default) in (int, float)]
SWITCHES = [name for name in names() if isinstance(name.default, bool)]
TEXTS = [name for name in names() if isinstance(name.default, str)]


def called(name: Name) -> str:
    return name.variable


def value(settings: Settings, name: Name) -> Any:
    return getattr(getattr(settings, name.section), name.field)


def refused(name: str, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as refusal:
        load({name: text})
    assert refusal.value.name == name
    return refusal.value


def test_an_empty_environment_gives_the_defaults():
    assert load({}) == Settings()
    assert load({}) == Settings(limits=Limits(), workers=WorkerLimits(), keys=KeySettings())


def test_by_default_this_process_s_environment_is_read(monkeypatch):
    monkeypatch.setenv("CROPWRIGHT_LIMITS_EDGE", "1234")
    assert load().limits.edge == 1234


@pytest.mark.parametrize("name", names(), ids=called)
def test_every_setting_is_named_by_its_section_and_field_and_changes_only_itself(name):
    text = {bool: str(not name.default), str: "something else"}.get(type(name.default), "7")
    changed = load({name.variable: text})
    assert value(changed, name) != name.default
    assert str(value(changed, name)) in (text, f"{text}.0")
    assert all(value(changed, row) == row.default for row in names() if row != name)


def test_all_sections_are_listed_with_all_their_fields():
    assert list(SECTIONS) == list(Settings.__slots__)
    listed = [(name.section, name.field) for name in names()]
    assert listed == [(section, field) for section in SECTIONS for field in fields_of(section)]
    assert (len(NUMBERS), len(SWITCHES), len(TEXTS)) > (15, 2, 5)


def fields_of(section: str) -> tuple[str, ...]:
    return SECTIONS[section].__slots__


def test_no_two_settings_share_a_name():
    variables = [name.variable for name in names()]
    assert len(set(variables)) == len(variables)
    assert FILE not in variables


def test_what_belongs_to_all_needs_no_section_in_its_name():
    assert Name("general", "data", "").variable == "CROPWRIGHT_DATA"
    assert load({"CROPWRIGHT_DATA": "/srv/pictures"}).general == GeneralSettings("/srv/pictures")
    assert refused("CROPWRIGHT_GENERAL_DATA", "x").reason == "no such setting"


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("CROPWRIGHT_LIMITS_PIXELS", "1000000", 1_000_000),
        ("CROPWRIGHT_LIMITS_PIXELS", " 12 ", 12),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "2.5", 2.5),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "3", 3.0),
        ("CROPWRIGHT_WORKERS_COUNT", "0", 0),
        ("CROPWRIGHT_KEYS_REQUIRED", "false", False),
        ("CROPWRIGHT_KEYS_REQUIRED", " No ", False),
        ("CROPWRIGHT_KEYS_REQUIRED", "0", False),
        ("CROPWRIGHT_STORAGE_PRESIGNED_LINKS", "TRUE", True),
        ("CROPWRIGHT_STORAGE_PRESIGNED_LINKS", "yes", True),
        ("CROPWRIGHT_STORAGE_PRESIGNED_LINKS", "1", True),
        ("CROPWRIGHT_SERVER_HOST", " 0.0.0.0 ", "0.0.0.0"),
        ("CROPWRIGHT_SERVER_PUBLIC_URL", "", ""),
    ],
)
def test_a_value_is_read_in_the_setting_s_own_kind(name, text, read):
    (row,) = [row for row in names() if row.variable == name]
    got = value(load({name: text}), row)
    assert (got, type(got)) == (read, type(read))


def test_several_settings_of_several_sections_hold_together():
    settings = load({"CROPWRIGHT_LIMITS_BANDS": "4", "CROPWRIGHT_WORKERS_COUNT": "2"})
    assert settings == Settings(limits=Limits(bands=4), workers=WorkerLimits(count=2))


def test_variables_of_others_are_not_looked_at():
    others = {"PATH": "/bin", "_CROPWRIGHT_COMPLETE": "x", "LIMITS_EDGE": "5", "CROPWRIGH": "1"}
    assert load(others) == load({})


@pytest.mark.parametrize(
    "name",
    [
        "CROPWRIGHT_LIMITS_PIXLES",
        "CROPWRIGHT_LIMIT_PIXELS",
        "CROPWRIGHT_PIXELS",
        "CROPWRIGHT_LIMITS",
        "CROPWRIGHT_LIMITS_",
        "CROPWRIGHT_",
        "CROPWRIGHT_LIMITS_CHECK_BYTES",
        "CROPWRIGHT_WORKERS_PROCESSES",
        "CROPWRIGHT_SETTING",
        "cropwright_limits_edge",
        "Cropwright_Settings",
    ],
)
def test_a_variable_with_our_prefix_that_is_no_setting_is_refused(name):
    assert str(refused(name, "5")) == f"setting {name}: no such setting"


@pytest.mark.parametrize("text", ["", "many", "1.5", "5 MiB", "0x10", "1e6", "nan"])
def test_what_is_no_whole_number_is_refused_and_shown(text):
    reason = refused("CROPWRIGHT_LIMITS_EDGE", text).reason
    assert reason == f"is {text!r}; expected a whole number"


@pytest.mark.parametrize("text", ["", "soon", "10s"])
def test_what_is_no_number_is_refused_and_shown(text):
    reason = refused("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", text).reason
    assert reason == f"is {text!r}; expected a number"


@pytest.mark.parametrize("text", ["", "maybe", "2", "on", "none"])
@pytest.mark.parametrize("name", SWITCHES, ids=called)
def test_what_is_neither_true_nor_false_is_refused_and_shown(name, text):
    reason = refused(name.variable, text).reason
    assert reason == f"is {text!r}; expected true or false"


@pytest.mark.parametrize("name", NUMBERS, ids=called)
@pytest.mark.parametrize("text", ["-1", "0"])
def test_a_number_that_limits_nothing_is_refused_unless_0_has_a_meaning(name, text):
    meaning = "0 " in described()[name.variable] or name.field in ("redirects", "queue_per_worker")
    meaning = meaning or name.field in ("v3_seconds", "v6_seconds", "native_seconds", "free_bytes")
    if text == "0" and meaning:
        assert value(load({name.variable: text}), name) == 0
    else:
        least = "0 or more" if meaning else "above 0"
        assert refused(name.variable, text).reason == f"is {text!r}; expected a number {least}"


@pytest.mark.parametrize("text", ["nan", "inf", "-0.5"])
def test_a_time_that_never_comes_is_refused(text):
    refused("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", text)


@pytest.fixture
def from_file(tmp_path) -> Callable[..., Settings]:
    """Settings of a file, and of an environment that names it."""

    def loaded(text: str | bytes, **environment: str) -> Settings:
        path = tmp_path / "settings.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load({FILE: str(path), **environment})

    return loaded


WRITTEN = """
[general]
data = "/srv/pictures"

[server]
port = 9000
body_seconds = 5
metrics = false

[keys]
required = true
secret = "größer als nichts"

[limits]
pixels = 1_000_000
"""


def test_a_file_has_a_table_for_each_section(from_file):
    assert from_file(WRITTEN) == Settings(
        general=GeneralSettings("/srv/pictures"),
        server=ServerSettings(port=9000, body_seconds=5.0, metrics=False),
        keys=KeySettings(required=True, secret="größer als nichts"),
        limits=Limits(pixels=1_000_000),
    )


def test_the_environment_wins_over_the_file(from_file):
    settings = from_file(WRITTEN, CROPWRIGHT_SERVER_PORT="7", CROPWRIGHT_LIMITS_EDGE="8")
    assert (settings.server.port, settings.server.metrics) == (7, False)
    assert settings.limits == Limits(pixels=1_000_000, edge=8)


@pytest.mark.parametrize("text", ["", "[server]\n", "# nothing\n"])
def test_a_file_may_say_nothing(from_file, text):
    assert from_file(text) == load({FILE: ""}) == Settings()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[server]\nprot = 1", "server.prot"),
        ("[serve]\nport = 1", "serve.port"),
        ("port = 1", "port"),
        ("[server]\nPORT = 1", "server.PORT"),
        ("[server.port]\nx = 1", "server.port"),
        ("[limits]\ncheck_bytes = 1", "limits.check_bytes"),
        ("CROPWRIGHT_SERVER_PORT = 1", "CROPWRIGHT_SERVER_PORT"),
        ("[server]\nport = 'many'", "server.port"),
        ("[server]\nport = 1.5", "server.port"),
        ("[server]\nport = true", "server.port"),
        ("[server]\nport = [1]", "server.port"),
        ("[server]\nhost = ['a']", "server.host"),
        ("[server]\nhost = 2026-11-25", "server.host"),
        ("[server.host]\na = 1", "server.host"),
        ("[server]\nmetrics = 'perhaps'", "server.metrics"),
        ("[links]\nv3_seconds = -1", "links.v3_seconds"),
        ("[server]\nbody_seconds = nan", "server.body_seconds"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(from_file, text, name):
    with pytest.raises(SettingsError) as refusal:
        from_file(text)
    assert refusal.value.name == name


@pytest.mark.parametrize("text", ["[server", "port", "[a]\n[a]\n", b"\xff\xfe", b"a = '\xe4'"])
def test_a_file_that_is_no_toml_is_refused(from_file, text):
    with pytest.raises(SettingsError) as refusal:
        from_file(text)
    assert (refusal.value.name, "cannot be read as TOML" in str(refusal.value)) == (FILE, True)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path / "nowhere.toml", tmp_path):
        assert refused(FILE, str(path)).reason == f"{path} cannot be read as TOML"


def test_every_setting_is_shown_under_its_variable():
    assert shown(load({})) == {name.variable: name.default for name in names()}
    assert shown(load({"CROPWRIGHT_LIMITS_EDGE": "7"}))["CROPWRIGHT_LIMITS_EDGE"] == 7


def test_a_secret_is_only_shown_to_be_there():
    assert shown(load({}))["CROPWRIGHT_KEYS_SECRET"] == ""
    assert shown(load({"CROPWRIGHT_KEYS_SECRET": "hush"}))["CROPWRIGHT_KEYS_SECRET"] == "(set)"


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://me:hush@db.example/x", "postgresql://me:***@db.example/x"),
        ("postgresql://me:hush@db.example:5432/x", "postgresql://me:***@db.example:5432/x"),
        ("postgresql://:hush@db.example/x", "postgresql://:***@db.example/x"),
        ("postgresql://me:hu/hush@db.example/x", "postgresql://me:***@db.example/x"),
        ("postgresql://me:hu@hush@db.example/x", "postgresql://me:***@db.example/x"),
        ("postgresql://me:hu:hush@db.example/x", "postgresql://me:***@db.example/x"),
        ("postgresql:///x?user=me&password=hush", "postgresql:///x?user=me&password=***"),
        ("postgresql:///x?PassWord=hush&port=5", "postgresql:///x?PassWord=***&port=5"),
        ("postgresql://me@db.example:5432/x", "postgresql://me@db.example:5432/x"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
    ],
)
def test_a_password_in_a_url_is_not_shown(url, seen):
    told = shown(load({"CROPWRIGHT_CATALOG_URL": url}))["CROPWRIGHT_CATALOG_URL"]
    assert (told, "hush" in told) == (seen, False)


@pytest.mark.parametrize("name", names(), ids=called)
def test_every_setting_says_what_it_is_for(name):
    said = described()[name.variable]
    assert (said[:1].isupper() or said[:1].isdigit() or "://" in said, said[-1:]) == (True, ".")
    assert "\n" not in said
    assert "|" not in said


def test_numbers_that_measure_something_name_their_unit():
    measured = ("seconds", "bytes", "pixels", "per_minute")
    said = described()
    for name in NUMBERS:
        if "time" in said[name.variable].lower().split():
            assert name.field.endswith(measured), name


def test_the_reference_page_is_the_one_that_is_generated():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == reference(), "write it again: cropwright settings --markdown > docs/settings.md"
    assert all(f"`{name.variable}`" in page for name in names())
    assert all(f"(`[{section}]`)" in page for section in SECTIONS)
    assert f"`{PREFIX}SETTINGS`" in page

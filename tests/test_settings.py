"""Settings: read from the environment, each checked, none ignored."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from cropwright.core.limits import Limits, WorkerLimits
from cropwright.errors import SettingsError
from cropwright.settings import PREFIX, SECTIONS, Settings, load, names


def value(settings: Settings, section: str, field: str) -> int | float:
    return asdict(settings)[section][field]


def refused(name: str, text: str) -> SettingsError:
    with pytest.raises(SettingsError) as refusal:
        load({name: text})
    assert refusal.value.name == name
    return refusal.value


def test_an_empty_environment_gives_the_defaults():
    assert load({}) == Settings(Limits(), WorkerLimits())


def test_by_default_this_process_s_environment_is_read(monkeypatch):
    monkeypatch.setenv("CROPWRIGHT_LIMITS_EDGE", "1234")
    assert load().limits.edge == 1234


@pytest.mark.parametrize(("section", "field"), names())
def test_every_setting_is_named_by_its_section_and_field_and_changes_only_itself(section, field):
    changed = load({f"{PREFIX}{section}_{field}".upper(): "7"})
    assert value(changed, section, field) == 7
    kept = [row for row in names() if row != (section, field)]
    assert all(value(changed, *row) == value(load({}), *row) for row in kept)


def test_all_sections_are_listed_with_all_their_fields():
    assert asdict(Settings()).keys() == SECTIONS.keys()
    assert names() == [
        (section, field) for section, rows in asdict(Settings()).items() for field in rows
    ]


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("CROPWRIGHT_LIMITS_PIXELS", "1000000", 1_000_000),
        ("CROPWRIGHT_LIMITS_PIXELS", " 12 ", 12),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "2.5", 2.5),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "3", 3.0),
        ("CROPWRIGHT_WORKERS_COUNT", "0", 0),
    ],
)
def test_numbers_are_read_in_the_setting_s_own_kind(name, text, read):
    _, section, field = name.lower().split("_", 2)
    assert value(load({name: text}), section, field) == read
    assert type(value(load({name: text}), section, field)) is type(read)


def test_several_settings_of_several_sections_hold_together():
    settings = load({"CROPWRIGHT_LIMITS_BANDS": "4", "CROPWRIGHT_WORKERS_COUNT": "2"})
    assert settings == Settings(Limits(bands=4), WorkerLimits(count=2))


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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CROPWRIGHT_LIMITS_EDGE", "0"),
        ("CROPWRIGHT_LIMITS_EDGE", "-1"),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "0"),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "-0.5"),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "nan"),
        ("CROPWRIGHT_WORKERS_DEADLINE_SECONDS", "inf"),
    ],
)
def test_a_number_that_limits_nothing_is_refused(name, text):
    assert refused(name, text).reason == f"is {text!r}; expected a number above 0"


def test_a_setting_that_may_be_0_says_so():
    reason = refused("CROPWRIGHT_WORKERS_COUNT", "-1").reason
    assert reason == "is '-1'; expected a number 0 or more"


def test_a_setting_s_name_is_written_in_capitals():
    assert refused("cropwright_limits_edge", "5").reason == "no such setting"

"""The one place that reads the environment; composed of the sections the parts declare.

A setting is named CROPWRIGHT_<SECTION>_<FIELD>, such as CROPWRIGHT_LIMITS_PIXELS. A variable with
our prefix that names no setting is refused: a misspelt limit must not be a silent one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from cropwright.core.limits import Limits, WorkerLimits
from cropwright.errors import SettingsError

PREFIX = "CROPWRIGHT_"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, by section."""

    limits: Limits = field(default_factory=Limits)
    workers: WorkerLimits = field(default_factory=WorkerLimits)


SECTIONS: dict[str, type[Any]] = {"limits": Limits, "workers": WorkerLimits}


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment, by default this process's. Raises SettingsError."""
    found = os.environ if environment is None else environment
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for name, text in found.items():
        if name.upper().startswith(PREFIX):
            section, key, default = _setting(name)
            values[section][key] = _number(name, text, default)
    return Settings(**{name: kind(**values[name]) for name, kind in SECTIONS.items()})


def names() -> list[tuple[str, str]]:
    """Every setting as (section, field)."""
    return [(section, row.name) for section, kind in SECTIONS.items() for row in fields(kind)]


def _setting(name: str) -> tuple[str, str, Any]:
    section, _, key = name.removeprefix(PREFIX).lower().partition("_")
    for row in fields(SECTIONS[section]) if section in SECTIONS else ():
        if name == f"{PREFIX}{section}_{row.name}".upper():
            return section, key, row.default
    raise SettingsError(name, "no such setting")


def _number(name: str, text: str, default: int | float) -> int | float:
    try:
        value = type(default)(text)
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise SettingsError(name, f"is {text!r}; expected {kind}") from None
    least = "0 or more" if default == 0 else "above 0"
    if not 0 <= value < float("inf") or (value == 0 and default != 0):
        raise SettingsError(name, f"is {text!r}; expected a number {least}")
    return value

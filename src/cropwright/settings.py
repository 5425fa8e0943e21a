"""The one place that reads the environment; composed of the sections the parts declare.

A setting is named CROPWRIGHT_<SECTION>_<FIELD>, such as CROPWRIGHT_LIMITS_PIXELS; those of the
general section have no section in their name, such as CROPWRIGHT_DATA. CROPWRIGHT_SETTINGS names a
TOML file with the same settings, a table a section; the environment wins over it. What names no
setting is refused in both: a misspelt limit must not be a silent one.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from cropwright.catalog.settings import CatalogSettings
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.core.models import ModelSettings
from cropwright.errors import SettingsError
from cropwright.service.settings import (
    GateSettings,
    GeneralSettings,
    IiifSettings,
    JobSettings,
    KeySettings,
    LinkSettings,
    ServerSettings,
    SquareSettings,
)
from cropwright.sources.settings import SourceSettings
from cropwright.storage.settings import StorageSettings

PREFIX = "CROPWRIGHT_"
FILE = f"{PREFIX}SETTINGS"
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):.*@|(?<=[?&])(password)=[^&]*", re.IGNORECASE)
"""In a URL: before the host, where it may hold whatever is no "@", or among the options."""
_MAY_BE_ZERO = (
    *("v6_seconds", "native_seconds", "queue_per_worker", "free_bytes"),
    *("redirects", "first_use_bytes", "max_age_seconds"),
    *("workers", "keep_seconds", "webhook_retries"),
)
"""Ends of settings that may be 0 although their default is another number."""
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, by section."""

    general: GeneralSettings = field(default_factory=GeneralSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    keys: KeySettings = field(default_factory=KeySettings)
    gates: GateSettings = field(default_factory=GateSettings)
    links: LinkSettings = field(default_factory=LinkSettings)
    square: SquareSettings = field(default_factory=SquareSettings)
    iiif: IiifSettings = field(default_factory=IiifSettings)
    jobs: JobSettings = field(default_factory=JobSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    catalog: CatalogSettings = field(default_factory=CatalogSettings)
    sources: SourceSettings = field(default_factory=SourceSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    limits: Limits = field(default_factory=Limits)
    workers: WorkerLimits = field(default_factory=WorkerLimits)


SECTIONS: dict[str, type[Any]] = {
    row.name: row.default_factory  # type: ignore[misc]  # each is its section's class
    for row in fields(Settings)
}


@dataclass(frozen=True, slots=True)
class Name:
    """One setting that there is."""

    section: str
    field: str
    default: Any

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        section = "" if self.section == "general" else f"{self.section}_"
        return f"{PREFIX}{section}{self.field}".upper()


def names() -> list[Name]:
    """Every setting, by section."""
    return [
        Name(section, row.name, row.default)
        for section, kind in SECTIONS.items()
        for row in fields(kind)
    ]


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment, by default this process's. Raises SettingsError."""
    found = os.environ if environment is None else environment
    by_variable = {name.variable: name for name in names()}
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    if found.get(FILE):
        _read_file(Path(found[FILE]), values)
    for variable, text in found.items():
        if not variable.upper().startswith(PREFIX) or variable == FILE:
            continue
        if variable not in by_variable:
            raise SettingsError(variable, "no such setting")
        name = by_variable[variable]
        values[name.section][name.field] = _value(variable, text, name.default)
    return Settings(**{name: kind(**values[name]) for name, kind in SECTIONS.items()})


def shown(settings: Settings) -> dict[str, Any]:
    """Every setting's value by its variable, fit to be printed: secrets only tell that they are."""
    return {
        name.variable: _hidden(name, getattr(getattr(settings, name.section), name.field))
        for name in names()
    }


def _hidden(name: Name, value: Any) -> Any:
    if name.field == "secret":
        return "(set)" if value else ""
    return _PASSWORD.sub(_starred, value) if isinstance(value, str) else value


def _starred(password: re.Match[str]) -> str:
    return f"{password[2]}=***" if password[2] else f"{password[1]}:***@"


def described() -> dict[str, str]:
    """What every setting is for, by its variable: the sentence below its field."""
    said = {section: sentences(kind) for section, kind in SECTIONS.items()}
    return {name.variable: said[name.section][name.field] for name in names()}


def _read_file(path: Path, values: dict[str, dict[str, Any]]) -> None:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(FILE, f"{path} cannot be read as TOML") from error
    known = {(name.section, name.field): name for name in names()}
    for section, table in tables.items():
        for key, value in table.items() if isinstance(table, dict) else [("", table)]:
            name = known.get((section, key))
            if name is None:
                raise SettingsError(f"{section}.{key}".rstrip("."), f"no such setting in {path}")
            if not isinstance(value, str | int | float):
                raise SettingsError(f"{section}.{key}", "expected text, a number, true or false")
            text = str(value).lower() if isinstance(value, bool) else str(value)
            values[section][key] = _value(f"{section}.{key}", text, name.default)


def _value(name: str, text: str, default: Any) -> Any:
    if isinstance(default, str):
        return text.strip()
    if isinstance(default, bool):
        if text.strip().lower() not in _WORDS:
            raise SettingsError(name, f"is {text!r}; expected true or false")
        return _WORDS[text.strip().lower()]
    return _number(name, text, default)


def _number(name: str, text: str, default: int | float) -> int | float:
    try:
        value = type(default)(text)
    except ValueError:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise SettingsError(name, f"is {text!r}; expected {kind}") from None
    zero_allowed = default == 0 or name.lower().endswith(_MAY_BE_ZERO)
    least = "0 or more" if zero_allowed else "above 0"
    if not 0 <= value < float("inf") or (value == 0 and not zero_allowed):
        raise SettingsError(name, f"is {text!r}; expected a number {least}")
    return value


def sentences(kind: type[Any]) -> dict[str, str]:
    """What the source of a class says below each of its fields, by the field's name."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    rows = body.body if isinstance(body, ast.ClassDef) else []
    said: dict[str, str] = {}
    for row, below in pairwise(rows):
        if isinstance(row, ast.AnnAssign) and isinstance(row.target, ast.Name):
            documented = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            said[row.target.id] = " ".join(str(below.value.value).split()) if documented else ""  # type: ignore[attr-defined]  # as just seen
    return said

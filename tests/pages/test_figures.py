"""Figures that pages tell of are those of the code."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from cropwright.core.limits import BodyLimits
from cropwright.settings import names
from docsite.gather import DOCS

DEFAULTS = {name.variable: name.default for name in names()}
UNITS = {"MiB": 2**20, "GiB": 2**30, "million": 10**6, "megapixels": 10**6, "s": 1, "hours": 3600}
LIMITS = (DOCS / "service.md").read_text(encoding="utf-8").partition("## Limits")[2]
ROWS = re.findall(r"^\| .+ \| (\d+) (\w+).* \| `(CROPWRIGHT_\w+)` \|$", LIMITS, re.MULTILINE)


@pytest.mark.parametrize(("number", "unit", "variable"), ROWS)
def test_a_limit_that_the_guide_tells_is_the_default(number, unit, variable):
    assert int(number) * UNITS.get(unit, 1) == DEFAULTS[variable]


def test_the_guide_tells_the_limits():
    assert len(ROWS) >= 7
    (parts,) = [row.default for row in fields(BodyLimits) if row.name == "parts"]
    assert f"{parts} fields, {parts} files" in LIMITS


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)
def test_every_setting_that_a_page_names_exists(path):
    named = set(re.findall(r"CROPWRIGHT_[A-Z0-9_]+", path.read_text(encoding="utf-8")))
    known = DEFAULTS.keys() | {"CROPWRIGHT_SETTINGS"}
    assert {name for name in named - known if not name.endswith("_")} == set()

"""Rooms import downwards only, and starting up imports only what starting needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"pyvips", "numpy", "pebble", "asyncio", "simplejpeg", "PIL"}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """A finished process, without the coverage that the tests themselves may run under."""
    environment = {key: text for key, text in os.environ.items() if "COVERAGE" not in key}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def imported(statement: str) -> set[str]:
    """The names of all modules that a statement makes a new interpreter import."""
    done = run(sys.executable, "-X", "importtime", "-c", statement)
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


@pytest.mark.parametrize("module", ["cropwright", "cropwright.cli", "cropwright.__main__"])
def test_starting_up_imports_nothing_heavy(module):
    names = imported(f"import {module}")
    assert module in names
    assert {name.partition(".")[0] for name in names} & HEAVY == set()


def test_the_guard_sees_what_is_imported_late():
    assert "numpy" in imported("def late():\n    import numpy\nlate()")


def test_the_import_contracts_are_kept():
    done = run(Path(sys.executable).parent / "lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout

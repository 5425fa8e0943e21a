"""Rooms import downwards only, and starting up imports only what starting needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = {"pyvips", "numpy", "simplejpeg", "PIL", "onnxruntime"}
SERVICE = {
    *("alembic", "sqlalchemy", "psycopg", "obstore", "httpcore2"),
    *("fastapi", "pydantic", "starlette", "uvicorn", "msgspec", "prometheus_client"),
}
RUNNING = {"asyncio", "multiprocessing"}


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
    heavy = ENGINE | SERVICE | RUNNING
    assert {name.partition(".")[0] for name in names} & heavy == set()


@pytest.mark.parametrize("command", ["crop", "process", "batch", "caps", "doctor", "settings"])
def test_commands_that_serve_nobody_import_nothing_of_the_service(command):
    names = imported(f"import cropwright.cli.{command}")
    assert f"cropwright.cli.{command}" in names
    assert {name.partition(".")[0] for name in names} & (ENGINE | SERVICE) == set()


@pytest.mark.parametrize("command", ["serve", "keys", "sweep"])
def test_help_for_the_service_s_commands_needs_no_service(command):
    names = imported(f"import cropwright.cli.{command}")
    assert {name.partition(".")[0] for name in names} & (ENGINE | SERVICE) == set()


def test_commands_about_keys_and_files_speak_no_http():
    names = {name.partition(".")[0] for name in imported("import cropwright.kept")}
    assert names & {"fastapi", "starlette", "uvicorn", "pydantic", "prometheus_client"} == set()


def test_the_process_that_talks_http_never_loads_a_decoder():
    names = {name.partition(".")[0] for name in imported("import cropwright.app")}
    assert (names & ENGINE, names & SERVICE >= {"fastapi", "sqlalchemy"}) == (set(), True)


def test_an_ordinary_crop_waits_for_no_model():
    names = imported("import cropwright.engine.pipeline")
    assert {name.partition(".")[0] for name in names} & {"numpy", "onnxruntime"} == set()


def test_the_guard_sees_what_is_imported_late():
    assert "numpy" in imported("def late():\n    import numpy\nlate()")


def test_the_import_contracts_are_kept():
    done = run(Path(sys.executable).parent / "lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout

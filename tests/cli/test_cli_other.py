"""The other commands, and the command as a whole."""

from __future__ import annotations

import json
import pty
import subprocess

import pytest

from conftest import COMMAND, cropwright

FORMATS = {"png", "jpeg", "webp", "avif", "gif"}


def test_doctor_tries_every_format_and_shows_the_limits():
    done = cropwright("doctor", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert {finding["name"] for finding in told["findings"] if finding["ok"]} >= FORMATS
    assert told["settings"]["CROPWRIGHT_LIMITS_PIXELS"] == 50_000_000


def test_doctor_speaks_to_people():
    done = cropwright("doctor", CROPWRIGHT_WORKERS_COUNT="3")
    assert "libvips 8.18" in done.stdout
    assert "CROPWRIGHT_WORKERS_COUNT = 3" in done.stdout


def test_doctor_tells_when_something_is_wrong():
    done = cropwright("doctor", CROPWRIGHT_WORKERS_ADDRESS_SPACE_BYTES="50000000")
    assert (done.returncode, done.stderr) == (1, "")
    assert "BAD  versions   the worker ended before the picture was done" in done.stdout


@pytest.mark.parametrize(
    "command", ["crop", "cutout", "models", "process", "batch", "caps", "doctor", "completion"]
)
def test_every_command_is_listed_and_has_help(command):
    assert f"  {command} " in cropwright("--help").stdout
    done = cropwright(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: cropwright")


@pytest.mark.parametrize("arguments", [["frobnicate"], ["process"], ["batch"], ["--nonsense"]])
def test_wrong_usage_is_told_on_stderr_with_status_2(arguments):
    done = cropwright(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell):
    assert "_CROPWRIGHT_COMPLETE" in cropwright("completion", shell).stdout


def test_completion_knows_the_commands():
    done = cropwright(
        _CROPWRIGHT_COMPLETE="bash_complete", COMP_WORDS="cropwright c", COMP_CWORD="1"
    )
    assert {line.partition(",")[2] for line in done.stdout.split()} == {
        "crop",
        "caps",
        "completion",
        "cutout",
    }


def test_on_a_terminal_no_command_shows_the_help():
    leader, terminal = pty.openpty()
    done = subprocess.run(
        [COMMAND], stdin=terminal, capture_output=True, text=True, timeout=20, check=True
    )
    subprocess.os.close(terminal)
    subprocess.os.close(leader)
    assert done.stdout.startswith("Usage: cropwright")


def test_python_m_runs_the_same_command():
    python = COMMAND.with_name("python")
    done = subprocess.run(
        [python, "-m", "cropwright", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == cropwright("--version").stdout

"""The IIIF consortium's own validator, in an environment of its own."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "scripts" / "iiif-validator-setup"
WANTED = Path(__file__).with_name("iiif.txt")
HOME = ROOT / ".venv-iiif"
COLOURS = """
import json
from iiif_validator.validator import ValidationInfo
print(json.dumps(ValidationInfo().colorInfo))
"""
SQUARE = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the validator says."""

    passed: frozenset[str]
    failed: dict[str, str]
    """What went wrong, by the test's name."""


def installed() -> Path:
    """The validator's Python; the test is skipped where it cannot be installed."""
    mark = HOME / "installed.txt"
    if not mark.is_file() or mark.read_bytes() != WANTED.read_bytes():
        done = subprocess.run([SETUP], capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            pytest.skip(f"no validator: scripts/iiif-validator-setup failed: {done.stderr[-300:]}")
    return HOME / "bin" / "python"


def reference_card() -> bytes:
    """The validator's reference picture as a PNG: ten times ten squares in its own colours."""
    said = subprocess.run(
        [installed(), "-c", COLOURS], capture_output=True, text=True, check=True, timeout=60
    )
    columns = json.loads(said.stdout.splitlines()[-1])
    card = Image.new("RGB", (SQUARE * len(columns),) * 2)
    for x, column in enumerate(columns):
        for y, colour in enumerate(column):
            left, top = x * SQUARE, y * SQUARE
            card.paste(tuple(colour), (left, top, left + SQUARE, top + SQUARE))
    buffer = BytesIO()
    card.save(buffer, "PNG")
    return buffer.getvalue()


def validated(server: str, identifier: str, level: int) -> Verdict:
    """The verdict on a picture: every test of Image API 3.0 up to a level."""
    command = [installed(), HOME / "bin" / "iiif-validate.py", "--version=3.0", "--verbose"]
    where = ["-s", server, "-p", "iiif/3", "-i", identifier, "--level", str(level)]
    done = subprocess.run(
        [*command, *where], capture_output=True, text=True, check=False, timeout=300
    )
    rows = re.findall(
        r"^\[\d+\] test (\w+) (PASS|FAIL)\n(.*?)(?=^\[|^Done)",
        done.stderr,
        re.MULTILINE | re.DOTALL,
    )
    passed = frozenset(name for name, verdict, _ in rows if verdict == "PASS")
    failed = {name: words for name, verdict, words in rows if verdict == "FAIL"}
    assert f"Done ({len(rows)} tests, {len(failed)} failures)" in done.stderr, done.stderr[-2000:]
    return Verdict(passed, failed)

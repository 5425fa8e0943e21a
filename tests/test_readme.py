"""The README's examples, run as they are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import COMMAND, decoded

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def after_demo(tmp_path: Path) -> Path:
    """A folder as it is after `make demo`, with the command where the README says it is."""
    subprocess.run([sys.executable, ROOT / "scripts/demo.py"], cwd=tmp_path, check=True)
    (tmp_path / ".venv").symlink_to(COMMAND.parent.parent)
    return tmp_path


def test_the_demo_shows_every_result_on_its_contact_sheet(after_demo):
    sheet = (after_demo / "demo" / "contact-sheet.html").read_text()
    shown = re.findall(r'src="([^"]+)"', sheet)
    assert len(shown) == 18
    assert all(decoded((after_demo / "demo" / name).read_bytes()) for name in shown)


def test_every_command_line_of_the_readme_works(after_demo):
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith(".venv/bin/cropwright")]
    assert len(commands) == 2
    for command in commands:
        subprocess.run(command, shell=True, cwd=after_demo, check=True)
    assert decoded((after_demo / "demo/hero.webp").read_bytes()).size == (960, 540)
    assert decoded((after_demo / "demo/square.png").read_bytes()).size == (300, 300)


def test_the_python_of_the_readme_works(after_demo):
    (program,) = blocks("python")
    subprocess.run([sys.executable, "-c", program], cwd=after_demo, check=True)
    assert decoded((after_demo / "demo/portrait.avif").read_bytes()).size == (400, 500)


def test_every_page_the_readme_links_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_targets_the_readme_names_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"make (\w+)", README)) & {
        "demo",
        "test",
        "setup",
        "check",
        "fix",
        "bench",
    }
    assert len(named) >= 4
    for target in named:
        assert f"\n{target}:" in makefile
    assert os.access(ROOT / ".ci/run", os.X_OK)

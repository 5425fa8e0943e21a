"""Every block of code in README and docs/ is run, or read, or is on a short list that says why not."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import COMMAND, decoded
from cropwright.settings import FILE, load
from cutouts import every_model
from examples import FENCED, NOT_RUN, PAGES, ROOT, WITH_MODELS, Block, blocks

BLOCKS = [block for page in PAGES for block in blocks(page)]
RUN = ("sh", "python", "json", "toml")
"""Languages whose blocks are run with their page, or read below."""


def called(block: Block) -> str:
    return f"{block.page}-{block.language}-{block.text[:20]!r}"


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def test_every_block_is_run_or_says_why_not():
    silent = [called(block) for block in BLOCKS if block.language not in RUN and not block.reason]
    assert silent == [], "make it run, or give its reason in tests/examples.py"
    assert len(BLOCKS) > 60


def test_every_reason_for_not_running_a_block_is_still_needed():
    used = {
        key
        for key in NOT_RUN
        for block in BLOCKS
        if key[:2] == (block.page, block.language) and block.text.startswith(key[2])
    }
    assert (NOT_RUN.keys() - used, len(NOT_RUN) <= 12) == (set(), True)


@pytest.mark.parametrize("page", PAGES)
def test_code_is_written_in_fences_where_the_tests_see_it(page):
    prose = FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))
    assert "```" not in prose
    assert re.findall(r"(?<=\n\n) {4}.+", prose) == []


@pytest.mark.parametrize("block", of("json"), ids=called)
def test_what_is_printed_as_json_is_json(block):
    assert json.loads(block.text)


def test_the_examples_that_need_models_work_where_they_are(shared, tmp_path):
    (tmp_path / "team").mkdir()
    for name in ("look.jpg", "team/two.jpg"):
        shutil.copy(shared / "samples" / "imagor_people.jpg", tmp_path / name)
    models = every_model(shared)
    files = {
        f"CROPWRIGHT_MODELS_{name.upper()}_FILE": models.own_file(name)
        for name in ("u2netp", "yunet", "yolox", "pose")
    }
    path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
    for block in (block for block in BLOCKS if block.reason == WITH_MODELS):
        subprocess.run(
            ["sh", "-euc", block.text],
            cwd=tmp_path,
            env={**os.environ, **files, "PATH": path},
            check=True,
            timeout=300,
        )
    assert decoded((tmp_path / "top.jpg").read_bytes()).size == (800, 1000)
    assert {path.name for path in tmp_path.rglob("*.*")} >= {"two.jpg", "bust.png", "nobody.jpg"}


@pytest.mark.parametrize("block", of("toml"), ids=called)
def test_a_settings_file_in_a_guide_is_one(block, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(block.text, encoding="utf-8")
    assert load({FILE: str(path)}) != load({})

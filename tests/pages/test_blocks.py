"""Every block of code in README and docs/ is run, or read, or is on a short list that says why not."""

from __future__ import annotations

import json
import re

import pytest

from cropwright.settings import FILE, load
from examples import FENCED, NOT_RUN, PAGES, ROOT, Block, blocks

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


@pytest.mark.parametrize("block", of("toml"), ids=called)
def test_a_settings_file_in_a_guide_is_one(block, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text(block.text, encoding="utf-8")
    assert load({FILE: str(path)}) != load({})

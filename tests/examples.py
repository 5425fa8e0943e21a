"""The blocks of code in README and docs/, and the few that no test runs, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
FENCED = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

WITH_MODELS = "run where models are at hand, in test_blocks.py"
NOT_RUN = {
    ("README.md", "sh", "make "): "runs the service and the tests themselves",
    ("README.md", "sh", ".venv/bin/cropwright"): "run after make demo, in test_readme.py",
    ("README.md", "python", "import cropwright"): "run after make demo, in test_readme.py",
    ("docs/cutout.md", "sh", "cropwright models pull"): "fetches from the publisher",
    ("docs/house.md", "text", "cli "): "a drawing",
    ("docs/jobs.md", "text", "webhook-id: "): "a drawing of what is sent",
    ("docs/operations.md", "console", "$ "): "needs Docker",
    ("docs/operations.md", "nginx", "upstream "): "needs nginx",
    ("docs/people.md", "sh", "cropwright crop team/"): WITH_MODELS,
    ("docs/people.md", "sh", "cropwright crop look.jpg"): WITH_MODELS,
    ("docs/quickstart.md", "sh", "make serve"): "starts the service, as test_readme.py does",
}
"""Page, language and beginning of a block -> why it is not run with its page."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code in a page."""

    page: str
    language: str
    text: str
    follows: bool
    """Whether nothing but white space is between it and the block before."""

    @property
    def reason(self) -> str:
        """Why it is not run; empty where it is."""
        for (page, language, start), reason in NOT_RUN.items():
            if (page, language) == (self.page, self.language) and self.text.startswith(start):
                return reason
        return ""


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in its order."""
    text, end, found = (ROOT / page).read_text(encoding="utf-8"), 0, []
    for match in FENCED.finditer(text):
        follows = bool(found) and not text[end : match.start()].strip()
        found.append(Block(page, match[1], match[2], follows))
        end = match.end()
    return found


def examples(page: str) -> list[tuple[Block, str | None]]:
    """The blocks of a page that are run, each with the JSON that is printed right below it."""
    return [
        (block, after.text if after and after.follows and after.language == "json" else None)
        for block, after in pairwise([*blocks(page), None])
        if block.language in ("sh", "python") and not block.reason
    ]

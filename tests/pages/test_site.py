"""The site, built as `make docs` builds it: without a warning, and without a foreign host."""

from __future__ import annotations

import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from docsite.navigation import pages

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "docsite" / "requirements.lock"
INSTALLED = ROOT / ".venv-docs" / "installed.lock"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site; skipped where its generator cannot be installed, but not in CI."""
    if not INSTALLED.is_file() or INSTALLED.read_bytes() != LOCK.read_bytes():
        made = run("site-setup")
        if made.returncode:
            reason = f"no generator: scripts/site-setup failed: {made.stderr[-300:]}"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("built")
    done = run("site", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def run(script: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


class Loaded(HTMLParser):
    """Collects the addresses that a browser fetches by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fetched = ("src", "srcset", "poster", "data", *(["href"] if tag == "link" else []))
        self.addresses += [value for name, value in attrs if name in fetched and value]


def loaded(text: str) -> list[str]:
    """The addresses in a page that a browser fetches by itself."""
    parser = Loaded()
    parser.feed(text)
    return parser.addresses


def test_every_page_is_html_with_its_markdown_beside_it(site):
    for row in pages():
        assert "<h1>" in (site / f"{row.name}.html").read_text(encoding="utf-8")
        assert (site / f"{row.name}.md").is_file()
    assert (site / "llms.txt").is_file()


def test_nothing_of_a_page_comes_from_a_foreign_host(site):
    found = {
        (path.name, address)
        for path in site.rglob("*.html")
        for address in loaded(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 100
    assert {row for row in found if "//" in row[1]} == set()
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^\"')]*", styles) == []


def test_a_page_that_fetched_from_elsewhere_would_be_seen():
    assert loaded('<script src="https://cdn.test/x.js"></script><a href="https://x.test">') == [
        "https://cdn.test/x.js"
    ]


def test_the_links_between_pages_lead_to_headings_that_are_there(site):
    text = (site / "service.html").read_text(encoding="utf-8")
    targets = re.findall(r'href="(api|iiif)\.html#([^"]+)"', text)
    assert {name for name, _ in targets} == {"api", "iiif"}
    for name, anchor in targets:
        assert f'id="{anchor}"' in (site / f"{name}.html").read_text(encoding="utf-8")

"""Everything that the site is made of, gathered in one folder as Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cropwright import __version__
from docsite.commands import commands_page
from docsite.errors import errors_page
from docsite.http_api import document, http_page
from docsite.library import library_page
from docsite.llms import SUMMARY, linked, llms_text
from docsite.markdown import fenced, page, title_of
from docsite.navigation import NAVIGATION, Page, Section, pages
from docsite.pictures import PICTURES, shown

DOCS = Path(__file__).parent.parent / "docs"
GENERATED: dict[str, Callable[[], str]] = {
    "commands": commands_page,
    "http": http_page,
    "errors": errors_page,
    "python": library_page,
}
"""Pages that are written when the site is built; all others lie in docs/."""
FIRST = "index"
"""The page that the site opens with."""


def gather(folder: Path) -> None:
    """Write pages, pictures, llms.txt and openapi.json below `folder`."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    texts = {row.name: text_of(row) for row in pages()}
    titles = {name: title_of(text) for name, text in texts.items()}
    for name, text in (texts | {FIRST: first_page(titles)}).items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    for name, picture in PICTURES.items():
        (folder / "pictures" / f"{name}.webp").write_bytes(picture.webp())
    (folder / "llms.txt").write_text(llms_text(titles), encoding="utf-8")
    (folder / "openapi.json").write_text(json.dumps(document(), indent=1), encoding="utf-8")


def text_of(row: Page) -> str:
    """The Markdown of a page, with its pictures below the first paragraph."""
    write = GENERATED.get(row.name)
    text = write() if write else (DOCS / f"{row.name}.md").read_text(encoding="utf-8")
    heading, first, rest = f"{text}\n\n\n\n".split("\n\n", 2)
    return "\n\n".join((heading, first, *map(shown, row.pictures), rest)).rstrip() + "\n"


def first_page(titles: dict[str, str]) -> str:
    """The page that the site opens with: what it is, and every page with what is found there."""
    links = [linked(section, titles) for section in NAVIGATION]
    trees = [_tree(section) for section in NAVIGATION]
    head = f"{SUMMARY} This is version {__version__}."
    return page("Cropwright", head, shown("gravities"), *links, *trees)


def _tree(section: Section) -> str:
    names = "\n".join(row.name for row in section.pages)
    return fenced("{toctree}", f":hidden:\n:caption: {section.title}\n\n{names}")

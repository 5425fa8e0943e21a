"""The pages of the site: every one is in the navigation, and the reference leaves nothing out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

import cropwright
from conftest import decoded
from cropwright.cli import cli
from cropwright.core.wish import CutoutWish, Wish
from cropwright.settings import names
from docsite.gather import DOCS, FIRST, GENERATED, gather
from docsite.navigation import pages
from docsite.pictures import PICTURES
from family import LEAVES

LINE = re.compile(r"- \[([^\]]+)\]\(([^)]+)\): \S.*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The site's pages, gathered once."""
    made = tmp_path_factory.mktemp("pages")
    gather(made)
    return made


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def test_every_page_of_docs_is_in_the_navigation_once():
    named = sorted(row.name for row in pages())
    there = sorted({path.stem for path in DOCS.glob("*.md")} | GENERATED.keys())
    assert named == there, "docsite/navigation.py: one line for each page"


def test_every_setting_is_in_the_reference(folder):
    page = read(folder, "settings.md")
    assert [name.variable for name in names() if f"| `{name.variable}` |" not in page] == []


def test_every_command_and_option_is_in_the_reference(folder):
    page, missing = read(folder, "commands.md"), []
    walked = [("cropwright", cli)]
    for path, command in walked:
        if isinstance(command, click.Group):
            below = command.list_commands(None)
            walked.extend((f"{path} {name}", command.get_command(None, name)) for name in below)
        section = page.partition(f"\n## {path}\n")[2].partition("\n## ")[0]
        options = [word for option in command.params for word in option.opts if word[0] == "-"]
        missing += [path] if not section else []
        missing += [f"{path} {word}" for word in options if word not in section]
    assert (missing, len(walked) > 15) == ([], True)


def test_every_error_code_is_in_the_reference_with_its_statuses(folder):
    page = read(folder, "errors.md")
    codes, statuses = page.partition("## Statuses")[::2]
    for kind in LEAVES:
        assert f"| `{kind.code}` |" in codes, kind
        assert re.search(rf"\| `{kind.code}` (\| (\d\d\d|-) ){{4}}\|", statuses), kind


def test_every_operation_and_field_of_the_openapi_document_is_in_the_reference(folder):
    page, document = read(folder, "http.md"), json.loads(read(folder, "openapi.json"))
    assert '"$ref"' not in read(folder, "openapi.json"), "docsite/http_api.py follows no references"
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, rows in document["paths"].items()
        for method, operation in rows.items()
    ]
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [name for name, _ in operations]
    for name, operation in operations:
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        fields = [word for word in properties(operation) if f"| `{word}` |" not in section]
        assert fields == [], name
        assert [word for word in operation["responses"] if f"| {word} |" not in section] == []


def properties(operation: dict[str, Any]) -> set[str]:
    """The fields of an operation's bodies as JSON, asked and answered."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    schemas = [
        body.get("content", {}).get("application/json", {}).get("schema", {}) for body in bodies
    ]
    rows = [row for schema in schemas for row in schema.get("oneOf", [schema])]
    return {word for row in rows for word in row.get("properties", {})}


def test_every_public_name_of_the_library_and_every_word_is_in_the_reference(folder):
    page = read(folder, "python.md")
    methods = [
        f"{name}.{word}"
        for name in ("Picture", "Crop")
        for word in vars(getattr(cropwright, name))
        if not word.startswith("_") and word not in getattr(cropwright, name).__annotations__
    ]
    assert len(methods) >= 8
    for name in (*cropwright.__all__, *methods):
        assert re.search(
            rf"^##+ (cropwright\.)?{re.escape(name)}$|^`{name}` is", page, re.MULTILINE
        )
    for word in (*Wish.__annotations__, *CutoutWish.__annotations__):
        assert f"| `{word}` |" in page


def test_pictures_are_drawn_small_and_each_is_shown(folder):
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.md"))
    for name in PICTURES:
        path = folder / "pictures" / f"{name}.webp"
        assert (path.stat().st_size < 30_000, f"(pictures/{name}.webp)" in text) == (True, True)
        assert decoded(path.read_bytes()).format == "WEBP"


def test_llms_txt_has_the_published_shape_and_links_every_page(folder):
    head, *sections = read(folder, "llms.txt").split("\n## ")
    assert re.match(r"# Cropwright\n\n> \S.*\n\n", head)
    assert sections[-1].startswith("Optional\n")
    rows = [row for section in sections for row in section.strip().splitlines()[2:]]
    found = [LINE.fullmatch(row) for row in rows]
    assert [row for row, match in zip(rows, found, strict=True) if match is None] == []
    assert {match[2] for match in found} == {f"{row.name}.md" for row in pages()}
    for match in found:
        assert read(folder, match[2]).startswith(f"# {match[1]}\n")


def test_the_first_page_leads_to_every_other(folder):
    linked = set(re.findall(r"\]\((\S+)\.md\)", read(folder, f"{FIRST}.md")))
    assert linked == {row.name for row in pages()}


def test_every_test_that_the_security_page_names_is_there():
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    missing = [
        f"{path}::{test}"
        for path, test in named
        if f"def {test}(" not in (DOCS.parent / path).read_text(encoding="utf-8")
    ]
    assert (missing, len(named) > 30) == ([], True)


def test_every_promise_of_the_security_page_names_a_test():
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    promises = re.split(r"^- ", page.partition("## What is not promised")[0], flags=re.MULTILINE)[
        1:
    ]
    assert [row for row in promises if not re.search(r"^  - `tests/", row, re.MULTILINE)] == []
    assert len(promises) > 30

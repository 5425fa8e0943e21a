"""llms.txt: what the pages are, for programs that read them (https://llmstxt.org)."""

from __future__ import annotations

from docsite.navigation import NAVIGATION, Section

SUMMARY = (
    "Self-hosted service, command and Python library that crops pictures well, cuts subjects out, "
    "and hosts the results for as long as you say. Drop-in for ModelsLab's base64_crop and "
    "base64_to_url, for Crop.photo, for DevPixelForge crop jobs, and an IIIF Image API 3.0 server."
)
_DETAILS = """\
- Every page is Markdown at the address given, and HTML at the same address with `.html`.
- Coordinates are pixels of the upright picture: EXIF orientation is applied first.
- A service answers its own OpenAPI document at `/openapi.json`; [this](openapi.json) is the same."""
_SKIPPABLE = ("Measured and proven",)
"""Sections that a reader in a hurry may leave out; the format calls them Optional."""


def llms_text(titles: dict[str, str]) -> str:
    """The whole file, given the title of every page by its name."""
    first = [section for section in NAVIGATION if section.title not in _SKIPPABLE]
    rest = [page for section in NAVIGATION if section not in first for page in section.pages]
    sections = [*first, Section("Optional", tuple(rest))]
    parts = ["# Cropwright", f"> {SUMMARY}", _DETAILS, *(linked(row, titles) for row in sections)]
    return "\n\n".join(parts) + "\n"


def linked(section: Section, titles: dict[str, str]) -> str:
    """A section's pages as a list: title, address and what is found there."""
    rows = [f"- [{titles[row.name]}]({row.name}.md): {row.note}" for row in section.pages]
    return "\n".join((f"## {section.title}", "", *rows))

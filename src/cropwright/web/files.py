"""The page's files, read once and kept in memory as they are sent: compressed, under their digest."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HOME = Path(__file__).parent / "page"
PAGE = "index.html"
PREFIX = "/studio"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain; charset=utf-8",
}
_DIGITS = 16


@dataclass(frozen=True)
class PageFile:
    """One file as it is sent."""

    data: bytes
    media_type: str

    @cached_property
    def compressed(self) -> bytes:
        """The same with gzip; the same bytes every time."""
        return gzip.compress(self.data, compresslevel=9, mtime=0)

    @cached_property
    def digest(self) -> str:
        """Names the content."""
        return hashlib.sha256(self.data).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The page and what it loads.

    What the page loads lies under an address that names the content of all of it, so that browsers
    keep it for good and never mix two versions.
    """

    page: PageFile
    others: Mapping[str, PageFile]
    """By their path below `root`."""
    root: str


def read_page() -> PageFiles:
    """The files of the installed package."""
    others = {
        path.relative_to(HOME).as_posix(): PageFile(path.read_bytes(), MEDIA_TYPES[path.suffix])
        for path in sorted(HOME.rglob("*"))
        if path.is_file() and path.name != PAGE
    }
    whole = "".join(f"{name} {file.digest}\n" for name, file in others.items())
    root = f"{PREFIX}/{hashlib.sha256(whole.encode()).hexdigest()[:_DIGITS]}"
    html = (HOME / PAGE).read_bytes().replace(f'"{PREFIX}/'.encode(), f'"{root}/'.encode())
    return PageFiles(PageFile(html, MEDIA_TYPES[".html"]), others, root)

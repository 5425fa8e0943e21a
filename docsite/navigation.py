"""Which pages there are and in which order: a page of docs/ is in the site by its one line here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site."""

    name: str
    """Of its file, without ".md"."""
    note: str
    """What a reader finds there, for the first page and for llms.txt."""
    pictures: tuple[str, ...] = ()
    """Names of `pictures.PICTURES` that are shown below its first paragraph."""


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together."""

    title: str
    pages: tuple[Page, ...]


NAVIGATION = (
    Section(
        "Start",
        (
            Page("quickstart", "from nothing to a crop, a link and a cut-out", ("balloon",)),
            Page("service", "keys, quotas, links, errors, limits: all of the service in one page"),
        ),
    ),
    Section(
        "Guides",
        (
            Page(
                "modelslab", "base64_crop, base64_to_url, delete_image: another base URL, no more"
            ),
            Page("cropphoto", "Crop.photo's endpoints with its own fields and answers"),
            Page("dpf", "crop jobs of the DevPixelForge executable, and what is better here"),
            Page("bulk", "folders and buckets, many pictures, gone on with after a stop"),
            Page("jobs", "work that is done later, and webhooks that tell of it"),
            Page("cutout", "subjects without their background, models, edges", ("cutout",)),
            Page("people", "crops around faces and persons"),
            Page("iiif", "IIIF Image API 3.0: tiles and any part of large pictures, for viewers"),
            Page("studio", "the page of the service: see it, drag it, copy the call"),
            Page("operations", "Docker, several machines, proxies, backups, new versions"),
        ),
    ),
    Section(
        "Concepts",
        (
            Page("deciding", "the order of steps, gravities, and how to ask why", ("gravities",)),
            Page("links", "from reserved to gone: what a link promises"),
            Page("refusals", "every refusal with its reason, and what is tolerated"),
            Page("house", "the map of the code, and the decisions behind it"),
        ),
    ),
    Section(
        "Reference",
        (
            Page("settings", "every setting, its variable and default"),
            Page("commands", "every command and option"),
            Page("api", "our own HTTP API, by example"),
            Page("http", "the same API from its OpenAPI document: every field and answer"),
            Page("errors", "every error code, and the status each door answers"),
            Page("python", "the library: functions, classes, words"),
        ),
    ),
    Section(
        "Measured and proven",
        (
            Page("performance", "crops against Pillow, sharp, ImageMagick and vipsthumbnail"),
            Page("performance-service", "the service against thumbor and a bare loop"),
            Page(
                "security", "every promise about strangers' pictures, and the test that proves it"
            ),
            Page("edges", "the edges of cut-outs against known truth"),
        ),
    ),
)
"""The site, in reading order."""


def pages() -> list[Page]:
    """Every page, in reading order."""
    return list(chain.from_iterable(section.pages for section in NAVIGATION))

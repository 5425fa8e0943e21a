"""The shared corpus, good and hostile, through every door that takes a file, by HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from tests.e2e.server import Peak, Server, running

TREE_LIMIT = 1_500_000_000
AT_ONCE = 2
ROOT = Path(__file__).parents[2]
INTERNALS = ("/tmp", "Traceback", "vips", "site-packages", str(ROOT))
SLOW = ("bomb_jpeg_882_scans_6400x6400.jpg", "bomb_webp_anim_20000_frames_1x1.webp")
"""Legal, and work for seconds: these go through one door that makes and one that only looks."""
NEVER_SERVED = ("html", "svg", "xml", "javascript", "pdf")


@dataclass(frozen=True)
class Door:
    """One way in: how a file is sent, and where an answer has the link."""

    name: str
    path: str
    dressed: Callable[[bytes, str, str], dict[str, Any]]
    link: Callable[[dict[str, Any]], str] | None
    takes_any_file: bool = False
    keeps_bytes: bool = False


def dressed_as_json(field: str, **more: str) -> Callable[[bytes, str, str], dict[str, Any]]:
    def dressed(data: bytes, declared: str, key: str) -> dict[str, Any]:
        uri = f"data:{declared};base64,{base64.b64encode(data).decode()}"
        return {"json": {"key": key, field: uri, **more}}

    return dressed


def dressed_as_form(data: bytes, _declared: str, key: str) -> dict[str, Any]:
    return {
        "files": {"image": ("../x.html", data, "text/html")},
        "headers": {"authorization": f"Bearer {key}"},
    }


def dressed_as_crop(data: bytes, declared: str, key: str) -> dict[str, Any]:
    return dressed_as_form(data, declared, key) | {"data": {"aspect": "1:1"}}


DOORS = [
    Door("crop", "/api/v3/base64_crop", dressed_as_json("image"), lambda told: told["link"]),
    Door(
        "as it is",
        "/api/v3/base64_crop",
        dressed_as_json("image", crop="false"),
        lambda told: told["link"],
        keeps_bytes=True,
    ),
    Door(
        "url",
        "/api/v6/base64_to_url",
        dressed_as_json("base64_string"),
        lambda told: told["output"][0],
        takes_any_file=True,
        keeps_bytes=True,
    ),
    Door("native crop", "/api/v1/crop", dressed_as_crop, None),
    Door(
        "uploads",
        "/api/v1/uploads",
        dressed_as_form,
        lambda told: told["url"],
        takes_any_file=True,
        keeps_bytes=True,
    ),
]


@dataclass(frozen=True)
class Sent:
    """A file that was sent through a door, and what came back."""

    entry: dict[str, Any]
    door: Door
    answer: httpx2.Response
    served: httpx2.Response | None
    """What the link gives, if there is one."""

    @property
    def what(self) -> str:
        return f"{self.entry['file']} through {self.door.name}: {self.answer.status_code}"

    @property
    def accepted(self) -> bool:
        return self.answer.status_code < 300

    @property
    def result(self) -> httpx2.Response:
        """The answer that holds the picture."""
        return self.served if self.served is not None else self.answer


@dataclass(frozen=True)
class Outcome:
    """All that was sent, and what became of the service meanwhile."""

    sent: list[Sent]
    peak_bytes: int
    stored: list[Path]

    def of(self, *expected: str, folder: str = "") -> list[Sent]:
        return [
            one
            for one in self.sent
            if one.entry["expected"] in expected and folder in ("", one.entry["folder"])
        ]


def entries(shared: Path) -> list[dict[str, Any]]:
    found = []
    for folder in ("good", "bad", "media"):
        manifest = json.loads((shared / "corpus" / folder / "manifest.json").read_text())
        rows = [row for row in manifest["files"] if row.get("tier") != "extended"]
        found += [row | {"folder": folder} for row in rows]
    return found


def jobs(shared: Path) -> list[tuple[dict[str, Any], Door]]:
    every = product(entries(shared), DOORS)
    return [
        job for job in every if job[0]["file"] not in SLOW or job[1].name in ("crop", "uploads")
    ]


@pytest.fixture(scope="module")
def outcome(shared, tmp_path_factory) -> Outcome:
    """Everything in the corpus, sent once through every door."""
    folder = tmp_path_factory.mktemp("corpus")
    with running(Server(folder, WORKERS_DEADLINE_SECONDS="5")) as server:
        key = server.key("corpus")
        with (
            httpx2.Client(base_url=server.base, timeout=30, trust_env=False) as client,
            ThreadPoolExecutor(AT_ONCE) as threads,
            Peak(server) as peak,
        ):

            def send(job: tuple[dict[str, Any], Door]) -> Sent:
                entry, door = job
                data = (shared / "corpus" / entry["folder"] / entry["file"]).read_bytes()
                declared = entry.get("mime_ok", ["image/png"])[0]
                request = door.dressed(data, declared, key)
                request.setdefault("headers", {})["x-request-id"] = "of-the-corpus"
                answer = client.post(door.path, **request)
                if answer.status_code >= 300 or door.link is None:
                    return Sent(entry, door, answer, None)
                return Sent(entry, door, answer, client.get(door.link(answer.json())))

            sent = list(threads.map(send, jobs(shared)))
        return Outcome(sent, peak.bytes, server.stored())


def refused_in_its_own_words(one: Sent) -> bool:
    told = one.answer.json()
    if one.door.path.startswith("/api/v1"):
        kind = one.answer.headers["content-type"]
        return kind == "application/problem+json" and told["status"] == one.answer.status_code
    return told["status"] == "error" and isinstance(told["message"], str) and told["message"] != ""


def is_a_file_of_another_kind(one: Sent) -> bool:
    """Whether it was sent as a picture, is none, and is hosted as what it is, by a door for that.

    The corpus says of one film that no picture door may take it.
    """
    another = one.entry["category"] == "not_image" and one.door.takes_any_file
    return another and not one.result.headers["content-type"].startswith("image/")


def test_nothing_makes_the_service_fail_or_be_busy(outcome):
    assert outcome.sent
    assert [one.what for one in outcome.sent if one.answer.status_code >= 500] == []


def test_every_refusal_has_the_shape_of_its_door(outcome):
    refused = [one for one in outcome.sent if not one.accepted]
    assert refused
    assert [one.what for one in refused if not refused_in_its_own_words(one)] == []


def test_every_broken_picture_is_refused_by_every_door(outcome):
    accepted = [one for one in outcome.of("must_reject", folder="bad") if one.accepted]
    assert [one.what for one in accepted if not is_a_file_of_another_kind(one)] == []


def test_every_good_and_every_odd_picture_is_taken_by_every_door(outcome):
    pictures = [*outcome.of("must_accept", folder="good"), *outcome.of("must_accept", folder="bad")]
    assert [one.what for one in pictures if not one.accepted] == []


def test_crops_are_the_largest_squares_of_the_upright_picture(outcome):
    crops = [one for one in outcome.of("must_accept", folder="good") if not one.door.keeps_bytes]
    for one in crops:
        side = min(one.entry["expect"]["width"], one.entry["expect"]["height"])
        with Image.open(BytesIO(one.result.content)) as picture:
            assert picture.size == (side, side), one.what


def test_whatever_is_kept_as_it_is_comes_back_byte_for_byte(outcome):
    kept = [one for one in outcome.sent if one.accepted and one.door.keeps_bytes]
    assert kept
    for one in kept:
        assert one.served.status_code == 200, one.what
        assert hashlib.sha256(one.served.content).hexdigest() == one.entry["sha256"], one.what


def test_media_are_taken_where_any_file_is_and_nowhere_else(outcome):
    for one in outcome.of("must_accept", folder="media"):
        assert one.accepted == one.door.takes_any_file, one.what
    assert [o.what for o in outcome.of("must_reject", folder="media") if o.accepted] == []


def test_media_are_served_as_what_they_are(outcome):
    served = [one for one in outcome.of("must_accept", folder="media") if one.served is not None]
    assert served
    for one in served:
        assert one.served.headers["content-type"] in one.entry["mime_ok"], one.what


def test_nothing_that_is_served_can_run_in_a_browser(outcome):
    for one in outcome.sent:
        if not one.accepted:
            continue
        headers = one.result.headers
        assert headers["x-content-type-options"] == "nosniff", one.what
        assert not any(word in headers["content-type"] for word in NEVER_SERVED), one.what
        if one.served is not None:
            assert "sandbox" in headers["content-security-policy"], one.what
            shown = headers["content-disposition"].startswith("inline")
            assert not (shown and headers["content-type"].startswith("model/")), one.what


def test_of_what_was_refused_nothing_is_stored(outcome):
    links = [one for one in outcome.sent if one.served is not None]
    assert len(outcome.stored) == len(links)


def test_no_answer_tells_of_the_inside(outcome):
    for one in outcome.sent:
        told = json.dumps(dict(one.answer.headers))
        if not one.accepted:
            told += one.answer.text
        assert not any(word in told for word in INTERNALS), one.what


def test_all_of_it_stays_within_its_memory(outcome):
    assert outcome.peak_bytes < TREE_LIMIT

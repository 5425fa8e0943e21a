"""The shared corpus, good and hostile, through one stream session that never dies."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from conftest import Stream, crop_job

FORMATS = ["png", "jpeg", "webp", "avif"]
TREE_LIMIT = 1_500_000_000
DEADLINE_SECONDS = 5
LONGEST_WAIT_SECONDS = 10 + 1


def tree_memory(pid: int) -> int:
    """Resident bytes of a process and everything below it."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            total += tree_memory(int(child))
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return total + pages * os.sysconf("SC_PAGE_SIZE")


class Watched(Stream):
    """A stream session whose memory is watched."""

    def __init__(self) -> None:
        super().__init__(CROPWRIGHT_WORKERS_DEADLINE_SECONDS=str(DEADLINE_SECONDS))
        self.peak = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while self.process.poll() is None:
            try:
                self.peak = max(self.peak, tree_memory(self.process.pid))
            except OSError:
                continue  # a process ended while it was read
            time.sleep(0.05)


@pytest.fixture(scope="module")
def session():
    watched = Watched()
    yield watched
    assert watched.process.poll() is None, "the session died"
    assert watched.end() == 0
    assert watched.peak < TREE_LIMIT


def entries(shared: Path, folder: str) -> list[dict]:
    return json.loads((shared / "corpus" / folder / "manifest.json").read_text())["files"]


def test_every_good_picture_is_cropped_and_saved_in_every_format(shared, session, tmp_path):
    for entry in entries(shared, "good"):
        if entry["tier"] != "core":
            continue
        size = (entry["expect"]["width"], entry["expect"]["height"])
        window = {"width": max(1, size[0] // 2), "height": max(1, size[1] // 2)}
        for name in FORMATS:
            out = tmp_path / f"out.{name}"
            source = shared / "corpus" / "good" / entry["file"]
            result = session.ask(crop_job(source, out, gravity="center", **window))
            assert result["success"], (entry["file"], name, result)
            told = result["metadata"]
            assert (told["source_width"], told["source_height"]) == size, entry["file"]
            with Image.open(out) as written:
                assert written.size == (window["width"], window["height"])
                assert written.format == name.upper()


def test_every_broken_picture_is_refused_and_every_odd_one_taken(shared, session, tmp_path):
    for entry in entries(shared, "bad"):
        source = shared / "corpus" / "bad" / entry["file"]
        started = time.monotonic()
        result = session.ask(
            crop_job(source, tmp_path / "o.png", gravity="center", width=32, height=32)
        )
        assert time.monotonic() - started < LONGEST_WAIT_SECONDS, entry["file"]
        if entry["expected"] == "must_accept":
            assert result["success"], (entry["file"], result)
        if entry["expected"] == "must_reject":
            assert not result["success"], entry["file"]
            assert result["error"].startswith(f"Cannot open image: {source}")
            assert not (tmp_path / "o.png").exists()
        (tmp_path / "o.png").unlink(missing_ok=True)
    assert not list(tmp_path.iterdir())

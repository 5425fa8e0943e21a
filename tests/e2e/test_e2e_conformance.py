"""The shared conformance cases of the doors for others' clients, against a running service."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.e2e.server import Server, running

from cutouts import every_model, standing_man

SYSTEMS = [
    "modelslab_v3_base64_crop",
    "modelslab_v6_base64_to_url",
    "modelslab_common",
    "modelslab_delete_image",
    "modelslab_v3_legacy_host",
    "crop_photo_remove_background",
    "crop_photo_auto_resize_align",
    "crop_photo_lifestyle",
    "crop_photo_body_aware_crop",
    "crop_photo_banners",
]
LINK_SECONDS = 4
WEBHOOK_WAIT_SECONDS = 1
QUEUE = 5


@pytest.fixture(scope="module")
def report(shared, tmp_path_factory) -> list[dict]:
    """The outcome of every case, all systems in one run because they wait for the same clock."""
    folder = tmp_path_factory.mktemp("conformance")
    settings = {"LINKS_V6_SECONDS": str(LINK_SECONDS), "SOURCES_ALLOW": "127.0.0.0/8"}
    settings |= {"JOBS_POLL_SECONDS": "0.1", "JOBS_WEBHOOK_WAIT_SECONDS": str(WEBHOOK_WAIT_SECONDS)}
    settings |= {"MODELS_FOLDER": str(folder), "MODELS_FIRST_USE_BYTES": "0"}
    models = every_model(shared)
    seeing = ("yunet", "yolox", "pose")
    settings |= {f"MODELS_{name.upper()}_FILE": models.own_file(name) for name in seeing}
    person = folder / "person.jpg"
    person.write_bytes(standing_man(shared))
    with running(Server(folder, **settings)) as server:
        arguments = {
            "--cases": shared / "conformance" / "cases.json",
            "--base-url": server.base,
            "--key": server.key("one"),
            "--other-key": server.key("other"),
            "--limited-key": server.key("limited", "--queue", str(QUEUE)),
            "--link-ttl": LINK_SECONDS,
            "--person": person,
            "--webhook-retry": WEBHOOK_WAIT_SECONDS,
            "--json": folder / "report.json",
        }
        words = [str(word) for pair in arguments.items() for word in pair]
        words += [word for name in SYSTEMS for word in ("--system", name)]
        runner = [sys.executable, shared / "conformance" / "run.py", *words]
        done = subprocess.run(runner, capture_output=True, text=True, timeout=300, check=False)
    assert (folder / "report.json").exists(), done.stderr
    return json.loads((folder / "report.json").read_text())["cases"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_shared_case_of_a_system_passes(report, system):
    cases = [case for case in report if case["system"] == system]
    assert cases, "no cases of this system"
    assert [case for case in cases if case["result"] != "pass"] == []

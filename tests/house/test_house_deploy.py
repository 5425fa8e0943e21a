"""The Dockerfile and compose.yaml say nothing that the service would refuse, and loosen nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cropwright.settings import FILE, PREFIX, names

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", ".env.example"])
def test_only_settings_that_there_are_are_set(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    known = {row.variable for row in names()} | {FILE}
    assert set(re.findall(rf"{PREFIX}\w+", text)) <= known


def test_every_service_is_hardened():
    services = COMPOSE.partition("\nservices:\n")[2].partition("\nnetworks:\n")[0]
    blocks = re.split(r"^  (?=[a-z-]+:$)", services, flags=re.MULTILINE)[1:]
    assert len(blocks) == 4
    assert [block for block in blocks if "<<: *hardened" not in block] == []
    hardened = COMPOSE.partition("x-hardened:")[2].partition("services:")[0]
    for word in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert word in hardened


def test_every_secret_has_to_be_given_and_is_explained():
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    explained = set(
        re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    )
    assert {"CROPWRIGHT_KEYS_SECRET", "POSTGRES_PASSWORD", "STORE_SECRET_KEY"} <= asked <= explained


def test_the_image_is_run_by_nobody_in_particular():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]

"""A whole service that looks for people: squares around faces, parts, and what is not there."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx2
import numpy as np
import pytest
from PIL import Image
from tests.e2e.server import Server, running

from conftest import decoded, encoded
from cutouts import every_model


@pytest.fixture(scope="module")
def seeing(shared, tmp_path_factory) -> Iterator[tuple[httpx2.Client, str]]:
    """A client of a service that has every model that finds people, and a key."""
    models = every_model(shared)
    files = {
        f"MODELS_{name.upper()}_FILE": models.own_file(name) for name in ("yunet", "yolox", "pose")
    }
    settings = {"SQUARE_GRAVITY": "face", "WORKERS_COUNT": "1", **files}
    with (
        running(Server(tmp_path_factory.mktemp("people"), **settings)) as server,
        httpx2.Client(base_url=server.base, timeout=60, trust_env=False) as client,
    ):
        yield client, server.key("people")


def portrait(shared) -> Image.Image:
    return Image.open(shared / "samples" / "ski_astronaut.png").convert("RGB")


def test_the_square_of_modelslab_s_door_is_placed_around_the_face(shared, seeing):
    client, key = seeing
    wide = Image.new("RGB", (1400, 512), "#446688")
    wide.paste(portrait(shared), (888, 0))
    fields = {"key": key, "image": base64.b64encode(encoded(wide)).decode(), "crop": "true"}
    answer = client.post("/api/v3/base64_crop", json=fields).json()
    square = decoded(client.get(answer["link"]).content).convert("RGB")
    assert square.size == (512, 512)
    # The head, 152 to 302 of the portrait, is in its middle as far as the picture reaches.
    expected = wide.crop((856, 0, 1368, 512))
    difference = np.asarray(square, int) - np.asarray(expected, int)
    assert np.abs(difference).mean() < 12


def asked(seeing, shared, **fields: str) -> httpx2.Response:
    client, key = seeing
    headers = {"authorization": f"Bearer {key}"}
    files = {"image": (shared / "samples" / "ski_astronaut.png").read_bytes()}
    return client.post("/api/v1/crop", files=files, data=fields, headers=headers)


def test_a_part_is_cut_by_the_service(shared, seeing):
    made = asked(seeing, shared, part="head", format="png")
    left, top, right, bottom = 139, 9, 310, 197
    assert decoded(made.content).size == pytest.approx((right - left, bottom - top), abs=6)


def test_a_part_that_is_not_in_the_picture_is_a_problem_with_its_name(shared, seeing):
    refused = asked(seeing, shared, part="head_to_knees")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "part_missing")
    assert problem["detail"] == "the picture shows no knees"

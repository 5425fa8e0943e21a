"""What the service tells of itself to anybody who asks."""

from __future__ import annotations

from schemas import matches

from cropwright.core.gravity import GRAVITIES
from cropwright.service.settings import ServerSettings

pytest_plugins = ["inside_fixtures"]

ABOUT = "/api/v1/about"


def test_the_service_tells_what_it_takes_without_a_key(shared_inside):
    told = shared_inside.client.get(ABOUT).json()
    assert (told["keys_required"], told["picture_bytes"]) == (True, ServerSettings().picture_bytes)
    assert told["gravities"] == list(GRAVITIES)
    assert {"png", "webp"} <= set(told["formats"]["written"]) < set(told["formats"]["read"])
    assert "classical" in told["cutout_models"]


def test_it_tells_whether_keys_are_asked_for(inside):
    with inside.changed(keys_required=False) as free:
        assert free.client.get(ABOUT).json()["keys_required"] is False


def test_what_it_tells_is_what_the_document_says(shared_inside):
    document = shared_inside.client.get("/openapi.json").json()
    answer = document["paths"][ABOUT]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    told = shared_inside.client.get(ABOUT).json()
    assert matches(schema, told)
    assert told.keys() == schema["properties"].keys()

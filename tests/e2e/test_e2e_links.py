"""Links of a running service: they live as long as was said, over restarts, and end for good."""

from __future__ import annotations

import hashlib
import time

import httpx2
from tests.e2e.pictures import png, uri, wav
from tests.e2e.server import Server, running, within

pytest_plugins = ["tests.e2e.service_fixtures"]

LINK_SECONDS, SWEEP_SECONDS = 3, 1
SETTINGS = {"LINKS_V6_SECONDS": str(LINK_SECONDS), "LINKS_SWEEP_SECONDS": str(SWEEP_SECONDS)}
CROP, URL, UPLOADS = "/api/v3/base64_crop", "/api/v6/base64_to_url", "/api/v1/uploads"
DELETE = "/api/v3/delete_image"


def test_a_link_lives_for_its_time_and_then_the_bytes_are_gone_too(service, client, key):
    data = wav(5000)
    forever = client.post(CROP, json={"key": key, "image": uri(png())}).json()["link"]
    before, begun = set(service.stored()), time.monotonic()
    link = client.post(URL, json={"key": key, "base64_string": uri(data)}).json()["output"][0]
    made = time.monotonic()
    (place,) = set(service.stored()) - before
    while time.monotonic() < begun + LINK_SECONDS - 0.5:
        got, done = client.get(link), time.monotonic()
        if done < begun + LINK_SECONDS:  # else it may have ended meanwhile
            assert (got.status_code, got.content) == (200, data)
            left = int(got.headers["cache-control"].partition("max-age=")[2].partition(",")[0])
            assert left <= made + LINK_SECONDS - done + 1
        time.sleep(0.2)
    time.sleep(max(0, made + LINK_SECONDS + 0.05 - time.monotonic()))
    assert client.get(link).status_code == 404
    assert client.head(link).status_code == 404
    assert client.get(link, headers={"range": "bytes=0-9"}).status_code == 404
    within(SWEEP_SECONDS + 15, lambda: not place.exists())
    assert client.get(forever).status_code == 200


def test_our_own_api_lets_a_request_say_how_long(service, client, key):
    bearer = {"authorization": f"Bearer {key}"}
    body = {"image": uri(wav(100)), "expires_seconds": 1}
    link = client.post(UPLOADS, json=body, headers=bearer).json()["url"]
    assert client.get(link).status_code == 200
    within(15, lambda: client.get(link).status_code == 404)


def test_deleting_an_image_ends_its_link_and_its_bytes_at_once(service, client, key):
    before = set(service.stored())
    told = client.post(CROP, json={"key": key, "image": uri(png())}).json()
    (place,) = set(service.stored()) - before
    body = {"key": key, "request_id": told["request_id"]}
    assert client.post(DELETE, json=body).status_code == 200
    assert not place.exists()
    assert client.get(told["link"]).status_code == 404
    assert client.post(DELETE, json=body).status_code == 404


def test_deleting_an_upload_ends_its_link_and_its_bytes_at_once(service, client, key):
    bearer = {"authorization": f"Bearer {key}"}
    before = set(service.stored())
    told = client.post(UPLOADS, json={"image": uri(png())}, headers=bearer).json()
    (place,) = set(service.stored()) - before
    assert client.delete(f"{UPLOADS}/{told['id']}", headers=bearer).status_code == 204
    assert not place.exists()
    assert client.get(told["url"]).status_code == 404


def test_files_answers_and_keys_outlive_a_restart(tmp_path):
    server, data = Server(tmp_path), wav(3000)
    body = {"image": uri(data)}
    with running(server), httpx2.Client(base_url=server.base, trust_env=False) as client:
        headers = {"authorization": f"Bearer {server.key('one')}", "idempotency-key": "once"}
        first = client.post(UPLOADS, json=body, headers=headers)
        assert first.status_code == 201
        assert "idempotency-replayed" not in first.headers
    with running(server), httpx2.Client(base_url=server.base, trust_env=False) as client:
        again = client.post(UPLOADS, json=body, headers=headers)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert len(server.stored()) == 1
        other = client.post(UPLOADS, json={"image": uri(wav(100))}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
        served = client.get(first.json()["url"])
        assert hashlib.sha256(served.content).digest() == hashlib.sha256(data).digest()


def test_a_link_that_ended_while_the_service_was_down_stays_ended(tmp_path):
    server = Server(tmp_path, LINKS_SWEEP_SECONDS="1")
    with running(server), httpx2.Client(base_url=server.base, trust_env=False) as client:
        bearer = {"authorization": f"Bearer {server.key('one')}"}
        body = {"image": uri(wav(100)), "expires_seconds": 1}
        link = client.post(UPLOADS, json=body, headers=bearer).json()["url"]
    time.sleep(1)
    with running(server), httpx2.Client(base_url=server.base, trust_env=False) as client:
        assert client.get(link).status_code == 404
        within(15, lambda: server.stored() == [])

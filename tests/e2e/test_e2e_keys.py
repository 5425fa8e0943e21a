"""Who a running service lets in: keys that are right, wrong and too busy; what its log keeps."""

from __future__ import annotations

import json
import re

import httpx2
import pytest
from tests.e2e import raw
from tests.e2e.pictures import png, uri, wav
from tests.e2e.server import within

pytest_plugins = ["tests.e2e.service_fixtures"]

FAILURES = 10
SETTINGS = {"GATES_FAILURES_PER_MINUTE": str(FAILURES)}
CROP, URL, UPLOADS = "/api/v3/base64_crop", "/api/v6/base64_to_url", "/api/v1/uploads"
WRONG = "cw_AAAAAAAAAAAA_" + "A" * 43
ALWAYS_DIFFERENT = {"date"}


def test_the_first_key_is_said_to_whoever_started_it_and_to_no_log(service):
    said = re.findall(r"cw_[A-Za-z0-9-]{12}_[A-Za-z0-9_-]{43}", service.said())
    assert len(set(said)) == 1
    assert "cw_" not in service.log()


def as_modelslab(port: int, key: str, source: str) -> raw.Answer:
    """One request with a key in its body, from an address of this machine."""
    body = json.dumps({"key": key, "image": uri(png())}).encode()
    lines = ("content-type: application/json", f"content-length: {len(body)}")
    return asked_from(port, source, raw.head("POST", CROP.encode(), *lines, *SAME_ID) + body)


def as_native(port: int, key: str, source: str) -> raw.Answer:
    """One request with a key in its head."""
    lines = (f"authorization: Bearer {key}", *SAME_ID)
    return asked_from(port, source, raw.head("GET", b"/api/v1/usage", *lines))


SAME_ID = ("x-request-id: always-this-one",)


def asked_from(port: int, source: str, request: bytes) -> raw.Answer:
    with raw.connected(port, source=source) as connection:
        connection.sendall(request)
        return raw.answer(connection)


def answered(answer: raw.Answer) -> tuple[int, dict[str, str], bytes]:
    headers = {k: v for k, v in answer.headers.items() if k not in ALWAYS_DIFFERENT}
    return answer.status, headers, answer.body


@pytest.mark.parametrize(("ask", "source"), [(as_modelslab, "127.0.1.1"), (as_native, "127.0.1.2")])
def test_who_guesses_keys_is_soon_told_to_wait_and_nobody_else_is(service, key, ask, source):
    statuses = [ask(service.port, WRONG, source).status for _ in range(FAILURES)]
    assert statuses == [401] * FAILURES
    told = ask(service.port, WRONG, source)
    assert told.status == 429
    assert 1 <= int(told.headers["retry-after"]) <= 60
    assert told.json()["retry_after"] == int(told.headers["retry-after"])
    assert ask(service.port, WRONG, "127.0.1.9").status == 401
    assert ask(service.port, key, source).status == 200


@pytest.mark.parametrize(("ask", "source"), [(as_modelslab, "127.0.2.1"), (as_native, "127.0.2.2")])
def test_every_key_that_is_wrong_gets_the_very_same_answer(service, key, ask, source):
    name = ask.__name__
    revoked = service.key(f"revoked-{name}")
    assert ask(service.port, revoked, source).status == 200
    service.command("keys", "revoke", f"revoked-{name}")
    handle, secret = key[:15], key[15:]
    wrong = {
        "unknown": WRONG,
        "of the wrong secret": handle + secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        "revoked": revoked,
        "no key at all": "nonsense",
        "too long": key + "A",
        "very long": "cw_" + "A" * 20_000,
    }
    answers = {why: answered(ask(service.port, text, source)) for why, text in wrong.items()}
    first = answers.pop("unknown")
    assert first[0] == 401
    assert {why: answer for why, answer in answers.items() if answer != first} == {}


def test_no_key_is_told_apart_from_a_wrong_one_in_the_words_of_each_door(client):
    crop = client.post(CROP, json={"image": uri(png())})
    assert (crop.status_code, crop.json()["message"]) == (401, "API key required")
    wrong = client.post(CROP, json={"key": WRONG, "image": uri(png())})
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Invalid API key")
    native = client.get("/api/v1/usage")
    assert (native.status_code, native.json()["code"]) == (401, "key_missing")
    assert native.headers["www-authenticate"] == "Bearer"


def test_neither_keys_nor_links_are_in_the_log_or_in_errors(service, client, key):
    bearer = {"authorization": f"Bearer {key}", "x-api-key": key, "key": key}
    answers = [
        client.post(CROP, json={"key": key, "image": "?"}),
        client.post(CROP, data={"key": key}),
        client.post(f"{CROP}?key={key}", content=f'{{"key": "{key}", "image"'),
        client.get("/api/v1/usage", params={"key": key}, headers=bearer),
        client.post(UPLOADS, json={"image": "?", "key": key}, headers=bearer),
        client.post(CROP, json={"key": WRONG + key, "image": "?"}),
    ]
    link = client.post(URL, json={"key": key, "base64_string": uri(wav(100))}).json()["output"][0]
    assert client.get(link).status_code == 200
    within(15, lambda: "/files/" in service.log())  # a request is told of after its answer
    log, secret = service.log(), key[3:]
    assert CROP in log
    assert secret not in log
    assert secret.partition("_")[2] not in log
    assert link.rpartition("/")[2].partition(".")[0] not in log
    assert [one for one in answers if secret in one.text] == []


def test_a_line_end_in_a_path_makes_no_line_in_the_log(service, client):
    before = len(service.log().splitlines())
    client.get("/api/v3/%0d%0a%1b[31mforged")
    within(15, lambda: len(service.log().splitlines()) > before)
    lines = service.log().splitlines()[before:]
    assert [json.loads(line)["status"] for line in lines] == [404]
    assert "\x1b" not in lines[0]


@pytest.mark.parametrize(
    ("name", "option", "value"), [("few", "--quota-files", "2"), ("small", "--quota-bytes", "2500")]
)
def test_a_key_hosts_as_much_as_it_may_and_again_after_it_deleted(
    service, client, name, option, value
):
    key = service.key(name, option, value)
    bearer = {"authorization": f"Bearer {key}"}
    kept = [put(client, bearer) for _ in range(2)]
    assert [one.status_code for one in kept] == [201, 201]
    native = put(client, bearer)
    assert (native.status_code, native.json()["code"]) == (403, "quota_exceeded")
    modelslab = client.post(URL, json={"key": key, "base64_string": uri(wav(1000))})
    assert (modelslab.status_code, modelslab.json()["status"]) == (402, "error")
    used = client.get("/api/v1/usage", headers=bearer).json()
    assert (used["files"], used["bytes"]) == (2, 2000)
    gone = client.delete(f"{UPLOADS}/{kept[0].json()['id']}", headers=bearer)
    assert gone.status_code == 204
    assert put(client, bearer).status_code == 201


def put(client: httpx2.Client, headers: dict[str, str]) -> httpx2.Response:
    return client.post(UPLOADS, files={"image": wav(1000)}, headers=headers)


def test_a_key_asks_as_often_as_it_may(service, client):
    key = service.key("seldom", "--rate", "3")
    body = {"key": key, "base64_string": uri(wav(100))}
    answers = [client.post(URL, json=body) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20


def test_another_keys_file_is_no_file_to_a_key(service, client, key):
    other = {"authorization": f"Bearer {service.key('stranger')}"}
    mine = put(client, {"authorization": f"Bearer {key}"}).json()["id"]
    assert client.get(f"{UPLOADS}/{mine}", headers=other).status_code == 404
    assert client.delete(f"{UPLOADS}/{mine}", headers=other).status_code == 404
    assert client.get(f"{UPLOADS}/{mine}", headers={"x-api-key": key}).status_code == 200

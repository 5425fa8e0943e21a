"""Our own API: crops as bytes, base64 and links; uploads; and what is answered when it cannot be."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import pytest

from conftest import decoded, encoded, gradient
from cropwright.core.hosting import Usage
from cropwright.service.gates import Doorkeeper, Gate
from cropwright.service.settings import GateSettings, LinkSettings, ServerSettings
from inside import BASE, BreakableStore, new_key

pytest_plugins = ["inside_fixtures"]

CROP, UPLOADS = "/api/v1/crop", "/api/v1/uploads"
PICTURE = encoded(gradient(64, 40))
BASE64 = b64encode(PICTURE).decode()
MIDDLE = gradient(64, 40).crop((12, 0, 52, 40)).tobytes()


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem that an answer has to be."""
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == f"urn:cropwright:problem:{code}"
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


def test_a_crop_is_answered_as_bytes(shared_inside):
    answer = shared_inside.crop({"image": BASE64, "aspect": "1:1"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert decoded(answer.content).tobytes() == MIDDLE
    assert "cropwright-explain" not in answer.headers


@pytest.mark.parametrize("asked", [{"answer": "base64"}, {"inline": True}])
def test_a_crop_is_answered_in_json(shared_inside, asked):
    told = shared_inside.crop({"image": BASE64, "aspect": "1:1", **asked}).json()
    data = b64decode(told.pop("image"))
    assert decoded(data).tobytes() == MIDDLE
    assert told == {"media_type": "image/png", "width": 40, "height": 40, "size_bytes": len(data)}


def test_a_crop_is_answered_as_a_link(shared_inside):
    answer = shared_inside.crop({"image": BASE64, "aspect": "1:1", "answer": "link"})
    told = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{UPLOADS}/{told['id']}")
    assert told["url"] == f"{BASE}/files/{told['id']}.png"
    assert decoded(shared_inside.client.get(told["url"]).content).tobytes() == MIDDLE
    assert (told["media_type"], "explain" in told) == ("image/png", False)


FORMS: dict[str, dict[str, Any]] = {
    "a file": {"files": {"image": ("x.png", PICTURE)}, "data": {"aspect": "1:1"}},
    "urlencoded": {"data": {"image": BASE64, "aspect": "1:1"}},
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_as_good_as_json(shared_inside, name):
    answer = shared_inside.client.post(CROP, headers=shared_inside.bearer, **FORMS[name])
    assert decoded(answer.content).tobytes() == MIDDLE


@pytest.mark.parametrize("format_name", ["jpeg", "webp", "gif", "avif"])
def test_the_answer_s_type_is_that_of_the_format(shared_inside, format_name):
    answer = shared_inside.crop({"image": BASE64, "format": format_name})
    assert answer.headers["content-type"] == f"image/{format_name}"
    assert decoded(answer.content).format == format_name.upper()


def test_a_crop_explains_itself_in_each_kind_of_answer(shared_inside):
    asked = {"image": BASE64, "aspect": "1:1", "gravity": "west"}
    dry = shared_inside.crop({**asked, "dry_run": True})
    explained = dry.json()["explain"]
    assert (dry.status_code, explained["decided_by"]) == (200, "west")
    assert explained["rect"] == {"x": 0, "y": 0, "width": 40, "height": 40}
    as_bytes = shared_inside.crop({**asked, "explain": True})
    assert json.loads(as_bytes.headers["cropwright-explain"]) == explained
    for answer in ("base64", "link"):
        told = shared_inside.crop({**asked, "explain": True, "answer": answer}).json()
        assert told["explain"] == explained


def test_a_dry_run_keeps_nothing(inside):
    inside.crop({"image": BASE64, "answer": "link", "dry_run": True})
    assert inside.store.names() == []


def test_a_file_is_kept_byte_for_byte_and_told_of(inside):
    told = inside.keep(PICTURE)
    assert told.keys() == {
        "id",
        "url",
        "media_type",
        "size_bytes",
        "sha256",
        "created_at",
        "expires_at",
    }
    assert (told["created_at"], told["expires_at"]) == (
        "2023-11-14T22:13:20.000Z",
        "2023-11-15T22:13:20.000Z",
    )
    assert inside.client.get(told["url"]).content == PICTURE
    facts = inside.client.get(f"{UPLOADS}/{told['id']}", headers=inside.bearer)
    assert facts.json() == told


def test_other_files_than_pictures_are_kept_too(shared_inside):
    told = shared_inside.keep(b"ply\nformat ascii 1.0\nelement vertex 0\nend_header\n")
    assert told["media_type"] == "model/ply"
    got = shared_inside.client.get(told["url"])
    assert got.headers["content-disposition"].startswith("attachment;")


def test_a_picture_of_a_kind_that_is_known_but_not_opened_is_not_kept(shared_inside):
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    answer = shared_inside.client.post(UPLOADS, files={"image": heic}, headers=shared_inside.bearer)
    assert problem(answer, 415, "unsupported_format")["found"] == "heic"


@pytest.mark.parametrize(("seconds", "alive"), [("60", 60), ("0", None), (None, 24 * 3600)])
def test_a_link_lives_as_long_as_was_asked_for_or_as_the_service_says(inside, seconds, alive):
    told = inside.keep(PICTURE, **({} if seconds is None else {"expires_seconds": seconds}))
    if alive is not None:
        inside.clock.wait(alive - 0.001)
        assert inside.client.get(told["url"]).status_code == 200
        inside.clock.wait(0.001)
        assert inside.client.get(told["url"]).status_code == 404
    else:
        assert told["expires_at"] is None


def test_the_operator_says_how_long_links_live(inside):
    with inside.changed(links=LinkSettings(native_seconds=0)) as other:
        assert other.keep(PICTURE)["expires_at"] is None
        told = other.crop({"image": BASE64, "answer": "link", "expires_seconds": 1}).json()
        assert told["expires_at"] == "2023-11-14T22:13:21.000Z"


def test_an_upload_can_be_cropped_without_being_sent_again(shared_inside):
    told = shared_inside.keep(PICTURE)
    answer = shared_inside.crop({"upload": told["id"], "aspect": "1:1"})
    assert decoded(answer.content).tobytes() == MIDDLE


def test_a_deleted_upload_is_gone(inside):
    told = inside.keep(PICTURE)
    path = f"{UPLOADS}/{told['id']}"
    answer = inside.client.delete(path, headers=inside.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (inside.client.get(told["url"]).status_code, inside.store.names()) == (404, [])
    for again in (inside.client.delete, inside.client.get):
        problem(again(path, headers=inside.bearer), 404, "upload_not_found")
    problem(inside.crop({"upload": told["id"]}), 404, "upload_not_found")


def test_an_upload_of_somebody_else_is_not_found(shared_inside):
    told = shared_inside.keep(PICTURE)
    stranger = replace(shared_inside, key=new_key(shared_inside.parts)[0])
    path = f"{UPLOADS}/{told['id']}"
    problem(stranger.client.get(path, headers=stranger.bearer), 404, "upload_not_found")
    problem(stranger.client.delete(path, headers=stranger.bearer), 404, "upload_not_found")
    problem(stranger.crop({"upload": told["id"]}), 404, "upload_not_found")
    assert shared_inside.client.get(told["url"]).status_code == 200


@pytest.mark.parametrize("name", ["x", "x" * 32, "x" * 5000, "%00", "a%2Fb", "%F0%9F%98%80", "%ff"])
def test_an_id_that_is_no_upload_s_is_not_found(shared_inside, name):
    for ask in (shared_inside.client.get, shared_inside.client.delete):
        answer = ask(f"{UPLOADS}/{name}", headers=shared_inside.bearer)
        assert problem(answer, 404, answer.json()["code"])
        assert len(answer.content) < 500


@pytest.mark.parametrize("upload", ["a\0b", "\U0001f600" * 30, "../" * 10, "x" * 1_000_000])
def test_an_upload_named_by_anything_is_not_found(shared_inside, upload):
    told = problem(shared_inside.crop({"upload": upload}), 404, "upload_not_found")
    assert len(told["detail"]) < 150


def test_usage_is_that_of_the_key(inside):
    poor = replace(inside, key=new_key(inside.parts, quota_bytes=100_000)[0])
    poor.keep(PICTURE)
    inside.keep(PICTURE)
    told = inside.client.get("/api/v1/usage", headers=poor.bearer).json()
    assert told == {
        "bytes": len(PICTURE),
        "files": 1,
        "quota_bytes": 100_000,
        "quota_files": None,
    }


def test_without_keys_everybody_shares_what_nobody_owns(inside):
    with inside.changed(keys_required=False) as public:
        answer = public.client.post(UPLOADS, json={"image": BASE64})
        path = answer.headers["location"]
        assert public.client.get(path).json() == answer.json()
        assert public.client.get("/api/v1/usage").json()["files"] == 1
        assert public.client.delete(path).status_code == 204
    assert inside.parts.host.usage(None) == Usage(0, 0)


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_the_key_is_shown_in_either_header(shared_inside, header):
    shown = f"bearer  {shared_inside.key}" if header == "authorization" else shared_inside.key
    assert shared_inside.client.get("/api/v1/usage", headers={header: shown}).status_code == 200


PATHS = [("POST", CROP), ("POST", UPLOADS), ("GET", f"{UPLOADS}/x"), ("DELETE", f"{UPLOADS}/x")]
PATHS += [("GET", "/api/v1/usage")]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "key_missing"),
        ({"authorization": "Basic eDp5"}, "key_missing"),
        ({"authorization": "Bearer"}, "key_missing"),
        ({"x-api-key": ""}, "key_missing"),
        ({"x-api-key": "wrong"}, "key_rejected"),
        ({"authorization": "Bearer cw_wrong"}, "key_rejected"),
    ],
)
def test_without_the_right_key_there_is_nothing_to_be_had(
    shared_inside, method, path, headers, code
):
    with shared_inside.changed(doorkeeper=Doorkeeper(GateSettings())) as other:
        answer = other.client.request(method, path, headers=headers)
    problem(answer, 401, code)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_in_the_address_is_no_key(shared_inside):
    answer = shared_inside.client.get(f"/api/v1/usage?key={shared_inside.key}")
    problem(answer, 401, "key_missing")


@pytest.mark.parametrize(
    ("fields", "status", "code", "members"),
    [
        ({"image": BASE64, "gravity": "up"}, 400, "invalid_value", {"field": "gravity"}),
        ({"image": BASE64, "witdh": 5}, 400, "invalid_value", {"field": "witdh"}),
        ({"image": BASE64, "width": "--5"}, 400, "invalid_value", {"field": "width"}),
        ({}, 400, "missing_field", {"field": "image"}),
        ({"image": "!"}, 400, "invalid_value", {"field": "image", "value": "!"}),
        ({"image": BASE64, "rect": "0,0,65,1"}, 400, "rect_outside", {}),
        ({"image": BASE64, "rect": "0,0,0,1"}, 400, "rect_empty", {}),
        ({"image": "AAAA"}, 415, "unsupported_format", {"found": "unknown"}),
        ({"image": b64encode(PICTURE[:99]).decode()}, 422, "broken_picture", {"format": "png"}),
        ({"image": BASE64, "format": "ico"}, 422, "output_format", {"format": "ico"}),
        ({"url": "http://127.0.0.1/x"}, 422, "source_blocked", {"field": "url"}),
        ({"url": "file:///etc/passwd"}, 422, "source_blocked", {"field": "url"}),
    ],
)
def test_what_is_wrong_with_a_request_is_said_in_words_and_in_facts(
    shared_inside, fields, status, code, members
):
    told = problem(shared_inside.crop(fields), status, code)
    assert {name: told[name] for name in members} == members


def test_an_upload_takes_none_of_the_words_of_a_crop(shared_inside):
    answer = shared_inside.client.post(
        UPLOADS, json={"image": BASE64, "width": 5}, headers=shared_inside.bearer
    )
    assert problem(answer, 400, "invalid_value")["field"] == "width"


@pytest.mark.parametrize("how", ["base64", "file"])
def test_a_picture_that_is_too_large_is_refused_however_it_comes(shared_inside, how):
    with shared_inside.changed(server=ServerSettings(picture_bytes=len(PICTURE) - 1)) as other:
        sent = {"json": {"image": BASE64}} if how == "base64" else {"files": {"image": PICTURE}}
        answer = other.client.post(CROP, headers=other.bearer, **sent)
    told = problem(answer, 413, "limit_exceeded")
    assert (told["field"], told["limit"], told["unit"]) == ("image", len(PICTURE) - 1, "bytes")
    assert told["actual"] >= len(PICTURE)


def test_a_body_that_is_too_large_is_refused(shared_inside):
    with shared_inside.changed(server=ServerSettings(body_bytes=1000)) as other:
        told = problem(other.crop({"image": BASE64}), 413, "limit_exceeded")
    assert told["field"] == "request body"


def test_when_there_is_no_place_the_client_is_told_when_to_come_back(shared_inside):
    with shared_inside.changed(work=Gate(0)) as busy:
        answer = busy.crop({"image": BASE64})
    assert problem(answer, 503, "overloaded")["retry_after"] == 1
    assert answer.headers["retry-after"] == "1"


def test_beyond_its_quota_a_key_hosts_nothing(inside):
    poor = replace(inside, key=new_key(inside.parts, quota_files=1)[0])
    poor.keep(PICTURE)
    told = problem(poor.crop({"image": BASE64, "answer": "link"}), 403, "quota_exceeded")
    assert (told["limit"], told["actual"], told["unit"]) == (1, 2, "files")
    assert poor.crop({"image": BASE64}).status_code == 200


class CrashingStore(BreakableStore):
    """A store with a bug."""

    def put(self, key: str, data: bytes) -> None:
        raise RuntimeError("bug at /srv/secret")


def test_a_crash_is_a_problem_that_says_nothing_of_what_crashed(inside, caplog):
    with inside.changed(host=replace(inside.parts.host, store=CrashingStore())) as other:
        answer = other.crop({"image": BASE64, "answer": "link"})
    problem(answer, 500, "error")
    assert "secret" not in answer.text
    assert "bug at /srv/secret" in caplog.text


LINK = {"image": BASE64, "answer": "link"}


def test_a_repeated_request_gets_the_first_answer_and_hosts_nothing_more(inside):
    first = inside.crop(LINK, **{"idempotency-key": "word"})
    again = inside.crop(LINK, **{"idempotency-key": "word"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert len(inside.store.names()) == 1


def test_the_order_of_fields_makes_no_other_request_of_it(inside):
    headers = inside.bearer | {"idempotency-key": "word"}
    for body in (LINK, dict(reversed(LINK.items()))):
        assert inside.client.post(CROP, json=body, headers=headers).status_code == 201
    assert len(inside.store.names()) == 1


def test_another_request_under_the_same_word_is_refused(inside):
    inside.crop(LINK, **{"idempotency-key": "word"})
    answer = inside.crop({**LINK, "aspect": 1}, **{"idempotency-key": "word"})
    told = problem(answer, 409, "idempotency_conflict")
    assert told["detail"] == "Idempotency-Key stands for another request"


def test_uploads_are_done_once_too(inside):
    def upload() -> Any:
        headers = inside.bearer | {"idempotency-key": "word"}
        return inside.client.post(UPLOADS, files={"image": PICTURE}, headers=headers)

    assert upload().json() == upload().json()
    assert len(inside.store.names()) == 1


def test_two_keys_may_use_the_same_word(inside):
    other = replace(inside, key=new_key(inside.parts)[0])
    ids = {one.crop(LINK, **{"idempotency-key": "word"}).json()["id"] for one in (inside, other)}
    assert len(ids) == 2


def test_a_request_that_failed_may_be_sent_again_under_its_word(inside):
    inside.store.refuses.add("put")
    problem(inside.crop(LINK, **{"idempotency-key": "word"}), 503, "storage_unavailable")
    inside.store.refuses.clear()
    assert inside.crop(LINK, **{"idempotency-key": "word"}).status_code == 201


def test_a_word_is_forgotten_after_a_day(inside):
    first = inside.crop(LINK, **{"idempotency-key": "word"})
    inside.clock.wait(24 * 3600)
    inside.parts.once.forget()
    assert inside.crop(LINK, **{"idempotency-key": "word"}).json() == first.json()
    inside.clock.wait(1)
    inside.parts.once.forget()
    assert inside.crop(LINK, **{"idempotency-key": "word"}).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("word", ["", "x" * 256])
def test_a_word_that_is_none_is_refused(shared_inside, word):
    told = problem(shared_inside.crop(LINK, **{"idempotency-key": word}), 400, "invalid_value")
    assert told["field"] == "Idempotency-Key"


def test_a_crop_that_is_not_hosted_needs_no_word_and_remembers_none(inside):
    for aspect in ("1:1", "2:1"):
        answer = inside.crop({"image": BASE64, "aspect": aspect}, **{"idempotency-key": "word"})
        assert answer.status_code == 200

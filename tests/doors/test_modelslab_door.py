"""ModelsLab's paths, asked as its clients ask (contract notes, sections 2 to 5, 8 and 9)."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from conftest import decoded, encoded, gradient
from cropwright.core.limits import Limits
from cropwright.doors.modelslab.wire import V6_PAYLOADS
from cropwright.service.gates import Doorkeeper, Gate
from cropwright.service.settings import GateSettings, LinkSettings, ServerSettings, SquareSettings
from inside import BASE, Inside, new_key

pytest_plugins = ["inside_fixtures"]

CROP = "/api/v3/base64_crop"
DELETE = "/api/v3/delete_image"
TO_URL = "/api/v6/base64_to_url"
PICTURE = encoded(gradient(64, 40))
URI = f"data:image/png;base64,{b64encode(PICTURE).decode()}"
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"


def post(inside: Inside, path: str, **fields: Any) -> Any:
    """The answer to JSON with the key in it."""
    return inside.client.post(path, json={"key": inside.key, **fields})


def said(answer: Any, status: int) -> str:
    """The sentence of an error, which has to be spelt both ways."""
    told = answer.json()
    assert (answer.status_code, told["status"]) == (status, "error")
    assert told["message"] == told["messege"]
    return told["message"]


def file_of(inside: Inside, link: str) -> Any:
    assert link.startswith(f"{BASE}/files/")
    return inside.client.get(link)


def test_a_picture_is_cropped_to_its_largest_square_and_linked(shared_inside):
    answer = post(shared_inside, CROP, image=URI, crop="true")
    told = answer.json()
    assert answer.status_code == 200
    assert told.keys() == {"status", "messege", "link", "request_id"}
    assert (told["status"], told["messege"]) == ("success", "image uploaded")
    assert isinstance(told["request_id"], int)
    got = file_of(shared_inside, told["link"])
    assert got.headers["content-type"] == "image/png"
    assert decoded(got.content).tobytes() == gradient(64, 40).crop((12, 0, 52, 40)).tobytes()


def test_a_picture_that_is_not_to_be_cropped_is_kept_byte_for_byte(shared_inside):
    told = post(shared_inside, CROP, image=URI, crop="false").json()
    assert file_of(shared_inside, told["link"]).content == PICTURE


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_the_link_has_the_name_and_type_of_what_the_bytes_are(shared_inside, kind):
    data = encoded(gradient(20, 10), kind)
    uri = f"data:image/png;base64,{b64encode(data).decode()}"
    link = post(shared_inside, CROP, image=uri, crop="false").json()["link"]
    extension = {"JPEG": "jpg"}.get(kind, kind.lower())
    assert link.endswith(f".{extension}")
    got = file_of(shared_inside, link)
    assert (got.headers["content-type"], got.content) == (f"image/{kind.lower()}", data)


def test_the_operator_may_choose_another_square(shared_inside):
    square = SquareSettings(gravity="west", size=16)
    with shared_inside.changed(square=square) as other:
        link = post(other, CROP, image=URI).json()["link"]
        assert decoded(file_of(other, link).content).size == (16, 16)


@pytest.mark.parametrize(("path", "field"), V6_PAYLOADS.items())
def test_each_sibling_takes_its_own_field_and_answers_a_list(shared_inside, path, field):
    answer = post(shared_inside, f"/api/v6/{path}", **{field: URI})
    told = answer.json()
    assert (answer.status_code, told.keys()) == (200, {"status", "id", "output"})
    assert (told["status"], len(told["output"])) == ("success", 1)
    assert isinstance(told["id"], int)
    assert file_of(shared_inside, told["output"][0]).content == PICTURE


def test_other_files_than_pictures_are_kept_as_what_they_are(shared_inside):
    uri = f"data:audio/wav;base64,{b64encode(WAV).decode()}"
    (link,) = post(shared_inside, "/api/v6/voice/base64_to_url", init_audio=uri).json()["output"]
    got = file_of(shared_inside, link)
    assert (got.content, got.headers["content-type"]) == (WAV, "audio/wav")


def test_links_of_v6_end_after_a_day_and_those_of_v3_do_not(inside):
    (link,) = post(inside, TO_URL, base64_string=URI).json()["output"]
    lasting = post(inside, CROP, image=URI).json()["link"]
    inside.clock.wait(24 * 3600 - 0.001)
    assert file_of(inside, link).status_code == 200
    inside.clock.wait(0.001)
    assert (file_of(inside, link).status_code, file_of(inside, lasting).status_code) == (404, 200)


def test_the_operator_may_let_links_of_v3_end_too(inside):
    with inside.changed(links=LinkSettings(v3_seconds=60)) as other:
        link = post(other, CROP, image=URI).json()["link"]
        other.clock.wait(60)
        assert file_of(other, link).status_code == 404


SPELLINGS = {
    "bare": b64encode(PICTURE).decode(),
    "a space after the comma": URI.replace(",", ", "),
    "wrapped": "\r\n".join(URI[at : at + 76] for at in range(0, len(URI), 76)),
    "no padding": URI.rstrip("="),
    "URL-safe": URI.replace("+", "-").replace("/9", "_9"),
    "another type": URI.replace("image/png", "image/jpeg"),
}


@pytest.mark.parametrize("image", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_base64_is_taken_as_clients_write_it(shared_inside, image):
    told = post(shared_inside, CROP, image=image, crop=False).json()
    assert file_of(shared_inside, told["link"]).content == PICTURE


@pytest.mark.parametrize("how", ["urlencoded", "multipart", "unescaped"])
def test_forms_are_taken_too(shared_inside, how):
    values = {"key": shared_inside.key, "image": URI, "crop": "false"}
    sent: dict[str, Any] = {
        "urlencoded": {"data": values},
        "multipart": {"data": values, "files": {"nothing": b""}},
        "unescaped": {
            "content": "&".join(f"{name}={value}" for name, value in values.items()),
            "headers": {"content-type": "application/x-www-form-urlencoded"},
        },
    }[how]
    told = shared_inside.client.post(CROP, **sent).json()
    assert file_of(shared_inside, told["link"]).content == PICTURE


@pytest.mark.parametrize("header", ["authorization", "key"])
def test_the_key_may_be_in_a_header(shared_inside, header):
    shown = f"Bearer {shared_inside.key}" if header == "authorization" else shared_inside.key
    answer = shared_inside.client.post(CROP, json={"image": URI}, headers={header: shown})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [CROP, DELETE, TO_URL])
@pytest.mark.parametrize("fields", [{}, {"key": ""}, {"key": None}, {"APIKey": "x"}, {"key": 7}])
def test_without_a_key_one_is_asked_for(shared_inside, path, fields):
    answer = shared_inside.client.post(path, json={"image": URI, **fields})
    assert said(answer, 401) == "API key required"


@pytest.mark.parametrize("path", [CROP, DELETE, TO_URL])
def test_a_wrong_key_is_refused(inside, path):
    answer = inside.client.post(path, json={"key": f"{inside.key[:-1]}!", "image": URI})
    assert said(answer, 401) == "Invalid API key"
    assert len(inside.store.names()) == 0


@pytest.mark.parametrize("path", [CROP, DELETE, TO_URL])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"a=1", b"\xff"])
def test_what_is_no_json_is_said_to_be_none_even_without_a_key(shared_inside, path, body):
    answer = shared_inside.client.post(path, content=body)
    assert said(answer, 400).startswith("body is ")


@pytest.mark.parametrize(
    ("path", "fields", "sentence"),
    [
        (CROP, {}, "image is required"),
        (CROP, {"image": ""}, "image is required"),
        (CROP, {"image": 7}, "image must be a string"),
        (CROP, {"image": URI, "crop": "maybe"}, 'crop is maybe; expected "true" or "false"'),
        (
            CROP,
            {"image": "data:image/png;base64,AAAA"},
            "this is not a file we know; supported are png,",
        ),
        (CROP, {"image": f"{URI[:200]}"}, "the png file is damaged or incomplete"),
        (CROP, {"image": "https://a.test/x.png"}, "image is https://a.test/x.png; expected base64"),
        (CROP, {"image": "not base64!"}, "image is not base64!; expected base64"),
        (TO_URL, {"image": URI}, "base64_string is required"),
        (TO_URL, {"base64_string": "PHN2Zy8+"}, "this is a markup file; supported are png"),
        (TO_URL, {"base64_string": b64encode(PICTURE[:99]).decode()}, "the png file is damaged"),
        (DELETE, {}, "request_id is required"),
        (DELETE, {"request_id": "abc"}, "request_id is abc; expected an integer"),
        (DELETE, {"image": 7}, "image must be a string"),
    ],
)
def test_what_is_wrong_with_a_request_is_said(shared_inside, path, fields, sentence):
    assert said(post(shared_inside, path, **fields), 400).startswith(sentence)


@pytest.mark.parametrize("extra", [0, 1])
def test_a_picture_may_have_5_mib_and_not_a_byte_more(shared_inside, extra):
    data = PICTURE + bytes(5 * 1024 * 1024 - len(PICTURE) + extra)
    answer = post(shared_inside, CROP, image=b64encode(data).decode(), crop="false")
    if extra:
        assert said(answer, 400) == "image is 5242881 bytes, the limit is 5242880 bytes"
    else:
        assert answer.status_code == 200


def test_a_request_beyond_what_is_read_at_all_is_refused(shared_inside):
    with shared_inside.changed(server=ServerSettings(body_bytes=1000)) as other:
        answer = post(other, CROP, image="A" * 1000)
    assert said(answer, 413).startswith("request body is ")


def test_a_picture_with_too_many_pixels_is_refused(shared_inside):
    small = replace(shared_inside.parts.renderer, limits=Limits(pixels=100))
    with shared_inside.changed(renderer=small) as other:
        assert said(post(other, CROP, image=URI), 400).startswith("picture size is 2560 pixels")


@pytest.mark.parametrize("named", ["request_id", "as text", "link", "name", "form"])
def test_an_image_is_deleted_by_its_number_or_its_name(inside, named):
    told = post(inside, CROP, image=URI).json()
    name = told["link"].rpartition("/")[2]
    asked: dict[str, Any] = {
        "request_id": {"request_id": told["request_id"]},
        "as text": {"request_id": str(told["request_id"]), "type": "image"},
        "link": {"image": told["link"]},
        "name": {"image": name},
        "form": {"image": name},
    }[named]
    body = {"key": inside.key, **asked}
    answer = inside.client.post(DELETE, **{"data" if named == "form" else "json": body})
    assert answer.json() == {"status": "success", "messege": "image deleted"}
    assert (file_of(inside, told["link"]).status_code, inside.store.names()) == (404, [])
    assert said(post(inside, DELETE, **asked), 404) == "image not found"


def test_an_image_of_somebody_else_is_not_found(inside):
    told = post(inside, CROP, image=URI).json()
    stranger = replace(inside, key=new_key(inside.parts)[0])
    for asked in ({"request_id": told["request_id"]}, {"image": told["link"]}):
        assert said(post(stranger, DELETE, **asked), 404) == "image not found"
    assert file_of(inside, told["link"]).status_code == 200


@pytest.mark.parametrize("number", [0, 999_999, 10**30, "9" * 400])
def test_a_number_that_is_no_image_s_is_not_found(shared_inside, number):
    assert said(post(shared_inside, DELETE, request_id=number), 404) == "image not found"


def test_beyond_its_quota_a_key_has_to_delete_first(inside):
    poor = replace(inside, key=new_key(inside.parts, quota_files=1)[0])
    first = post(poor, CROP, image=URI).json()
    assert said(post(poor, CROP, image=URI), 402) == "Storage quota of 1 files is used up."
    post(poor, DELETE, request_id=first["request_id"])
    assert post(poor, CROP, image=URI).status_code == 200


def test_when_there_is_no_place_the_client_is_told_when_to_come_back(shared_inside):
    with shared_inside.changed(work=Gate(0)) as busy:
        answer = post(busy, CROP, image=URI)
    assert said(answer, 503) == "Service temporarily unavailable. Please try again later."
    assert (answer.json()["retry_after"], answer.headers["retry-after"]) == (1, "1")


def test_a_key_that_asks_too_often_is_told_when_to_come_back(shared_inside):
    keeper = Doorkeeper(GateSettings(rate_per_minute=1))
    with shared_inside.changed(doorkeeper=keeper) as strict:
        assert post(strict, CROP, image=URI).status_code == 200
        answer = post(strict, CROP, image=URI)
    assert said(answer, 429) == "Rate limit exceeded. Maximum 1 requests a minute allowed."
    assert (answer.json()["retry_after"], answer.headers["retry-after"]) == (60, "60")


def test_who_guesses_keys_is_told_to_wait(shared_inside):
    keeper = Doorkeeper(GateSettings(failures_per_minute=2))
    with shared_inside.changed(doorkeeper=keeper) as strict:
        wrong = replace(strict, key="wrong")
        statuses = [post(wrong, CROP, image=URI).status_code for _ in range(3)]
        assert (statuses, post(strict, CROP, image=URI).status_code) == ([401, 401, 429], 200)


def test_when_the_store_refuses_nothing_is_linked(inside):
    inside.store.refuses.add("put")
    answer = post(inside, CROP, image=URI)
    assert said(answer, 503).startswith("Service temporarily unavailable.")
    assert answer.headers["retry-after"] == "7"


def test_without_keys_anybody_may_ask_but_not_with_a_wrong_one(shared_inside):
    with shared_inside.changed(keys_required=False) as public:
        told = public.client.post(CROP, json={"key": "", "image": URI}).json()
        assert said(public.client.post(CROP, json={"key": "x", "image": URI}), 401)
        deleted = public.client.post(DELETE, json={"request_id": told["request_id"]})
        assert deleted.json()["status"] == "success"


def test_links_begin_with_the_public_address_where_there_is_one(shared_inside):
    server = ServerSettings(public_url="https://cdn.example/x/")
    with shared_inside.changed(server=server) as other:
        link = post(other, CROP, image=URI).json()["link"]
        (output,) = post(other, TO_URL, base64_string=URI).json()["output"]
    assert link.startswith("https://cdn.example/x/files/")
    assert output.startswith("https://cdn.example/x/files/")


@pytest.mark.parametrize("path", [CROP, DELETE, TO_URL])
def test_a_slash_at_the_end_changes_nothing(shared_inside, path):
    answer = shared_inside.client.post(f"{path}/", json={})
    assert said(answer, 401) == "API key required"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", [CROP, DELETE, TO_URL])
def test_these_paths_take_post_and_say_so(shared_inside, path, method):
    answer = shared_inside.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    if method != "HEAD":
        assert said(answer, 405) == "Use POST at this address."


@pytest.mark.parametrize(
    "path", ["/api/v3/", "/api/v3/crop", "/api/v3/base64_crop//", "/api/v6/x/y"]
)
def test_other_paths_of_this_door_are_not_found_in_its_own_words(shared_inside, path):
    answer = shared_inside.client.post(path, json={})
    assert said(answer, 404) == "There is nothing at this address."
    assert json.loads(answer.text)

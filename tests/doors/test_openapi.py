"""The OpenAPI document says what our own API really takes and answers."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI
from schemas import matches

import cropwright
from conftest import encoded, gradient
from cropwright.core.formats import WRITABLE
from cropwright.core.geometry import Rect, Size
from cropwright.core.people import Face, People, Person, Point
from cropwright.doors.native import bodies, schema
from inside import BASE

pytest_plugins = ["inside_fixtures"]

PICTURE = encoded(gradient(64, 40))
BASE64 = b64encode(PICTURE).decode()
ABOUT = "/api/v1/about"
SECURED = {"security": [{"HTTPBearer": []}]}


@pytest.fixture(scope="module")
def document(shared_inside) -> dict[str, Any]:
    return shared_inside.client.get("/openapi.json").json()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, rows in document["paths"].items():
        for method, operation in rows.items():
            yield method.upper(), path, operation


def crop_schema(document: dict[str, Any]) -> dict[str, Any]:
    body = document["paths"]["/api/v1/crop"]["post"]["requestBody"]
    return body["content"]["application/json"]["schema"]


def test_it_is_an_openapi_3_1_document_of_this_version(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"] == cropwright.__version__
    assert OpenAPI.model_validate(document).paths.keys() == document["paths"].keys()


def test_it_tells_of_our_own_api_and_of_nothing_else(document):
    assert {(method, path) for method, path, _ in operations(document)} == {
        ("POST", "/api/v1/crop"),
        ("POST", "/api/v1/cutout"),
        ("POST", "/api/v1/uploads"),
        ("GET", "/api/v1/uploads/{upload_id}"),
        ("DELETE", "/api/v1/uploads/{upload_id}"),
        ("GET", "/api/v1/usage"),
        ("POST", "/api/v1/jobs"),
        ("GET", "/api/v1/jobs"),
        ("GET", "/api/v1/jobs/{job_id}"),
        ("DELETE", "/api/v1/jobs/{job_id}"),
        ("GET", ABOUT),
    }


def test_every_operation_says_what_it_does_needs_a_key_and_can_be_refused(document):
    names = []
    for _, path, operation in operations(document):
        assert operation["description"].endswith(".")
        secured, refused = ({}, set()) if path == ABOUT else (SECURED, {"401"})
        assert {k: v for k, v in operation.items() if k == "security"} == secured
        assert refused | {"default"} <= operation["responses"].keys()
        names.append(operation["operationId"])
    assert len(set(names)) == len(names) == 11


def test_every_reference_leads_somewhere(document):
    known = document.get("components", {}).get("schemas", {})
    used = re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(document))
    assert set(used) <= known.keys()
    assert "HTTPBearer" in document["components"]["securitySchemes"]


def test_no_refusal_is_documented_in_another_shape_than_ours(document):
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status not in ("200", "201", "202", "204"):
                assert answer["content"]["application/problem+json"]["schema"] == schema.PROBLEM


REQUESTED = {
    "/api/v1/crop": schema.CROP,
    "/api/v1/cutout": schema.CUTOUT,
    "/api/v1/uploads": schema.UPLOAD,
    "/api/v1/jobs": schema.JOB,
}


def test_json_and_forms_are_documented_with_the_same_fields(document):
    for path, fields in REQUESTED.items():
        content = document["paths"][path]["post"]["requestBody"]["content"]
        assert content.keys() == {"application/json", "multipart/form-data"}
        for row in content.values():
            assert row["schema"]["properties"].keys() == fields.keys()
        for name in fields.keys() & {"image", "background_picture"}:
            file = content["multipart/form-data"]["schema"]["properties"][name]
            assert file["format"] == "binary"


REQUESTS = [
    {"rect": "0,0,8,8"},
    {"rect": [1, 2, 3, 4], "margin": 2},
    {"rect": {"x": 1, "y": 2, "width": 3, "height": 4}, "margin": "5%"},
    {"gravity": "entropy", "width": 8, "height": 8},
    {"focal_x": 0.25, "focal_y": 1, "width": 8},
    {"aspect": "1:1", "resize": "8x8", "resize_mode": "fill"},
    {"aspect": 1.5, "resize": {"width": 8}, "enlarge": True},
    {"trim": True, "background": "#fff", "format": "jpg", "quality": 100},
    {"format": "webp", "lossless": True, "animate": False},
    {"answer": "base64", "explain": True},
    {"inline": True, "dry_run": True},
    {"answer": "link", "expires_seconds": 60},
]

OF_PEOPLE = [
    {"part": "head_to_knees", "who": "all", "around_face": True},
    {"line": "eyes", "keep": "above", "who": 1},
]
"""What only a model can answer, which the service of these tests has none of."""


@pytest.mark.parametrize("fields", OF_PEOPLE)
def test_a_request_about_people_is_understood_and_says_which_model_is_missing(
    shared_inside, document, fields
):
    asked = {"image": BASE64, **fields}
    assert matches(crop_schema(document), asked)
    answer = shared_inside.crop(asked)
    assert (answer.status_code, answer.json()["code"]) == (503, "model_missing")


@pytest.mark.parametrize("fields", REQUESTS)
def test_a_request_that_the_document_allows_is_followed(shared_inside, document, fields):
    asked = {"image": BASE64, **fields}
    assert matches(crop_schema(document), asked)
    assert shared_inside.crop(asked).status_code in (200, 201)


def test_the_requests_above_use_every_field_but_other_sources():
    used = {name for fields in REQUESTS + OF_PEOPLE for name in fields}
    assert used == schema.CROP.keys() - {"image", "url", "upload"}


WRONG = [
    {"rect": [1, 2, 3]},
    {"rect": {"x": 1, "y": 2, "width": 3}},
    {"gravity": "up"},
    {"width": 0},
    {"width": "8 pixels"},
    {"focal_x": 1.5},
    {"aspect": True},
    {"resize": 600},
    {"resize_mode": "squeeze", "resize": "8x8"},
    {"trim": "perhaps"},
    {"quality": 101},
    {"answer": "json"},
    {"expires_seconds": -1},
    {"expires_seconds": 10**9},
    {"witdh": 8},
]


@pytest.mark.parametrize("fields", WRONG)
def test_a_request_that_the_document_forbids_is_refused_as_it_says(shared_inside, document, fields):
    asked = {"image": BASE64, **fields}
    assert not matches(crop_schema(document), asked)
    answer = shared_inside.crop(asked)
    assert answer.status_code == 400
    assert matches(schema.PROBLEM, answer.json())


DESCRIBED = [
    ({"answer": "base64"}, 200),
    ({"answer": "base64", "explain": True}, 200),
    ({"dry_run": True, "gravity": "entropy", "aspect": "1:1"}, 200),
    ({"answer": "link"}, 201),
    ({"answer": "link", "explain": True}, 201),
]


def described(document: dict[str, Any], method: str, path: str, status: int) -> dict[str, Any]:
    answers = document["paths"][path][method]["responses"]
    return answers[str(status)]["content"]


@pytest.mark.parametrize(("fields", "status"), DESCRIBED)
def test_an_answer_in_json_is_what_the_document_describes(shared_inside, document, fields, status):
    answer = shared_inside.crop({"image": BASE64, **fields})
    row = described(document, "post", "/api/v1/crop", status)["application/json"]["schema"]
    assert answer.status_code == status
    assert matches(row, answer.json())
    assert not matches(row, answer.json() | {"more": 1})


def test_people_that_were_seen_are_what_the_document_describes():
    face = Face(Rect(20, 20, 30, 40), (Point(30, 30),) * 5, 0.9)
    people = People((face,), (Person(Rect(0, 0, 60, 90), 0.8),), (("yunet", "verified"),), 7)
    assert matches(bodies.PEOPLE, people.as_dict(Size(100, 100)))


@pytest.mark.parametrize("format_name", WRITABLE)
def test_every_type_of_an_answer_in_bytes_is_described(shared_inside, document, format_name):
    answer = shared_inside.crop({"image": BASE64, "format": format_name})
    kinds = described(document, "post", "/api/v1/crop", 200)
    assert kinds[answer.headers["content-type"]]["schema"]["format"] == "binary"


def test_uploads_and_usage_are_what_the_document_describes(shared_inside, document):
    made = shared_inside.keep(PICTURE)
    place = "/api/v1/uploads/{upload_id}"
    found = shared_inside.client.get(f"/api/v1/uploads/{made['id']}", headers=shared_inside.bearer)
    used = shared_inside.client.get("/api/v1/usage", headers=shared_inside.bearer)
    for method, path, status, told in (
        ("post", "/api/v1/uploads", 201, made),
        ("get", place, 200, found.json()),
        ("get", "/api/v1/usage", 200, used.json()),
    ):
        row = described(document, method, path, status)["application/json"]["schema"]
        assert matches(row, told)
        assert not matches(row, told | {"more": 1})


def test_the_page_of_the_document_needs_no_other_host(shared_inside):
    page = shared_inside.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text)
    assert named
    for address in named:
        assert address.startswith("/")
        assert shared_inside.client.get(address).status_code == 200
    foreign = set(re.findall(r"https?://[^/\"'\s]+", page.text)) - {BASE}
    assert foreign == set()

"""What holds at every door: pages of others may ask, requests have ids, errors their own shape."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from conftest import encoded, gradient
from cropwright.service.gates import Gate
from cropwright.service.settings import ServerSettings
from inside import BreakableStore, Inside

pytest_plugins = ["inside_fixtures"]

PICTURE = encoded(gradient(64, 40))
BASE64 = b64encode(PICTURE).decode()
ORIGIN = {"origin": "https://studio.example"}


def modelslab(answer: Any) -> str:
    told = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert (told["status"], told["message"]) == ("error", told["messege"])
    return told["message"]


def cropphoto(answer: Any) -> str:
    told = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert told["status"] == answer.status_code
    assert re.fullmatch(r"/exception/(client|server)_error/[a-z_]+", told["type"])
    assert told["title"]
    return told["detail"]


def native(answer: Any) -> str:
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    return told["detail"]


def files(answer: Any) -> str:
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    return answer.text


SHAPES = {
    "/api/v3": modelslab,
    "/api/v6": modelslab,
    "/api/v1": native,
    "/v1": cropphoto,
    "/files": files,
    "/iiif/3": files,
    "/": native,
}
PATHS = [
    "/api/v3/base64_crop",
    "/api/v6/base64_to_url",
    "/api/v1/crop",
    "/v1/crop/remove-background",
    f"/files/{'x' * 32}.png",
]
VIEWS = f"/iiif/3/{'x' * 32}/info.json"


def shape_of(path: str) -> Any:
    return next(shape for prefix, shape in SHAPES.items() if path.startswith(prefix))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/api/v3/nothing",
            "/api/v6/nothing",
            "/api/v1/nothing",
            "/files/nothing",
            "/iiif/3/nothing",
            "/nothing",
        ),
        *("/api/v3/a/b", "/api/v1/", "/api", "/api/v2/base64_crop", "/redoc"),
    ],
)
def test_an_unknown_path_is_not_found_in_the_words_of_its_door(shared_inside, path):
    answer = shared_inside.client.get(path)
    assert answer.status_code == 404
    assert shape_of(path)(answer).isascii()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/v3/base64_crop", "POST"),
        ("GET", "/api/v3/delete_image", "POST"),
        ("PUT", "/api/v6/3d/base64_to_url", "POST"),
        ("GET", "/api/v1/crop", "POST"),
        ("PUT", "/api/v1/uploads", "POST"),
        ("PUT", f"/api/v1/uploads/{'x' * 32}", "DELETE, GET"),
        ("GET", "/v1/crop/remove-background", "POST"),
        ("POST", "/api/v1/usage", "GET"),
        ("POST", f"/files/{'x' * 32}.png", "GET, HEAD"),
        ("POST", "/iiif/3/x/info.json", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/metrics", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_refused_and_the_right_ones_named(shared_inside, method, path, allowed):
    answer = shared_inside.client.request(method, path)
    named = ", ".join(sorted(answer.headers["allow"].split(", ")))
    assert (answer.status_code, named) == (405, allowed)
    assert shape_of(path)(answer)


class CrashingStore(BreakableStore):
    """A store with a bug wherever it is touched."""

    def put(self, key: str, data: bytes) -> None:
        raise RuntimeError("bug at /srv/secret")

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        raise RuntimeError("bug at /srv/secret")


class Everywhere:
    """Finds the same picture at every address."""

    def fetch(self, url: str, field: str, limit: int) -> bytes:
        return PICTURE


def asked(inside: Inside, path: str) -> Any:
    """A request that comes as far as the store, from a page of somebody else."""
    body = {"key": inside.key, "image": BASE64, "base64_string": BASE64}
    if path.startswith("/v1"):
        body = {"image_url": "http://pictures.test/x.png", "response_type": "url"}
    if path.startswith("/api/v1"):
        body = {"image": BASE64, "answer": "link"}
    if path.startswith("/files"):
        return inside.client.get(path, headers=ORIGIN)
    return inside.client.post(path, json=body, headers=ORIGIN | inside.bearer)


@pytest.mark.parametrize("path", PATHS)
def test_a_crash_comes_out_in_the_words_of_its_door_and_says_nothing(inside, caplog, path):
    if path.startswith("/files"):
        path = inside.keep(PICTURE)["url"].partition(".test")[2]
    host = replace(inside.parts.host, store=CrashingStore())
    with inside.changed(host=host, fetcher=Everywhere()) as other:
        answer = asked(other, path)
    assert answer.status_code == 500
    assert "secret" not in shape_of(path)(answer)
    assert "bug at /srv/secret" in caplog.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert caplog.records[-1].facts["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("end", ["/%0a", "/no%0awhere", "/%0d%0ax-a:%20b"])
def test_a_path_with_a_line_end_is_answered_by_its_door(shared_inside, path, end):
    answer = shared_inside.client.get(path.partition("?")[0] + end)
    assert answer.status_code in (400, 404, 405)
    assert shape_of(path)(answer)


@pytest.mark.parametrize("path", PATHS[:4])
def test_a_request_that_is_too_large_is_refused_in_the_words_of_its_door(shared_inside, path):
    with shared_inside.changed(server=ServerSettings(body_bytes=50)) as other:
        answer = asked(other, path)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert shape_of(path)(answer).startswith("request body is ")


@pytest.mark.parametrize(
    "path", [*PATHS, VIEWS, "/healthz", "/metrics", "/openapi.json", "/nothing"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_page_of_somebody_else_may_ask_for_anything(shared_inside, path, method):
    answer = shared_inside.client.options(
        path,
        headers={
            **ORIGIN,
            "access-control-request-method": method,
            "access-control-request-headers": "authorization, content-type, idempotency-key",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    allowed = answer.headers["access-control-allow-headers"]
    assert allowed == "authorization, content-type, idempotency-key"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("path", [*PATHS, VIEWS, "/nothing", "/healthz"])
def test_a_page_of_somebody_else_may_read_every_answer(shared_inside, path):
    for ask in (shared_inside.client.get, shared_inside.client.post, shared_inside.client.head):
        answer = ask(path, headers=ORIGIN)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "*"


@pytest.mark.parametrize("path", [*PATHS, VIEWS, "/nothing", "/healthz", "/docs"])
def test_every_answer_has_the_id_of_its_request(shared_inside, path):
    kept = shared_inside.client.get(path, headers={"x-request-id": "my-own_id-1"})
    assert kept.headers["x-request-id"] == "my-own_id-1"
    made = {shared_inside.client.get(path).headers["x-request-id"] for _ in range(2)}
    assert len(made) == 2


def test_a_problem_names_its_request(shared_inside):
    answer = shared_inside.client.get("/api/v1/usage", headers={"x-request-id": "my-own_id-1"})
    assert answer.json()["request_id"] == "my-own_id-1"


def test_health_is_told_without_touching_anything(inside):
    inside.store.refuses |= {"ping", "get", "put"}
    for method in ("GET", "HEAD"):
        assert inside.client.request(method, "/healthz").status_code == 200
    assert inside.client.get("/healthz").text == "ok\n"


def test_a_service_that_works_is_ready(shared_inside):
    answer = shared_inside.client.get("/readyz")
    checks = dict.fromkeys(("catalog", "storage", "workers", "queue"), True)
    assert answer.status_code == 200
    assert (answer.json()["ready"], answer.json()["checks"]) == (True, checks)


def test_readiness_tells_which_models_are_here_and_needs_none(shared_inside):
    assert shared_inside.client.get("/readyz").json()["models"]["u2netp"] == "missing"


def ready(inside: Inside) -> tuple[int, set[str]]:
    """Whether it is, and what is not well."""
    answer = inside.client.get("/readyz")
    told = answer.json()
    assert told["ready"] is (answer.status_code == 200)
    return answer.status_code, {name for name, well in told["checks"].items() if not well}


def test_a_service_whose_store_fails_is_not_ready_until_it_is_well_again(inside):
    inside.store.refuses.add("ping")
    assert ready(inside) == (503, {"storage"})
    inside.store.refuses.clear()
    assert ready(inside) == (200, set())


def test_a_service_whose_queue_is_full_is_not_ready(shared_inside):
    with shared_inside.changed(work=Gate(1)) as busy, busy.parts.work.entered():
        assert ready(busy) == (503, {"queue"})


def test_the_metrics_tell_what_was_asked_for_and_what_is_inside(inside):
    inside.keep(PICTURE)
    inside.client.get("/api/v3/nothing")
    page = inside.client.get("/metrics")
    assert page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = dict(line.rsplit(" ", 1) for line in page.text.splitlines() if line[0] != "#")
    assert told['cropwright_requests_total{door="/api/v1",method="POST",status="201"}'] == "1.0"
    assert told['cropwright_requests_total{door="/api/v3",method="GET",status="404"}'] == "1.0"
    assert told["cropwright_hosted_files"] == "1.0"
    assert told["cropwright_hosted_bytes"] == f"{float(len(PICTURE))}"
    assert told["cropwright_work_places"] == "8.0"
    assert told["cropwright_work_inside"] == told["cropwright_bodies_inside"] == "0.0"
    assert told["cropwright_bodies_bytes"] == "0.0"
    assert told["cropwright_workers"] == "1.0"
    assert float(told["cropwright_workers_resident_bytes"]) > 10_000_000
    assert "cropwright_workers_lost_total" in told
    assert float(told['cropwright_request_seconds_count{door="/api/v1"}']) == 1


def test_metrics_are_there_only_where_they_are_wanted(shared_inside):
    with shared_inside.changed(server=ServerSettings(metrics=False)) as other:
        answer = other.client.get("/metrics")
    assert (answer.status_code, native(answer)) == (404, "There is nothing at this address")


def test_nothing_secret_is_ever_logged(inside, caplog):
    caplog.set_level("DEBUG")
    told = inside.keep(PICTURE)
    body = {"key": inside.key, "image": BASE64}
    inside.client.post("/api/v3/base64_crop", json=body)
    inside.client.get(told["url"])
    inside.client.get(f"/api/v1/uploads/{told['id']}", headers=inside.bearer)
    inside.client.delete(f"/api/v1/uploads/{told['id']}", headers=inside.bearer)
    ours = [record for record in caplog.records if record.name.startswith("cropwright")]
    logged = json.dumps([[record.getMessage(), str(record.__dict__)] for record in ours])
    assert len(ours) >= 5
    assert told["id"] not in logged
    assert re.search(r"cw_[A-Za-z0-9-]{12}_", logged) is None
    assert BASE64[:40] not in logged

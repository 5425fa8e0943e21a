"""Crop.photo's endpoints: pictures by URL in, crops or links out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from conftest import decoded, encoded, gradient
from cropwright.core.limits import Limits
from cropwright.service.models import Shelf
from cropwright.service.render import Renderer
from cropwright.service.settings import LinkSettings
from cropwright.sources.remote import Fetcher
from cropwright.sources.settings import SourceSettings
from cutouts import NO_MODELS, alpha_of, every_model, photo, stand_in
from inside import Inside, new_key

pytest_plugins = ["inside_fixtures"]

PATH = "/v1/crop/remove-background"
PICTURES = {
    "/product.jpg": photo(),
    "/gradient.jpg": encoded(gradient(300, 200), "JPEG", quality=95),
    "/text.png": b"no picture at all",
}


class Shop(BaseHTTPRequestHandler):
    """Serves PICTURES."""

    def do_GET(self) -> None:
        data = PICTURES.get(self.path, b"")
        self.send_response(200 if data else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The address of a server with pictures."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@contextmanager
def fetching(inside: Inside, models: Any = NO_MODELS, **more: Any) -> Iterator[Inside]:
    """The service, allowed to fetch from the shop, with some models or none."""
    renderer = Renderer(inside.parts.renderer.workers, Limits(), Shelf(models))
    fetcher = Fetcher(SourceSettings(allow="127.0.0.0/8"))
    with inside.changed(renderer=renderer, fetcher=fetcher, **more) as other:
        yield other


def asked(
    inside: Inside,
    url: str,
    headers: dict[str, str] | None = None,
    path: str = PATH,
    **fields: Any,
) -> Any:
    told = inside.bearer if headers is None else headers
    return inside.client.post(path, json={"image_url": url, **fields}, headers=told)


def refused(answer: Any, status: int, kind: str) -> str:
    told = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert (answer.status_code, told["status"], told["title"]) == (status, status, kind)
    return told["detail"]


def test_a_product_is_streamed_as_a_transparent_png_labelled_with_who_looked(shared_inside, shop):
    with fetching(shared_inside) as inside:
        answer = asked(inside, f"{shop}/product.jpg", response_type="stream")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    alpha = alpha_of(answer.content)
    assert (decoded(answer.content).mode, alpha[80, 70], alpha[10, 10]) == ("RGBA", 1, 0)
    told = {name: answer.headers[f"cropwright-{name}"] for name in ("model", "subject")}
    assert told == {"model": "classical", "subject": "found"}
    assert answer.headers["cropwright-instead-of"] == "u2netp"
    assert float(answer.headers["cropwright-confidence"]) < 0.5


def test_a_client_that_wants_a_picture_type_gets_it(shared_inside, shop):
    accept = shared_inside.bearer | {"accept": "image/png"}
    with fetching(shared_inside) as inside:
        answer = asked(inside, f"{shop}/product.jpg", accept)
    assert answer.headers["content-type"] == "image/png"


def test_a_picture_without_a_subject_comes_back_whole_and_says_so(shared_inside, shop):
    with fetching(shared_inside) as inside:
        answer = asked(inside, f"{shop}/gradient.jpg")
    assert answer.status_code == 200
    assert alpha_of(answer.content).min() == 1
    assert answer.headers["cropwright-subject"] == "none"
    assert answer.headers["cropwright-confidence"] == "0.00"


def test_a_model_that_is_installed_looks(shared_inside, shop, shared):
    with fetching(shared_inside, stand_in(shared)) as inside:
        answer = asked(inside, f"{shop}/product.jpg")
    assert (answer.status_code, answer.headers["cropwright-model"]) == (200, "u2netp")
    assert "cropwright-instead-of" not in answer.headers


def test_a_link_holds_the_png_and_ends_when_its_time_is_over(inside, shop):
    with fetching(inside, links=LinkSettings(cropphoto_seconds=60)) as other:
        answer = asked(other, f"{shop}/product.jpg", response_type="url")
        told = answer.json()
        assert (answer.status_code, answer.headers["cropwright-model"]) == (200, "classical")
        assert told["output_image_url"] == told["url"]
        assert decoded(other.client.get(told["url"]).content).mode == "RGBA"
        inside.clock.wait(61)
        assert other.client.get(told["url"]).status_code == 404


def test_a_product_is_laid_before_a_picture_of_its_own(shared_inside, shop):
    path, frame = "/v1/crop/auto-resize-align", {"output_dimension": "400x600", "margins": 10}
    with fetching(shared_inside) as inside:
        wall = f"{shop}/gradient.jpg"
        answer = asked(inside, f"{shop}/product.jpg", path=path, background=wall, **frame)
    made = decoded(answer.content)
    assert (answer.status_code, made.format, made.size) == (200, "JPEG", (400, 600))
    colours = [made.getpixel((x, 300)) for x in (5, 70, 200)]
    ring = [
        abs(colour[0] - 190) + abs(colour[1] - 30) + abs(colour[2] - 40) < 60 for colour in colours
    ]
    assert ring == [False, True, False]


def test_a_background_that_cannot_be_fetched_is_named(shared_inside, shop):
    path, background = "/v1/crop/auto-resize-align", f"{shop}/missing.png"
    with fetching(shared_inside) as inside:
        answer = asked(inside, f"{shop}/product.jpg", path=path, background=background)
    assert refused(answer, 400, "invalid_payload").startswith("background")


@pytest.mark.parametrize(
    ("path", "wanted", "part"),
    [
        ("/v1/crop/body-aware-crop", {"crop_marker": "HEAD_TO_KNEES"}, "person"),
        ("/v1/crop/body-aware-crop", {"crop_marker": "HEAD"}, "face"),
        ("/v1/crop/unrecognizable-crop", {}, "face"),
    ],
)
def test_a_part_that_the_picture_does_not_show_is_named(
    shared_inside, shop, shared, path, wanted, part
):
    with fetching(shared_inside, every_model(shared)) as inside:
        answer = asked(inside, f"{shop}/product.jpg", path=path, background="none", **wanted)
    assert refused(answer, 400, "invalid_payload") == f"the picture shows no {part}"


@pytest.mark.parametrize("path", ["/text.png", "/missing.png"])
def test_what_the_url_does_not_give_is_the_caller_s_mistake(shared_inside, shop, path):
    with fetching(shared_inside) as inside:
        refused(asked(inside, shop + path), 400, "invalid_payload")


def test_an_address_that_may_not_be_asked_is_named_by_its_field(shared_inside):
    answer = asked(shared_inside, "http://127.0.0.1:9/x.png")
    assert refused(answer, 400, "invalid_payload") == "image_url cannot be fetched"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
def test_without_a_key_there_is_nothing(shared_inside, headers):
    said = refused(asked(shared_inside, "http://x.example/", headers), 401, "invalid_api_key")
    assert said == "Invalid API key. Please contact support to get the API access."


@pytest.mark.parametrize("body", [b"", b"{bad", b"[]", b'"x"'])
def test_a_body_that_is_no_object_is_refused_before_the_key_is_looked_at(shared_inside, body):
    refused(shared_inside.client.post(PATH, content=body), 400, "invalid_payload")


def test_the_key_comes_before_the_fields(shared_inside):
    refused(shared_inside.client.post(PATH, json={}), 401, "invalid_api_key")
    answer = shared_inside.client.post(PATH, json={}, headers=shared_inside.bearer)
    refused(answer, 400, "invalid_payload")


def test_a_body_beyond_the_limit_is_refused_in_this_shape(shared_inside):
    body = json.dumps({"image_url": "x" * (9 * 1024 * 1024)})
    answer = shared_inside.client.post(PATH, content=body, headers=shared_inside.bearer)
    refused(answer, 413, "payload_too_large")


def test_a_quota_that_is_used_up_is_told_as_a_balance(inside, shop):
    text, _ = new_key(inside.parts, quota_bytes=1)
    headers = {"authorization": f"Bearer {text}"}
    with fetching(inside) as other:
        answer = asked(other, f"{shop}/product.jpg", headers, response_type="url")
    refused(answer, 400, "not_enough_balance")
    assert inside.store.names() == []


def test_a_missing_model_is_an_error_where_nothing_may_stand_in(shared_inside, shop):
    strict = type(NO_MODELS)(folder="/nowhere", first_use_bytes=0, fallback=False)
    with fetching(shared_inside, strict) as inside:
        said = refused(asked(inside, f"{shop}/product.jpg"), 503, "service_unavailable")
    assert said.endswith("run: cropwright models pull u2netp")


@pytest.mark.parametrize("path", ["/v1/crop/remove-backgrounds", "/v1/process", "/v1/"])
def test_what_is_not_there_is_told_in_this_door_s_shape(shared_inside, path):
    answer = shared_inside.client.post(path, json={}, headers=shared_inside.bearer)
    assert answer.json()["type"] == "/exception/client_error/not_found"
    assert answer.json()["title"] == "Unable to find matching target resource method"

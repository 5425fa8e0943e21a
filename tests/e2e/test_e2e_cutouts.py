"""Cut-outs of a real service: without any model, and from URLs that mean no good."""

from __future__ import annotations

import socket
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from tests.e2e.server import Server, running

from cutouts import alpha_of
from cutouts import photo as product
from hostile import hostile, table

PATH = "/v1/crop/remove-background"
NO_MODELS = {"MODELS_FIRST_USE_BYTES": "0", "MODELS_FOLDER": "/nowhere"}
LONGEST_SECONDS = 11


def asked(server: Server, key: str, url: str) -> httpx2.Response:
    """What remove-background answers for a URL."""
    headers = {"authorization": f"Bearer {key}"}
    body = {"image_url": url}
    return httpx2.post(server.base + PATH, json=body, headers=headers, timeout=60, trust_env=False)


def test_without_network_and_models_the_service_says_so_and_cuts_a_product_out(tmp_path):
    with running(Server(tmp_path, **NO_MODELS, SOURCES_ALLOW="127.0.0.0/8")) as server:
        ready = httpx2.get(f"{server.base}/readyz", trust_env=False).json()
        assert (ready["ready"], ready["models"]["u2netp"]) == (True, "missing")
        assert "not installed" in server.command("doctor")
        key = server.key("one")
        headers = {"authorization": f"Bearer {key}"}
        body = {"image": b64encode(product()).decode(), "answer": "link"}
        made = httpx2.post(f"{server.base}/api/v1/cutout", json=body, headers=headers).json()
        native = httpx2.get(made["url"], trust_env=False)
        upload = {"image": body["image"]}
        hosted = httpx2.post(f"{server.base}/api/v1/uploads", headers=headers, json=upload).json()
        streamed = asked(server, key, hosted["url"])
    for answer in (native, streamed):
        assert alpha_of(answer.content)[80, 70] == 1
        assert alpha_of(answer.content)[10, 10] == 0
    assert streamed.headers["cropwright-model"] == made["cutout"]["model"] == "classical"


@pytest.mark.slow
def test_no_url_of_the_shared_table_reaches_the_canary(shared, tmp_path):
    with (
        running(Server(tmp_path, **NO_MODELS)) as server,
        socket.create_server(("127.0.0.1", 0)) as canary,
    ):
        key, port = server.key("one"), str(canary.getsockname()[1])
        for case in table(shared, "fetch_urls"):
            begun = time.monotonic()
            answer = asked(server, key, case["url"].replace("$PORT", port))
            assert (answer.status_code, answer.json()["title"]) == (400, "invalid_payload"), case
            assert time.monotonic() - begun <= LONGEST_SECONDS, case
        canary.setblocking(False)
        with pytest.raises(BlockingIOError):
            canary.accept()


@pytest.mark.slow
def test_hostile_origins_are_taken_or_refused_as_labelled(shared, tmp_path):
    roomy = {"GATES_QUEUE_PER_WORKER": "20", "SOURCES_ALLOW": "127.0.0.0/8"}
    cases = table(shared, "origin_cases")

    def judged(case: dict) -> tuple[int, float]:
        begun = time.monotonic()
        status = asked(server, key, f"http://127.0.0.1:{port}{case['path']}").status_code
        return status, time.monotonic() - begun

    with running(Server(tmp_path, **NO_MODELS, **roomy)) as server, hostile(shared) as port:
        key = server.key("one")
        with ThreadPoolExecutor(len(cases)) as threads:
            fates = list(threads.map(judged, cases))
    for case, (status, seconds) in zip(cases, fates, strict=True):
        allowed = {"accept": {200}, "reject": {400}, "either": {200, 400}}[case["expect"]]
        assert status in allowed, case
        assert seconds <= LONGEST_SECONDS, case
    print(f"{len(cases)} cases, the slowest {max(seconds for _, seconds in fates):.1f} s")

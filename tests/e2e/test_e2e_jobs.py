"""Jobs end to end: filed at a real service, done in its own workers, told of with links that work."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import httpx2
import pytest
from tests.e2e.server import metric, within

from conftest import decoded, encoded, gradient

pytest_plugins = ["tests.e2e.service_fixtures"]

SETTINGS = {"JOBS_POLL_SECONDS": "0.05", "JOBS_ATTEMPTS": "2", "JOBS_RETRY_SECONDS": "1"}
PATIENCE_SECONDS = 60
JOBS = "/api/v1/jobs"
PICTURE = encoded(gradient(64, 40))
BASE64 = b64encode(PICTURE).decode()


@pytest.fixture
def bearer(key) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def filed(client: httpx2.Client, bearer: dict[str, str], **fields: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json=fields, headers=bearer)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"{JOBS}/{answer.json()['id']}"
    return answer.json()


def over(client: httpx2.Client, bearer: dict[str, str], job: dict[str, Any]) -> dict[str, Any]:
    """The job, once it is over."""
    told: dict[str, Any] = {}

    def ended() -> bool:
        told.update(client.get(f"{JOBS}/{job['id']}", headers=bearer).json())
        return told["state"] not in ("pending", "processing")

    within(PATIENCE_SECONDS, ended)
    return told


def test_a_job_of_many_pictures_tells_of_each(client, bearer):
    kept = client.post("/api/v1/uploads", files={"image": PICTURE}, headers=bearer).json()
    pictures = [{"image": BASE64}, {"upload": kept["id"], "aspect": "2:1"}, {"image": BASE64[:64]}]
    job = filed(client, bearer, aspect="1:1", pictures=pictures, labels=["spring"])
    assert (job["state"], job["pictures"], job["done"]) == ("pending", 3, 0)
    told = over(client, bearer, job)
    assert (told["state"], told["done"], told["labels"]) == ("completed", 3, ["spring"])
    first, second, third = told["results"]
    shown = [decoded(client.get(row["upload"]["url"]).content) for row in (first, second)]
    assert [picture.size for picture in shown] == [(40, 40), (64, 32)]
    assert first["rect"] == {"x": 12, "y": 0, "width": 40, "height": 40}
    assert third == {"picture": 2, "error": third["error"]}
    assert third["error"]["code"] == "broken_picture"


def test_a_form_files_a_job_of_one_picture(client, bearer):
    answer = client.post(
        JOBS,
        files={"image": PICTURE},
        data={"do": "cutout", "model": "classical", "no_subject": "keep", "labels": "a, b"},
        headers=bearer,
    )
    told = over(client, bearer, answer.json())
    assert (told["state"], told["labels"], len(told["results"])) == ("completed", ["a", "b"], 1)
    assert told["results"][0]["upload"]["media_type"] == "image/png"


def test_a_job_without_a_good_picture_fails_after_it_was_tried_again(client, bearer):
    job = filed(client, bearer, url="http://127.0.0.1:9/a.png", aspect="1:1")
    told = over(client, bearer, job)
    assert (told["state"], told["reason"], told["attempts"]) == (
        "failed",
        "url cannot be fetched",
        2,
    )


def test_what_was_sent_with_a_job_is_deleted_after_it(service, client, bearer):
    before = set(service.stored())
    job = filed(client, bearer, image=BASE64, aspect="1:1", expires_seconds=1)
    assert over(client, bearer, job)["state"] == "completed"

    def swept() -> bool:
        service.command("sweep")
        return set(service.stored()) <= before

    within(PATIENCE_SECONDS, swept)


def test_the_backlog_is_measured(client, bearer):
    over(client, bearer, filed(client, bearer, image=BASE64, aspect="1:1"))
    page = client.get("/metrics").text
    names = ("pending", "running", "oldest_seconds")
    assert [metric(page, f"cropwright_jobs_{name}") for name in names] == [0, 0, 0]

"""Crop.photo's banner jobs: what is taken, what is cut, and how jobs are told of."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from conftest import decoded, encoded, gradient
from cropwright.app import JOB_DOORS
from cropwright.core.geometry import Rect, Size
from cropwright.core.jobs import Hook
from cropwright.doors.cropphoto.wire_banners import (
    Margin,
    StatusCall,
    call_of,
    parse_create,
    parse_status,
)
from cropwright.errors import CropwrightError
from cropwright.http.fields import Fields, from_json
from cropwright.service.jobs.work import work
from inside import new_key

pytest_plugins = ["inside_fixtures"]

CREATE, STATUS = "/v1/banners/with-mask/create", "/v1/banners/with-mask/status"
PICTURE = encoded(gradient(100, 80))
FORM: dict[str, Any] = {
    "input_image": PICTURE,
    "mask_image": b"mask",
    "minimum_margins": "5%",
    "job_labels": "lot",
}


def mask(size=(100, 80), box=(20, 10, 60, 50)) -> bytes:
    """A mask whose box is transparent."""
    image = Image.new("RGBA", size, (0, 0, 0, 255))
    if box:
        image.paste((0, 0, 0, 0), box)
    return encoded(image)


def created(inside, cover: bytes, **fields: Any) -> dict[str, Any]:
    words = {"minimum_margins": "10%", "job_labels": ["lot", "spring"]} | fields
    files = {"input_image": PICTURE, "mask_image": cover}
    answer = inside.client.post(CREATE, data=words, files=files, headers=inside.bearer)
    assert answer.status_code == 200, answer.text
    return answer.json()


def worked(inside) -> None:
    now = inside.parts.host.now_ms()
    lease = inside.parts.host.catalog.jobs.claim(now, now + 60_000)
    work(inside.parts, JOB_DOORS, lease, lambda: False)


def status(inside, headers: dict[str, str] | None = None, **asked: Any):
    return inside.client.post(STATUS, json=asked, headers=headers or inside.bearer)


def test_a_banner_is_cut_around_the_mask_with_its_margins(inside):
    job = created(inside, mask(), response_type="url")
    assert job == {
        "job_id": job["job_id"],
        "status": "pending",
        "job_labels": ["lot", "spring"],
    }
    worked(inside)
    told = status(inside, job_id=job["job_id"]).json()
    assert (told["jobs"], told["error_message"]) == ([job | {"status": "completed"}], "")
    (result,) = told["results"]
    assert result["crop_coordinates"] == {"x": 0.16, "y": 0.075, "width": 0.48, "height": 0.6}
    shown = decoded(inside.client.get(result["output_image_url"]).content)
    assert shown.tobytes() == gradient(100, 80).crop((16, 6, 64, 54)).tobytes()


def test_without_a_wish_for_a_link_only_the_coordinates_are_told(inside):
    created(inside, mask(), minimum_margins="0px")
    worked(inside)
    (result,) = status(inside, job_labels=["spring", "none"]).json()["results"]
    assert (result["output_image_url"], result["crop_coordinates"]["x"]) == ("", 0.2)


@pytest.mark.parametrize(
    ("cover", "error"),
    [
        (mask(box=None), "mask_image is opaque; expected a PNG with transparent pixels"),
        (
            mask(size=(50, 40), box=(1, 1, 9, 9)),
            "mask_image is 50x40; expected the size of the picture, 100x80",
        ),
        (PICTURE, "mask_image is opaque; expected a PNG with transparent pixels"),
    ],
)
def test_a_mask_that_says_nothing_fails_the_job_with_its_reason(inside, cover, error):
    job = created(inside, cover)
    worked(inside)
    told = status(inside, job_id=job["job_id"]).json()
    assert (told["jobs"][0]["status"], told["results"]) == ("failed", [])
    assert told["error_message"] == error


def test_jobs_are_told_of_in_pages_the_newest_first(inside):
    ids = [created(inside, mask())["job_id"] for _ in range(3)]

    def listed(**page: int) -> list[str]:
        told = status(inside, job_labels=["lot"], **page).json()
        return [row["job_id"] for row in told["jobs"]]

    assert (listed(), listed(start=1, limit=1)) == (ids[::-1], [ids[1]])


def test_another_key_s_job_is_not_found(inside):
    job = created(inside, mask())
    other = {"authorization": f"Bearer {new_key(inside.parts)[0]}"}
    answer = status(inside, other, job_id=job["job_id"])
    assert (answer.status_code, answer.json()["title"]) == (404, "No such job")
    assert status(inside, other, job_labels=["lot"]).json()["jobs"] == []


def test_a_cancelled_job_is_told_as_failed(inside):
    job = created(inside, mask())
    inside.client.delete(f"/api/v1/jobs/{job['job_id']}", headers=inside.bearer)
    told = status(inside, job_id=job["job_id"]).json()
    assert (told["jobs"][0]["status"], told["error_message"]) == (
        "failed",
        "the job was cancelled",
    )


def test_pictures_and_masks_may_be_urls(inside):
    words = {"input_image_url": "http://a.test/a.png", "mask_image_url": "http://a.test/m.png"}
    others = {"minimum_margins": "8 PX", "job_labels": "x", "response_type": "URL"}
    (given,) = parse_create(Fields(words | others)).pictures
    call = call_of(given.fields, {})
    assert (call.picture.url, call.mask.url) == tuple(words.values())
    assert (call.margin, call.as_link, given.files) == (Margin(8, False), True, {})


def test_a_webhook_goes_with_its_secret():
    filing = parse_create(Fields(FORM | {"webhook": "http://a.test/h", "webhook_secret": "s3"}))
    assert (filing.hook, filing.labels) == (Hook("http://a.test/h", "s3"), ("lot",))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"input_image": None}, "input_image"),
        ({"input_image": "text"}, "input_image"),
        ({"mask_image_url": "http://a.test"}, "mask_image_url"),
        ({"mask_image": None, "mask_image_url": "ftp://a.test"}, "mask_image_url"),
        ({"minimum_margins": None}, "minimum_margins"),
        ({"minimum_margins": "5"}, "minimum_margins"),
        ({"minimum_margins": "-5%"}, "minimum_margins"),
        ({"job_labels": None}, "job_labels"),
        ({"job_labels": "x" * 101}, "job_labels"),
        ({"response_type": "stream"}, "response_type"),
        ({"ai_model": "SCENE_V1"}, "ai_model"),
        ({"webhook": "nowhere"}, "webhook"),
        ({"webhook_secret": "a b"}, "webhook_secret"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(changed, field):
    fields = {name: value for name, value in (FORM | changed).items() if value is not None}
    with pytest.raises(CropwrightError) as refused:
        parse_create(Fields(fields))
    assert refused.value.facts()["field"] == field


@pytest.mark.parametrize(("name", "most"), [("analysis_hints", 5), ("job_labels", 20)])
def test_hints_and_labels_are_not_too_many(name, most):
    words = tuple(f"{number}" for number in range(most + 1))
    assert parse_create(Fields(FORM, repeated={name: words[:-1]}))
    with pytest.raises(CropwrightError) as refused:
        parse_create(Fields(FORM, repeated={name: words}))
    assert refused.value.facts()["limit"] == most


def test_a_question_has_defaults():
    assert parse_status(from_json(b'{"job_labels": "a"}')) == StatusCall(None, ("a",), 0, 20)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (b"{}", "job_id"),
        (b'{"job_id": "a", "job_labels": ["b"]}', "job_labels"),
        (b'{"job_labels": [1]}', "job_labels"),
        (b'{"job_labels": {"a": 1}}', "job_labels"),
        (b'{"job_id": "a", "start": -1}', "start"),
        (b'{"job_id": "a", "limit": 0}', "limit"),
        (b'{"job_id": "a", "limit": 101}', "limit"),
        (b'{"job_id": "a", "limit": "5"}', "limit"),
        (b'{"job_id": "a", "limit": true}', "limit"),
    ],
)
def test_a_wrong_question_is_refused_by_its_name(text, field):
    with pytest.raises(CropwrightError) as refused:
        parse_status(from_json(text))
    assert refused.value.facts()["field"] == field


@pytest.mark.parametrize(
    ("margin", "around"),
    [
        (Margin(10, True), Rect(16, 6, 48, 48)),
        (Margin(7, False), Rect(13, 3, 54, 54)),
        (Margin(0.1, True), Rect(19, 9, 42, 42)),
        (Margin(500, True), Rect(0, 0, 100, 80)),
    ],
)
def test_margins_are_of_the_element_or_pixels_and_end_with_the_picture(margin, around):
    assert margin.around(Rect(20, 10, 40, 40), Size(100, 80)) == around

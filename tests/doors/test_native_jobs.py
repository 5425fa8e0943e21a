"""Jobs in our own API: what is taken, how it is told of, and what is refused with which words."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from schemas import matches

from conftest import encoded, gradient
from cropwright.app import JOB_DOORS
from cropwright.core.jobs import Hook
from cropwright.doors.native import bodies
from cropwright.doors.native.wire_jobs import parse_filing
from cropwright.errors import InvalidValueError, LimitExceededError, MissingFieldError
from cropwright.http.fields import Fields, from_json
from cropwright.service.jobs.work import work
from inside import new_key

pytest_plugins = ["inside_fixtures"]

JOBS = "/api/v1/jobs"
BASE64 = b64encode(encoded(gradient(64, 40))).decode()
SQUARE = {"image": BASE64, "aspect": "1:1"}


def filed(inside, fields: dict[str, Any] | None = None, **headers: str):
    answer = inside.client.post(JOBS, json=fields or SQUARE, headers=inside.bearer | headers)
    assert answer.status_code == 202, answer.text
    return answer


def told(inside, job: dict[str, Any]):
    return inside.client.get(f"{JOBS}/{job['id']}", headers=inside.bearer)


def worked(inside) -> None:
    now = inside.parts.host.now_ms()
    lease = inside.parts.host.catalog.jobs.claim(now, now + 60_000)
    work(inside.parts, JOB_DOORS, lease, lambda: False)


def parsed(text: bytes, most: int = 5):
    return parse_filing(from_json(text), most)


def test_a_job_is_accepted_told_of_and_done_as_documented(inside):
    pictures = [{}, {"image": "AAAA"}, {"aspect": "2:1"}]
    answer = filed(inside, SQUARE | {"pictures": pictures, "labels": ["spring"]})
    job = answer.json()
    assert answer.headers["location"] == f"{JOBS}/{job['id']}"
    assert matches(bodies.JOB, job)
    assert matches(bodies.JOB_STATE, told(inside, job).json())
    worked(inside)
    done = told(inside, job).json()
    assert matches(bodies.JOB_STATE, done)
    assert (done["state"], done["done"], done["labels"]) == ("completed", 3, ["spring"])
    sizes = [row.get("result") for row in done["results"]]
    assert sizes == [{"width": 40, "height": 40}, None, {"width": 64, "height": 32}]


def test_a_result_whose_link_has_ended_is_told_without_it(inside, clock):
    job = filed(inside, SQUARE | {"expires_seconds": 60}).json()
    worked(inside)
    assert "upload" in told(inside, job).json()["results"][0]
    clock.wait(61)
    (row,) = told(inside, job).json()["results"]
    assert ("upload" in row, row["rect"]["width"]) == (False, 40)


def test_the_same_idempotency_key_files_one_job(inside):
    first = filed(inside, **{"idempotency-key": "once"})
    again = filed(inside, **{"idempotency-key": "once"})
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    listed = inside.client.get(JOBS, headers=inside.bearer).json()
    assert [job["id"] for job in listed["jobs"]] == [first.json()["id"]]


def test_jobs_are_listed_by_label_in_pages(inside):
    ids = [filed(inside, SQUARE | {"labels": [word]}).json()["id"] for word in ("a", "b", "a")]

    def listed(**query: Any) -> list[str]:
        answer = inside.client.get(JOBS, params=query, headers=inside.bearer)
        return [job["id"] for job in answer.json()["jobs"]]

    assert listed() == ids[::-1]
    assert listed(label="a") == [ids[2], ids[0]]
    assert listed(label=["a", "b"], start=1, limit=1) == [ids[1]]


def test_a_job_is_cancelled_and_stays_so(inside):
    job = filed(inside).json()
    for _ in range(2):
        gone = inside.client.delete(f"{JOBS}/{job['id']}", headers=inside.bearer)
        assert gone.status_code == 204
    assert told(inside, job).json()["state"] == "cancelled"


def test_another_key_s_job_is_not_there(inside):
    job = filed(inside).json()
    other = {"authorization": f"Bearer {new_key(inside.parts)[0]}"}
    for method in ("GET", "DELETE"):
        answer = inside.client.request(method, f"{JOBS}/{job['id']}", headers=other)
        assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")
    assert inside.client.get(JOBS, headers=other).json() == {"jobs": []}
    assert inside.client.get(JOBS).status_code == 401


def test_a_picture_that_is_no_base64_is_refused_at_once_and_nothing_is_kept(inside):
    answer = inside.client.post(
        JOBS, json={"pictures": [SQUARE, {"image": "?"}]}, headers=inside.bearer
    )
    assert (answer.status_code, answer.json()["field"]) == (400, "pictures.1.image")
    assert inside.store.names() == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (b'{"image": "AAAA", "width": "x"}', "width"),
        (b'{"image": "AAAA", "do": "paint"}', "do"),
        (b'{"image": "AAAA", "answer": "link"}', "answer"),
        (b'{"image": "AAAA", "dry_run": true}', "dry_run"),
        (b'{"image": "AAAA", "model": "isnet"}', "model"),
        (b'{"pictures": [{"image": "AAAA"}, {"image": "AAAA", "width": 0}]}', "pictures.1.width"),
        (b'{"url": "http://a.test", "pictures": [{"image": "AAAA"}]}', "pictures.0.url"),
        (b'{"image": "AAAA", "pictures": []}', "pictures"),
        (b'{"image": "AAAA", "pictures": {"a": 1}}', "pictures"),
        (b'{"image": "AAAA", "labels": [1]}', "labels"),
        (b'{"image": "AAAA", "labels": [""]}', "labels"),
        (b'{"image": "AAAA", "webhook": "ftp://a.test"}', "webhook"),
        (b'{"image": "AAAA", "webhook": "http://a:b@a.test/"}', "webhook"),
        (b'{"image": "AAAA", "webhook_secret": "s"}', "webhook_secret"),
        (
            b'{"image": "AAAA", "webhook": "http://a.test", "webhook_secret": "a b"}',
            "webhook_secret",
        ),
    ],
)
def test_a_wrong_word_is_refused_by_its_name(text, field):
    with pytest.raises(InvalidValueError) as refused:
        parsed(text)
    assert refused.value.field == field


def test_a_picture_is_needed_and_not_too_many(inside):
    with pytest.raises(MissingFieldError):
        parsed(b"{}")
    with pytest.raises(LimitExceededError):
        parsed(b'{"image": "AAAA", "pictures": [{}, {}, {}]}', most=2)
    with pytest.raises(LimitExceededError):
        parsed(b'{"image": "AAAA", "labels": ["%s"]}' % b'","'.join(b"%d" % n for n in range(21)))


def test_a_secret_that_is_refused_is_not_shown():
    with pytest.raises(InvalidValueError) as refused:
        parsed(b'{"image": "AAAA", "webhook": "http://a.test", "webhook_secret": "no good"}')
    assert "no good" not in str(refused.value)


def test_a_picture_s_own_words_win_over_those_beside_it():
    filing = parsed(b'{"url": "http://a.test", "width": 5, "pictures": [{}, {"width": 9}]}')
    assert [given.fields["width"] for given in filing.pictures] == [5, 9]
    assert filing.hook is None


def test_a_form_has_labels_with_commas_and_may_have_a_webhook():
    words = {"image": b"file", "labels": "a, b,a", "webhook": "http://a.test/x", "width": "5"}
    filing = parse_filing(Fields(words), 5)
    assert (filing.labels, filing.hook) == (("a", "b"), Hook("http://a.test/x", None))
    (given,) = filing.pictures
    assert (given.fields, given.files["image"].data) == ({"width": "5"}, b"file")

"""Jobs in the service: what is tried again, what fails, what is given back, and what is told."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from dataclasses import replace

import pytest
from tests.e2e.jobs_harness import SECRET, Receiver, genuine
from tests.e2e.server import within

from conftest import encoded, gradient
from cropwright.app import JOB_DOORS
from cropwright.core.hosting import Usage
from cropwright.core.jobs import Delivery, Hook, JobState
from cropwright.errors import JobNotFoundError, OverloadedError, QuotaExceededError
from cropwright.service.calls import Source
from cropwright.service.jobs import filing
from cropwright.service.jobs.filing import Filing, Given
from cropwright.service.jobs.webhooks import send_one, signed
from cropwright.service.jobs.work import work
from cropwright.service.jobs.workshop import Workshop
from cropwright.sources.remote import Fetcher
from cropwright.sources.settings import SourceSettings
from inside import BASE, new_key

pytest_plugins = ["inside_fixtures"]

PICTURE = encoded(gradient(64, 40))
SENT = Given("crop", {"aspect": "1:1"}, {"image": Source(data=PICTURE)})
NOWHERE = Given("crop", {"url": "http://127.0.0.1:9/a.png"})
PATIENCE_SECONDS = 60


def filed(parts, *pictures, key=None, hook=None):
    job = filing.file(parts, key, Filing("native", pictures or (SENT,), hook=hook), BASE)
    return job.draft.token


def begun(parts):
    now = parts.host.now_ms()
    lease = parts.host.catalog.jobs.claim(now, now + 30_000)
    assert lease is not None
    return lease


def worked(parts, *, is_stopping=lambda: False) -> None:
    work(parts, JOB_DOORS, begun(parts), is_stopping)


def told(parts, token, key=None):
    return filing.found(parts, key, token).job


def errors(parts, token, key=None):
    facts = [json.loads(row.facts) for row in filing.found(parts, key, token).outcomes]
    return [row["error"]["code"] if "error" in row else None for row in facts]


def test_a_job_is_completed_with_a_file_for_its_picture(parts):
    token = filed(parts)
    worked(parts)
    state = filing.found(parts, None, token)
    assert (state.job.state, state.job.done) == (JobState.COMPLETED, 1)
    assert parts.host.read(state.outcomes[0].upload).startswith(b"\x89PNG")


def test_what_cannot_be_fetched_is_tried_again_later_and_at_last_fails(parts, clock):
    parts = replace(parts, jobs=replace(parts.jobs, attempts=2, retry_seconds=5))
    token = filed(parts, SENT, NOWHERE)
    worked(parts)
    job = told(parts, token)
    assert (job.state, job.reason, job.done) == (JobState.PENDING, "url cannot be fetched", 1)
    clock.wait(4.9)
    assert parts.host.catalog.jobs.claim(clock(), clock()) is None
    clock.wait(0.1)
    worked(parts)
    assert told(parts, token).state == JobState.COMPLETED
    assert errors(parts, token) == [None, "source_blocked"]


def test_a_job_fails_if_no_picture_went_well(parts):
    token = filed(parts, Given("crop", {"image": "", "upload": "none-of-that-name-at-all"}))
    worked(parts)
    job = told(parts, token)
    assert job.state == JobState.FAILED
    assert job.reason == "there is no upload none-of-that-name-at-all"


def test_a_fault_of_ours_fails_the_picture_without_a_word_of_it(parts):
    token = filed(parts, Given("no such task", {}))
    worked(parts)
    assert told(parts, token).reason == "something went wrong"
    assert errors(parts, token) == ["error"]


def test_a_worker_that_is_told_to_stop_gives_its_job_back(parts):
    token = filed(parts)
    worked(parts, is_stopping=lambda: True)
    job = told(parts, token)
    assert (job.state, job.attempts) == (JobState.PENDING, 0)


def test_a_job_that_was_cancelled_under_way_has_no_results(parts):
    token = filed(parts)
    lease = begun(parts)
    filing.cancel(parts, None, token)
    work(parts, JOB_DOORS, lease, lambda: False)
    assert (told(parts, token).state, errors(parts, token)) == (JobState.CANCELLED, [])
    filing.cancel(parts, None, token)


def test_a_job_that_a_later_version_filed_waits_for_it(parts):
    token = filed(parts)
    lease = begun(parts)
    wish = json.dumps({"version": filing.VERSION + 1})
    draft = replace(lease.job.draft, wish=wish)
    work(parts, JOB_DOORS, replace(lease, job=replace(lease.job, draft=draft)), lambda: False)
    assert told(parts, token).reason == "a later version of this program filed it"


def test_what_is_sent_with_a_job_counts_and_is_deleted_after_it(parts):
    _, key = new_key(parts, quota_bytes=3 * len(PICTURE))
    filed(parts, key=key)
    assert parts.host.usage(key.id) == Usage(len(PICTURE), 1)
    with pytest.raises(QuotaExceededError):
        filed(parts, SENT, SENT, SENT, key=key)
    worked(parts)
    parts.host.sweep()
    assert parts.host.usage(key.id).files == 1  # the result


def test_the_job_of_a_revoked_key_fails(parts):
    _, key = new_key(parts)
    token = filed(parts, key=key)
    parts.host.catalog.keys.revoke(key.name, parts.host.now_ms())
    worked(parts)
    assert told(parts, token, key).reason == "Invalid API key"


def test_jobs_are_refused_where_too_many_wait(parts):
    parts = replace(parts, jobs=replace(parts.jobs, waiting=1))
    filed(parts)
    with pytest.raises(OverloadedError):
        filed(parts)


def test_another_key_s_job_cannot_be_seen_or_cancelled(parts):
    token = filed(parts)
    _, key = new_key(parts)
    for ask in (filing.found, filing.cancel):
        with pytest.raises(JobNotFoundError):
            ask(parts, key, token)


def test_old_jobs_are_forgotten(parts, clock):
    token = filed(parts)
    worked(parts)
    clock.wait(parts.jobs.keep_seconds - 1)
    filing.forget_old(parts)
    assert told(parts, token)
    clock.wait(2)
    filing.forget_old(parts)
    with pytest.raises(JobNotFoundError):
        told(parts, token)


def test_how_long_the_oldest_job_waits_is_known(parts, clock):
    assert filing.waited_seconds(parts) == 0
    filed(parts)
    clock.wait(7)
    assert filing.waited_seconds(parts) == 7


@pytest.fixture
def receiver():
    with Receiver(refused=1).listening() as listening:
        yield listening


@pytest.fixture
def reaching(parts):
    """Parts that may send word to this machine."""
    fetcher = Fetcher(SourceSettings(allow="127.0.0.0/8"))
    return replace(parts, fetcher=fetcher, jobs=replace(parts.jobs, webhook_retries=1))


def over(parts, url):
    """A job that is over, of which word is to be sent there."""
    token = filed(parts, hook=Hook(url, SECRET))
    worked(parts)
    return token


def test_word_is_signed_and_sent_again_under_the_same_name(reaching, receiver, clock, monkeypatch):
    clock.ms = _real_ms()
    token = over(reaching, receiver.url)
    assert send_one(reaching, JOB_DOORS)
    assert not send_one(reaching, JOB_DOORS)  # it was refused, and waits
    clock.wait(reaching.jobs.webhook_wait_seconds)
    monkeypatch.setattr("time.time", lambda: clock() / 1000)
    assert send_one(reaching, JOB_DOORS)
    clock.wait(reaching.jobs.webhook_wait_seconds)
    assert not send_one(reaching, JOB_DOORS)
    assert (receiver.words, receiver.wrong) == ({f"msg_{token}": 2}, [])
    (body,) = receiver.bodies.values()
    assert (body["type"], body["data"]["id"]) == ("job.completed", token)
    assert body["data"]["results"][0]["upload"]["url"].startswith(f"{BASE}/files/")


def test_word_that_never_arrives_is_given_up(parts, clock):
    parts = replace(parts, jobs=replace(parts.jobs, webhook_retries=2))
    over(parts, "http://127.0.0.1:8000/hook")  # not public: the guard refuses
    for _ in range(3):
        assert send_one(parts, JOB_DOORS)
        clock.wait(parts.jobs.webhook_wait_seconds)
    assert not send_one(parts, JOB_DOORS)


@pytest.mark.parametrize("secret", [SECRET, "a plain one", "whsec_not base64"])
def test_a_signature_is_that_of_standard_webhooks(parts, secret):
    filed(parts)
    headers = signed(Delivery(begun(parts).job, Hook("", secret), 0), b"{}", _real_ms() // 1000)
    if secret == SECRET:
        assert genuine(headers, b"{}")
        assert not genuine(headers, b"[]")
    else:
        assert genuine(headers, b"{}", "whsec_" + b64encode(secret.encode()).decode())
    assert headers["X-WEBHOOK-SECRET"] == secret


def test_the_example_of_standard_webhooks_comes_out_as_it_is_published(parts):
    filed(parts)
    job = begun(parts).job
    job = replace(job, draft=replace(job.draft, token="p5jXN8AQM9LWM0D4loKWxJek"))
    hook = Hook("", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed(Delivery(job, hook, 0), b'{"test": 2432232314}', 1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_signed(parts):
    filed(parts)
    headers = signed(Delivery(begun(parts).job, Hook("", None), 0), b"{}", 0)
    assert {"webhook-signature", "X-WEBHOOK-SECRET"}.isdisjoint(headers)


def test_a_workshop_does_what_was_left_by_a_lost_worker(parts, clock):
    parts = replace(parts, jobs=replace(parts.jobs, lease_seconds=0.3, poll_seconds=0.02))
    token = filed(parts)
    parts.host.catalog.jobs.claim(clock(), clock() + 5_000)
    shop = Workshop(parts, JOB_DOORS, 1)
    shop.start()
    try:
        clock.wait(6)
        within(PATIENCE_SECONDS, lambda: told(parts, token).state == JobState.COMPLETED)
    finally:
        shop.stop()
        shop.join()
    assert told(parts, token).attempts == 2


def _real_ms() -> int:
    return time.time_ns() // 1_000_000

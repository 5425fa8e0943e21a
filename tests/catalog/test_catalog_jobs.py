"""Jobs in the catalog: accepted is kept, one worker at a time, done once however many are killed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest
from catalogs import HOUR, NOW, added, draft, programs

from cropwright.core.jobs import Backlog, Hook, JobDraft, JobState, Outcome

pytest_plugins = ["postgres_server", "catalog_fixtures"]

PATIENCE_SECONDS = 60
JOBS = 40
WORKER = """
import sys, time
from cropwright.catalog.open import Catalog

catalog = Catalog.open(sys.argv[1])
now_ms = lambda: time.time_ns() // 1_000_000
print("ready", flush=True)
while True:
    catalog.jobs.reap(now_ms(), 100, "lost")
    lease = catalog.jobs.claim(now_ms(), now_ms() + 1000)
    if lease is None:
        time.sleep(0.05)
        continue
    time.sleep(0.05)
    if catalog.jobs.complete(lease):
        print(lease.job.id, flush=True)
"""


def accepted(catalog, token="job", key=None, *, inputs=(), hook=None, **facts):
    usual = JobDraft(token, key.id if key else None, "{}", 2, (), NOW)
    return catalog.jobs.accept(replace(usual, **facts), inputs, hook)


def claimed(catalog):
    lease = catalog.jobs.claim(NOW, NOW + 10)
    assert lease is not None
    return lease


def state(catalog, token="job", key=None) -> JobState:
    return catalog.jobs.find(key and key.id, token).state


def test_an_accepted_job_is_found_as_it_was_sent(catalog):
    key = added(catalog)
    job = accepted(catalog, key=key, labels=("spring", "shoes"))
    assert catalog.jobs.find(key.id, "job") == job
    assert (job.state, job.done, job.attempts) == (JobState.PENDING, 0, 0)


def test_another_key_s_job_is_not_there(catalog):
    anna, berta = added(catalog), added(catalog, "berta")
    accepted(catalog, key=anna, labels=("spring",))
    assert catalog.jobs.find(berta.id, "job") is None
    assert catalog.jobs.find(None, "job") is None
    assert not catalog.jobs.cancel(berta.id, "job")
    assert catalog.jobs.labelled(berta.id, ["spring"], start=0, limit=9) == []


def test_jobs_are_listed_by_labels_the_newest_first_in_pages(catalog):
    for token, labels in (("a", ("x", "y")), ("b", ("y",)), ("c", ())):
        accepted(catalog, token, labels=labels)

    def listed(*labels, start=0, limit=9):
        found = catalog.jobs.labelled(None, labels, start=start, limit=limit)
        return [job.draft.token for job in found]

    assert (listed(), listed("y"), listed("x", "y")) == (["c", "b", "a"], ["b", "a"], ["b", "a"])
    assert (listed(start=1, limit=1), listed("z")) == (["b"], [])


def test_a_job_has_one_worker_and_the_first_accepted_is_the_first_begun(catalog):
    first, second = accepted(catalog), accepted(catalog, "later", created_ms=NOW + 1)
    assert catalog.jobs.claim(NOW - 1, NOW) is None
    assert claimed(catalog).job.id == first.id
    assert catalog.jobs.claim(NOW + 1, NOW + 9).job.id == second.id
    assert catalog.jobs.claim(NOW + 1, NOW + 9) is None


def test_a_lease_that_is_lengthened_is_not_reaped(catalog):
    accepted(catalog)
    lease = claimed(catalog)
    assert catalog.jobs.beat(lease, NOW + HOUR)
    assert catalog.jobs.reap(NOW + 10, 3, "lost") == 0


def test_who_lost_a_lease_writes_nothing(catalog):
    accepted(catalog)
    late = claimed(catalog)
    assert catalog.jobs.reap(NOW + 10, 3, "lost") == 1
    result = catalog.uploads.reserve(draft())
    next_one = catalog.jobs.claim(NOW + 10, NOW + 20)
    assert not catalog.jobs.beat(late, NOW + HOUR)
    assert not catalog.jobs.record(late, Outcome(0, "{}", result))
    assert not catalog.jobs.complete(late)
    assert not catalog.jobs.fail(late, "no")
    assert not catalog.jobs.release(late, NOW)
    assert catalog.uploads.find(result.draft.token, NOW) is None
    assert catalog.jobs.complete(next_one)


def recorded(catalog, lease, position=0):
    made = catalog.uploads.reserve(draft())
    assert catalog.jobs.record(lease, Outcome(position, "{}", made))
    return made


def swept(catalog):
    return catalog.uploads.condemn(NOW + HOUR - 1, NOW + HOUR - 1, 9)


def test_results_have_links_from_the_moment_the_job_is_completed(catalog):
    job = accepted(catalog)
    lease = claimed(catalog)
    made = [recorded(catalog, lease, position) for position in range(2)]
    assert catalog.jobs.record(lease, Outcome(2, "broken", None))
    assert [outcome.upload for outcome in catalog.jobs.outcomes(job, NOW)] == [None] * 3
    assert catalog.jobs.complete(lease)
    assert [outcome.upload for outcome in catalog.jobs.outcomes(job, NOW)] == [*made, None]
    assert not catalog.jobs.complete(lease)


def test_the_next_worker_finds_what_was_done_before(catalog):
    job = accepted(catalog)
    recorded(catalog, claimed(catalog))
    catalog.jobs.reap(NOW + 10, 3, "lost")
    lease = catalog.jobs.claim(NOW + 10, NOW + 20)
    assert (lease.job.done, lease.job.attempts) == (1, 2)
    assert [outcome.position for outcome in catalog.jobs.outcomes(job, NOW)] == [0]


def test_files_of_an_open_job_are_not_swept_however_long_it_takes(catalog):
    sent = catalog.uploads.reserve(draft())
    accepted(catalog)
    accepted(catalog, "other", inputs=[sent])
    made = recorded(catalog, claimed(catalog))
    assert swept(catalog) == []
    assert catalog.jobs.cancel(None, "job")
    assert swept(catalog) == [made]
    catalog.jobs.complete(claimed(catalog))
    assert sent in swept(catalog)


def test_a_job_whose_result_is_gone_is_not_completed(catalog):
    accepted(catalog)
    lease = claimed(catalog)
    catalog.uploads.forget(recorded(catalog, lease))
    assert not catalog.jobs.complete(lease)
    assert state(catalog) == JobState.PROCESSING


def test_word_of_a_job_is_due_once_it_is_over(catalog):
    job = accepted(catalog, hook=Hook("http://a.test", "secret"))
    accepted(catalog, "without", created_ms=NOW + 1)
    assert catalog.hooks.claim(NOW, NOW + 10) is None
    assert catalog.jobs.fail(claimed(catalog), "no")
    sent = catalog.hooks.claim(NOW, NOW + 10)
    assert (sent.job.id, sent.hook, sent.tries) == (job.id, Hook("http://a.test", "secret"), 0)
    assert sent.job.reason == "no"
    assert catalog.hooks.claim(NOW + 9, NOW + 20) is None


def test_word_is_sent_again_until_it_is_settled(catalog):
    accepted(catalog, hook=Hook("http://a.test", None))
    assert catalog.jobs.complete(claimed(catalog))
    assert catalog.hooks.claim(NOW, NOW + 10).tries == 0
    again = catalog.hooks.claim(NOW + 10, NOW + 20)
    catalog.hooks.settle(again, NOW + HOUR)
    assert catalog.hooks.claim(NOW + HOUR - 1, NOW + HOUR) is None
    last = catalog.hooks.claim(NOW + HOUR, NOW + HOUR)
    assert last.tries == 1
    catalog.hooks.settle(last, None)
    assert catalog.hooks.claim(NOW + 2 * HOUR, NOW + 2 * HOUR) is None


def test_old_jobs_are_forgotten_once_they_are_over(catalog):
    accepted(catalog, labels=("x",), hook=Hook("http://a.test", None))
    recorded(catalog, claimed(catalog))
    assert catalog.jobs.forget(NOW + 1) == 0
    assert catalog.jobs.cancel(None, "job")
    assert (catalog.jobs.forget(NOW), catalog.jobs.forget(NOW + 1)) == (0, 1)
    assert catalog.jobs.find(None, "job") is None


def test_a_job_that_ends_every_worker_is_given_up(catalog):
    accepted(catalog)
    for moment in (NOW, NOW + 10, NOW + 20):
        assert catalog.jobs.claim(moment, moment + 10) is not None
        assert catalog.jobs.reap(moment + 10, 3, "it ended 3 workers") == 1
    job = catalog.jobs.find(None, "job")
    assert (job.state, job.reason) == (JobState.FAILED, "it ended 3 workers")


def test_a_job_given_back_costs_no_attempt_and_one_postponed_waits(catalog):
    accepted(catalog)
    assert catalog.jobs.release(claimed(catalog), NOW)
    lease = claimed(catalog)
    assert lease.job.attempts == 1
    assert catalog.jobs.postpone(lease, "the store was away", NOW + 5)
    assert catalog.jobs.claim(NOW + 4, NOW + 9) is None
    assert catalog.jobs.claim(NOW + 5, NOW + 9).job.reason == "the store was away"


@pytest.mark.parametrize("begun", [False, True])
def test_a_cancelled_job_is_over_for_its_worker_too(catalog, begun):
    accepted(catalog)
    lease = claimed(catalog) if begun else None
    assert catalog.jobs.cancel(None, "job")
    assert lease is None or not catalog.jobs.complete(lease)
    assert (state(catalog), catalog.jobs.claim(NOW, NOW)) == (JobState.CANCELLED, None)
    assert not catalog.jobs.cancel(None, "job")


def test_the_backlog_counts_what_waits_and_what_is_worked_on(catalog):
    assert catalog.jobs.backlog() == Backlog(0, 0, None)
    for number in range(3):
        accepted(catalog, f"{number}", created_ms=NOW + number)
    catalog.jobs.claim(NOW, NOW + 9)
    assert catalog.jobs.backlog() == Backlog(2, 1, NOW + 1)


def test_all_jobs_are_done_once_although_workers_are_killed(catalog, url):
    for number in range(JOBS):
        accepted(catalog, f"{number}")
    said: list[str] = []
    for _ in range(3):
        with programs(WORKER, url) as (doomed,):
            assert doomed.stdout.readline() == "ready\n"
            time.sleep(0.3)
            doomed.kill()
            said += doomed.stdout.read().split()
    with programs(WORKER, url, count=2) as workers:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while catalog.jobs.backlog() != Backlog(0, 0, None):
            assert time.monotonic() < deadline, catalog.jobs.backlog()
            time.sleep(0.05)
        for worker in workers:
            worker.kill()
            said += worker.stdout.read().replace("ready", "").split()
    found = catalog.jobs.labelled(None, [], start=0, limit=JOBS + 1)
    assert [job.state for job in found] == [JobState.COMPLETED] * JOBS
    assert max(Counter(said).values()) == 1

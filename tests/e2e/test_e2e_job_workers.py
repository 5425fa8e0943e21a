"""Jobs on two workers, one of which is killed now and then: a small run of the harness."""

from __future__ import annotations

from tests.e2e.jobs_harness import measured
from tests.e2e.server import Server, running, within

JOBS = 12


def test_every_job_is_done_once_and_told_of_although_workers_are_killed(tmp_path):
    found = measured(tmp_path, JOBS, 3.0)
    assert found["completed"] == found["results"] == found["links_that_work"] == JOBS
    assert found["hosted_files_beside_the_source"] == JOBS
    assert (found["jobs_told_of"], found["wrong_signatures"]) == (JOBS, 0)


def test_a_worker_that_is_told_to_end_leaves_nothing_behind(tmp_path):
    with running(Server(tmp_path, JOBS_WORKERS="0")) as server:
        worker = server.beside("worker", "--count", "1")
        within(60, lambda: "Working on 1 jobs at once" in server.said())
        worker.terminate()
        assert worker.wait(30) == 0
        assert list((tmp_path / "beside").iterdir()) == []

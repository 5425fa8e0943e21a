"""A running service whose processes are told to end, or are killed, while requests are under way."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from tests.e2e.pictures import demanding, png
from tests.e2e.server import Server, metric, running, within

WORKERS = 2
RECOVERY_SECONDS = 15.0


def asked(server: Server, key: str, picture: bytes, name: str) -> httpx2.Response:
    """A crop on a connection of its own."""
    with httpx2.Client(base_url=server.base, timeout=30, trust_env=False) as client:
        headers, fields = {"authorization": f"Bearer {key}"}, {"format": name, "aspect": "1:1"}
        files = {"image": picture}
        return client.post("/api/v1/crop", files=files, data=fields, headers=headers)


def are_worked_on(server: Server, count: int) -> None:
    """Wait until so many pictures are."""

    def are() -> bool:
        page = httpx2.get(f"{server.base}/metrics", trust_env=False).text
        return metric(page, "cropwright_work_inside") == count

    within(15, are)
    time.sleep(0.2)  # inside is not yet in the worker's hands


@pytest.fixture
def server(tmp_path):
    with running(Server(tmp_path, WORKERS_COUNT=str(WORKERS))) as server:
        yield server


def test_told_to_end_it_finishes_what_it_began_and_takes_nothing_new(tmp_path):
    server, picture = Server(tmp_path, WORKERS_COUNT=str(WORKERS)), demanding()
    try:
        server.start()
        key = server.key("one")
        with ThreadPoolExecutor(WORKERS + 1) as threads:
            calls = [
                threads.submit(asked, server, key, picture, "avif") for _ in range(WORKERS + 1)
            ]
            are_worked_on(server, WORKERS + 1)
            os.kill(server.pid, signal.SIGTERM)
            within(15, lambda: refuses_connections(server))
            assert not any(call.done() for call in calls)
            assert [call.result().status_code for call in calls] == [200] * (WORKERS + 1)
        assert server.wait() == 0
        within(15, lambda: not server.leftovers())
        assert server.scratch() == []
    finally:
        server.clear_up()


def refuses_connections(server: Server) -> bool:
    try:
        httpx2.get(f"{server.base}/healthz", trust_env=False)
    except httpx2.ConnectError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_worker_that_dies_costs_one_request_and_is_replaced(server, number):
    key, picture = server.key("one"), demanding()
    assert asked(server, key, png(), "png").status_code == 200
    victim = server.workers()[0]
    with ThreadPoolExecutor(WORKERS) as threads:
        calls = [threads.submit(asked, server, key, picture, "avif") for _ in range(WORKERS)]
        are_worked_on(server, WORKERS)
        os.kill(victim, number)
        killed = time.monotonic()
        assert asked(server, key, png(), "png").status_code == 200
        assert time.monotonic() - killed < RECOVERY_SECONDS
        answers = sorted((call.result() for call in calls), key=lambda one: one.status_code)
    assert [one.status_code for one in answers] == [200, 422]
    assert answers[1].json()["code"] == "worker_lost"
    within(RECOVERY_SECONDS, lambda: len(server.workers()) == WORKERS)
    assert victim not in server.workers()


def test_workers_that_die_idle_cost_nothing(server):
    key = server.key("one")
    for victim in server.workers():
        os.kill(victim, signal.SIGKILL)
    assert asked(server, key, png(), "png").status_code == 200


def test_no_worker_outlives_a_service_that_is_killed(tmp_path):
    server = Server(tmp_path)
    try:
        server.start()
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        within(15, lambda: not server.leftovers())
    finally:
        server.clear_up()


def test_a_busy_port_is_an_error_and_no_process_stays(server, tmp_path):
    second = Server(tmp_path / "second")
    second.port, second.base = server.port, server.base
    Path(second.folder).mkdir(exist_ok=True)
    assert second.fails_to_start() != 0
    within(15, lambda: not second.leftovers())
    assert second.scratch() == []


def test_workers_give_way_to_the_process_that_answers(server):
    own = os.getpriority(os.PRIO_PROCESS, server.pid)

    def do() -> bool:
        return [os.getpriority(os.PRIO_PROCESS, pid) > own for pid in server.workers()] == [
            True
        ] * 2

    within(15, do)  # they are still starting when the service answers

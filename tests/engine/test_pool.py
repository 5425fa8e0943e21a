"""Disposable workers: what they may use, and what it costs to lose one."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from cropwright.core.limits import MEBIBYTE, WorkerLimits
from cropwright.engine import hand
from cropwright.engine.handover import Parcel
from cropwright.engine.oneoff import OneOff
from cropwright.engine.pool import Workers
from cropwright.errors import DeadlineExceededError, RectEmptyError, WorkerLostError

LONG = WorkerLimits(count=1, deadline_seconds=30)
SHORT = WorkerLimits(count=1, deadline_seconds=1)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep_long() -> None:
    time.sleep(60)


def stall_in_c() -> None:
    sum(range(10**12))  # one call, which no signal handler written in Python interrupts


def eat_memory() -> int:
    return len(bytearray(4096 * MEBIBYTE))


class Stopping:
    """Stops its process once it is pickled, with an answer before it that fills the pipe."""

    def __reduce__(self):
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGSTOP)).start()
        return Stopping, ()


def stall_in_answer() -> list[object]:
    return [Stopping(), Parcel(bytes(600 * MEBIBYTE))]


def returned(parcel: Parcel) -> Parcel:
    return Parcel(parcel.unpacked())


def fail() -> None:
    raise RectEmptyError(0, 3)


def confinement() -> dict[str, object]:
    from pyvips.voperation import concurrency_get

    from cropwright.engine.vips import pyvips

    del pyvips
    return {
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "file": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
        "space": resource.getrlimit(resource.RLIMIT_AS)[0],
        "temp": os.environ["TMPDIR"],
        "threads": concurrency_get(),
        "pid": os.getpid(),
    }


@pytest.fixture(params=[Workers, OneOff])
def runner(request):
    with request.param(LONG) as made:
        yield made


@pytest.fixture(params=[Workers, OneOff])
def hasty_runner(request):
    with request.param(SHORT) as made:
        yield made


def test_a_task_may_have_a_deadline_of_its_own(runner):
    with pytest.raises(DeadlineExceededError, match=r"0\.2 seconds"):
        runner.submit(sleep_long, seconds=0.2).result()


def test_a_crash_costs_one_answer_that_names_the_signal(runner):
    with pytest.raises(WorkerLostError) as loss:
        runner.submit(crash).result()
    assert loss.value.signal == signal.SIGKILL
    assert runner.submit(abs, -4).result() == 4


@pytest.mark.parametrize("task", [sleep_long, stall_in_c])
def test_what_takes_too_long_is_killed_at_its_deadline(hasty_runner, task):
    started = time.monotonic()
    with pytest.raises(DeadlineExceededError) as loss:
        hasty_runner.submit(task).result()
    assert loss.value.seconds == SHORT.deadline_seconds
    assert time.monotonic() - started < 30  # a machine may be busy; the task alone takes 60


def test_memory_beyond_the_limit_is_refused_to_the_worker(runner):
    with pytest.raises(WorkerLostError):
        runner.submit(eat_memory).result()
    assert runner.submit(abs, -4).result() == 4


def test_our_errors_come_back_with_their_facts(runner):
    with pytest.raises(RectEmptyError) as refusal:
        runner.submit(fail).result()
    assert (refusal.value.width, refusal.value.height) == (0, 3)


def test_a_worker_killed_while_it_has_nothing_to_do_costs_no_answer():
    with Workers(LONG) as workers:
        first = workers.run(os.getpid)
        os.kill(first, signal.SIGKILL)
        assert workers.run(os.getpid) != first
        assert workers.losses.total() == 0


def test_who_stops_in_the_middle_of_its_answer_is_lost(monkeypatch):
    monkeypatch.setattr(hand, "_STALL_SECONDS", 1)
    with Workers(LONG) as workers:
        with pytest.raises(WorkerLostError):
            workers.run(stall_in_answer)
        assert workers.run(abs, -4) == 4


def test_parcels_of_any_size_come_back_as_they_went():
    with Workers(LONG) as workers:
        for size in (0, 1, 70_000, 20 * MEBIBYTE):
            data = os.urandom(size)
            assert workers.run(returned, Parcel(data)).unpacked() == data


def test_an_answer_that_cannot_travel_is_an_error_and_costs_no_worker():
    with Workers(LONG) as workers:
        pid = workers.run(os.getpid)
        with pytest.raises(TypeError, match="pickle"):
            workers.run(threading.Lock)
        assert workers.run(os.getpid) == pid


def test_more_tasks_than_workers_wait_their_turn():
    with Workers(WorkerLimits(count=2, deadline_seconds=30)) as workers:
        tasks = [workers.submit(abs, -number) for number in range(40)]
        assert [task.result() for task in tasks] == list(range(40))


def test_tasks_that_wait_when_the_pool_ends_are_lost_and_hold_nobody_up():
    with Workers(LONG) as workers:
        tasks = [workers.submit(sleep_long) for _ in range(3)]
    for task in tasks:
        with pytest.raises(WorkerLostError):
            task.result()


def test_a_worker_is_confined(runner):
    found = runner.submit(confinement).result()
    assert found["core"] == 0
    assert found["file"] == LONG.file_bytes
    assert found["space"] == LONG.address_space_bytes
    assert found["threads"] == 1
    assert found["pid"] != os.getpid()
    assert Path(found["temp"]).parent.parent == Path(tempfile.gettempdir())


def test_nothing_is_left_in_the_temporary_folder():
    before = set(Path(tempfile.gettempdir()).glob("cropwright-*"))
    for kind in (Workers, OneOff):
        with kind(LONG) as runner:
            temp = Path(runner.submit(confinement).result()["temp"])
            assert temp.is_dir()
        assert not temp.exists()
    assert set(Path(tempfile.gettempdir()).glob("cropwright-*")) <= before


KILLED = """
import os, signal, time
from cropwright.core.limits import WorkerLimits
from cropwright.engine.pool import Workers

if __name__ == "__main__":
    with Workers(WorkerLimits(count=2)) as workers:
        workers.start()
        workers.run(abs, -1)
        print(*workers.pids(), flush=True)
        time.sleep(60)
"""


def test_what_a_killed_program_left_is_taken_away_by_the_next_and_nothing_that_is_in_use(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    environment = os.environ | {"TMPDIR": str(tmp_path / "temp")}
    command = [sys.executable, script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        pids = [program.pid, *map(int, program.stdout.readline().split())]
        (left,) = (tmp_path / "temp").iterdir()
        somebody_elses = tmp_path / "temp" / "cropwright-abc_1234"
        somebody_elses.mkdir()
        with OneOff(LONG):
            assert left.exists()
        for pid in pids[1:] + pids[:1]:
            os.kill(pid, signal.SIGSTOP)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
    assert left.exists()
    with Workers(LONG):
        assert not left.exists()
    assert list((tmp_path / "temp").iterdir()) == [somebody_elses]


def test_workers_end_with_their_pool():
    with Workers(LONG) as runner:
        pid = runner.submit(confinement).result()["pid"]
    assert not Path(f"/proc/{pid}").exists()


ENDS_EARLY = """
import time
from cropwright.core.limits import WorkerLimits
from cropwright.engine.pool import Workers

if __name__ == "__main__":
    for step in range(30):
        with Workers(WorkerLimits(count=3)) as workers:
            workers.submit(abs, -1)
            time.sleep(step * 0.004)
"""


def test_a_pool_that_ends_while_its_workers_start_ends_quietly(tmp_path):
    script = tmp_path / "ends_early.py"
    script.write_text(ENDS_EARLY)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

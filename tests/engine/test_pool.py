"""Disposable workers: what they may use, and what it costs to lose one."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cropwright.core.limits import MEBIBYTE, WorkerLimits
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
    assert (
        time.monotonic() - started < SHORT.deadline_seconds + 2.9
    )  # the pool grants 3 to whoever does not end


def test_memory_beyond_the_limit_is_refused_to_the_worker(runner):
    with pytest.raises(WorkerLostError):
        runner.submit(eat_memory).result()
    assert runner.submit(abs, -4).result() == 4


def test_our_errors_come_back_with_their_facts(runner):
    with pytest.raises(RectEmptyError) as refusal:
        runner.submit(fail).result()
    assert (refusal.value.width, refusal.value.height) == (0, 3)


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

"""The service's time goes on as time does, however the machine's clock is set."""

from __future__ import annotations

import time

import pytest

from cropwright.service.clock import STEP_MS, Clock, running_ms, wall_ms

HOUR_MS = 3_600_000


class Machine:
    """A machine's two clocks: one on the wall that may be set, one that only runs."""

    def __init__(self) -> None:
        self.wall, self.running = 1_700_000_000_000, 5_000

    def run(self, milliseconds: int) -> None:
        self.wall += milliseconds
        self.running += milliseconds


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine) -> Clock:
    return Clock(lambda: machine.wall, lambda: machine.running)


def test_by_default_it_is_now():
    assert abs(Clock().now_ms() - time.time() * 1000) < 1000
    assert abs(wall_ms() - time.time() * 1000) < 1000
    assert running_ms() > 0


def test_it_follows_the_machine_s_clock(machine, clock):
    for milliseconds in (0, 1, 250, HOUR_MS, 24 * HOUR_MS):
        machine.run(milliseconds)
        assert clock.now_ms() == machine.wall


@pytest.mark.parametrize("step", [HOUR_MS, -HOUR_MS, STEP_MS + 1, -STEP_MS - 1])
def test_a_step_of_the_machine_s_clock_is_left_out(machine, clock, step, caplog):
    before = clock.now_ms()
    machine.wall += step
    machine.run(2000)
    assert clock.now_ms() == before + 2000
    assert [record.message for record in caplog.records] == [
        f"the machine's clock was set by {step // 1000} s; links do not follow"
    ]


def test_a_step_is_told_once_and_told_again_after_it_was_taken_back(machine, clock, caplog):
    for step in (HOUR_MS, 0, -HOUR_MS, HOUR_MS):
        machine.wall += step
        clock.now_ms()
    assert len(caplog.records) == 2


def test_a_small_correction_is_followed(machine, clock):
    for correction in (STEP_MS, -500, 3):
        machine.wall += correction
        machine.run(1000)
        clock.now_ms()
    machine.run(STEP_MS)
    assert clock.now_ms() == machine.wall


def test_a_clock_that_is_always_a_little_fast_is_followed_for_ever(machine, clock):
    for _ in range(100):
        machine.run(HOUR_MS)
        machine.wall += 3000
        clock.now_ms()
    assert clock.now_ms() == machine.wall


def test_it_never_goes_back(machine, clock):
    latest = clock.now_ms()
    machine.wall -= STEP_MS
    assert clock.now_ms() == latest
    machine.run(STEP_MS // 2)
    assert clock.now_ms() == latest
    machine.run(STEP_MS)
    assert clock.now_ms() == machine.wall > latest

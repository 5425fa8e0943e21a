"""Gates let in what there is room for and refuse the rest at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from cropwright.core.hosting import Allowance, ApiKey
from cropwright.errors import OverloadedError, QueueFullError, RateExceededError
from cropwright.service import gates
from cropwright.service.gates import CALM_SECONDS, CROWD_SECONDS, Arrivals, Doorkeeper, Gate, Rate
from cropwright.service.settings import GateSettings


class Seconds:
    """A clock that goes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def key(number: int = 1, **allowed: int) -> ApiKey:
    return ApiKey(number, f"key {number}", "handle", b"", Allowance(**allowed), 0)


def test_a_gate_has_so_many_places_and_no_waiting_room():
    gate = Gate(2)
    with gate.entered(), gate.entered():
        assert (gate.is_full, gate.inside) == (True, 2)
        with pytest.raises(OverloadedError) as refusal, gate.entered():
            pass
    assert refusal.value.retry_after_seconds == 1
    assert (gate.is_full, gate.inside) == (False, 0)


def test_a_crowd_may_fill_a_gate_and_what_goes_on_for_longer_may_not():
    clock = Seconds()
    gate = Gate(3, 2, clock)
    with gate.entered(), gate.entered(), gate.entered():
        for _ in range(5):
            with pytest.raises(OverloadedError):
                gate.check()
            clock.now += CROWD_SECONDS / 3
    with gate.entered(), gate.entered():
        with pytest.raises(OverloadedError), gate.entered():
            pass
        clock.now += CALM_SECONDS * 1.1
        with gate.entered():
            assert gate.inside == 3


def test_refusals_now_and_then_close_nothing():
    clock = Seconds()
    gate = Gate(2, 1, clock)
    for _ in range(5):
        with gate.entered(), gate.entered(), pytest.raises(OverloadedError):
            gate.check()
        clock.now += CALM_SECONDS * 1.1
    assert not gate.is_full


def test_a_place_is_free_again_however_its_holder_left():
    gate = Gate(1)
    for _ in range(3):
        with pytest.raises(KeyError), gate.entered():
            raise KeyError
    assert gate.inside == 0


def test_a_gate_counts_right_for_many_threads_at_once():
    gate, most = Gate(2), 0

    def enter(_number: int) -> None:
        nonlocal most
        with suppress(OverloadedError), gate.entered():
            most = max(most, gate.inside)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(enter, range(5000)))
    assert (gate.inside, most in (1, 2)) == (0, True)


def test_arriving_bodies_take_memory_only_as_they_arrive():
    arrivals = Arrivals(10, 100)
    with arrivals.entered() as slow, arrivals.entered() as quick:
        slow(0)
        quick(70)
        slow(30)
        assert (arrivals.held, arrivals.gate.inside) == (100, 2)
    assert (arrivals.held, arrivals.gate.inside) == (0, 0)


def test_a_piece_for_which_there_is_no_memory_is_refused_and_those_before_it_are_given_back():
    arrivals = Arrivals(10, 100)
    with arrivals.entered() as first:
        first(60)
        with arrivals.entered() as second:
            second(40)
            with pytest.raises(OverloadedError):
                second(1)
        assert arrivals.held == 60
        with arrivals.entered() as third:
            third(40)
    assert arrivals.held == 0


def test_no_more_bodies_arrive_at_once_than_there_are_places():
    arrivals = Arrivals(2, 100)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(arrivals.entered())
        with pytest.raises(OverloadedError), arrivals.entered():
            pass
        assert arrivals.gate.inside == 2


def refused(rate: Rate, subject: object, per_minute: int) -> RateExceededError:
    with pytest.raises(RateExceededError) as refusal:
        rate.take(subject, per_minute)
    return refusal.value


def test_a_minute_s_worth_may_be_taken_at_once_and_no_more():
    rate = Rate(Seconds())
    for _ in range(60):
        rate.take("anna", 60)
    refusal = refused(rate, "anna", 60)
    assert (refusal.limit, refusal.retry_after_seconds) == (60, 1)


@pytest.mark.parametrize(("per_minute", "wait"), [(1, 60), (2, 30), (7, 9), (60, 1), (600, 1)])
def test_after_the_time_that_was_told_there_is_one_again_and_before_it_none(per_minute, wait):
    clock = Seconds()
    rate = Rate(clock)
    for _ in range(per_minute):
        rate.take("anna", per_minute)
    assert refused(rate, "anna", per_minute).retry_after_seconds == wait
    clock.now += 60 / per_minute * 0.99
    assert refused(rate, "anna", per_minute).retry_after_seconds == 1
    clock.now = 1000.0 + wait
    rate.take("anna", per_minute)


def test_what_is_not_taken_does_not_add_up():
    clock = Seconds()
    rate = Rate(clock)
    rate.take("anna", 3)
    clock.now += 3600
    for _ in range(3):
        rate.take("anna", 3)
    assert refused(rate, "anna", 3)


def test_each_subject_has_a_rate_of_its_own():
    rate = Rate(Seconds())
    rate.take("anna", 1)
    rate.take("ben", 1)
    assert refused(rate, "anna", 1)


def test_a_rate_that_is_lowered_holds_at_once():
    rate = Rate(Seconds())
    rate.take("anna", 100)
    for _ in range(2):
        rate.take("anna", 2)
    assert refused(rate, "anna", 2)


def test_subjects_that_asked_long_ago_are_forgotten_and_others_are_not():
    clock = Seconds()
    rate = Rate(clock)
    for number in range(gates._FORGET_AT - 1):
        rate.take(number, 1)
    clock.now += 61
    rate.take("anna", 1)
    rate.take("ben", 1)
    assert len(rate._buckets) == 2
    assert refused(rate, "anna", 1)


def test_a_key_has_no_more_requests_waiting_than_it_may():
    keeper = Doorkeeper(GateSettings())
    anna = key(1, queue=2)
    with keeper.admitted(anna), keeper.admitted(anna):
        with pytest.raises(QueueFullError) as refusal, keeper.admitted(anna):
            pass
        with keeper.admitted(key(2, queue=2)):
            pass
    assert refusal.value.facts() == {"retry_after_seconds": 1, "limit": 2}
    with keeper.admitted(anna), keeper.admitted(anna):
        pass


def test_a_key_s_place_is_free_again_after_an_error():
    keeper = Doorkeeper(GateSettings(per_key=1))
    for _ in range(3):
        with pytest.raises(KeyError), keeper.admitted(key()):
            raise KeyError


@pytest.mark.parametrize(
    ("settings", "allowed", "limit"),
    [
        (GateSettings(per_key=3), {}, 3),
        (GateSettings(per_key=3), {"queue": 2}, 2),
        (GateSettings(per_key=3), {"queue": 5}, 5),
        (GateSettings(), {"queue": 1}, 1),
    ],
)
def test_a_key_s_own_queue_goes_before_the_one_for_all(settings, allowed, limit):
    keeper = Doorkeeper(settings)
    with ExitStack() as stack:
        for _ in range(limit):
            stack.enter_context(keeper.admitted(key(**allowed)))
        with pytest.raises(QueueFullError), keeper.admitted(key(**allowed)):
            pass


def test_without_a_bound_a_key_may_have_any_number_waiting():
    keeper = Doorkeeper(GateSettings())
    with ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(keeper.admitted(key()))


@pytest.mark.parametrize(
    ("settings", "allowed", "limit"),
    [
        (GateSettings(rate_per_minute=3), {}, 3),
        (GateSettings(rate_per_minute=3), {"rate_per_minute": 2}, 2),
        (GateSettings(), {"rate_per_minute": 4}, 4),
    ],
)
def test_a_key_s_own_rate_goes_before_the_one_for_all(settings, allowed, limit):
    keeper = Doorkeeper(settings)
    for _ in range(limit):
        with keeper.admitted(key(**allowed)):
            pass
    with pytest.raises(RateExceededError) as refusal, keeper.admitted(key(**allowed)):
        pass
    assert refusal.value.limit == limit
    with keeper.admitted(key(2, **allowed)):
        pass


def test_nobody_in_particular_is_held_to_nothing():
    keeper = Doorkeeper(GateSettings(per_key=1, rate_per_minute=1))
    with keeper.admitted(None), keeper.admitted(None):
        pass


def test_an_address_that_fails_too_often_is_told_to_wait_and_others_are_not():
    keeper = Doorkeeper(GateSettings(failures_per_minute=3))
    for _ in range(3):
        keeper.failed("192.0.2.1")
    with pytest.raises(RateExceededError) as refusal:
        keeper.failed("192.0.2.1")
    assert (refusal.value.limit, refusal.value.retry_after_seconds) == (3, 20)
    keeper.failed("192.0.2.2")

"""Ten times what a running service can serve: it serves what it can and refuses the rest at once."""

from __future__ import annotations

import pytest
from bench import overload

SECONDS = 5
RECOVERY_SECONDS = 15


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> overload.Overload:
    found = overload.measure(SECONDS, tmp_path_factory.mktemp("overload"), alone=10)
    print(found.told())
    return found


def test_whatever_is_refused_is_told_so_and_when_to_come_again(measured):
    assert set(measured.statuses) <= {200, *overload.REFUSALS}
    assert sum(measured.statuses[status] for status in measured.statuses if status != 200) > 0
    assert measured.refused_without_time == 0


def test_it_goes_on_serving_meanwhile(measured):
    assert measured.statuses[200] > measured.capacity * SECONDS / 5


def test_it_answers_as_ever_soon_afterwards(measured):
    assert measured.recovery_seconds < RECOVERY_SECONDS

"""What was acknowledged outlives kill -9 at any moment, and the test of that can fail."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from tests.e2e import harness

ROUNDS = 5
RESTART_SECONDS = 15
"""Only that it starts again: how fast is measured by the harness, on a machine of its own."""
CARELESS = (sys.executable, str(Path(__file__).with_name("careless.py")))


def test_nothing_acknowledged_is_lost_however_often_the_service_is_killed(tmp_path):
    tally = harness.run(ROUNDS, tmp_path)
    assert tally.acknowledged > ROUNDS * 10
    assert tally.checked >= tally.acknowledged
    assert tally.sent > tally.acknowledged, "no request was under way when it was killed"
    assert tally.is_clean, tally.told()
    assert median(tally.starts) < RESTART_SECONDS


def test_the_harness_notices_a_store_that_answers_before_it_keeps(tmp_path):
    tally = harness.run(2, tmp_path, command=CARELESS)
    assert tally.acknowledged > 0
    assert tally.lost
    assert tally.torn

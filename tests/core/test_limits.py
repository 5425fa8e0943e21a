"""Every limit: what reaches it passes, one above it is refused with the numbers."""

from __future__ import annotations

import os

import pytest

from cropwright.core.geometry import Size
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.errors import LimitExceededError

SMALL = Limits(picture_bytes=1000, pixels=600, edge=30, bands=4, frames=5)


def _bytes(count: int) -> None:
    SMALL.check_bytes(count)


def _frame(width: int, height: int, bands: int = 3) -> None:
    SMALL.check_frame(Size(width, height), bands)


def _animation(width: int, height: int, frames: int) -> None:
    SMALL.check_animation(Size(width, height), frames)


def _result(width: int, height: int, frames: int = 1) -> None:
    SMALL.check_result(Size(width, height), frames)


@pytest.mark.parametrize(
    ("check", "passes", "refused", "facts"),
    [
        (_bytes, (1000,), (1001,), ("file size", 1000, 1001, "bytes")),
        (_frame, (30, 20), (31, 1), ("longest edge", 30, 31, "pixels")),
        (_frame, (20, 30), (1, 31), ("longest edge", 30, 31, "pixels")),
        (_frame, (30, 20), (30, 21), ("picture size", 600, 630, "pixels")),
        (_frame, (1, 1, 4), (1, 1, 5), ("channels", 4, 5, "bands")),
        (_result, (30, 20), (31, 1), ("result's longest edge", 30, 31, "pixels")),
        (_result, (30, 20), (30, 21), ("result size", 600, 630, "pixels")),
        (_result, (20, 15, 2), (20, 16, 2), ("result size", 600, 640, "pixels")),
        (_animation, (1, 1, 5), (1, 1, 6), ("animation", 5, 6, "frames")),
        (_animation, (12, 10, 5), (11, 11, 5), ("animation size", 600, 605, "pixels")),
    ],
)
def test_a_limit_holds_to_the_last_unit_and_its_refusal_has_the_facts(
    check, passes, refused, facts
):
    check(*passes)
    with pytest.raises(LimitExceededError) as refusal:
        check(*refused)
    assert tuple(refusal.value.facts().values()) == facts


def test_the_refusal_says_limit_and_actual_in_one_sentence():
    with pytest.raises(LimitExceededError) as refusal:
        SMALL.check_bytes(2000)
    assert str(refusal.value) == "file size is 2000 bytes, the limit is 1000 bytes"


def test_the_defaults_are_those_of_the_design():
    limits = Limits()
    assert (limits.pixels, limits.edge, limits.bands, limits.frames) == (50_000_000, 65_535, 5, 100)
    workers = WorkerLimits()
    assert (workers.deadline_seconds, workers.address_space_bytes) == (10, 2 * 1024**3)
    assert (limits.picture_bytes, workers.file_bytes) == (256 * 1024**2, 512 * 1024**2)


def test_no_worker_count_means_one_for_each_processor():
    assert WorkerLimits().processes == len(os.sched_getaffinity(0))
    assert WorkerLimits(count=3).processes == 3

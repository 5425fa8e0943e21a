"""Pictures through the real workers, small ones and large ones."""

from __future__ import annotations

import os
import signal
import time
from fractions import Fraction

import pytest
from PIL import Image

from conftest import decoded, encoded
from cropwright.core.command import Edit, Output
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.engine.pool import Workers
from cropwright.errors import (
    BrokenPictureError,
    DeadlineExceededError,
    LimitExceededError,
    RectOutsideError,
    UnsupportedFormatError,
    WorkerLostError,
)
from cropwright.service.render import Renderer

pytest_plugins = ["inside_fixtures"]


@pytest.fixture
def renderer(crew) -> Renderer:
    return Renderer(crew, Limits())


def noise(width: int, height: int) -> bytes:
    """A PNG that does not compress."""
    return encoded(Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)))


@pytest.mark.parametrize("side", [20, 300])
def test_a_crop_comes_back_with_its_format_and_its_reasons(renderer, side):
    data = noise(side, side)
    made = renderer.render(data, Edit(rect=Rect(3, 5, side - 10, side - 6)))
    assert made.format.name == "png"
    assert decoded(made.data).tobytes() == (
        decoded(data).crop((3, 5, side - 7, side - 1)).tobytes()
    )
    assert (made.report.decided_by, made.report.rect) == ("rect", Rect(3, 5, side - 10, side - 6))


def test_a_crop_can_be_explained_without_being_made(renderer):
    data, edit = noise(300, 200), Edit(aspect=Fraction(1), gravity="east")
    report = renderer.explain(data, edit)
    assert (report.decided_by, report.rect) == ("east", Rect(100, 0, 200, 200))
    assert report == renderer.render(data, edit).report


def test_a_picture_of_another_format_is_written_as_asked(renderer):
    made = renderer.render(noise(30, 20), Edit(output=Output("webp")))
    assert (made.format.name, decoded(made.data).format) == ("webp", "WEBP")


@pytest.mark.parametrize(
    ("side", "length", "error"),
    [
        (30, 4, UnsupportedFormatError),
        (30, 500, BrokenPictureError),
        (300, 50_000, BrokenPictureError),
    ],
)
def test_what_is_no_whole_picture_is_refused_by_every_task(renderer, side, length, error):
    data = noise(side, side)[:length]
    tasks = (renderer.verify, lambda data: renderer.render(data, Edit()))
    for task in tasks:
        with pytest.raises(error):
            task(data)


def test_a_wish_that_the_picture_cannot_fulfil_is_refused(renderer):
    with pytest.raises(RectOutsideError) as refusal:
        renderer.render(noise(300, 300), Edit(rect=Rect(0, 0, 301, 1)))
    assert refusal.value.available == 300


def test_limits_reach_the_worker(crew):
    small = Renderer(crew, Limits(pixels=899))
    for task in (small.verify, lambda data: small.render(data, Edit())):
        with pytest.raises(LimitExceededError):
            task(noise(30, 30))


def test_a_sample_is_a_picture_and_a_ping_is_answered(renderer):
    renderer.ping()
    assert decoded(renderer.sample()).size == (960, 640)


def test_whether_workers_are_well_is_known_while_all_are_busy_and_after_all_are_lost():
    with Workers(WorkerLimits(count=1)) as workers:
        renderer = Renderer(workers, Limits())
        renderer.check()
        busy = workers.submit(time.sleep, 3)
        renderer.check()
        assert not busy.done()
        busy.result()
        os.kill(workers.pids()[0], signal.SIGKILL)
        while workers.pids():
            time.sleep(0.01)
        renderer.check()
        assert len(workers.pids()) == 1
        assert renderer.verify(noise(30, 30)).width == 30


def test_losing_a_worker_costs_one_picture():
    with Workers(WorkerLimits(count=1)) as workers:
        renderer = Renderer(workers, Limits())
        renderer.ping()
        killing = workers.submit(os.kill, workers.pids()[0], signal.SIGKILL)
        with pytest.raises(WorkerLostError):
            killing.result()
        assert workers.losses.total() == 1
        assert renderer.verify(noise(300, 300)).width == 300


def test_a_picture_that_takes_too_long_is_given_up():
    with Workers(WorkerLimits(count=1, deadline_seconds=0.05)) as workers:
        slow = Edit(output=Output("avif", quality=100))
        with pytest.raises(DeadlineExceededError):
            Renderer(workers, Limits()).render(noise(600, 600), slow)
        assert workers.losses == {"deadline_exceeded": 1}

"""The parts of a service: who is let in, where work is done, what links look like."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

import pytest

from cropwright.core.media import media_of
from cropwright.errors import (
    KeyMissingError,
    KeyRejectedError,
    OverloadedError,
    QueueFullError,
    RateExceededError,
)
from cropwright.service.batch import in_order
from cropwright.service.gates import Arrivals, Doorkeeper, Gate
from cropwright.service.settings import GateSettings, ServerSettings
from inside import new_key

pytest_plugins = ["inside_fixtures"]

ADDRESS = "192.0.2.1"


def test_bodies_have_the_operator_s_limits(parts):
    changed = replace(parts, server=ServerSettings(body_bytes=7, body_seconds=1.5))
    assert (changed.body_limits.bytes, changed.body_limits.seconds) == (7, 1.5)


def test_no_body_is_received_whose_picture_would_find_no_place(parts):
    busy = replace(parts, work=Gate(1), arrivals=Arrivals(1, 10))
    with busy.receiving() as hold:
        hold(10)
    with busy.work.entered(), pytest.raises(OverloadedError), busy.receiving():
        pass
    assert busy.arrivals.gate.inside == 0


def test_a_key_is_recognised(parts):
    text, key = new_key(parts)
    assert asyncio.run(parts.identified(text, ADDRESS)) == key


def test_where_keys_are_needed_none_is_a_refusal(parts):
    for text in (None, ""):
        with pytest.raises(KeyMissingError):
            asyncio.run(parts.identified(text, ADDRESS))


def test_where_no_key_is_needed_none_is_nobody_but_a_wrong_one_is_still_wrong(parts):
    open_to_all = replace(parts, keys_required=False)
    text, key = new_key(parts)
    assert asyncio.run(open_to_all.identified(None, ADDRESS)) is None
    assert asyncio.run(open_to_all.identified("", ADDRESS)) is None
    assert asyncio.run(open_to_all.identified(text, ADDRESS)) == key
    with pytest.raises(KeyRejectedError):
        asyncio.run(open_to_all.identified("wrong", ADDRESS))


def test_who_guesses_too_often_is_told_to_wait_but_the_right_key_opens(parts):
    wary = replace(parts, doorkeeper=Doorkeeper(GateSettings(failures_per_minute=2)))
    for expected in (KeyRejectedError, KeyRejectedError, RateExceededError):
        with pytest.raises(expected):
            asyncio.run(wary.identified("wrong", ADDRESS))
    with pytest.raises(KeyMissingError):
        asyncio.run(wary.identified(None, ADDRESS))
    with pytest.raises(KeyRejectedError):
        asyncio.run(wary.identified("wrong", "192.0.2.2"))
    text, key = new_key(parts)
    assert asyncio.run(wary.identified(text, ADDRESS)) == key


def test_work_is_done_in_its_own_threads_and_errands_in_theirs(parts):
    name = lambda: threading.current_thread().name.partition("_")[0]  # noqa: E731  # shorter so
    assert asyncio.run(parts.worked(None, name)) == "work"
    assert asyncio.run(parts.errand(name)) == "errand"
    assert asyncio.run(parts.errand(divmod, 7, 2)) == (3, 1)
    assert asyncio.run(parts.errand(int, "11", base=2)) == 3


def test_work_without_a_place_is_refused_at_once_and_places_are_given_back(parts):
    busy = replace(parts, work=Gate(2))

    async def crowd() -> list[object]:
        tasks = [busy.worked(None, time.sleep, 0.1) for _ in range(5)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    got = asyncio.run(crowd())
    assert [type(one) for one in got] == [type(None)] * 2 + [OverloadedError] * 3
    assert busy.work.inside == 0


def test_a_key_with_a_full_queue_takes_no_place_from_others(parts):
    _, anna = new_key(parts, queue=1)
    _, ben = new_key(parts)

    async def crowd() -> list[object]:
        tasks = [parts.worked(key, time.sleep, 0.1) for key in (anna, anna, anna, ben)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    got = asyncio.run(crowd())
    assert [type(one) for one in got] == [type(None), QueueFullError, QueueFullError, type(None)]
    assert parts.work.inside == 0


@pytest.mark.parametrize(
    ("public_url", "root"),
    [
        ("", "http://asked.test"),
        ("https://pictures.example", "https://pictures.example"),
        ("https://pictures.example/sub/", "https://pictures.example/sub"),
    ],
)
def test_a_link_begins_where_the_operator_says_or_the_request_came_to(parts, public_url, root):
    named = replace(parts, server=ServerSettings(public_url=public_url))
    upload = parts.host.keep(b"x", media_of("jpeg"), key_id=None, seconds=1)
    link = named.link(upload, "http://asked.test/")
    assert link == f"{root}/files/{upload.draft.token}.jpg"


def test_many_are_answered_in_their_order_and_few_are_under_way_at_once():
    begun: list[int] = []
    results = in_order(range(6), lambda number: (begun.append(number), lambda: number)[1], 2)
    assert [(next(results), len(begun)) for _ in range(6)] == [
        (0, 2),
        (1, 3),
        (2, 4),
        (3, 5),
        (4, 6),
        (5, 6),
    ]
    assert list(results) == []

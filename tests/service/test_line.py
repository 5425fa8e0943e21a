"""A line lets so many in and has the others wait, up to so many and so long."""

from __future__ import annotations

import asyncio

import pytest

from cropwright.errors import OverloadedError
from cropwright.service.gates import Line


def test_so_many_are_inside_at_once_and_all_come_in_by_turns():
    line, inside, most = Line(2, 10, 60), 0, 0

    async def one():
        nonlocal inside, most
        async with line.entered():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async def crowd():
        await asyncio.gather(*(one() for _ in range(12)))

    asyncio.run(crowd())
    assert (inside, most) == (0, 2)


def test_who_finds_the_line_full_is_refused_at_once():
    line = Line(1, 1, 60)

    async def one():
        async with line.entered():
            await asyncio.sleep(0.01)

    async def crowd():
        return await asyncio.gather(*(one() for _ in range(4)), return_exceptions=True)

    outcomes = asyncio.run(crowd())
    assert [type(outcome) for outcome in outcomes].count(OverloadedError) == 2


def test_who_waits_too_long_is_refused_and_leaves_no_gap():
    line = Line(1, 5, 0.01)

    async def waits():
        async with line.entered():
            with pytest.raises(OverloadedError):
                async with line.entered():
                    pass
        async with line.entered():
            pass

    asyncio.run(waits())


def test_those_with_the_same_subject_come_one_after_the_other():
    line, order = Line(5, 10, 60), []

    async def one(subject, name):
        async with line.alone(subject):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    async def crowd():
        await asyncio.gather(one("a", 1), one("a", 2), one("b", 3))

    asyncio.run(crowd())
    assert order.index("1 out") < order.index("2 in")
    assert order.index("3 in") < order.index("1 out")

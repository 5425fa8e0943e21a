"""Reading a request's body: never more than its limit, never longer than its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from cropwright.core.limits import BodyLimits
from cropwright.errors import LimitExceededError, MalformedRequestError, SlowRequestError

Hold = Callable[[int], None]
"""Is told how many more bytes of a body are in memory now; may refuse them by an error."""


_DIGITS = 20
"""So many of a number say that it is too large."""


def hold_any(_count: int) -> None:
    """Takes any number."""


def bounded(request: Request, limits: BodyLimits, hold: Hold = hold_any) -> Request:
    """The same request; reading more of its body than allowed raises an error of ours.

    LimitExceededError as soon as one byte too many is announced or arrives, SlowRequestError when
    the time is over, and whatever `hold` raises. What lies beyond is never read.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit():
        _check(int(announced[:_DIGITS]), limits)
    return Request(request.scope, _bounded_receive(request.receive, limits, hold))


def _bounded_receive(receive: Receive, limits: BodyLimits, hold: Hold) -> Receive:
    ends, seen = time.monotonic() + limits.seconds, 0

    async def bounded_receive() -> Message:
        nonlocal seen
        try:
            # Not wait_for: it makes a task for each of the many pieces of a body.
            async with asyncio.timeout(ends - time.monotonic()):
                message = await receive()
        except TimeoutError as error:
            raise SlowRequestError(seconds=limits.seconds) from error
        piece = len(message.get("body", b""))
        seen += piece
        _check(seen, limits)
        hold(piece)
        return message

    return bounded_receive


def _check(count: int, limits: BodyLimits) -> None:
    if count > limits.bytes:
        raise LimitExceededError("request body", limits.bytes, count, "bytes")


async def read_form(request: Request, limits: BodyLimits, hold: Hold = hold_any) -> FormData:
    """The fields and files of a form, URL-encoded or multipart. Raises MalformedRequestError."""
    try:
        return await bounded(request, limits, hold).form(
            max_files=limits.parts, max_fields=limits.parts, max_part_size=limits.bytes
        )
    except (MultiPartException, HTTPException, UnicodeError) as error:
        raise MalformedRequestError("body", "is not a form we can read") from error


async def read_body(request: Request, limits: BodyLimits, hold: Hold = hold_any) -> bytes:
    """The whole body."""
    return await bounded(request, limits, hold).body()

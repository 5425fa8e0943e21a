"""Crop.photo's banner jobs: filed, worked on, asked about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cropwright.core.command import Edit
from cropwright.core.hosting import ApiKey
from cropwright.core.wish import edit_of
from cropwright.doors.cropphoto import wire_banners
from cropwright.errors import InvalidValueError
from cropwright.http.body import Hold
from cropwright.http.door import Endpoint
from cropwright.http.fields import Fields
from cropwright.service import calls
from cropwright.service.jobs import filing
from cropwright.service.parts import Parts

Receive = Callable[
    [Parts, Request, AbstractContextManager[Hold]], Awaitable[tuple[Fields, ApiKey | None]]
]
"""Reads a request within an entrance, and knows whose it is."""


def endpoints(parts: Parts, receive: Receive) -> dict[str, Endpoint]:
    """Path below /v1 -> what answers there."""
    return {
        "/banners/with-mask/create": partial(_create, parts, receive),
        "/banners/with-mask/status": partial(_status, parts, receive),
    }


async def _create(parts: Parts, receive: Receive, request: Request) -> Response:
    # What is done later does not need a place among what is done now.
    fields, key = await receive(parts, request, parts.arrivals.entered())
    wanted = wire_banners.parse_create(fields)
    with parts.doorkeeper.admitted(key):
        job = await parts.errand(filing.file, parts, key, wanted, str(request.base_url))
    return JSONResponse(wire_banners.job_row(job))


async def _status(parts: Parts, receive: Receive, request: Request) -> Response:
    fields, key = await receive(parts, request, parts.arrivals.entered())
    call = wire_banners.parse_status(fields)
    states = await parts.errand(_states, parts, key, call)
    link = partial(parts.link, base=str(request.base_url))
    return JSONResponse(wire_banners.status_answer(states, link))


def _states(parts: Parts, key: ApiKey | None, call: wire_banners.StatusCall) -> list[filing.State]:
    if call.job_id is not None:
        return [filing.found(parts, key, call.job_id)]
    found = filing.listed(parts, key, call.labels, start=call.start, limit=call.limit)
    return [filing.state_of(parts, job) for job in found]


def _do(
    parts: Parts, key: ApiKey | None, fields: Mapping[str, Any], files: Mapping[str, bytes]
) -> filing.Done:
    """The picture cut to what its mask leaves open, and the margins around that."""
    call = wire_banners.call_of(fields, files)
    data = calls.fetched(parts, key, call.picture).data
    edit = _edit(parts, key, call, data)
    if not call.as_link:
        return filing.Done(filing.facts_of(parts.renderer.explain(data, edit)), None)
    made = parts.renderer.render(data, edit)
    return filing.Done(filing.facts_of(made.report), made, parts.links.cropphoto_seconds)


def _edit(parts: Parts, key: ApiKey | None, call: wire_banners.BannerCall, data: bytes) -> Edit:
    size, box = parts.renderer.hole(calls.fetched(parts, key, call.mask).data)
    picture = parts.renderer.explain(data, edit_of({})).source.size
    if size != picture:
        expected = f"the size of the picture, {picture.width}x{picture.height}"
        raise InvalidValueError(call.mask.field, f"{size.width}x{size.height}", expected)
    if box is None:
        raise InvalidValueError(call.mask.field, "opaque", "a PNG with transparent pixels")
    return replace(edit_of({}), rect=call.margin.around(box, size))


def _tell(parts: Parts, state: filing.State) -> dict[str, Any]:
    return wire_banners.hook_answer(state, partial(parts.link, base=state.wish.base))


DOOR = filing.JobDoor({wire_banners.TASK: _do}, _tell)
"""How jobs that came by this door are done and told of."""

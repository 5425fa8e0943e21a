"""Crop.photo's paths: take the parts, decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cropwright.core.hosting import ApiKey
from cropwright.doors.cropphoto import banners, errors, wire, wire_align, wire_body
from cropwright.errors import CropwrightError
from cropwright.http.body import Hold
from cropwright.http.door import Words, posting
from cropwright.http.fields import Fields, read_fields
from cropwright.http.labels import labels
from cropwright.service import calls
from cropwright.service.parts import Parts

PICTURES: dict[str, Callable[[Fields], wire.PictureCall]] = {
    "/crop/remove-background": wire.parse_remove_background,
    "/crop/auto-resize-align": wire_align.parse_auto_resize_align,
    "/crop/body-aware-crop": wire_body.parse_body_aware_crop,
    "/crop/unrecognizable-crop": wire_body.parse_unrecognizable_crop,
    "/crop/lifestyle": wire_align.parse_lifestyle,
}
"""Path below /v1 -> what a request there asks for, where one picture becomes another."""


def v1(parts: Parts) -> Starlette:
    """What lies below /v1."""
    pictures = {path: partial(_picture, parts, parse) for path, parse in PICTURES.items()}
    return posting(pictures | banners.endpoints(parts, _received), Words(_refusal, _status))


async def _picture(
    parts: Parts, parse: Callable[[Fields], wire.PictureCall], request: Request
) -> Response:
    fields, key = await _received(parts, request, parts.receiving())
    call = parse(fields)
    order = (parts, key, call.source, call.edit)
    if call.as_link:
        seconds = parts.links.cropphoto_seconds
        kept, report = await parts.worked(key, calls.crop_and_keep, *order, seconds, call.behind)
        link = parts.link(kept, str(request.base_url))
        return JSONResponse(wire.link_answer(link), headers=labels(report))
    made = await parts.worked(key, calls.crop, *order, call.behind)
    told = {"x-content-type-options": "nosniff", "vary": "Accept"} | labels(made.report)
    kind = wire.stream_type(request.headers.get("accept", ""), made.format.media_type)
    return Response(made.data, headers=told, media_type=kind)


async def _received(
    parts: Parts, request: Request, entrance: AbstractContextManager[Hold]
) -> tuple[Fields, ApiKey | None]:
    """The body's syntax, then the key; what the fields say comes after both."""
    with entrance as hold:
        fields = await read_fields(request, parts.body_limits, hold)
    address = request.client.host if request.client else ""
    return fields, await parts.identified(
        wire.key(request.headers.get("authorization", "")), address
    )


def _refusal(error: CropwrightError) -> JSONResponse:
    row, detail = errors.row_of(error)
    return JSONResponse(wire.error_answer(row.status, row.kind, row.title, detail), row.status)


def _status(status: int) -> JSONResponse:
    row = errors.STATUSES.get(status)
    if row is None:
        return _refusal(CropwrightError())
    return JSONResponse(wire.error_answer(status, row.kind, row.title, row.detail), status)

"""Our own API at /api/v1: take the parts, decide nothing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Security
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cropwright.catalog.answers import Answer
from cropwright.core.hosting import ApiKey
from cropwright.doors.native import bodies, schema, wire
from cropwright.http.fields import Fields, read_fields
from cropwright.http.labels import labels
from cropwright.service import calls
from cropwright.service.parts import Parts

PREFIX = "/api/v1"
BEARER = HTTPBearer(auto_error=False, description="An API key: cropwright keys create NAME")
IDEMPOTENCY = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Repeating a request with the same word gives the first answer again.",
    ),
]
REFUSALS = schema.answers(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
OWN_REFUSALS = schema.answers(401, 404, 503)


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PARTS = Annotated[Parts, Depends(_parts)]

router = APIRouter(prefix=PREFIX, tags=["cropwright"], dependencies=[Security(BEARER)])
"""The paths below /api/v1; the application they are part of has the parts in its state."""


@router.post(
    "/crop",
    response_class=Response,
    responses=bodies.CROPPED | REFUSALS,
    openapi_extra=schema.body(schema.CROP),
)
async def crop(request: Request, parts: PARTS, idempotency_key: IDEMPOTENCY = None) -> Response:
    """Crop a picture: answered as bytes, as base64 in JSON, or as a link."""
    return await _answered(parts, request, wire.parse_crop, idempotency_key)


@router.post(
    "/cutout",
    response_class=Response,
    responses=bodies.CUT_OUT | REFUSALS,
    openapi_extra=schema.body(schema.CUTOUT),
)
async def cutout(request: Request, parts: PARTS, idempotency_key: IDEMPOTENCY = None) -> Response:
    """Cut a picture's subject out; answered as crops are, and labelled with who looked."""
    return await _answered(parts, request, wire.parse_cutout, idempotency_key)


@router.post(
    "/uploads",
    status_code=201,
    response_class=Response,
    responses=bodies.UPLOADED | REFUSALS,
    openapi_extra=schema.body(schema.UPLOAD),
)
async def upload(request: Request, parts: PARTS, idempotency_key: IDEMPOTENCY = None) -> Response:
    """Host a file of any kind we know, byte for byte, and get its link."""
    fields, key = await received(parts, request)
    wire.check_upload(fields)
    make = partial(_uploaded, parts, request, key, fields)
    fingerprint = fields.fingerprint(request.url.path)
    return await once(parts, key, idempotency_key, fingerprint, make)


@router.get(
    "/uploads/{upload_id}",
    response_class=Response,
    responses=bodies.UPLOAD_FACTS | OWN_REFUSALS,
)
async def upload_facts(request: Request, parts: PARTS, upload_id: str) -> Response:
    """What there is to say about an upload of yours."""
    key = await identified(parts, request)
    found = await parts.errand(parts.host.owned, key and key.id, token=upload_id)
    return JSONResponse(wire.upload_answer(found, _link(parts, request, found)))


@router.delete("/uploads/{upload_id}", status_code=204, responses=OWN_REFUSALS)
async def delete_upload(request: Request, parts: PARTS, upload_id: str) -> Response:
    """End a link of yours at once and delete the file."""
    key = await identified(parts, request)
    await parts.errand(parts.host.delete_owned, key and key.id, token=upload_id)
    return Response(status_code=204)


@router.get("/usage", response_class=Response, responses=bodies.USED | schema.answers(401, 503))
async def usage(request: Request, parts: PARTS) -> Response:
    """What your key has hosted, and may."""
    key = await identified(parts, request)
    used = await parts.errand(parts.host.usage, key and key.id)
    return JSONResponse(wire.usage_answer(used, key.allowance if key else wire.UNLIMITED))


async def _answered(
    parts: Parts, request: Request, parse: Callable[[Fields], wire.PictureCall], word: str | None
) -> Response:
    fields, key = await received(parts, request)
    call = parse(fields)
    if call.dry_run:
        order = (parts, key, call.source, call.edit, call.behind)
        report = await parts.worked(key, calls.explain, *order)
        return JSONResponse({"explain": report.as_dict()}, headers=labels(report))
    make = partial(_made, parts, request, key, call)
    if call.answer != "link":
        return await make()
    return await once(parts, key, word, fields.fingerprint(request.url.path), make)


async def _made(
    parts: Parts, request: Request, key: ApiKey | None, call: wire.PictureCall
) -> Response:
    order = (parts, key, call.source, call.edit)
    if call.answer == "link":
        seconds = parts.links.native_seconds if call.seconds is None else call.seconds
        kept, report = await parts.worked(key, calls.crop_and_keep, *order, seconds, call.behind)
        told = wire.upload_answer(kept, _link(parts, request, kept))
        headers = {"location": place(kept.draft.token)} | labels(report)
        return JSONResponse(told | wire.reasons(report, call.explain), 201, headers)
    made = await parts.worked(key, calls.crop, *order, call.behind)
    headers = labels(made.report)
    if call.answer == "base64":
        told = wire.picture_answer(made.data, made.format.media_type, made.report)
        return JSONResponse(told | wire.reasons(made.report, call.explain), headers=headers)
    headers["x-content-type-options"] = "nosniff"
    if call.explain:
        headers["cropwright-explain"] = json.dumps(made.report.as_dict(), separators=(",", ":"))
    return Response(made.data, 200, headers, made.format.media_type)


async def _uploaded(parts: Parts, request: Request, key: ApiKey | None, fields: Fields) -> Response:
    seconds = wire.parse_seconds(fields)
    seconds = parts.links.native_seconds if seconds is None else seconds
    source = wire.parse_source(fields)
    kept = await parts.worked(key, calls.keep, parts, key, source, seconds)
    told = wire.upload_answer(kept, _link(parts, request, kept))
    return JSONResponse(told, 201, {"location": place(kept.draft.token)})


async def once(
    parts: Parts,
    key: ApiKey | None,
    word: str | None,
    fingerprint: str,
    make: Callable[[], Awaitable[Response]],
    collection: str = "uploads",
) -> Response:
    """The answer of `make`, or the one that its Idempotency-Key was given before.

    What it makes is in a collection below /api/v1, by its id.
    """
    if word is None:
        return await make()
    begun = await parts.errand(parts.once.begin, key and key.id, word, fingerprint)
    if isinstance(begun, Answer):
        where = place(json.loads(begun.body)["id"], collection)
        told = {"idempotency-replayed": "true", "location": where}
        return Response(begun.body, begun.status, told, "application/json")
    try:
        answer = await make()
    except BaseException:
        await parts.errand(parts.once.abandon, begun)
        raise
    given = Answer(answer.status_code, bytes(answer.body).decode())
    await parts.errand(parts.once.finish, begun, given)
    return answer


async def received(parts: Parts, request: Request) -> tuple[Fields, ApiKey | None]:
    """The key first, because it is in the head; then the body. Where there is no place, neither."""
    with parts.receiving() as hold:
        key = await identified(parts, request)
        return await read_fields(request, parts.body_limits, hold), key


async def identified(parts: Parts, request: Request) -> ApiKey | None:
    """Whose request it is. Raises AccessError or RateExceededError."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    sent = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key")
    return await parts.identified(sent, request.client.host if request.client else "")


def place(token: str, collection: str = "uploads") -> str:
    """Where something of ours is told of."""
    return f"{PREFIX}/{collection}/{token}"


def _link(parts: Parts, request: Request, upload: Any) -> str:
    return parts.link(upload, str(request.base_url))

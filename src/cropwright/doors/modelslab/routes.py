"""ModelsLab's paths: take the parts, decide nothing."""

from __future__ import annotations

from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from cropwright.core.hosting import ApiKey
from cropwright.doors.modelslab import errors, wire
from cropwright.errors import CapacityError, CropwrightError, MissingFieldError
from cropwright.http.door import Words, posting
from cropwright.http.fields import Fields, read_fields
from cropwright.service import hosting
from cropwright.service.parts import Parts


def v3(parts: Parts) -> Starlette:
    """What lies below /api/v3."""
    return posting(
        {
            "/base64_crop": partial(_base64_crop, parts),
            "/delete_image": partial(_delete_image, parts),
        },
        _WORDS,
    )


def v6(parts: Parts) -> Starlette:
    """What lies below /api/v6."""
    return posting(
        {
            f"/{path}": partial(_base64_to_url, parts, name)
            for path, name in wire.V6_PAYLOADS.items()
        },
        _WORDS,
    )


async def _base64_crop(parts: Parts, request: Request) -> JSONResponse:
    fields, key = await _received(parts, request)
    asked = wire.parse_crop(fields)
    edit = wire.square(parts.square.gravity, parts.square.size) if asked.crop else None
    wish = hosting.Wanted("image", asked.image, edit, parts.links.v3_seconds)
    upload = await parts.worked(key, hosting.keep_picture, parts, key, wish)
    return JSONResponse(wire.crop_answer(parts.link(upload, str(request.base_url)), upload.id))


async def _base64_to_url(parts: Parts, name: str, request: Request) -> JSONResponse:
    fields, key = await _received(parts, request)
    wish = hosting.Wanted(name, wire.parse_payload(fields, name), None, parts.links.v6_seconds)
    upload = await parts.worked(key, hosting.keep_file, parts, key, wish)
    return JSONResponse(wire.url_answer(parts.link(upload, str(request.base_url)), upload.id))


async def _delete_image(parts: Parts, request: Request) -> JSONResponse:
    fields, key = await _received(parts, request)
    number, token = wire.parse_request_id(fields), wire.parse_image_name(fields)
    if number is None and not token:
        raise MissingFieldError("request_id", "which image to delete")
    await parts.errand(parts.host.delete_owned, key and key.id, number=number, token=token)
    return JSONResponse(wire.deleted_answer())


async def _received(parts: Parts, request: Request) -> tuple[Fields, ApiKey | None]:
    """The fields, then the key, in this order (ML-15)."""
    with parts.receiving() as hold:
        fields = await read_fields(request, parts.body_limits, hold)
    address = request.client.host if request.client else ""
    return fields, await parts.identified(wire.key(fields, request.headers), address)


def _refusal(error: CropwrightError) -> JSONResponse:
    status, sentence = errors.status_and_sentence(error)
    wait = error.retry_after_seconds if isinstance(error, CapacityError) else None
    return JSONResponse(wire.error_answer(sentence, wait), status)


def _status(status: int) -> JSONResponse:
    said = {404: "There is nothing at this address.", 405: "Use POST at this address."}
    return JSONResponse(wire.error_answer(said.get(status, errors.INTERNAL)), status)


_WORDS = Words(_refusal, _status)

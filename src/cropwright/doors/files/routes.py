"""GET and HEAD of the links we hand out (RFC 9110): whole, in part, or not modified."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from cropwright.core.media import is_inline
from cropwright.errors import CapacityError, CropwrightError, UploadNotFoundError
from cropwright.http.ranges import Slice, sliced

if TYPE_CHECKING:
    from cropwright.core.hosting import Upload
    from cropwright.service.parts import Parts

_NAME = re.compile(r"([A-Za-z0-9_-]{22,64})\.([a-z0-9]{1,8})", re.ASCII)
"""Checked before anything is looked up."""
_AT_ONCE = 4 * 1024 * 1024
"""Files up to so many bytes are read in one go, larger ones piece by piece."""
_PIECE = 256 * 1024
_SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
}
"""On every answer: nothing that was uploaded ever runs in somebody's browser."""
_LONGEST_CACHE_SECONDS = 24 * 60 * 60
_REDIRECT_SECONDS = 60


def files(parts: Parts) -> Starlette:
    """What lies below /files."""
    app = Starlette(
        routes=[Route("/{name}", partial(_file, parts), methods=["GET", "HEAD"])],
        exception_handlers={
            CropwrightError: _refused,
            HTTPException: _not_here,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False
    return app


async def _file(parts: Parts, request: Request) -> Response:
    upload = await parts.errand(_found, parts, request.path_params["name"])
    draft = upload.draft
    etag = f'"{draft.sha256[:40]}"'
    answer = sliced(request.method, request.headers, etag, draft.size_bytes)
    headers = _headers(parts, upload, etag) | answer.headers
    if answer.status in (304, 416):
        return Response(status_code=answer.status, headers=headers)
    if request.method == "GET":
        direct = await parts.errand(parts.host.direct_link, upload, _REDIRECT_SECONDS)
        if direct is not None:
            return RedirectResponse(direct, 307, _SAFE | {"cache-control": "no-store"})
    headers |= {"content-length": str(answer.length), "content-type": draft.media_type}
    if request.method == "HEAD":
        return Response(status_code=answer.status, headers=headers)
    if answer.length <= _AT_ONCE:
        data = await parts.errand(parts.host.read, upload, answer.start, answer.length)
        return Response(data, answer.status, headers)
    return StreamingResponse(_pieces(parts, upload, answer), answer.status, headers)


async def _pieces(parts: Parts, upload: Upload, answer: Slice) -> AsyncIterator[bytes]:
    for at in range(answer.start, answer.start + answer.length, _PIECE):
        length = min(_PIECE, answer.start + answer.length - at)
        yield await parts.errand(parts.host.read, upload, at, length)


def _found(parts: Parts, name: str) -> Upload:
    named = _NAME.fullmatch(name)
    if named is None:
        raise UploadNotFoundError(name)
    upload = parts.host.find(named[1])
    if upload.draft.extension != named[2]:
        raise UploadNotFoundError(name)
    return upload


def _headers(parts: Parts, upload: Upload, etag: str) -> dict[str, str]:
    draft = upload.draft
    seconds = _LONGEST_CACHE_SECONDS
    if draft.expires_ms is not None:
        seconds = min(seconds, max(0, (draft.expires_ms - parts.host.now_ms()) // 1000))
    shown = "inline" if is_inline(draft.media_type) else "attachment"
    return _SAFE | {
        "etag": etag,
        "accept-ranges": "bytes",
        "cache-control": f"public, max-age={seconds}, immutable",
        "content-disposition": f'{shown}; filename="{draft.token}.{draft.extension}"',
    }


def _plain(words: str, status: int, headers: dict[str, str] | None = None) -> PlainTextResponse:
    safe = _SAFE | {"cache-control": "no-store"} | (headers or {})
    return PlainTextResponse(f"{words}\n", status, safe)


async def _refused(_request: Request, error: Exception) -> Response:
    if isinstance(error, UploadNotFoundError):
        return _plain("There is no such file, or not any more.", 404)
    wait = error.retry_after_seconds if isinstance(error, CapacityError) else 1
    return _plain("Not available now; try again later.", 503, {"retry-after": str(wait)})


async def _not_here(_request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return _plain("Files can be read, nothing else.", 405, {"allow": "GET, HEAD"})
    return _plain("There is no such file, or not any more.", 404)


async def _failed(_request: Request, _error: Exception) -> Response:
    return _plain("Something went wrong here.", 500)

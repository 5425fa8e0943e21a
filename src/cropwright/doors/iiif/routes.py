"""GET and HEAD below /iiif/3: pictures, their information, and the way from one to the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cropwright import __version__
from cropwright.core.formats import FORMATS
from cropwright.doors.iiif import errors, wire
from cropwright.errors import CapacityError, CropwrightError
from cropwright.http.ranges import matches
from cropwright.service.gates import Line

if TYPE_CHECKING:
    from cropwright.core.command import Facts
    from cropwright.service.gallery import Original
    from cropwright.service.parts import Parts

PREFIX = "/iiif/3"
_WAITING = 200
"""Requests that may wait for their turn: a viewer asks for dozens of tiles at once."""
_PATIENCE_SECONDS = 30.0
_COMMON = {
    "access-control-allow-origin": "*",  # also where no page asked: caches hand it to all (7.1)
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """An image request, and the picture it is about."""

    original: Original
    facts: Facts
    uri: str
    view: wire.View


def iiif(parts: Parts) -> Starlette:
    """What lies below /iiif/3."""
    # Half of the places, so that a viewer's tiles leave room for everybody else's pictures.
    line = Line(max(1, parts.work.limit // 2), _WAITING, _PATIENCE_SECONDS)
    app = Starlette(
        routes=[Route("/{path:path}", partial(_answer, parts, line), methods=["GET", "HEAD"])],
        exception_handlers={
            CropwrightError: _refused,
            HTTPException: _not_here,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False
    return app


async def _answer(parts: Parts, line: Line, request: Request) -> Response:
    # Decoded paths cannot tell an identifier's own slashes from those between parameters.
    raw: bytes = request.scope["raw_path"].partition(b"?")[0]
    asked = wire.parse_path(raw.partition(PREFIX.encode() + b"/")[2])
    original = await parts.errand(parts.gallery.find, asked.identifier)
    root = (parts.server.public_url or str(request.base_url)).rstrip("/") + PREFIX
    uri = wire.base_uri(root, asked.identifier)
    if asked.view is None and not asked.info:
        headers = _COMMON | {"cache-control": "no-store"}
        return RedirectResponse(f"{uri}/info.json", 303, headers)  # 3: SHOULD redirect
    facts = await _prepared(parts, line, original)
    if asked.view is None:
        return _info(parts, request, original, facts, uri)
    return await _image(parts, line, request, _Shown(original, facts, uri, asked.view))


async def _prepared(parts: Parts, line: Line, original: Original) -> Facts:
    """The facts; whoever comes first makes the picture ready, the others wait outside."""
    facts = await parts.errand(parts.gallery.ready, original)
    if facts is not None:
        return facts
    async with line.alone(original.label), line.entered():
        return await parts.worked(None, parts.gallery.prepare, original)


def _info(parts: Parts, request: Request, original: Original, facts: Facts, uri: str) -> Response:
    kind = wire.info_type(request.headers.get("accept", ""))
    body = bytes(JSONResponse(wire.info(uri, facts, _bounds(parts, original))).body)
    headers = _headers(parts, original, kind.encode() + body) | {
        "content-type": kind,
        "vary": "accept",
        "link": f'<{wire.PROFILE}>;rel="profile"',
    }
    if matches(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=headers)
    return _told(request, body, headers)


async def _image(parts: Parts, line: Line, request: Request, shown: _Shown) -> Response:
    gallery, original = parts.gallery, shown.original
    bounds = _bounds(parts, original)
    edit = wire.edit_of(shown.view, shown.facts, parts.square.gravity, bounds)
    # Everything that decides what the answer is, but for the picture, which the label stands for.
    headers = _headers(parts, original, f"{__version__} {edit!r}".encode())
    if matches(request.headers.get("if-none-match"), headers["etag"]):
        return Response(status_code=304, headers=headers)
    async with line.entered():
        made = await parts.worked(None, gallery.show, original, shown.facts, edit)
    canonical = wire.canonical(shown.view, made.report.rect, shown.facts, bounds)
    headers |= {
        "content-type": FORMATS[made.format.name].media_type,
        "link": f'<{shown.uri}/{canonical}>;rel="canonical", <{wire.PROFILE}>;rel="profile"',
    }
    return _told(request, made.data, headers)


def _bounds(parts: Parts, original: Original) -> wire.Bounds:
    limits = parts.gallery.limits_of(original)
    return wire.Bounds(min(parts.gallery.settings.max_area, limits.pixels), limits.edge)


def _headers(parts: Parts, original: Original, facts: bytes) -> dict[str, str]:
    label = f"{original.label.owner} {original.label.version} ".encode()
    seconds = parts.gallery.settings.max_age_seconds
    if original.expires_ms is not None:
        seconds = min(seconds, max(0, (original.expires_ms - parts.host.now_ms()) // 1000))
    return _COMMON | {
        "etag": f'"{hashlib.sha256(label + facts).hexdigest()[:40]}"',
        "cache-control": f"public, max-age={seconds}",
    }


def _told(request: Request, body: bytes, headers: dict[str, str]) -> Response:
    headers = headers | {"content-length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, headers=headers)


def _plain(words: str, status: int, headers: dict[str, str] | None = None) -> PlainTextResponse:
    common = _COMMON | {"cache-control": "no-store"} | (headers or {})
    return PlainTextResponse(f"{words}\n", status, common)


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, CropwrightError):
        return await _failed(_request, error)
    status, sentence = errors.status_and_sentence(error)
    if isinstance(error, CapacityError):
        return _plain(sentence, status, {"retry-after": str(error.retry_after_seconds)})
    return _plain(sentence, status)


async def _not_here(_request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return _plain("pictures can be read, nothing else", 405, {"allow": "GET, HEAD"})
    return _plain(errors.NOT_FOUND, 404)


async def _failed(_request: Request, _error: Exception) -> Response:
    return _plain(errors.INTERNAL, 500)

"""Errors anywhere outside the other doors come out as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from cropwright.doors.native import errors
from cropwright.errors import CapacityError, CropwrightError, InvalidValueError

_WORDS = {
    404: ("not_found", "There is nothing at this address"),
    405: ("method_not_allowed", "Not this method at this address"),
}


def dress_errors(app: FastAPI) -> None:
    """Have every error of an application answered as a problem."""
    app.add_exception_handler(CropwrightError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _not_here)
    app.add_exception_handler(Exception, _failed)


async def _refused(request: Request, error: Exception) -> Response:
    refusal = error if isinstance(error, CropwrightError) else CropwrightError()
    told, headers = errors.problem(refusal, _request_id(request)), {}
    if isinstance(refusal, CapacityError):
        headers["retry-after"] = str(refusal.retry_after_seconds)
    if told["status"] == 401:
        headers["www-authenticate"] = "Bearer"
    return _problem(told, headers)


async def _invalid(request: Request, error: Exception) -> Response:
    rows = error.errors() if isinstance(error, RequestValidationError) else []
    place, why = (rows[0]["loc"], rows[0]["msg"]) if rows else (("request",), "what is documented")
    return await _refused(request, InvalidValueError(str(place[-1]), "not allowed", str(why)))


async def _not_here(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, said = _WORDS.get(status, ("bad_request", "The request cannot be followed"))
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 405:
        headers = {"allow": _allowed(request)}
    return _problem(errors.described(status, said, said, code, _request_id(request)), headers)


def _allowed(request: Request) -> str:
    """Every method of an address; the first route that has the path knows only its own."""
    found = [
        context.methods
        for context in iter_route_contexts(request.app.routes)
        if context.methods and context.matches(request.scope)[0] is not Match.NONE
    ]
    return ", ".join(sorted(set().union(*found)))


async def _failed(request: Request, _error: Exception) -> Response:
    return await _refused(request, CropwrightError())


def _problem(told: dict[str, Any], headers: dict[str, str]) -> Response:
    return JSONResponse(told, told["status"], headers, errors.MEDIA_TYPE)


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))

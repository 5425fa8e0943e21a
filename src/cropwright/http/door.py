"""A door of POST endpoints, with everything that goes wrong inside it told in the door's own shape."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from cropwright.errors import CapacityError, CropwrightError

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Words:
    """How a door tells what went wrong."""

    refusal: Callable[[CropwrightError], Response]
    """An error of ours."""
    status: Callable[[int], Response]
    """Nothing at this address (404), another method (405), or a request that is no HTTP."""


def mounted(prefix: str, door: ASGIApp) -> Mount:
    """Everything below a prefix is a door's to answer: with line ends in its path, too."""
    mount = Mount(prefix, door)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def posting(endpoints: Mapping[str, Endpoint], words: Words) -> Starlette:
    """An application that answers POST at each path, with a slash behind it or without.

    Waiting times become Retry-After; a crash is told as a CropwrightError, without a word of it.
    """

    async def refused(_request: Request, error: Exception) -> Response:
        if not isinstance(error, CropwrightError):
            return words.refusal(CropwrightError())
        answer = words.refusal(error)
        if isinstance(error, CapacityError):
            answer.headers["retry-after"] = str(error.retry_after_seconds)
        return answer

    async def not_here(_request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return words.refusal(CropwrightError())
        answer = words.status(error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    routes = [Route(path, endpoint, methods=["POST"]) for path, endpoint in endpoints.items()]
    routes += [Route(f"{route.path}/", route.endpoint, methods=["POST"]) for route in routes]
    app = Starlette(
        routes=routes,
        exception_handlers={
            CropwrightError: refused,
            HTTPException: not_here,
            Exception: refused,
        },
    )
    app.router.redirect_slashes = False  # a redirected POST becomes a GET
    return app

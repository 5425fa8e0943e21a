"""GET /api/v1/about: what the service takes and can do, for anybody who is about to ask."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cropwright.doors.native import bodies, schema, wire
from cropwright.doors.native.routes import PREFIX
from cropwright.service.parts import Parts

router = APIRouter(prefix=PREFIX, tags=["cropwright"])
"""It needs no key, unlike everything else below /api/v1."""


@router.get("/about", response_class=Response, responses=bodies.TOLD | schema.answers())
async def about(request: Request) -> Response:
    """What this service takes and can do; no key is needed."""
    parts: Parts = request.app.state.parts
    told = wire.about_answer(parts.server, parts.links, keys_required=parts.keys_required)
    return JSONResponse(told)

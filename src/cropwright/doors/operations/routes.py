"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from cropwright.errors import CropwrightError
from cropwright.http.metrics import Metrics
from cropwright.service.parts import Parts

_PATIENCE_SECONDS = 3.0


def routes(parts: Parts, metrics: Metrics) -> list[Route]:
    """The operators' paths."""

    async def healthz(_request: Request) -> Response:
        """The process answers; nothing else is touched."""
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        """Whether requests can be served: database, store, workers, room in the queue."""
        checks = {
            "catalog": await _well(parts, parts.host.catalog.ping),
            "storage": await _well(parts, parts.host.store.ping),
            "workers": await _well(parts, parts.renderer.check),
            "queue": not parts.work.is_full,
        }
        ready = all(checks.values())
        # Not a check: without models plain backdrops are still cut out.
        models = await parts.errand(_models, parts)
        told = {"ready": ready, "checks": checks, "models": models}
        return JSONResponse(told, 200 if ready else 503)

    async def page(_request: Request) -> Response:
        """The metrics."""
        data = await parts.errand(metrics.page)
        return Response(data, 200, media_type="text/plain; version=0.0.4; charset=utf-8")

    found = [Route("/healthz", healthz), Route("/readyz", readyz)]
    return [*found, Route("/metrics", page)] if parts.server.metrics else found


def _models(parts: Parts) -> dict[str, str]:
    return {state.row.name: state.state for state in parts.renderer.shelf.states()}


async def _well(parts: Parts, ping: Callable[[], None]) -> bool:
    try:
        await asyncio.wait_for(parts.errand(ping), _PATIENCE_SECONDS)
    except (CropwrightError, TimeoutError):
        return False
    return True

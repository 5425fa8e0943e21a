"""A server that does nothing: it reads the body as ours does and answers, on the same stack."""

from __future__ import annotations

import sys
from functools import partial

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cropwright.core.limits import BodyLimits
from cropwright.engine.worker import give_memory_back
from cropwright.http.body import read_body
from cropwright.http.metrics import Metrics
from cropwright.http.observe import Observed
from cropwright.http.protocol import BoundedProtocol
from cropwright.service.settings import ServerSettings

_SERVER = ServerSettings()


async def _nothing(limits: BodyLimits, request: Request) -> JSONResponse:
    return JSONResponse({"bytes": len(await read_body(request, limits))})


def main(port: int) -> None:
    """Serve until told to stop."""
    give_memory_back()
    limits = BodyLimits(_SERVER.body_bytes, _SERVER.body_seconds)
    app = Starlette(routes=[Route("/", partial(_nothing, limits), methods=["POST"])])
    uvicorn.run(
        Observed(app, Metrics(), ()),
        port=port,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))

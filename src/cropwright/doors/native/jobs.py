"""Jobs in our own API: filed now, done later, asked about until then, told of by webhook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Security
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cropwright.core.hosting import ApiKey
from cropwright.doors.native import bodies, schema, wire_jobs
from cropwright.doors.native.routes import (
    BEARER,
    IDEMPOTENCY,
    OWN_REFUSALS,
    PARTS,
    PREFIX,
    REFUSALS,
    identified,
    once,
    place,
)
from cropwright.http.fields import read_fields
from cropwright.service import calls
from cropwright.service.jobs import filing
from cropwright.service.parts import Parts

_JOBS = "jobs"
_LARGEST_START = 2**31 - 1
_LABELS = Annotated[list[str] | None, Query(description="Jobs with any of these.")]
_START = Annotated[int, Query(ge=0, le=_LARGEST_START, description="How many to pass over.")]
_LIMIT = Annotated[int, Query(ge=1, le=wire_jobs.MOST_LISTED, description="Most to list.")]

router = APIRouter(prefix=PREFIX, tags=["jobs"], dependencies=[Security(BEARER)])
"""The paths below /api/v1/jobs."""


@router.post(
    "/jobs",
    status_code=202,
    response_class=Response,
    responses=bodies.FILED | REFUSALS,
    openapi_extra=schema.body(schema.JOB),
)
async def file(request: Request, parts: PARTS, idempotency_key: IDEMPOTENCY = None) -> Response:
    """Have one or many pictures cropped or cut out later; on this answer the job is durable."""
    # Not parts.receiving: what is done later does not need a place among what is done now.
    with parts.arrivals.entered() as hold:
        key = await identified(parts, request)
        fields = await read_fields(request, parts.body_limits, hold)
    wanted = wire_jobs.parse_filing(fields, parts.jobs.pictures)
    make = partial(_filed, parts, request, key, wanted)
    fingerprint = fields.fingerprint(request.url.path)
    return await once(parts, key, idempotency_key, fingerprint, make, _JOBS)


@router.get(
    "/jobs", response_class=Response, responses=bodies.JOBS_LISTED | schema.answers(401, 503)
)
async def listed(
    request: Request,
    parts: PARTS,
    label: _LABELS = None,
    start: _START = 0,
    limit: _LIMIT = wire_jobs.DEFAULT_LIMIT,
) -> Response:
    """Your jobs, the newest first; without their results, which each job tells itself."""
    key = await identified(parts, request)
    found = await parts.errand(filing.listed, parts, key, label or [], start=start, limit=limit)
    return JSONResponse({"jobs": [wire_jobs.job_answer(job) for job in found]})


@router.get("/jobs/{job_id}", response_class=Response, responses=bodies.JOB_TOLD | OWN_REFUSALS)
async def told(request: Request, parts: PARTS, job_id: str) -> Response:
    """How a job of yours is doing, and its results once it is over."""
    key = await identified(parts, request)
    state = await parts.errand(filing.found, parts, key, job_id)
    link = partial(parts.link, base=str(request.base_url))
    return JSONResponse(wire_jobs.state_answer(state, link))


@router.delete("/jobs/{job_id}", status_code=204, responses=OWN_REFUSALS)
async def cancel(request: Request, parts: PARTS, job_id: str) -> Response:
    """End a job of yours: nothing more is done for it, and no webhook tells of that."""
    key = await identified(parts, request)
    await parts.errand(filing.cancel, parts, key, job_id)
    return Response(status_code=204)


async def _filed(
    parts: Parts, request: Request, key: ApiKey | None, wanted: filing.Filing
) -> Response:
    with parts.doorkeeper.admitted(key):
        job = await parts.errand(filing.file, parts, key, wanted, str(request.base_url))
    where = {"location": place(job.draft.token, _JOBS)}
    return JSONResponse(wire_jobs.job_answer(job), 202, where)


def _do(
    task: str,
    parts: Parts,
    key: ApiKey | None,
    fields: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> filing.Done:
    """One picture of a job, as a worker does it."""
    call = wire_jobs.call_of(task, fields, files)
    made = calls.crop(parts, key, call.source, call.edit, call.behind)
    seconds = parts.links.native_seconds if call.seconds is None else call.seconds
    return filing.Done(filing.facts_of(made.report), made, seconds)


def _tell(parts: Parts, state: filing.State) -> dict[str, Any]:
    return wire_jobs.hook_answer(state, partial(parts.link, base=state.wish.base))


DOOR = filing.JobDoor({name: partial(_do, name) for name in wire_jobs.TASKS}, _tell)
"""How jobs that came by this door are done and told of."""

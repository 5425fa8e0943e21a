"""What each layer of a request takes: the service's own functions, timed one after another.

A process of its own, with one picture worker. It speaks the lines of `bench.loop`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import tree
from bench.loop import Answer, serve
from bench.service.jobs import CROP, JOBS, Job
from cropwright import settings
from cropwright.core.hosting import Allowance, Draft, Upload
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.doors.modelslab.wire import square
from cropwright.engine.handover import Parcel
from cropwright.engine.pipeline import render, verify
from cropwright.engine.pool import Workers
from cropwright.engine.vips import single_threaded
from cropwright.engine.worker import give_memory_back
from cropwright.http.fields import Fields, from_json
from cropwright.kept import kept
from cropwright.service.accounts import Accounts
from cropwright.service.host import Host, place
from cropwright.service.render import Renderer
from cropwright.service.settings import ServerSettings
from cropwright.sources.data_uri import decode

JSON, KEY, BASE64 = "JSON", "key", "base64"
HANDOVER, RENDERER, ENGINE = "hand-over alone", "renderer", "engine"
DIGEST, RESERVED, STORED, PUBLISHED = "digest", "reserved", "stored", "published"

_LIMITS = Limits()
_SQUARE = square("center", 0)
_DAY_MS = 24 * 60 * 60 * 1000

Call = Callable[[], object]


class Layers:
    """The parts that a request goes through, without HTTP."""

    def __init__(self, host: Host, accounts: Accounts, workers: Workers) -> None:
        self._host, self._accounts, self._workers = host, accounts, workers
        self._renderer = Renderer(workers, _LIMITS)
        self._key = accounts.create("layers", Allowance())
        self._key_id = accounts.check(self._key).id
        self._upload: Upload | None = None

    def timed(self, request: dict[str, Any]) -> Answer:
        """Every layer of a job, so many times: wall and processor milliseconds of each time."""
        calls = self._calls(JOBS[request["job"]], Path(request["photos"]))
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
        for turn in range(request["times"] + 1):
            for name, call in calls.items():
                time_taken = self._taken(call)
                if turn:  # the first time is for what is only done once
                    times[name].append(time_taken)
            self._erase()
        return {"layers": times}

    def _calls(self, job: Job, photos: Path) -> dict[str, Call]:
        """What is done for a request, in its order."""
        body = job.body(photos)
        fields = from_json(body)
        picture = _decoded(fields, job)
        if job.work == CROP:
            engine: Call = partial(render, picture, _SQUARE, _LIMITS)
            renderer: Call = partial(self._renderer.render, picture, _SQUARE)
            made = render(picture, _SQUARE, _LIMITS).data
        else:
            engine = partial(verify, picture, _LIMITS)
            renderer = partial(self._renderer.verify, picture)
            made = picture
        back = len(made) if job.work == CROP else 0
        return {
            JSON: partial(from_json, body),
            KEY: partial(self._accounts.check, self._key),
            BASE64: partial(_decoded, fields, job),
            HANDOVER: partial(self._handed_over, picture, back),
            RENDERER: renderer,
            ENGINE: engine,
            DIGEST: lambda: hashlib.sha256(made).hexdigest(),
            RESERVED: partial(self._reserve, len(made)),
            STORED: partial(self._store, made),
            PUBLISHED: self._publish,
        }

    def _handed_over(self, data: bytes, back: int) -> bytes:
        """To a worker and back, as `Renderer.render` does it, without any work in between."""
        return self._workers.run(_returned, Parcel(data), back).unpacked()

    def _reserve(self, size: int) -> None:
        now, token = self._host.now_ms(), secrets.token_urlsafe(24)
        draft = Draft(
            token=token,
            extension="jpg",
            media_type="image/jpeg",
            size_bytes=size,
            sha256="0" * 64,
            key_id=self._key_id,
            created_ms=now,
            expires_ms=now + _DAY_MS,
        )
        self._upload = self._host.catalog.uploads.reserve(draft)

    def _store(self, data: bytes) -> None:
        if self._upload is not None:
            self._host.store.put(place(self._upload.draft.token), data)

    def _publish(self) -> None:
        if self._upload is not None:
            self._host.catalog.uploads.publish(self._upload)

    def _taken(self, call: Call) -> tuple[float, float]:
        processes = [os.getpid(), *self._workers.pids()]
        cpu, wall = tree.cpu_ms(processes), time.perf_counter()
        call()
        wall = time.perf_counter() - wall
        return wall * 1000, tree.cpu_ms(processes) - cpu

    def _erase(self) -> None:
        """Take the stored file away, so that the next one finds as much free memory."""
        if self._upload is not None:
            self._host.delete(self._upload)


def _decoded(fields: Fields, job: Job) -> bytes:
    name = next(iter(job.fields("")))
    encoded = fields.encoded(name)
    return decode(encoded or b"", name, ServerSettings().picture_bytes).data


def _returned(parcel: Parcel, size: int) -> Parcel:
    """A task that takes a parcel and sends the beginning of it back."""
    return Parcel(parcel.unpacked()[:size])


@contextmanager
def _opened(data: Path) -> Iterator[Layers]:
    loaded = settings.load({"CROPWRIGHT_DATA": str(data)})
    with kept(loaded) as (host, accounts), Workers(WorkerLimits(count=1)) as workers:
        yield Layers(host, accounts, workers)


def _prepare(_data: bytes, _case: dict[str, Any]) -> Callable[[], bytes]:
    raise NotImplementedError("this driver only times layers")


if __name__ == "__main__":
    give_memory_back()
    single_threaded()
    with _opened(Path(sys.argv[1])) as layers:
        serve("", _prepare, layers=layers.timed)

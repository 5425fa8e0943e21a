"""Running dpf jobs: one, a stream of lines, or a file of them (contract, section 7.6)."""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from cropwright.core.limits import Limits, WorkerLimits
from cropwright.doors.dpf import wire
from cropwright.doors.dpf.errors import sentence
from cropwright.errors import CropwrightError
from cropwright.service.batch import in_order
from cropwright.service.models import Shelf
from cropwright.service.render import PLAIN, crop_file, seconds_for
from cropwright.storage.files import write_file

if TYPE_CHECKING:
    from cropwright.engine.pipeline import Rendered
    from cropwright.engine.worker import Pending, Runner

log = logging.getLogger(__name__)

INVALID_LINE = "Invalid job JSON"


Fail = Callable[[str, str, int], dict[str, Any]]
"""Makes a failure object: its shape depends on where it stands."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes jobs, has them run, answers with result objects."""

    runner: Runner
    limits: Limits
    ahead: int = 1
    """Jobs handed out before the first of them is answered."""
    worker: WorkerLimits = field(default_factory=WorkerLimits)
    shelf: Shelf = field(default_factory=lambda: Shelf(PLAIN))
    """The models' files, for cut-outs."""

    def answer(self, job: wire.Job | wire.BatchJob) -> dict[str, Any]:
        """The result line of one job."""
        if isinstance(job, wire.BatchJob):
            return self._answer_batch(job)
        return self._begun(job, wire.failure)()

    def answer_file(self, jobs: Iterable[wire.Job | wire.BatchJob]) -> list[dict[str, Any]]:
        """The result objects of a batch file, in its order; its crops run side by side."""
        return list(in_order(jobs, self._begun_in_file, self.ahead))

    def _begun_in_file(self, job: wire.Job | wire.BatchJob) -> Callable[[], dict[str, Any]]:
        if isinstance(job, wire.BatchJob):
            return partial(self._answer_batch, job)
        return self._begun(job, wire.failure_in_file)

    def _answer_batch(self, batch: wire.BatchJob) -> dict[str, Any]:
        started = time.monotonic()
        begun = partial(self._begun, fail=wire.failure)
        results = list(in_order(batch.jobs, begun, self.ahead))
        outputs = [entry for result in results for entry in result.get("outputs", ())]
        done = sum(result["success"] for result in results)
        return wire.batch_success(outputs, len(results), done, _elapsed(started))

    def _begun(self, job: wire.Job, fail: Fail) -> Callable[[], dict[str, Any]]:
        started = time.monotonic()

        def failed(error: CropwrightError) -> dict[str, Any]:
            return fail(job.operation, sentence(error, job), _elapsed(started))

        try:
            pending = self._submitted(job)
        except CropwrightError as error:
            return partial(failed, error)

        def finish() -> dict[str, Any]:
            try:
                return wire.success(_written(job, pending.result()), _elapsed(started))
            except CropwrightError as error:
                return failed(error)

        return finish

    def _submitted(self, job: wire.Job) -> Pending[Rendered]:
        wish = job.wish()
        self.shelf.fetch_for(wish)
        arguments = (job.input, wish, self.limits, self.shelf.settings)
        return self.runner.submit(crop_file, *arguments, seconds=seconds_for(wish, self.worker))


def answer_lines(lines: Iterable[bytes], answers: TextIO, desk: Desk) -> bool:
    """Answer every line before reading the next, until there is none (7.6).

    No job ends the loop: what is no job gets a line that says so, and so does what went wrong in
    our own code. False if a line was not UTF-8.
    """
    all_text = True
    for raw in lines:
        if not raw.strip():
            continue
        try:
            result = _answer_line(raw.decode(), desk)
        except UnicodeDecodeError:
            result, all_text = wire.failure("unknown", INVALID_LINE, 0), False
        answers.write(wire.line(result) + "\n")
        answers.flush()
    return all_text


def _answer_line(text: str, desk: Desk) -> dict[str, Any]:
    try:
        return desk.answer(wire.parse_job(wire.parse_json(text)))
    except wire.InvalidJobError:
        return wire.failure("unknown", INVALID_LINE, 0)
    except Exception:
        log.exception("a job failed in our own code")
        return wire.failure("unknown", "Internal error", 0)


def _written(job: wire.Job, rendered: Rendered) -> wire.Written:
    write_file(job.output, rendered.data, replace=True)
    inline = base64.b64encode(rendered.data).decode() if job.inline else None
    return wire.Written(job, rendered.report, rendered.format.name, len(rendered.data), inline)


def _elapsed(started: float) -> int:
    return round((time.monotonic() - started) * 1000)

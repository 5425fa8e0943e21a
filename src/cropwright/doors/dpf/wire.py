"""dpf jobs and results: between their JSON and our words.

The contract is DevPixelForge 0.5 (github.com/GustavoGutierrez/devpixelforge, docs/schema.md); the
section numbers below are those of our contract notes, "7 DevPixelForge operation crop". Where it
decides differently, DESIGN wins: upright coordinates, content decides the input's type, the
output's extension decides before the input's format does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, cast

from cropwright.core.command import Edit, Facts, Output, Plan
from cropwright.core.geometry import Rect
from cropwright.core.report import Report
from cropwright.core.wish import CutoutWish, cutout_of
from cropwright.doors.dpf.fields import (
    InvalidJobError,
    Object,
    field,
    parse_json,
    read_boolean,
    read_float,
    read_list,
    read_object,
    read_quality,
    read_string,
    read_whole,
    shown,
    wrong,
)
from cropwright.errors import (
    InvalidValueError,
    MissingFieldError,
    RectEmptyError,
)

__all__ = ["InvalidJobError", "parse_json"]

PROTOCOL = "0.5.0"
GRAVITY_WORDS = ("center", "focal_point", "entropy")
OPERATIONS = ("crop", "batch")
_U32 = 2**32
_CUTOUT_WORDS = {
    **dict.fromkeys(("model", "background", "rect", "gravity", "focal"), read_string),
    **dict.fromkeys(("aspect", "margin", "resize", "resize_mode", "no_subject"), read_string),
    **dict.fromkeys(("part", "line", "keep", "who"), read_string),
    **dict.fromkeys(("width", "height"), read_whole),
    **dict.fromkeys(("around_face", "shadow", "only_mask", "trim", "enlarge"), read_boolean),
}
"""The words of a cut-out's wish that a job may have, and their types."""
_SIDES = ("x", "y", "width", "height")


@dataclass(frozen=True, slots=True)
class CropJob:
    """One crop from file to file; called with the picture's facts it decides the Edit."""

    operation: ClassVar[str] = "crop"
    input: str
    output: str
    rect: Rect | None
    gravity: str | None
    width: int | None
    height: int | None
    focal_x: float
    focal_y: float
    format: str | None
    quality: int
    inline: bool

    def wish(self) -> Edit | Plan:
        """What the engine is asked for."""
        return self

    def __call__(self, facts: Facts) -> Edit:
        """The Edit, checked in the order of 7.2: it is known only once the input is open.

        Raises RectEmptyError, MissingFieldError or InvalidValueError.
        """
        output = Output(self.format, self.output, min(max(self.quality, 1), 100))
        self._check_lengths()
        if self.rect is not None:  # rect wins over gravity, which is not even looked at (7.1)
            return Edit(rect=self.rect, background=None, output=output)
        if self.gravity is None:
            raise MissingFieldError("rect", "either rect or gravity is needed")
        for name, value in (("width", self.width), ("height", self.height)):
            if value is None:
                raise MissingFieldError(name, "gravity needs it")
        if self.gravity not in GRAVITY_WORDS:
            raise InvalidValueError("gravity", self.gravity, ", ".join(GRAVITY_WORDS))
        if not self.width or not self.height:
            raise RectEmptyError(self.width or 0, self.height or 0)
        return Edit(
            gravity=self.gravity,
            focal_x=self.focal_x,
            focal_y=self.focal_y,
            width=self.width,
            height=self.height,
            background=None,
            output=output,
        )

    def _check_lengths(self) -> None:
        # Sizes no picture has are a failure line, not a parse error: 7.7 asks to improve on that.
        lengths = {"width": self.width, "height": self.height}
        if self.rect is not None:
            lengths |= {f"rect.{side}": getattr(self.rect, side) for side in _SIDES}
        for name, value in lengths.items():
            if value is not None and not 0 <= value < _U32:
                raise InvalidValueError(name, shown(value), f"0 to {_U32 - 1}")


@dataclass(frozen=True, slots=True)
class CutoutJob:
    """One cut-out from file to file: our own addition to the protocol, in our own words."""

    operation: ClassVar[str] = "cutout"
    input: str
    output: str
    words: CutoutWish
    gravity: str | None
    format: str | None
    quality: int
    inline: bool

    def wish(self) -> Edit:
        """What the engine is asked for. Raises InvalidValueError or MissingFieldError."""
        return cutout_of(
            self.words, Output(self.format, self.output, min(max(self.quality, 1), 100))
        )


Job: TypeAlias = CropJob | CutoutJob


@dataclass(frozen=True, slots=True)
class BatchJob:
    """Several jobs in one."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A picture that was written: what a result object tells of it."""

    job: Job
    report: Report
    format: str
    size_bytes: int
    data_base64: str | None


def parse_job(document: Any) -> Job | BatchJob:
    """A job from its JSON object (7.1). Raises InvalidJobError."""
    job = read_object(document, "a job")
    operation = field(job, "operation", read_string)
    if operation == "batch":
        jobs = field(job, "jobs", read_list)
        return BatchJob(tuple(_single(entry) for entry in jobs))
    if operation == CutoutJob.operation:
        return _parse_cutout(job)
    if operation != "crop":
        known = ", ".join(f"`{name}`" for name in OPERATIONS)
        raise InvalidJobError(f"unknown operation `{operation}`, expected one of {known}")
    return _parse_crop(job)


def parse_jobs(document: Any) -> tuple[Job | BatchJob, ...]:
    """The jobs of a batch file: an array (7.6). Raises InvalidJobError."""
    return tuple(parse_job(entry) for entry in read_list(document, "the file"))


def _single(document: Any) -> Job:
    job = parse_job(document)
    if isinstance(job, BatchJob):
        raise InvalidJobError("a batch cannot hold a batch")
    return job


def _parse_crop(job: Object) -> CropJob:
    return CropJob(
        input=field(job, "input", read_string),
        output=field(job, "output", read_string),
        rect=field(job, "rect", _rect, None),
        gravity=field(job, "gravity", read_string, None),
        width=field(job, "width", read_whole, None),
        height=field(job, "height", read_whole, None),
        focal_x=field(job, "focal_x", read_float, 0.5),
        focal_y=field(job, "focal_y", read_float, 0.5),
        format=field(job, "format", read_string, None),
        quality=field(job, "quality", read_quality, 85),
        inline=_inline(job),
    )


def _parse_cutout(job: Object) -> CutoutJob:
    words = {name: field(job, name, read, None) for name, read in _CUTOUT_WORDS.items()}
    given = {name: value for name, value in words.items() if value is not None}
    return CutoutJob(
        input=field(job, "input", read_string),
        output=field(job, "output", read_string),
        words=cast("CutoutWish", given),
        gravity=field(job, "gravity", read_string, None),
        format=field(job, "format", read_string, None),
        quality=field(job, "quality", read_quality, 85),
        inline=_inline(job),
    )


def _inline(job: Object) -> bool:
    # The one optional field for which null is a mistake (7.1).
    if "inline" in job.repeated:
        raise InvalidJobError("duplicate field `inline`")
    return read_boolean(job["inline"], "inline") if "inline" in job else False


def _rect(value: Any, name: str) -> Rect:
    if isinstance(value, list):  # the reference's parser takes an array too (7.1)
        if len(value) != len(_SIDES):
            wrong(value, name, "four numbers")
        return Rect(*(read_whole(number, name) for number in value))
    rect = read_object(value, name)
    return Rect(*(field(rect, side, read_whole) for side in _SIDES))


def success(written: Written, elapsed_ms: int) -> dict[str, Any]:
    """The result object of a crop (7.5), or of a cut-out, which also tells what was seen."""
    seen = written.report.seen
    return {
        "success": True,
        "operation": written.job.operation,
        "outputs": [output(written)],
        "elapsed_ms": elapsed_ms,
        "metadata": {
            "crop_height": written.report.rect.height,
            "crop_width": written.report.rect.width,
            "crop_x": written.report.rect.x,
            "crop_y": written.report.rect.y,
            "gravity": written.job.gravity,
            "source_height": written.report.source.height,
            "source_width": written.report.source.width,
            **({} if seen is None else {"cutout": seen.as_dict()}),
        },
    }


def output(written: Written) -> dict[str, Any]:
    """One entry of `outputs` (7.5); `data_base64` is there only when asked for."""
    entry: dict[str, Any] = {
        "path": written.job.output,
        "format": written.format,
        "width": written.report.result.width,
        "height": written.report.result.height,
        "size_bytes": written.size_bytes,
    }
    if written.data_base64 is not None:
        entry["data_base64"] = written.data_base64
    return entry


def batch_success(outputs: list[dict[str, Any]], total: int, done: int, ms: int) -> dict[str, Any]:
    """The result object of a `batch` job: every output, flattened (7.6)."""
    return {
        "success": True,
        "operation": "batch",
        "outputs": outputs,
        "elapsed_ms": ms,
        "metadata": {"jobs_succeeded": done, "jobs_total": total},
    }


def failure(operation: str, sentence: str, elapsed_ms: int) -> dict[str, Any]:
    """A failure object as a line of its own (7.5): no `outputs`."""
    return {
        "success": False,
        "operation": operation,
        "error": sentence,
        "elapsed_ms": elapsed_ms,
    }


def failure_in_file(operation: str, sentence: str, elapsed_ms: int) -> dict[str, Any]:
    """A failure object inside a batch file's array: another shape (7.6, DPF-4)."""
    return {
        "success": False,
        "operation": operation,
        "outputs": [],
        "elapsed_ms": elapsed_ms,
        "metadata": {"error": sentence},
    }


def capabilities(version: str, threads: int) -> dict[str, Any]:
    """What `caps` prints (7.6); lists name what the contract's clients may ask for."""
    return {
        "version": PROTOCOL,
        "engine": f"cropwright {version}",
        "operations": ["crop"],
        "input_formats": {"image": ["jpeg", "png", "webp", "gif", "avif", "tiff", "bmp"]},
        "output_formats": {"image": ["jpeg", "png", "webp", "avif"]},
        "video_profiles": [],
        "video_codecs": [],
        "audio_codecs": [],
        "features": {
            "crop_manual": True,
            "crop_smart": True,
            "streaming_mode": True,
            "batch_processing": True,
            "inline_base64_output": True,
        },
        "threads": threads,
    }


def line(result: dict[str, Any] | list[dict[str, Any]]) -> str:
    """A result as one compact line of JSON, without the line's end (7.5)."""
    return json.dumps(result, ensure_ascii=False, separators=(",", ":"))

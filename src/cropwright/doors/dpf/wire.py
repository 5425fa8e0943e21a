"""dpf jobs and results: between their JSON and our words.

The contract is DevPixelForge 0.5 (github.com/GustavoGutierrez/devpixelforge, docs/schema.md); the
section numbers below are those of our contract notes, "7 DevPixelForge operation crop". Where it
decides differently, DESIGN wins: upright coordinates, content decides the input's type, the
output's extension decides before the input's format does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Never

from cropwright.core.command import Edit, Facts, Output
from cropwright.core.geometry import Rect
from cropwright.core.report import Report
from cropwright.errors import (
    CropwrightError,
    InvalidValueError,
    MissingFieldError,
    RectEmptyError,
)

PROTOCOL = "0.5.0"
GRAVITY_WORDS = ("center", "focal_point", "entropy")
OPERATIONS = ("crop", "batch")
_U32 = 2**32
_DEPTH = 32
_SIDES = ("x", "y", "width", "height")
_REQUIRED = object()


@dataclass(eq=False)
class InvalidJobError(CropwrightError):
    """The text is no job at all: bad JSON, an unknown operation, a field of the wrong type."""

    reason: str
    code = "invalid_job"

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class CropJob:
    """One crop from file to file; called with the picture's facts it decides the Edit."""

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
                raise InvalidValueError(name, _shown(value), f"0 to {_U32 - 1}")


@dataclass(frozen=True, slots=True)
class BatchJob:
    """Several jobs in one."""

    jobs: tuple[CropJob, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A crop that was written: what a result object tells of it."""

    job: CropJob
    report: Report
    format: str
    size_bytes: int
    data_base64: str | None


class _Object(dict[str, Any]):
    """A JSON object that remembers which names came twice."""

    repeated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> _Object:
        made = cls(pairs)
        if len(made) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            made.repeated = frozenset(name for name, count in counts.items() if count > 1)
        return made


def parse_json(text: str) -> Any:
    """The JSON document in `text`. Raises InvalidJobError with the place of a syntax error."""
    try:
        document = json.loads(text, object_pairs_hook=_Object.of, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InvalidJobError(f"{error.msg[:1].lower()}{error.msg[1:]} at {place}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidJobError("a number or the nesting is beyond what is read") from error
    if _depth(document) > _DEPTH:
        raise InvalidJobError(f"nested deeper than {_DEPTH} levels")
    if not _is_text(document if "\\u" in text else text):
        raise InvalidJobError("a string holds half a surrogate pair")
    return document


def parse_job(document: Any) -> CropJob | BatchJob:
    """A job from its JSON object (7.1). Raises InvalidJobError."""
    job = _object(document, "a job")
    operation = _field(job, "operation", _string)
    if operation == "batch":
        jobs = _field(job, "jobs", _list)
        return BatchJob(tuple(_crop_only(entry) for entry in jobs))
    if operation != "crop":
        known = ", ".join(f"`{name}`" for name in OPERATIONS)
        raise InvalidJobError(f"unknown operation `{operation}`, expected one of {known}")
    return _parse_crop(job)


def parse_jobs(document: Any) -> tuple[CropJob | BatchJob, ...]:
    """The jobs of a batch file: an array (7.6). Raises InvalidJobError."""
    return tuple(parse_job(entry) for entry in _list(document, "the file"))


def _crop_only(document: Any) -> CropJob:
    job = parse_job(document)
    if isinstance(job, BatchJob):
        raise InvalidJobError("a batch cannot hold a batch")
    return job


def _parse_crop(job: _Object) -> CropJob:
    return CropJob(
        input=_field(job, "input", _string),
        output=_field(job, "output", _string),
        rect=_field(job, "rect", _rect, None),
        gravity=_field(job, "gravity", _string, None),
        width=_field(job, "width", _whole, None),
        height=_field(job, "height", _whole, None),
        focal_x=_field(job, "focal_x", _float, 0.5),
        focal_y=_field(job, "focal_y", _float, 0.5),
        format=_field(job, "format", _string, None),
        quality=_field(job, "quality", _quality, 85),
        inline=_inline(job),
    )


def _inline(job: _Object) -> bool:
    # The one optional field for which null is a mistake (7.1).
    if "inline" in job.repeated:
        raise InvalidJobError("duplicate field `inline`")
    return _boolean(job["inline"], "inline") if "inline" in job else False


def _field(
    job: _Object, name: str, read: Callable[[Any, str], Any], default: Any = _REQUIRED
) -> Any:
    """A field's value; null stands for absent where the field is optional (7.1)."""
    if name in job.repeated:
        raise InvalidJobError(f"duplicate field `{name}`")
    if default is _REQUIRED:
        if name not in job:
            raise InvalidJobError(f"missing field `{name}`")
        return read(job[name], name)
    return default if job.get(name) is None else read(job[name], name)


def _object(value: Any, name: str) -> _Object:
    return value if isinstance(value, _Object) else _wrong(value, name, "an object")


def _list(value: Any, name: str) -> list[Any]:
    return value if isinstance(value, list) else _wrong(value, name, "an array")


def _string(value: Any, name: str) -> str:
    return value if isinstance(value, str) else _wrong(value, name, "a string")


def _boolean(value: Any, name: str) -> bool:
    return value if isinstance(value, bool) else _wrong(value, name, "true or false")


def _float(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _wrong(value, name, "a number")
    # Beyond single precision everything is clamped to 0..1 anyway.
    return max(-1e9, min(1e9, value))


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        _wrong(value, name, "a whole number")
    return int(value)


def _quality(value: Any, name: str) -> int:
    number = _whole(value, name)
    return number if 0 <= number < 256 else _wrong(value, name, "0 to 255")


def _rect(value: Any, name: str) -> Rect:
    if isinstance(value, list):  # the reference's parser takes an array too (7.1)
        if len(value) != len(_SIDES):
            _wrong(value, name, "four numbers")
        return Rect(*(_whole(number, name) for number in value))
    rect = _object(value, name)
    return Rect(*(_field(rect, side, _whole) for side in _SIDES))


def _wrong(value: Any, name: str, expected: str) -> Never:
    raise InvalidJobError(f"invalid type: {name} is {_shown(value)}, expected {expected}")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _refuse_constant(word: str) -> Never:
    raise ValueError(word)


def _depth(document: Any) -> int:
    depth, level = 0, _containers([document])
    while level:
        depth += 1
        level = [inner for value in level for inner in _containers(value)]
    return depth


def _containers(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value
    return [inner for inner in inside if isinstance(inner, dict | list)]


def _is_text(value: Any) -> bool:
    """Whether every string is real text: JSON's escapes can also write half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def success(written: Written, elapsed_ms: int) -> dict[str, Any]:
    """A crop's result object (7.5)."""
    return {
        "success": True,
        "operation": "crop",
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

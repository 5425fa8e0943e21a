"""Ours, driven in-process exactly as a worker does it: `render` on bytes, one libvips thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.loop import Answer, serve, timed
from cropwright import __version__
from cropwright.core.command import Edit, Output, Resize
from cropwright.core.geometry import Rect
from cropwright.core.limits import Limits
from cropwright.engine.pipeline import render
from cropwright.engine.vips import single_threaded, version
from cropwright.sources.local import read_file
from cropwright.storage.files import write_file

_LIMITS = Limits()


def edit(case: dict[str, Any]) -> Edit:
    """The wish of a case."""
    output = Output(format=case["format"], quality=85)
    side = case["resize"]
    if side:
        resize = Resize(side, side, "fill")
        return Edit(gravity=case["gravity"], resize=resize, output=output)
    if case["gravity"]:
        size = {"width": case["width"], "height": case["height"]}
        return Edit(gravity=case["gravity"], output=output, **size)
    rect = Rect(case["x"], case["y"], case["width"], case["height"])
    return Edit(rect=rect, output=output)


def _prepare(data: bytes, case: dict[str, Any]) -> Callable[[], bytes]:
    wish = edit(case)
    return lambda: render(data, wish, _LIMITS).data


def _file(request: dict[str, Any]) -> Answer:
    """A stream job's own work without the stream: read the file, crop it, write the file."""
    wish = edit(request["case"])

    def whole() -> bytes:
        made = render(read_file(request["path"], _LIMITS), wish, _LIMITS).data
        write_file(request["output"], made, replace=True)
        return made

    answer = timed(whole)
    del answer["made"]
    return answer


if __name__ == "__main__":
    single_threaded()
    serve(f"{__version__} (libvips {version()})", _prepare, file=_file)

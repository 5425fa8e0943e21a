"""Did two systems make the same picture? A driver of its own, so that no timed one is disturbed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyvips

from bench.loop import Answer, serve


def _compare(request: dict[str, Any]) -> Answer:
    """Sizes and formats of two files, and the mean difference of their pixels (0 to 255)."""
    first, second = (pyvips.Image.new_from_file(request[name]) for name in ("first", "second"))
    same = (first.width, first.height, first.bands) == (second.width, second.height, second.bands)
    difference = (first - second).abs().avg() if same else 255.0
    return {
        "size": [second.width, second.height],
        "loader": second.get("vips-loader"),
        "difference": difference,
    }


def _prepare(_data: bytes, _case: dict[str, Any]) -> Callable[[], bytes]:
    raise NotImplementedError("this driver only compares")


if __name__ == "__main__":
    pyvips.cache_set_max(0)  # the same names come again with other pictures in them
    serve("", _prepare, compare=_compare)

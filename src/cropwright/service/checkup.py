"""Tasks for workers that show whether an installation works."""

from __future__ import annotations

from importlib.metadata import version

from cropwright.core.command import Edit, Output
from cropwright.core.formats import WRITABLE
from cropwright.core.limits import Limits
from cropwright.errors import CropwrightError


def versions() -> dict[str, str]:
    """Versions of what the engine stands on."""
    from cropwright.engine import vips

    packages = ("pyvips", "numpy", "simplejpeg")
    return {"libvips": vips.version(), **{name: version(name) for name in packages}}


def check_formats() -> dict[str, str]:
    """Write a small picture in every format and read it back: format -> what went wrong."""
    from cropwright.engine.draw import drawing
    from cropwright.engine.pipeline import render

    wrong: dict[str, str] = {}
    for name in WRITABLE:
        try:
            written = render(drawing(64, 48), Edit(output=Output(name)), Limits()).data
            render(written, Edit(output=Output("png")), Limits())
        except CropwrightError as error:
            wrong[name] = str(error)
    return wrong


def drawn(width: int, height: int) -> bytes:
    """A picture drawn from numbers, as a PNG of so many pixels."""
    from cropwright.engine.draw import drawing

    return drawing(width, height)

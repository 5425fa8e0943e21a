"""The options that say what to keep, and a report in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import click

from cropwright.core.command import RESIZE_MODES, Edit, Output
from cropwright.core.formats import WRITABLE
from cropwright.core.gravity import GRAVITIES
from cropwright.core.report import Report
from cropwright.core.wish import Wish, edit_of, parse_size
from cropwright.errors import WishError

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--size", metavar="WxH", help="Size of the window in pixels, as far as the picture reaches."
    ),
    click.option("--aspect", metavar="W:H", help="Shape of the window, such as 4:5 or 16:9."),
    click.option("--rect", metavar="X,Y,W,H", help="Exactly this rectangle, in pixels."),
    click.option(
        "--gravity",
        type=click.Choice(GRAVITIES),
        metavar="WHERE",
        help=f"Where the window goes: {', '.join(GRAVITIES)}. Default: center.",
    ),
    click.option("--focal", metavar="X,Y", help="Focal point as fractions, such as 0.3,0.7."),
    click.option("--margin", metavar="N|N%", help="More on every side: pixels, or percent."),
    click.option("--trim", is_flag=True, help="Leave plain borders out first."),
    click.option("--resize", metavar="WxH", help="Resize the result; either side may be left out."),
    click.option(
        "--resize-mode",
        type=click.Choice(RESIZE_MODES),
        default="fit",
        show_default=True,
        help="fit inside, fill exactly by cutting, or stretch to exact.",
    ),
    click.option("--enlarge", is_flag=True, help="Let --resize make pictures larger."),
    click.option(
        "--background", metavar="COLOUR", help="Behind transparent parts in jpeg; default white."
    ),
    click.option("--animate", is_flag=True, help="Keep all frames of an animated gif or webp."),
    click.option(
        "--format",
        "format_name",
        type=click.Choice([*WRITABLE, "jpg"]),
        metavar="NAME",
        help="Format to write; default: by the file's name, else as the photo.",
    ),
    click.option(
        "--quality",
        type=click.IntRange(1, 100),
        default=85,
        show_default=True,
        help="For jpeg, webp and avif.",
    ),
    click.option("--lossless", is_flag=True, help="No loss in webp and avif."),
)


_WISH_WORDS = (
    *("rect", "gravity", "focal", "aspect", "margin", "trim"),
    *("resize", "resize_mode", "enlarge", "background", "animate"),
)


def window_options(function: Function) -> Function:
    """Give a command every option that says what to keep and how to write it."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def edit_from(given: dict[str, Any]) -> Edit:
    """The Edit that the options of `window_options` describe. Raises click.UsageError."""
    try:
        width, height = parse_size(given["size"], "size") if given["size"] else (None, None)
        words = {word: given[word] for word in _WISH_WORDS}
        wish = cast("Wish", words | {"width": width, "height": height})
        output = Output(given["format_name"], None, given["quality"], given["lossless"])
        return edit_of(wish, output)
    except WishError as error:
        raise click.UsageError(str(error)) from error


def said(name: str, report: Report) -> str:
    """A report in words, for people."""
    rect, source = report.rect, report.source
    percent = "{:.1%} x {:.1%}".format(*report.fractions[2:])
    steps = "; ".join(f"{attempt.decider}: {attempt.outcome}" for attempt in report.tried)
    return (
        f"{name}\n"
        f"  source   {source.width}x{source.height} {source.format}\n"
        f"  kept     {rect.width}x{rect.height} at {rect.x},{rect.y} ({percent})\n"
        f"  result   {report.result.width}x{report.result.height}\n"
        f"  decided  {report.decided_by} ({steps})"
    )

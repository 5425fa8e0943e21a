"""The options that say what to keep, and a report in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import click

from cropwright.core.body import NEEDS
from cropwright.core.command import RESIZE_MODES, Edit, Output
from cropwright.core.cutout import CUTOUT_MODELS, MODEL_WORDS, NO_SUBJECT_WORDS, REFUSE
from cropwright.core.formats import WRITABLE
from cropwright.core.gravity import GRAVITIES
from cropwright.core.lines import BELOW, LINES, SIDES
from cropwright.core.people import People
from cropwright.core.report import Report, Seen
from cropwright.core.wish import CutoutWish, Wish, cutout_of, edit_of, parse_size
from cropwright.errors import WishError

Function = TypeVar("Function", bound=Callable[..., Any])

_WINDOW = (
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
    click.option(
        "--part",
        type=click.Choice([*NEEDS]),
        metavar="PART",
        help=f"Cut to a part of somebody: {', '.join(NEEDS)}.",
    ),
    click.option(
        "--line",
        type=click.Choice(LINES),
        metavar="LINE",
        help=f"Keep one side of a line across all faces: {', '.join(LINES)}.",
    ),
    click.option(
        "--keep",
        type=click.Choice(SIDES),
        default=BELOW,
        show_default=True,
        help="The side of --line that is kept.",
    ),
    click.option("--who", metavar="WHO", help="Of several people: largest, all, or N from left."),
    click.option("--around-face", is_flag=True, help="Have the face in the middle of --part."),
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
)
_ANIMATE = (
    click.option("--animate", is_flag=True, help="Keep all frames of an animated gif or webp."),
)
_CROP = (
    click.option(
        "--background", metavar="COLOUR", help="Behind transparent parts in jpeg; default white."
    ),
    *_ANIMATE,
)
_CHOICE = click.option("--cutout", is_flag=True, help="Cut subjects out instead of cropping.")
_CUTOUT = (
    click.option(
        "--model",
        type=click.Choice([*CUTOUT_MODELS, *MODEL_WORDS]),
        metavar="NAME",
        help=f"Who looks: {', '.join(CUTOUT_MODELS)}; quality is isnet. Default: u2netp, else "
        "classical.",
    ),
    click.option(
        "--background",
        metavar="WHAT",
        help="Behind the subject: transparent (default), blur, or a colour.",
    ),
    click.option(
        "--background-picture",
        type=click.Path(exists=True, dir_okay=False),
        metavar="FILE",
        help="A picture to put behind the subject.",
    ),
    click.option("--shadow", is_flag=True, help="Put a soft shadow under the subject."),
    click.option("--only-mask", is_flag=True, help="Write the coverage itself, white on black."),
    click.option(
        "--no-subject",
        type=click.Choice(NO_SUBJECT_WORDS),
        default=REFUSE,
        show_default=True,
        help="Where no subject is found: refuse, or keep the whole picture.",
    ),
)
_WRITTEN = (
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


_WINDOW_WORDS = (
    *("rect", "gravity", "focal", "aspect", "margin", "trim"),
    *("part", "line", "keep", "who", "around_face"),
    *("resize", "resize_mode", "enlarge"),
)
_CUTOUT_WORDS = (
    *("model", "background", "background_picture"),
    *("shadow", "only_mask", "no_subject"),
)


def window_options(function: Function) -> Function:
    """Give a command every option that says what to keep and how to write it."""
    return _with(function, (*_WINDOW, *_CROP, *_WRITTEN))


def cutout_options(function: Function) -> Function:
    """Give a command every option that says what to cut out, to keep, and how to write it."""
    return _with(function, (*_CUTOUT, *_WINDOW, *_WRITTEN))


def bulk_options(function: Function) -> Function:
    """Give a command the options of both, and the one that chooses."""
    return _with(function, (_CHOICE, *_CUTOUT, *_ANIMATE, *_WINDOW, *_WRITTEN))


def either_from(given: dict[str, Any]) -> Edit:
    """The Edit that the options of `bulk_options` describe. Raises click.UsageError."""
    if given["cutout"]:
        if given["animate"]:
            raise click.UsageError("--animate is for crops, not for --cutout")
        return cutout_from(given)
    for name in _CUTOUT_WORDS:
        if name != "background" and given[name] not in (None, False, REFUSE):
            raise click.UsageError(f"--{name.replace('_', '-')} needs --cutout")
    return edit_from(given)


def _with(function: Function, options: tuple[Callable[[Function], Function], ...]) -> Function:
    for option in reversed(options):
        function = option(function)
    return function


def edit_from(given: dict[str, Any]) -> Edit:
    """The Edit that the options of `window_options` describe. Raises click.UsageError."""
    with _as_usage():
        words = _words(given, (*_WINDOW_WORDS, "background", "animate"))
        return edit_of(cast("Wish", words), _output(given))


def cutout_from(given: dict[str, Any]) -> Edit:
    """The Edit that the options of `cutout_options` describe. Raises click.UsageError."""
    with _as_usage():
        words = _words(given, (*_WINDOW_WORDS, *_CUTOUT_WORDS))
        return cutout_of(cast("CutoutWish", words), _output(given))


@contextmanager
def _as_usage() -> Iterator[None]:
    try:
        yield
    except WishError as error:
        raise click.UsageError(str(error)) from error


def _words(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    width, height = parse_size(given["size"], "size") if given["size"] else (None, None)
    return {name: given[name] for name in names} | {"width": width, "height": height}


def _output(given: dict[str, Any]) -> Output:
    return Output(given["format_name"], None, given["quality"], given["lossless"])


def said(name: str, report: Report) -> str:
    """A report in words, for people."""
    rect, source = report.rect, report.source
    percent = "{:.1%} x {:.1%}".format(*report.fractions[2:])
    steps = "; ".join(f"{attempt.decider}: {attempt.outcome}" for attempt in report.tried)
    told = (
        f"{name}\n"
        f"  source   {source.width}x{source.height} {source.format}\n"
        f"  kept     {rect.width}x{rect.height} at {rect.x},{rect.y} ({percent})\n"
        f"  result   {report.result.width}x{report.result.height}\n"
        f"  decided  {report.decided_by} ({steps})"
    )
    if report.seen is not None:
        told += f"\n  subject  {_said_of(report.seen)}"
    return told if report.people is None else f"{told}\n  people   {_who(report.people)}"


def _who(people: People) -> str:
    seen = [("face", face.box) for face in people.faces]
    seen += [("person", person.box) for person in people.persons]
    boxes = ", ".join(f"{what} {b.width}x{b.height} at {b.x},{b.y}" for what, b in seen)
    for parts in people.parts:
        boxes += f"; with {', '.join(parts) or 'no part that is told apart'}"
    models = ", ".join(f"{model} ({origin})" for model, origin in people.models)
    return f"{boxes or 'nobody'}; seen by {models}, {people.milliseconds} ms"


def _said_of(seen: Seen) -> str:
    box = seen.box
    place = f"{box.width}x{box.height} at {box.x},{box.y}" if box else "none"
    instead = f", instead of {seen.instead_of}, which is not installed" if seen.instead_of else ""
    return (
        f"{place}, seen by {seen.model} ({seen.origin}{instead}); "
        f"confidence {seen.confidence:.2f}, {seen.milliseconds} ms"
    )

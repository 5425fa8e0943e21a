"""Laying the subject, cut out or in its picture, into a frame: scaled once."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from cropwright.core.command import Edit
from cropwright.core.cutout import Edges
from cropwright.core.geometry import Rect, Size, whole
from cropwright.core.layout import Layout, Placed
from cropwright.core.models import ModelSettings
from cropwright.core.report import Attempt
from cropwright.engine.load import Opened, cut
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Window, Work

if TYPE_CHECKING:
    from cropwright.engine.subject import Subject

_SPARE = 0.03
"""What is looked at around the box that a model drew, in parts of the picture's sides."""
_CONTEXT = 4
"""Pixels around what is shown that resampling looks at, at the smaller of both scales."""


def to_lay_out(
    opened: Opened, edit: Edit, subject: Subject | None, models: ModelSettings
) -> Window:
    """What has to be read to lay out what an edit wishes. PartMissingError or ModelError."""
    from cropwright.engine.steps.body import find_line, find_part

    size, layout = opened.facts.size, edit.layout or Layout()
    if edit.part is not None:
        found = find_part(opened, edit.part, models)
        found = replace(found, box=found.rect, field=whole(size))
    elif edit.line is not None:
        found = find_line(opened, edit.line, models)
        found = replace(found, box=found.rect, field=found.rect)
    else:
        box, model = (subject.seen.box, subject.seen.model) if subject else (None, "nobody")
        told = Attempt("subject", f"found by {model}" if box else "nothing stands out")
        return Window(_around(box, size) if edit.cutout else whole(size), (told,))
    field = found.field or whole(size)
    placed = _placed(layout, found.rect, field, size)
    shown = _shown_with_context(field.size, _moved(placed, field, 1))
    return replace(found, rect=shown.moved(field.x, field.y))


def lay_out(work: Work) -> Work:
    """The picture in the frame; cut-outs are laid out where they are cut."""
    if work.edit.layout is None or work.edit.cutout is not None:
        return work
    with decoding(work.opened.facts.format):
        frame = work.frames[0].copy_memory()
        box = work.window.box or _subject_in(frame, work)
        work, made = laid(work, frame, box)
    return work.showing((made,))


def laid(work: Work, image: pyvips.Image, box: Rect | None) -> tuple[Work, pyvips.Image]:
    """The window's pixels in the frame; `box` is what is laid out, None if it is all of them.

    What lies beyond is clear; where the picture fills the frame there is nothing beyond.
    """
    layout, window, source = work.edit.layout, work.window, work.opened.facts.size
    if layout is None:
        return work, image
    box, field = box or window.rect, window.field or whole(source)
    placed = _placed(layout, box, field, source)
    work.limits.check_result(placed.frame, 1)
    told = Attempt("layout", f"{box.width} x {box.height} at {box.x}, {box.y}")
    made = _scaled_into(image, _moved(placed, window.rect, 1), filled=layout.filled)
    shown = placed.shown(source).inside(field)
    window = replace(window, rect=shown, placed=placed, tried=(*window.tried, told))
    return replace(work, window=window), made


def covered_box_in(image: pyvips.Image, window: Rect) -> Rect | None:
    """What coverage, an image's last band, shows of a subject, in pixels of the upright picture."""
    from cropwright.engine.matte import pixels_of
    from cropwright.engine.subject import covered_box

    box = covered_box(pixels_of(image[image.bands - 1])[:, :, 0])
    return box and box.moved(window.x, window.y)


def _placed(layout: Layout, box: Rect, field: Rect, source: Size) -> Placed:
    """Where the picture goes if only `field` of it may be seen."""
    sized = layout if layout.size or layout.trimmed else replace(layout, size=source)
    return _moved(sized.placed(box.moved(-field.x, -field.y), field.size), field, -1)


def _moved(placed: Placed, corner: Rect, sign: int) -> Placed:
    """The same place for a part of the picture that begins at a corner, or back."""
    x, y = (sign * side * placed.scale for side in (corner.x, corner.y))
    return replace(placed, x=placed.x + x, y=placed.y + y)


def _around(box: Rect | None, size: Size) -> Rect:
    """Where a subject can be whose box a model drew in a picture of `size`, in its pixels."""
    if box is None:
        return whole(size)
    across, down = (max(2, round(_SPARE * side)) for side in (size.width, size.height))
    wide = Rect(box.x - across, box.y - down, box.width + 2 * across, box.height + 2 * down)
    return wide.inside(whole(size))


def _subject_in(frame: pyvips.Image, work: Work) -> Rect | None:
    """The subject's box in a whole picture, to the pixel."""
    from cropwright.engine.matte.refine import Place, coverage
    from cropwright.engine.steps.colour import to_srgb

    subject, source = work.window.subject, work.opened.facts.size
    if subject is None or subject.seen.box is None:
        return None
    rect = _around(subject.seen.box, source)
    part = to_srgb(cut(frame, rect)).colourspace("srgb")[:3].copy_memory()
    return covered_box_in(coverage(Place(subject.mask, source, rect), part, Edges()), rect)


def _scaled_into(image: pyvips.Image, placed: Placed, *, filled: bool) -> pyvips.Image:
    part = _shown_with_context(Size(image.width, image.height), placed)
    x, y = placed.x + part.x * placed.scale, placed.y + part.y * placed.scale
    pixels = cut(image, part)
    if not pixels.hasalpha():
        made = _scaled(pixels, placed.scale, x, y)
    else:  # colours under clear pixels must not bleed into their neighbours
        made = _scaled(pixels.premultiply(), placed.scale, x, y)
        made = made.unpremultiply().cast(pixels.format)
    beyond, frame = "copy" if filled else "black", placed.frame
    return made.embed(round(x), round(y), frame.width, frame.height, extend=beyond)


def _scaled(image: pyvips.Image, scale: float, x: float, y: float) -> pyvips.Image:
    """An image at a scale, for a place whose fractions of a pixel count where it is enlarged."""
    if scale <= 1:
        # A line of the picture stays one, however small it becomes.
        across, down = max(scale, 1 / image.width), max(scale, 1 / image.height)
        return image if scale == 1 else image.resize(across, vscale=down)
    width = round(x + image.width * scale) - round(x)
    return image.affine(
        [scale, 0, 0, scale],
        interpolate=pyvips.Interpolate.new("bicubic"),
        oarea=[0, 0, width, round(y + image.height * scale) - round(y)],
        # Pixels are areas: what is scaled are their edges, not their middles.
        idx=0.5,
        idy=0.5,
        odx=x - round(x) - 0.5,
        ody=y - round(y) - 0.5,
        extend="copy",
        premultiplied=True,
    )


def _shown_with_context(size: Size, placed: Placed) -> Rect:
    """What of an image of a size the frame shows, and a little more; all of it where nothing is shown."""
    context = math.ceil(_CONTEXT / min(placed.scale, 1))
    left = math.floor(-placed.x / placed.scale) - context
    top = math.floor(-placed.y / placed.scale) - context
    right = math.ceil((placed.frame.width - placed.x) / placed.scale) + context
    bottom = math.ceil((placed.frame.height - placed.y) / placed.scale) + context
    rect = Rect(left, top, right - left, bottom - top)
    return rect.inside(whole(size))

"""Laying the subject, cut out or in its picture, into a frame: scaled once."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from cropwright.core.cutout import Edges
from cropwright.core.geometry import Rect, Size, whole
from cropwright.core.layout import Placed
from cropwright.core.report import Attempt
from cropwright.engine.load import cut
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work

if TYPE_CHECKING:
    from cropwright.engine.subject import Subject

_SPARE = 0.03
"""What is looked at around the box that a model drew, in parts of the picture's sides."""
_CONTEXT = 4
"""Pixels around what is shown that resampling looks at, at the smaller of both scales."""


def looked_at_around(box: Rect | None, size: Size) -> Rect:
    """Where a subject can be whose box a model drew in a picture of `size`, in its pixels."""
    if box is None:
        return whole(size)
    across, down = (max(2, round(_SPARE * side)) for side in (size.width, size.height))
    wide = Rect(box.x - across, box.y - down, box.width + 2 * across, box.height + 2 * down)
    return wide.inside(whole(size))


def lay_out(work: Work) -> Work:
    """The picture around its subject in the frame; cut-outs are laid out where they are cut."""
    subject = work.window.subject
    if work.edit.layout is None or work.edit.cutout is not None or subject is None:
        return work
    with decoding(work.opened.facts.format):
        frame = work.frames[0].copy_memory()
        work, made = laid(work, frame, _box_in(frame, subject, work.opened.facts.size))
    return work.showing((made,))


def laid(work: Work, image: pyvips.Image, box: Rect | None) -> tuple[Work, pyvips.Image]:
    """The window's pixels in the frame; `box` is the subject in them, None if it is all of them.

    What lies beyond is clear; where the picture fills the frame there is nothing beyond.
    """
    layout, window, source = work.edit.layout, work.window, work.opened.facts.size
    if layout is None:
        return work, image
    box = (box or whole(window.rect.size)).moved(window.rect.x, window.rect.y)
    placed = layout.placed(box, source)
    work.limits.check_result(placed.frame, 1)
    told = Attempt("layout", f"the subject is {box.width} x {box.height} at {box.x}, {box.y}")
    window = replace(window, placed=placed, tried=(*window.tried, told))
    corner = (placed.x + window.rect.x * placed.scale, placed.y + window.rect.y * placed.scale)
    made = _scaled_into(image, replace(placed, x=corner[0], y=corner[1]), filled=layout.filled)
    return replace(work, window=replace(window, rect=placed.shown(source))), made


def _box_in(frame: pyvips.Image, subject: Subject, source: Size) -> Rect | None:
    """The subject's box in a whole picture, to the pixel."""
    from cropwright.engine.matte import pixels_of
    from cropwright.engine.matte.refine import Place, coverage
    from cropwright.engine.steps.colour import to_srgb
    from cropwright.engine.subject import covered_box

    if subject.seen.box is None:
        return None
    rect = looked_at_around(subject.seen.box, source)
    part = to_srgb(cut(frame, rect)).colourspace("srgb")[:3].copy_memory()
    alpha = coverage(Place(subject.mask, source, rect), part, Edges())
    box = covered_box(pixels_of(alpha)[:, :, 0])
    return box and box.moved(rect.x, rect.y)


def _scaled_into(image: pyvips.Image, placed: Placed, *, filled: bool) -> pyvips.Image:
    part = _shown_with_context(image, placed)
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
        return image if scale == 1 else image.resize(scale)
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


def _shown_with_context(image: pyvips.Image, placed: Placed) -> Rect:
    """What of an image the frame shows, and a little more; all of it where nothing is shown."""
    context = math.ceil(_CONTEXT / min(placed.scale, 1))
    left = math.floor(-placed.x / placed.scale) - context
    top = math.floor(-placed.y / placed.scale) - context
    right = math.ceil((placed.frame.width - placed.x) / placed.scale) + context
    bottom = math.ceil((placed.frame.height - placed.y) / placed.scale) + context
    rect = Rect(left, top, right - left, bottom - top)
    return rect.inside(whole(Size(image.width, image.height)))

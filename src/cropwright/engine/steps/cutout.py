"""Cutting the subject out of the window's pixels, and putting something else behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cropwright.core.cutout import Cutout
from cropwright.engine.load import ICC, has
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work

if TYPE_CHECKING:
    from cropwright.engine.matte import Bytes
    from cropwright.engine.matte.refine import Place


def cut_out(work: Work) -> Work:
    """The subject alone, with straight alpha; before its new background where one is wished."""
    cutout, subject = work.edit.cutout, work.window.subject
    if cutout is None or subject is None:
        return work
    # NumPy costs as much to import as everything else together: only when needed.
    from cropwright.engine.matte.refine import Place
    from cropwright.engine.steps.behind import set_behind
    from cropwright.engine.steps.layout import covered_box_in, laid

    with decoding(work.opened.facts.format):
        frame = _eight_bit_colours(work.frames[0]).copy_memory()
        place = Place(subject.mask, work.opened.facts.size, work.window.rect)
        # Without a subject the whole picture is kept: a wish for anything else was refused before.
        made = _matted(frame, place if subject.seen.box else None, cutout)
        if work.edit.layout is not None:
            box = work.window.box or covered_box_in(made, work.window.rect)
            work, made = laid(work, made, box)
        if not cutout.only_mask:
            made = set_behind(made, _opaque(frame), cutout, work.limits)
    return work.showing((made,))


def _matted(frame: pyvips.Image, place: Place | None, cutout: Cutout) -> pyvips.Image:
    from cropwright.engine.matte import pixels_of
    from cropwright.engine.matte.refine import coverage, own_colours

    colours = _opaque(frame)
    alpha = coverage(place, colours, cutout.edges) if place else _full(colours)
    if frame.hasalpha():  # what was clear stays so
        alpha = (alpha * frame[3] / 255).rint().cast("uchar")
    alpha = alpha.copy_memory()
    if cutout.only_mask:
        return alpha.copy(interpretation="b-w")
    if cutout.edges.colours and place:
        pixels = own_colours(pixels_of(colours), pixels_of(alpha)[:, :, 0])
        colours = _like(colours, pixels)
    return colours.bandjoin(alpha).copy(interpretation="srgb")


def _full(image: pyvips.Image) -> pyvips.Image:
    return image[0].new_from_image(255).cast("uchar")


def _like(image: pyvips.Image, pixels: Bytes) -> pyvips.Image:
    """The image of some pixels, with the profile of another."""
    made = pyvips.Image.new_from_memory(pixels.data, image.width, image.height, 3, "uchar")
    made = made.copy(interpretation="srgb")
    if has(image, ICC):
        made.set_type(pyvips.GValue.blob_type, ICC, image.get(ICC))
    return made


def _opaque(frame: pyvips.Image) -> pyvips.Image:
    return frame[:3] if frame.hasalpha() else frame


def _eight_bit_colours(frame: pyvips.Image) -> pyvips.Image:
    """RGB of 8 bits, alpha kept; the profile stays if it is one for RGB."""
    if frame.format == "uchar" and frame.interpretation == "srgb":
        return frame
    return to_srgb(frame).colourspace("srgb")

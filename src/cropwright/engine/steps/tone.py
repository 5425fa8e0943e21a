"""Taking colour away: shades of grey, or black and white alone."""

from __future__ import annotations

from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding, pyvips
from cropwright.engine.work import Work

_MIDDLE = 128


def tone(work: Work) -> Work:
    """Every frame in the tone that is wished, transparency kept."""
    if work.edit.tone == "colour":
        return work
    only_two = work.edit.tone == "bitonal"
    with decoding(work.opened.facts.format):
        frames = tuple(_grey(frame, only_two=only_two) for frame in work.frames)
    return work.showing(frames)


def _grey(frame: pyvips.Image, *, only_two: bool) -> pyvips.Image:
    grey = to_srgb(frame).colourspace("b-w")
    if not only_two:
        return grey
    two = (grey[0] >= _MIDDLE).copy(interpretation="b-w")
    if not grey.hasalpha():
        return two
    # What shows through a half clear pixel would be a third colour.
    return two.bandjoin(grey[1] >= _MIDDLE).copy(interpretation="b-w")

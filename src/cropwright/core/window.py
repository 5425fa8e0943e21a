"""How large the window is, and how it is finished once a gravity has placed it."""

from __future__ import annotations

from cropwright.core.command import Edit
from cropwright.core.geometry import Rect, Size, largest_with_aspect, smallest_with_aspect
from cropwright.core.gravity import centred_start


def window_size(field: Size, edit: Edit) -> Size:
    """Size of the window an edit asks for inside `field`, clamped to it on each axis."""
    size = _asked(field, edit).clamped(field)
    return _shaped(size, edit)


def finished(window: Rect, edit: Edit, within: Size) -> Rect:
    """The placed window with its margin, narrowed to the shape that a `fill` resize needs."""
    grown = edit.margin.around(window, within)
    size = _shaped(grown.size, edit)
    x = grown.x + (grown.width - size.width) // 2
    return Rect(x, grown.y + (grown.height - size.height) // 2, size.width, size.height)


def around(box: Rect, field: Rect, edit: Edit) -> Rect:
    """The window of an edit around `box` inside `field`: the box itself where no size is asked for.

    The margin is part of it. With an aspect it is the smallest window of that shape that holds
    both, or the largest there is room for.
    """
    room = field.size
    kept = edit.margin.around(box.moved(-field.x, -field.y), room)
    size = Size(edit.width or kept.width, edit.height or kept.height).clamped(room)
    shape = edit.aspect or (edit.resize.shape if edit.resize else None)
    if shape is not None:
        size = smallest_with_aspect(size, shape, room)
    x = centred_start(kept.x + kept.width // 2, room.width, size.width)
    y = centred_start(kept.y + kept.height // 2, room.height, size.height)
    return Rect(x, y, size.width, size.height).moved(field.x, field.y)


def _asked(field: Size, edit: Edit) -> Size:
    if edit.aspect is None:
        return Size(edit.width or field.width, edit.height or field.height)
    room = Size(edit.width or field.width, edit.height or field.height).clamped(field)
    return largest_with_aspect(room, edit.aspect)


def _shaped(size: Size, edit: Edit) -> Size:
    shape = edit.resize.shape if edit.resize else None
    return size if shape is None else largest_with_aspect(size, shape)

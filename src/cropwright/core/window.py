"""How large the window is, and how it is finished once a gravity has placed it."""

from __future__ import annotations

from cropwright.core.command import Edit
from cropwright.core.geometry import Rect, Size, largest_with_aspect


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


def _asked(field: Size, edit: Edit) -> Size:
    if edit.aspect is None:
        return Size(edit.width or field.width, edit.height or field.height)
    room = Size(edit.width or field.width, edit.height or field.height).clamped(field)
    return largest_with_aspect(room, edit.aspect)


def _shaped(size: Size, edit: Edit) -> Size:
    shape = edit.resize.shape if edit.resize else None
    return size if shape is None else largest_with_aspect(size, shape)

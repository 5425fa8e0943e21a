"""Pictures for the pages, drawn and cut by the program when the site is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

import cropwright
from cropwright.engine.draw import drawing

_TALL = 200
"""Pixels: enough to see what is meant, and a few kilobytes."""
_GAP = 16
_FRAME = "#111111"
_PAPER = "#f7f2ea"
_CHECKED = ("#ffffff", "#d8d8d8")
_SQUARE = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and what it shows in words."""

    shows: str
    draw: Callable[[], Image.Image]

    def webp(self) -> bytes:
        """The picture as a file."""
        buffer = BytesIO()
        self.draw().save(buffer, "WEBP", quality=80)
        return buffer.getvalue()


def _balloon() -> Image.Image:
    source = cropwright.open(drawing(960, 640))
    crop = source.crop(aspect="4:5", gravity="attention")
    return _row([_windowed(source, "attention", "4:5"), _opened(crop.to_bytes("png"))])


def _gravities() -> Image.Image:
    source = cropwright.open(drawing(960, 640))
    return _row([_windowed(source, name, "1:2") for name in ("center", "entropy", "attention")])


def _cutout() -> Image.Image:
    product = cropwright.open(_product())
    cut = product.cutout(model="classical", shadow=True)
    return _row([_opened(product.data), _on_checks(_opened(cut.to_bytes("png")))])


def _product() -> bytes:
    """A cup with a hole in its handle, before a plain backdrop."""
    drawn = Image.new("RGB", (1200, 900), "#e9e6e0")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((640, 300, 900, 620), outline="#a8432f", width=56)
    pen.rounded_rectangle((300, 220, 740, 720), 80, fill="#c2523c")
    pen.rectangle((300, 400, 740, 460), fill="#f1d9c0")
    buffer = BytesIO()
    drawn.resize((600, 450), Image.Resampling.BOX).save(buffer, "PNG")
    return buffer.getvalue()


def _windowed(source: cropwright.Picture, gravity: str, aspect: str) -> Image.Image:
    """The picture, pale outside the window that a gravity chooses, and the gravity's name."""
    rect = source.explain(gravity=gravity, aspect=aspect).rect
    shown = _opened(source.data).convert("RGB")
    outside = Image.blend(shown, Image.new("RGB", shown.size, "white"), 0.6)
    box = (rect.x, rect.y, rect.right, rect.bottom)
    outside.paste(shown.crop(box), box[:2])
    pen = ImageDraw.Draw(outside)
    pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), outline=_FRAME, width=6)
    font = ImageFont.load_default(size=44)
    pen.text((rect.x + 20, rect.bottom - 70), gravity, _PAPER, font=font)
    return outside


def _on_checks(picture: Image.Image) -> Image.Image:
    """A picture with transparency, laid on squares that show where nothing is."""
    under = Image.new("RGB", picture.size, _CHECKED[0])
    pen = ImageDraw.Draw(under)
    step = _SQUARE * picture.height // _TALL
    for y in range(0, picture.height, step):
        for x in range(y // step % 2 * step, picture.width, 2 * step):
            pen.rectangle((x, y, x + step - 1, y + step - 1), fill=_CHECKED[1])
    under.paste(picture, mask=picture.getchannel("A"))
    return under


def _opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def _row(pictures: list[Image.Image]) -> Image.Image:
    """Pictures beside each other, as tall as each other, on clear ground."""
    small = [
        picture.convert("RGBA").resize((picture.width * _TALL // picture.height, _TALL))
        for picture in pictures
    ]
    width = sum(picture.width for picture in small) + _GAP * (len(small) - 1)
    row, at = Image.new("RGBA", (width, _TALL)), 0
    for picture in small:
        row.paste(picture, (at, 0))
        at += picture.width + _GAP
    return row


PICTURES = {
    "balloon": Picture(
        "The sample picture with the window that attention chooses for 4:5, and the crop.", _balloon
    ),
    "gravities": Picture("The same picture and shape, placed by three gravities.", _gravities),
    "cutout": Picture("A drawn cup before a plain backdrop, and cut out with a shadow.", _cutout),
}
"""Every picture, by the name that a page in the navigation calls it."""


def shown(name: str) -> str:
    """The line of Markdown that shows a picture."""
    return f"![{PICTURES[name].shows}](pictures/{name}.webp)"

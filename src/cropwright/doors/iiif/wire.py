"""IIIF Image API 3.0 (iiif.io/api/image/3.0) <-> our words: paths, regions, sizes, rotations. Pure.

Numbers of clauses are those of that specification.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import quote, unquote

from cropwright.core.command import Edit, Facts, Output, Resize, Turn
from cropwright.core.geometry import Rect, Size, whole
from cropwright.errors import InvalidValueError, UploadNotFoundError

QUALITIES = {"default": "colour", "color": "colour", "gray": "grey", "bitonal": "bitonal"}
"""4.4: each as our tone."""
FORMATS = {
    "jpg": "jpeg",
    "png": "png",
    "webp": "webp",
    "gif": "gif",
    "tif": "tiff",
    "avif": "avif",
}
"""4.5: each as our format; avif is beyond the specification's own table, as 4.9 allows."""
LONGEST_IDENTIFIER = 1000
_NUMBER = r"(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})"
"""4.7: decimal digits and a point; more of them than anybody needs are refused."""
_PIXELS = re.compile(r"(\d{1,12}),(\d{1,12}),(\d{1,12}),(\d{1,12})", re.ASCII)
_PERCENT = re.compile(rf"pct:({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})", re.ASCII)
_SIZE_PERCENT = re.compile(rf"pct:({_NUMBER})", re.ASCII)
_SIZE_INSIDE = re.compile(r"!(\d{1,9}),(\d{1,9})", re.ASCII)
_SIZE_SIDES = re.compile(r"(\d{1,9})?,(\d{1,9})?", re.ASCII)
_ROTATION = re.compile(rf"(!?)({_NUMBER})", re.ASCII)
_UNESCAPED = ":!$&'()*+,;=~"
"""9: an identifier may hold these as they are."""
_IMAGE_PARTS = 5
CONTEXT = "http://iiif.io/api/image/3/context.json"
PROFILE = "http://iiif.io/api/image/3/level2.json"
TILE = 512
"""Sides of the tiles that are advertised (5.4); any others are as good."""
_EXTRA_FEATURES = (
    "canonicalLinkHeader",
    "mirroring",
    "profileLinkHeader",
    "rotationArbitrary",
    "sizeUpscaling",
)
"""5.7: what level 2 does not ask for."""


@dataclass(frozen=True, slots=True)
class View:
    """The parameters of an image request (4), as they came."""

    region: str
    size: str
    rotation: str
    quality: str
    format: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a path below /iiif/3 asks for (3): an image, the information, or the base URI."""

    identifier: str
    """Decoded."""
    view: View | None = None
    info: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large an answer may be."""

    area: int
    """Most pixels."""
    edge: int
    """Longest side in pixels."""

    def stated(self, picture: Size) -> int:
        """The `maxArea` of a picture (5.2): its own area, as far as that is within the bounds.

        It is what `max` and `^max` lead to; 5.7 asks for it where sizes may be enlarged. Other
        sizes are answered up to the bounds themselves.
        """
        return min(self.area, picture.width * picture.height)


def parse_path(raw: bytes) -> Asked:
    """The path below the prefix, still encoded, without its first slash (3 and 9).

    Raises UploadNotFoundError where it has another form: a slash in an identifier is encoded.
    """
    parts = raw.decode("ascii", "replace").split("/")
    identifier = _identifier(parts[0])
    if len(parts) == 1:
        return Asked(identifier)
    if parts[1:] == ["info.json"]:
        return Asked(identifier, info=True)
    if len(parts) != _IMAGE_PARTS:
        raise UploadNotFoundError(identifier)
    region, size, rotation, last = (unquote(part) for part in parts[1:])
    quality, _, extension = last.rpartition(".")
    return Asked(identifier, View(region, size, rotation, quality, extension))


def base_uri(root: str, identifier: str) -> str:
    """The base URI of a picture (3); `root` ends in the prefix, without a slash."""
    return f"{root}/{quote(identifier, safe=_UNESCAPED)}"


def edit_of(view: View, facts: Facts, square: str, to: Bounds) -> Edit:
    """The Edit of an image request; `square` is the gravity that places a square region.

    Raises InvalidValueError for all that the specification answers with 400.
    """
    if view.format not in FORMATS:
        raise InvalidValueError("format", view.format, ", ".join(FORMATS))
    if view.quality not in QUALITIES:
        raise InvalidValueError("quality", view.quality, ", ".join(QUALITIES))
    rect = _region(view.region, facts.size)
    side = min(facts.width, facts.height)
    extent = rect.size if rect else Size(side, side)
    wanted = _size(view.size, extent, to.stated(facts.size), to)
    mirror, degrees = _rotation(view.rotation)
    return Edit(
        rect=None if rect == whole(facts.size) else rect,
        gravity="center" if rect else square,
        aspect=None if rect else Fraction(1),
        resize=None if wanted == extent else _exactly(wanted),
        turn=Turn(mirror, float(degrees)),
        tone=QUALITIES[view.quality],
        output=Output(FORMATS[view.format], archival=True),
    )


def canonical(view: View, rect: Rect, facts: Facts, to: Bounds) -> str:
    """The canonical form of an image request (4.8), below the base URI.

    `rect` is the region that was shown: where a square lies is seen only then.
    """
    stated = to.stated(facts.size)
    shown = _size(view.size, rect.size, stated, to)
    larger = shown.width > rect.width or shown.height > rect.height
    size = f"{'^' * larger}{shown.width},{shown.height}"
    if shown == _largest(rect.size, stated, enlarge=False):
        size = "max"
    elif shown == _largest(rect.size, stated, enlarge=True):
        size = "^max"
    full = rect == whole(facts.size)
    region = "full" if full else f"{rect.x},{rect.y},{rect.width},{rect.height}"
    mirror, degrees = _rotation(view.rotation)
    quality = "default" if QUALITIES[view.quality] == "colour" else view.quality
    return f"{region}/{size}/{'!' * mirror}{_shortest(degrees)}/{quality}.{view.format}"


def info(uri: str, facts: Facts, to: Bounds) -> dict[str, Any]:
    """The information document (5) of a picture whose base URI is `uri`."""
    stated = to.stated(facts.size)
    factors = _scale_factors(facts.size)
    sizes = [
        Size(-(-facts.width // factor), -(-facts.height // factor)) for factor in reversed(factors)
    ]
    return {
        "@context": CONTEXT,
        "id": uri,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": facts.width,
        "height": facts.height,
        "maxArea": stated,
        "sizes": [
            {"width": size.width, "height": size.height}
            for size in sizes
            if size.width * size.height <= stated
        ],
        "tiles": [{"width": TILE, "scaleFactors": factors}],
        "extraQualities": [quality for quality in QUALITIES if quality != "default"],
        "extraFormats": [word for word in FORMATS if word not in ("jpg", "png")],
        "extraFeatures": list(_EXTRA_FEATURES),
    }


def info_type(accept: str) -> str:
    """The media type of the information document for an Accept header (5.1).

    JSON-LD unless plain JSON is liked better.
    """
    liked = {kind: _liking(accept, kind) for kind in ("application/json", "application/ld+json")}
    if liked["application/json"] > liked["application/ld+json"]:
        return "application/json"
    return f'application/ld+json;profile="{CONTEXT}"'


def _identifier(part: str) -> str:
    try:
        identifier = unquote(part, errors="strict")
    except UnicodeDecodeError as error:
        raise UploadNotFoundError(part[:LONGEST_IDENTIFIER]) from error
    if not identifier or len(identifier) > LONGEST_IDENTIFIER:
        raise UploadNotFoundError(identifier[:LONGEST_IDENTIFIER])
    return identifier


def _region(word: str, picture: Size) -> Rect | None:
    """4.1: the region, cut at the picture's edges; None for a square that is still to be placed."""
    if word == "full":
        return whole(picture)
    if word == "square":
        return None
    if match := _PIXELS.fullmatch(word):
        x, y, width, height = (int(number) for number in match.groups())
    elif match := _PERCENT.fullmatch(word):
        x, y, width, height = _of_percent(match, picture)
    else:
        raise InvalidValueError("region", word, "full, square, x,y,w,h or pct:x,y,w,h")
    right, bottom = min(x + width, picture.width), min(y + height, picture.height)
    if right <= x or bottom <= y:
        at = f"pixels of a picture of {picture.width}x{picture.height}"
        raise InvalidValueError("region", word, at)
    return Rect(x, y, right - x, bottom - y)


def _of_percent(match: re.Match[str], picture: Size) -> tuple[int, int, int, int]:
    across, down = Fraction(picture.width, 100), Fraction(picture.height, 100)
    x, y, width, height = (Fraction(number) for number in match.groups())
    # Less than half a pixel is still something; nothing at all is refused.
    wide, high = round(width * across), round(height * down)
    wide, high = max(wide, 1) if width else 0, max(high, 1) if height else 0
    return math.floor(x * across), math.floor(y * down), wide, high


def _size(word: str, extent: Size, stated: int, to: Bounds) -> Size:
    """4.2: the size of the scaled region; `extent` is the region's own."""
    bare, enlarge = word.removeprefix("^"), word.startswith("^")
    if bare == "max":
        return _largest(extent, stated, enlarge=enlarge)
    size = _scaled(bare, extent)
    if size is None:
        raise InvalidValueError("size", word, "max, pct:n, w,h or w, or ,h or !w,h, after ^ or not")
    if size.width < 1 or size.height < 1:
        raise InvalidValueError("size", word, "at least 1 pixel on each side")
    if not enlarge and (size.width > extent.width or size.height > extent.height):
        at_most = f"at most {extent.width},{extent.height}, or ^ in front to enlarge"
        raise InvalidValueError("size", word, at_most)
    if size.width * size.height > to.area or max(size.width, size.height) > to.edge:
        at_most = f"at most {to.area} pixels, {to.edge} on a side"
        raise InvalidValueError("size", word, at_most)
    return size


def _scaled(word: str, extent: Size) -> Size | None:
    """A size without its ^ and other than max; None for what is none."""
    if match := _SIZE_PERCENT.fullmatch(word):
        factor = Fraction(match[1]) / 100
    elif match := _SIZE_INSIDE.fullmatch(word):
        factor = min(Fraction(int(match[1]), extent.width), Fraction(int(match[2]), extent.height))
    elif (match := _SIZE_SIDES.fullmatch(word)) and any(match.groups()):
        width, height = match.groups()
        if width and height:
            return Size(int(width), int(height))
        factor = Fraction(int(width or height), extent.width if width else extent.height)
    else:
        return None
    return Size(round(extent.width * factor), round(extent.height * factor))


def _largest(extent: Size, area: int, *, enlarge: bool) -> Size:
    """The region's own size, or the largest of its shape within `area` pixels."""
    if not enlarge and extent.width * extent.height <= area:
        return extent
    across = math.isqrt(area * extent.width // extent.height)
    down = math.isqrt(area * extent.height // extent.width)
    return Size(max(1, across), max(1, down))


def _rotation(word: str) -> tuple[bool, Fraction]:
    """4.3: whether it is mirrored, and the degrees clockwise."""
    match = _ROTATION.fullmatch(word)
    if match is None or Fraction(match[2]) > 360:
        raise InvalidValueError("rotation", word, "0 to 360, after ! or not")
    return bool(match[1]), Fraction(match[2])


def _exactly(size: Size) -> Resize:
    return Resize(size.width, size.height, "exact", enlarge=True)


def _shortest(number: Fraction) -> str:
    """4.7: no zeros at the end, and no point without digits after it."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.12f}".rstrip("0")


def _scale_factors(picture: Size) -> list[int]:
    """Halvings until the picture is one tile."""
    longest = max(picture.width, picture.height)
    halvings = max(0, math.ceil(longest / TILE) - 1).bit_length()
    return [2**halving for halving in range(halvings + 1)]


def _liking(accept: str, kind: str) -> float:
    """How much an Accept header likes a media type (RFC 9110, 12.5.1): 0 to 1."""
    best = (0, 0.0) if accept.strip() else (1, 1.0)
    for row in accept.split(","):
        name, *parameters = (word.strip().lower() for word in row.split(";"))
        exactness = {kind: 3, "application/*": 2, "*/*": 1}.get(name, 0)
        if exactness > best[0]:
            best = exactness, _weight(parameters)
    return best[1]


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if match := re.fullmatch(r"q=([01](?:\.\d{0,3})?)", parameter, re.ASCII):
            return float(match[1])
    return 1.0

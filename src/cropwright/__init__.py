"""Cropwright crops pictures well; this is its Python library.

>>> import cropwright
>>> picture = cropwright.open(photo)                        # a path, bytes or a file object
>>> picture.width, picture.height, picture.format
(640, 480, 'jpeg')
>>> square = picture.crop(aspect="1:1", gravity="entropy", resize=(200, 200))
>>> square.save("square.webp", quality=80).name
'square.webp'
>>> square.report.rect.size
Size(width=480, height=480)

Everything runs in the calling process, under the same limits as the program but without its
deadline: give pictures from strangers to the command line or a service, which run them in
disposable workers. What goes wrong is a `CropwrightError`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, Unpack

from cropwright.errors import CropwrightError

if TYPE_CHECKING:
    from cropwright.core.command import Edit, Facts
    from cropwright.core.limits import Limits
    from cropwright.core.models import ModelSettings
    from cropwright.core.report import Report
    from cropwright.core.wish import CutoutWish, Wish

__all__ = ["Crop", "CropwrightError", "Picture", "Source", "crop", "cutout", "explain", "open"]
__version__ = "0.1.0"

Source: TypeAlias = "str | PathLike[str] | bytes | BinaryIO"
"""A path, a picture's bytes, or a file object opened for reading bytes."""


@dataclass(frozen=True)
class Picture:
    """A picture whose header was read and found within the limits."""

    data: bytes
    facts: Facts
    limits: Limits
    models: ModelSettings

    @property
    def width(self) -> int:
        """Width in pixels, upright."""
        return self.facts.width

    @property
    def height(self) -> int:
        """Height in pixels, upright."""
        return self.facts.height

    @property
    def format(self) -> str:
        """What the bytes are: png, jpeg, webp, avif, gif, tiff or bmp."""
        return self.facts.format

    def crop(self, **wish: Unpack[Wish]) -> Crop:
        """A crop of this picture; its pixels are worked on when it is saved or explained.

        >>> cropwright.open(photo).crop(rect=(10, 20, 300, 200)).to_bytes("png")[:4]
        b'\\x89PNG'

        The words are those of `Wish`; without any the whole picture is kept. Raises
        InvalidValueError or MissingFieldError for a word that cannot be followed.
        """
        from cropwright.core.wish import edit_of

        return Crop(self, edit_of(wish))

    def cutout(self, **wish: Unpack[CutoutWish]) -> Crop:
        """The subject of this picture, cut out; worked on when it is saved or explained.

        >>> balloon = cropwright.open(product).cutout(model="classical", gravity="subject")
        >>> balloon.report.seen.model, balloon.to_bytes()[:4]
        ('classical', b'\\x89PNG')

        The words are those of `CutoutWish`. Without a model only subjects before a plain backdrop
        can be cut out; the default model is fetched when first needed, unless `models` of `open`
        says otherwise.
        """
        from cropwright.core.wish import cutout_of

        return Crop(self, cutout_of(wish))

    def explain(self, **wish: Unpack[Wish]) -> Report:
        """What `crop` with the same words would keep, and who decided it. Encodes nothing.

        >>> cropwright.open(photo).explain(width=100, height=100, gravity="south").rect
        Rect(x=270, y=380, width=100, height=100)
        """
        return self.crop(**wish).report


@dataclass(frozen=True)
class Crop:
    """A crop of a picture, not written yet."""

    picture: Picture
    edit: Edit

    @cached_property
    def report(self) -> Report:
        """The rectangle, in pixels and fractions, who decided it and what else was tried.

        Raises RectOutsideError or RectEmptyError for a rect that does not fit the picture,
        BrokenPictureError for damage found while looking, ModelError or SubjectMissingError if
        nothing could be cut out, PartMissingError for a part that the picture does not show.
        """
        from cropwright.engine.pipeline import explain

        picture = self._with_its_model()
        return explain(picture.data, self.edit, picture.limits, picture.models)

    def to_bytes(
        self, format: str | None = None, *, quality: int = 85, lossless: bool = False
    ) -> bytes:
        """The crop as a file's bytes: png, jpeg, webp, avif or gif; by default as the source.

        `quality` is 1 to 100. Raises InputError for the picture or the wish, OutputError for
        the result.
        """
        return self._rendered(format, None, quality=quality, lossless=lossless)

    def save(
        self,
        path: str | PathLike[str],
        *,
        format: str | None = None,
        quality: int = 85,
        lossless: bool = False,
        overwrite: bool = True,
    ) -> Path:
        """Write the crop to `path` and answer it; the extension decides unless `format` does.

        The file appears whole or not at all. Raises as `to_bytes` does, and OutputExistsError if
        something is there and `overwrite` is false.
        """
        from cropwright.storage.files import write_file

        data = self._rendered(format, fspath(path), quality=quality, lossless=lossless)
        write_file(Path(path), data, replace=overwrite)
        return Path(path)

    def _rendered(
        self, format: str | None, path: str | None, *, quality: int, lossless: bool
    ) -> bytes:
        from cropwright.core.command import Output
        from cropwright.engine.pipeline import render

        edit = replace(self.edit, output=Output(format, path, quality, lossless))
        picture = self._with_its_model()
        return render(picture.data, edit, picture.limits, picture.models).data

    def _with_its_model(self) -> Picture:
        """The picture, once the model that the wish needs was fetched if it may be."""
        if self.edit.needs_model:
            from cropwright.service.models import Shelf

            Shelf(self.picture.models).fetch_for(self.edit)
        return self.picture


def open(
    source: Source, *, limits: Limits | None = None, models: ModelSettings | None = None
) -> Picture:
    """Open a picture from a path, its bytes, or a file object; reads the header only.

    The content decides what it is, never the name. `models` says where model files are and what may
    be fetched. Raises SourceUnreadableError, UnsupportedFormatError, BrokenPictureError or
    LimitExceededError.
    """
    from cropwright.core.limits import Limits
    from cropwright.core.models import ModelSettings
    from cropwright.engine.load import open_picture
    from cropwright.sources.local import read_file

    limits = limits or Limits()
    if isinstance(source, str | PathLike):
        data = read_file(fspath(source), limits)
    else:
        data = bytes(source) if isinstance(source, bytes) else source.read(limits.picture_bytes + 1)
    return Picture(data, open_picture(data, limits).facts, limits, models or ModelSettings())


def crop(source: Source, **wish: Unpack[Wish]) -> Crop:
    """Shorthand for `open(source).crop(...)`.

    >>> cropwright.crop(photo, gravity="northeast", width=64, height=64).save("corner.png").name
    'corner.png'
    """
    return open(source).crop(**wish)


def cutout(source: Source, **wish: Unpack[CutoutWish]) -> Crop:
    """Shorthand for `open(source).cutout(...)`.

    >>> cropwright.cutout(product, model="classical", background="#ffffff").save("shop.jpg").name
    'shop.jpg'
    """
    return open(source).cutout(**wish)


def explain(source: Source, **wish: Unpack[Wish]) -> Report:
    """Shorthand for `open(source).explain(...)`.

    >>> cropwright.explain(photo, aspect="16:9").as_dict()["rect"]
    {'x': 0, 'y': 60, 'width': 640, 'height': 360}
    """
    return open(source).explain(**wish)

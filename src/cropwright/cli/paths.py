"""Which photos the command line names, and where each result goes."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from cropwright.core.command import Edit
from cropwright.core.formats import EXTENSIONS, Format
from cropwright.errors import CropwrightError, OutputExistsError, SourceUnreadableError


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo that was named."""

    path: Path
    below: Path
    """Where its result goes, below the output folder."""
    error: CropwrightError | None = None
    """Why there is none."""


def photos(inputs: tuple[str, ...], *, recursive: bool) -> list[Photo]:
    """The photos that files, folders and patterns name, in order, each once."""
    found: dict[Path, Photo] = {}
    for given in inputs:
        for photo in _named(given, recursive=recursive):
            found.setdefault(photo.path, photo)
    return list(found.values())


def _named(given: str, *, recursive: bool) -> list[Photo]:
    path = Path(given)
    if path.is_dir():
        return _in_folder(path, recursive=recursive)
    if path.exists() or not glob.has_magic(given):
        return [Photo(path, Path(path.name))]
    # Path.glob takes no absolute pattern.
    matched = sorted(map(Path, glob.glob(given, recursive=True)))  # noqa: PTH207
    if not matched:
        return [Photo(path, Path(path.name), SourceUnreadableError(given, "no file matches"))]
    return [photo for match in matched for photo in _named(str(match), recursive=recursive)]


def _in_folder(folder: Path, *, recursive: bool) -> list[Photo]:
    pattern = "**/*" if recursive else "*"
    found = sorted(
        path
        for path in folder.glob(pattern)
        if path.suffix.lower().lstrip(".") in EXTENSIONS and path.is_file()
    )
    if not found:
        reason = "no pictures in this folder"
        return [Photo(folder, Path(folder.name), SourceUnreadableError(str(folder), reason))]
    return [Photo(path, path.relative_to(folder)) for path in found]


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where results go: one file, or a folder."""

    place: Path
    folder: bool
    overwrite: bool
    taken: set[Path] = field(default_factory=set)

    @classmethod
    def of(cls, output: str, found: list[Photo], *, overwrite: bool) -> Destinations:
        """The place `output` means for these photos. Raises click.UsageError."""
        place = Path(output)
        folder = place.is_dir() or output.endswith((os.sep, "/")) or len(found) > 1
        if folder and place.exists() and not place.is_dir():
            raise click.UsageError(f"{output} is a file; several photos need a folder")
        return cls(place, folder, overwrite)

    def named(self, edit: Edit) -> Edit:
        """The edit with the file name that decides the format, where one file is named."""
        path = None if self.folder else str(self.place)
        return replace(edit, output=replace(edit.output, path=path))

    def claim(self, photo: Photo, written: Format) -> Path:
        """The path of one result. Raises OutputExistsError if this run wrote there already."""
        path = self._path(photo, written)
        if path in self.taken:
            raise OutputExistsError(str(path))
        self.taken.add(path)
        return path

    def _path(self, photo: Photo, written: Format) -> Path:
        if not self.folder:
            return self.place
        path = self.place / photo.below
        fits = path.suffix.lower().lstrip(".") in written.extensions
        return path if fits else path.with_suffix(f".{written.extensions[0]}")

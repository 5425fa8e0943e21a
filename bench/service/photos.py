"""The two photographs that are sent: the scene of `bench.draw`, as JPEGs as large as cameras'.

Run as a program of its own (`python -m bench.service.photos FOLDER`), as `bench.draw` is.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Photo:
    """One generated file."""

    key: str
    said: str
    """How the tables call it."""
    width: int
    height: int
    quality: int
    """What makes a file of that many megabytes of the scene."""

    @property
    def file(self) -> str:
        """Its name inside the folder."""
        return f"{self.key}.jpeg"


ONE = Photo("photo1", "1 MB JPEG", 2000, 1500, 92)
FIVE = Photo("photo5", "4.9 MB JPEG", 4200, 3150, 94)
PHOTOS = {photo.key: photo for photo in (ONE, FIVE)}


def _make(folder: Path) -> None:
    from bench.draw import draw  # imports libvips, which the runner does without

    for photo in PHOTOS.values():
        scene = draw(photo.width, photo.height)
        scene.jpegsave(str(folder / photo.file), Q=photo.quality, subsample_mode="on")


if __name__ == "__main__":
    _make(Path(sys.argv[1]))

"""The test pictures, one row each; `draw.py` makes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """One generated file."""

    key: str
    said: str
    """How the tables call it."""
    format: str
    width: int
    height: int

    @property
    def file(self) -> str:
        """Its name inside the folder."""
        return f"{self.key}.{self.format}"


PICTURES: dict[str, Picture] = {
    row.key: row
    for row in (
        Picture("jpeg12", "12 MP JPEG", "jpeg", 4000, 3000),
        Picture("jpeg24", "24 MP JPEG", "jpeg", 6000, 4000),
        Picture("png12", "12 MP PNG", "png", 4000, 3000),
        Picture("webp12", "12 MP WebP", "webp", 4000, 3000),
        Picture("small", "small PNG", "png", 400, 300),
    )
}

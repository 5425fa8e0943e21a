"""Where a model's file lies, and whether it is what it says it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cropwright.core.models import ModelSettings
from cropwright.engine.models.registry import Row
from cropwright.errors import ModelMissingError, ModelUnusableError

VERIFIED, OWN = "verified", "own file"


@dataclass(frozen=True, slots=True)
class Located:
    """A model's file that may be loaded."""

    path: Path
    origin: str
    """VERIFIED if its sha256 is the registry's, OWN if the operator pointed at it."""


def folder(settings: ModelSettings) -> Path:
    """The folder of the model files."""
    try:
        return Path(settings.folder).expanduser()
    except RuntimeError:  # nobody's home is known
        return Path(settings.folder)


def located(row: Row, settings: ModelSettings) -> Located:
    """A model's file, its sha256 checked unless it is the operator's own choice.

    Raises ModelMissingError, or ModelUnusableError for a file that is not the one we know.
    """
    own = settings.own_file(row.name)
    if own:
        if not Path(own).is_file():
            variable = f"CROPWRIGHT_MODELS_{row.name}_FILE".upper()
            raise ModelUnusableError(row.name, f"{variable} names no file")
        return Located(Path(own), OWN)
    path = folder(settings) / row.file
    try:
        state = path.stat()
        digest = _digest(path, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise ModelMissingError(row.name) from error
    if digest != row.sha256:
        raise ModelUnusableError(row.name, "its file has another sha256 than the published one")
    return Located(path, VERIFIED)


@lru_cache(maxsize=16)
def _digest(path: Path, _size: int, _changed_ns: int) -> str:
    """A file's sha256, read again only when the file has changed."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

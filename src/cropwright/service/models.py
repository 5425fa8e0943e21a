"""The models' files: what is there, fetching what is not, ahead of time or when first needed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from cropwright.core.body import BY_FACE
from cropwright.core.command import Edit, Plan
from cropwright.core.cutout import CLASSICAL, DEFAULT_MODEL
from cropwright.core.gravity import BY_PEOPLE, FACE, PERSON, SUBJECT
from cropwright.core.models import ModelSettings
from cropwright.engine.models.files import OWN, folder, located
from cropwright.engine.models.registry import MODELS, Row
from cropwright.errors import (
    CropwrightError,
    InvalidValueError,
    ModelError,
    ModelMissingError,
    ModelUnusableError,
    OutputUnwritableError,
)
from cropwright.sources.weights import FetchError, Hosts, Wanted, fetch_weights

log = logging.getLogger(__name__)

READY, MISSING, REFUSED = "ready", "missing", "refused"
_RETRY_SECONDS = 600.0
"""How long a model that could not be fetched by itself is not tried again."""

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class State:
    """One model on this machine."""

    row: Row
    state: str
    """READY, MISSING or REFUSED."""
    words: str
    path: Path


@dataclass(frozen=True, slots=True)
class Shelf:
    """The model files of this machine. Safe to use from many threads."""

    settings: ModelSettings
    hosts: Hosts = field(default_factory=Hosts)
    failed_at: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def states(self) -> list[State]:
        """Every model we know."""
        return [self.state(name) for name in MODELS]

    def state(self, name: str) -> State:
        """A model's file, read and compared with what is known of it. InvalidValueError."""
        row = known(name)
        path = Path(self.settings.own_file(name) or folder(self.settings) / row.file)
        try:
            found = located(row, self.settings)
        except ModelMissingError:
            return State(row, MISSING, "not installed", path)
        except ModelError as error:
            return State(row, REFUSED, str(error), path)
        words = "own file, sha256 not checked" if found.origin == OWN else "sha256 verified"
        return State(row, READY, words, found.path)

    def pull(self, name: str, told: Told = lambda _count: None) -> Path:
        """Fetch a model, unless it is there, and answer where it lies.

        Raises ModelUnusableError, or OutputUnwritableError if the folder refuses it.
        """
        state = self.state(name)
        if state.state == READY:
            return state.path
        row, path = state.row, folder(self.settings) / state.row.file
        wanted = Wanted(row.urls, row.bytes, row.sha256)
        try:
            fetch_weights(wanted, path, self.hosts, told)
        except FetchError as error:
            raise ModelUnusableError(name, f"fetching failed: {error}") from error
        except OSError as error:
            reason = error.strerror or "refused"
            raise OutputUnwritableError(str(path), "file", reason, error.errno or 0) from error
        return path

    def missing_for(self, wish: Edit | Plan) -> tuple[Row, ...]:
        """The models that a wish needs and that would be fetched now."""
        return tuple(MODELS[name] for name in needed(wish) if self._may_fetch(name))

    def fetch_for(
        self, wish: Edit | Plan, told: Told = lambda _count: None
    ) -> CropwrightError | None:
        """Fetch the models that a wish needs and that are missing, small enough and allowed.

        What goes wrong is answered and logged, not raised: without the model the worker says what
        is missing, or does without.
        """
        if not self.missing_for(wish):
            return None
        failure: CropwrightError | None = None
        with self.lock:
            for row in self.missing_for(wish):  # asked again: somebody else may have fetched them
                try:
                    self.pull(row.name, told)
                except (ModelUnusableError, OutputUnwritableError) as error:
                    self.failed_at[row.name] = time.monotonic()
                    log.info("%s", error)
                    failure = error
        return failure

    def _may_fetch(self, name: str) -> bool:
        row = MODELS[name]
        path = folder(self.settings) / row.file
        if row.bytes > self.settings.first_use_bytes or self.settings.own_file(name):
            return False
        failed = self.failed_at.get(name)
        lately = failed is not None and time.monotonic() - failed < _RETRY_SECONDS
        return not lately and not path.exists()


_LOOKERS = {FACE: "yunet", PERSON: "yolox", SUBJECT: DEFAULT_MODEL}
"""Who looks for what."""


def needed(wish: Edit | Plan) -> tuple[str, ...]:
    """The models that a wish needs files for."""
    if not isinstance(wish, Edit) or not wish.needs_model:
        return ()
    names = [_LOOKERS[name] for name in BY_PEOPLE.get(wish.gravity, ()) if name in _LOOKERS]
    if wish.line is not None or wish.part is not None:
        names.append(_LOOKERS[FACE])
    if wish.part is not None and wish.part.name not in BY_FACE:
        names += [_LOOKERS[PERSON], "pose"]
    if wish.needs_subject:
        names.insert(0, (wish.cutout.model if wish.cutout else None) or DEFAULT_MODEL)
    return tuple(name for name in dict.fromkeys(names) if name != CLASSICAL)


def known(name: str) -> Row:
    """A model's row. InvalidValueError for a name that is none."""
    if name not in MODELS:
        raise InvalidValueError("model", name, ", ".join(MODELS))
    return MODELS[name]

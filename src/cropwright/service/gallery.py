"""Pictures that are looked at in parts: uploads, and those in a folder of the operator's.

Large ones are decoded once, to a pyramid; whatever is asked of them after that comes from there.
"""

from __future__ import annotations

import copy
import hashlib
import os
import stat
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from cropwright.core.command import Edit, Facts
from cropwright.core.formats import READABLE
from cropwright.core.hosting import Upload
from cropwright.core.limits import Limits
from cropwright.core.models import ModelSettings
from cropwright.engine.handover import Parcel
from cropwright.errors import (
    CapacityError,
    CropwrightError,
    SourceUnreadableError,
    UnsupportedFormatError,
    UploadNotFoundError,
)
from cropwright.service.pyramids import Label, Pyramids
from cropwright.service.render import Made, Renderer, seconds_for

if TYPE_CHECKING:
    from cropwright.core.formats import Format
    from cropwright.core.report import Report
    from cropwright.service.host import Host
    from cropwright.service.settings import IiifSettings

Value = TypeVar("Value")

_REMEMBERED = 1000
_FAILURE_SECONDS = 60
"""A picture that cannot be opened is not tried again sooner: trying may take a worker long."""


@dataclass(frozen=True, slots=True)
class Original:
    """A picture as it is now; once it changes it is another one."""

    label: Label
    source: Path | Upload
    """In the operator's folder, or hosted."""

    @property
    def expires_ms(self) -> int | None:
        """When it ends, in milliseconds since 1970, if it does."""
        return self.source.draft.expires_ms if isinstance(self.source, Upload) else None


class Gallery:
    """Finds pictures and shows parts of them. Every call may wait: call it from a thread."""

    def __init__(
        self, settings: IiifSettings, host: Host, renderer: Renderer, pyramids: Pyramids
    ) -> None:
        self.settings = settings
        self.pyramids = pyramids
        self._host = host
        self._renderer = renderer
        self._own_limits = replace(
            renderer.limits, picture_bytes=settings.picture_bytes, pixels=settings.picture_pixels
        )
        self._root = Path(settings.pictures).resolve() if settings.pictures else None
        self._facts: _Memory[Facts] = _Memory()
        self._failures: _Memory[tuple[float, CropwrightError]] = _Memory()

    def find(self, identifier: str) -> Original:
        """A picture by its path in the operator's folder, or by the token of an upload.

        Raises UploadNotFoundError if there is none, or none any more, and LimitExceededError for a
        file that is too large to be opened.
        """
        return self._in_folder(identifier) or self._hosted(identifier)

    def ready(self, original: Original) -> Facts | None:
        """The facts of a picture that can be shown without more ado, else None."""
        facts = self._facts.get(original.label)
        if facts is None or (self._is_large(facts) and not self.pyramids.find(original.label)):
            return None
        return facts

    def prepare(self, original: Original) -> Facts:
        """Make a picture ready: read its header, and build its pyramid if it is large.

        Raises InputError for what is wrong with it, WorkerError or CapacityError.
        """
        facts = self.ready(original)
        if facts is not None:
            return facts
        until, failure = self._failures.get(original.label) or (0.0, CropwrightError())
        if time.monotonic() < until:
            raise copy.copy(failure)
        try:
            facts = self._facts.get(original.label) or self._looked_at(original)
            if self._is_large(facts):
                self._build(original)
        except CapacityError:
            raise
        except CropwrightError as error:
            self._failures.put(original.label, (time.monotonic() + _FAILURE_SECONDS, error))
            raise
        self._facts.put(original.label, facts)
        return facts

    def show(self, original: Original, facts: Facts, edit: Edit) -> Made:
        """Follow an edit with a picture that was made ready."""
        if not self._is_large(facts):
            return self._rendered(original, "", edit)
        try:
            return self._rendered(original, str(self._pyramid(original)), edit)
        except FileNotFoundError:  # it was the one to go when there was no room
            return self._rendered(original, str(self._build(original)), edit)

    def sweep(self) -> None:
        """Delete the pyramids of uploads that were deleted by another machine, and leftovers."""
        for owner in self.pyramids.owners():
            if not owner.startswith("+") and not self._is_live(owner):
                self.pyramids.forget(owner)
        self.pyramids.sweep()

    def limits_of(self, original: Original) -> Limits:
        """What is judged by: the operator's own pictures may be much larger."""
        return self._own_limits if isinstance(original.source, Path) else self._renderer.limits

    def _in_folder(self, identifier: str) -> Original | None:
        names = identifier.split("/")
        if self._root is None or any(name.startswith(".") or not name for name in names):
            return None
        try:
            # Links are followed first: what they lead to has to be in the folder as well.
            path = self._root.joinpath(*names).resolve(strict=True)
            state = path.stat()
        except (OSError, ValueError, RuntimeError):  # not there, no name for a file, or a circle
            return None
        if not path.is_relative_to(self._root) or not stat.S_ISREG(state.st_mode):
            return None
        self._own_limits.check_bytes(state.st_size)
        version = f"{state.st_mtime_ns} {state.st_size} {state.st_ino}"
        return Original(Label(f"+{_digest(os.fspath(path))}", _digest(version)), path)

    def _hosted(self, identifier: str) -> Original:
        upload = self._host.find(identifier)
        if not upload.draft.media_type.startswith("image/"):
            raise UnsupportedFormatError(found=upload.draft.extension, supported=READABLE)
        return Original(Label(upload.draft.token, upload.draft.sha256[:40]), upload)

    def _is_live(self, token: str) -> bool:
        try:
            self._host.find(token)
        except UploadNotFoundError:
            return False
        return True

    def _is_large(self, facts: Facts) -> bool:
        return facts.width * facts.height > self.settings.pyramid_pixels

    def _pyramid(self, original: Original) -> Path:
        return self.pyramids.find(original.label) or self._build(original)

    def _looked_at(self, original: Original) -> Facts:
        parcel = self._parcel(original)
        return self._renderer.workers.run(_facts, parcel, self.limits_of(original))

    def _build(self, original: Original) -> Path:
        workers, limits = self._renderer.workers, self.limits_of(original)
        with self.pyramids.building(original.label) as path:
            parcel, seconds = self._parcel(original), self.settings.pyramid_seconds
            workers.run(_build, parcel, str(path), limits, seconds=seconds)
        # Deletion ends the link before it deletes the pyramid: one of the two sees the other.
        if isinstance(original.source, Upload) and not self._is_live(original.label.owner):
            self.pyramids.forget(original.label.owner)
            raise UploadNotFoundError(original.label.owner)
        return self.pyramids.folder / original.label.file_name

    def _rendered(self, original: Original, pyramid: str, edit: Edit) -> Made:
        renderer, limits = self._renderer, self.limits_of(original)
        renderer.shelf.fetch_for(edit)
        wish = _Wish(edit, limits, renderer.shelf.settings)
        parcel = Parcel() if pyramid else self._parcel(original)
        seconds = seconds_for(edit, renderer.workers.limits)
        made, target, report = renderer.workers.run(_show, parcel, pyramid, wish, seconds=seconds)
        return Made(made.unpacked(), target, report)

    def _parcel(self, original: Original) -> Parcel:
        if isinstance(original.source, Path):
            return Parcel(path=str(original.source))
        return Parcel(self._host.read(original.source))


class _Memory(Generic[Value]):
    """The latest so many values, by label."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: OrderedDict[Label, Value] = OrderedDict()

    def get(self, label: Label) -> Value | None:
        with self._lock:
            return self._values.get(label)

    def put(self, label: Label, value: Value) -> None:
        with self._lock:
            self._values[label] = value
            self._values.move_to_end(label)
            while len(self._values) > _REMEMBERED:
                self._values.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Wish:
    edit: Edit
    limits: Limits
    models: ModelSettings


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


# What follows runs in workers, which alone import the engine.


def _unpacked(parcel: Parcel) -> bytes:
    try:
        return parcel.unpacked()
    except OSError as error:  # the operator has just taken it away, or never let us read it
        raise SourceUnreadableError("the picture", "it is gone or closed to us") from error


def _facts(parcel: Parcel, limits: Limits) -> Facts:
    from cropwright.engine.load import open_picture

    return open_picture(_unpacked(parcel), limits).facts


def _build(parcel: Parcel, path: str, limits: Limits) -> None:
    from cropwright.engine.pyramid import build_pyramid

    build_pyramid(_unpacked(parcel), path, limits)


def _show(parcel: Parcel, pyramid: str, wish: _Wish) -> tuple[Parcel, Format, Report]:
    from cropwright.engine.pipeline import render, render_opened
    from cropwright.engine.pyramid import open_pyramid, placed

    if pyramid:
        opened = open_pyramid(pyramid)
        edit = placed(opened, wish.edit, wish.models)
        made = render_opened(opened, edit, wish.limits, wish.models)
    else:
        made = render(_unpacked(parcel), wish.edit, wish.limits, wish.models)
    return Parcel(made.data), made.format, made.report

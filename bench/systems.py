"""Every system that is compared: found, started, asked its version; or reported as missing."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from bench import programs
from bench.cases import CENTRE, FILL, LOOKED_FOR, RECT, WINDOW, Case
from bench.driver import ROOT, Driver, PeerError, Sample
from bench.pictures import PICTURES

SHARP_VERSION = "0.35.5"
PEERS = ROOT / "bench" / ".peers"

OURS, PILLOW, SHARP, SHARP_OWN = "cropwright", "Pillow", "sharp", "sharp, its own settings"
MAGICK, VIPS = "ImageMagick (process)", "vips (process)"
PLAIN = frozenset({RECT, CENTRE, FILL})
_BRIEF = PLAIN - {CENTRE}
"""To peers a centre crop is the middle rect: the slow ones and the second sharp do that only."""


class System(Protocol):
    """Something that crops."""

    name: str
    kinds: frozenset[str]
    """The kinds of case it can do."""

    def crop(self, case: Case, keep: Path | None = None) -> Sample:
        """Do a case once, leaving the result at `keep` if given. Raises PeerError."""
        ...


@dataclass(frozen=True, slots=True)
class Library:
    """A system driven in-process by a driver that holds the pictures."""

    name: str
    kinds: frozenset[str]
    driver: Driver
    settings: str = "like ours"

    def crop(self, case: Case, keep: Path | None = None) -> Sample:
        """Time the call inside the driver's process."""
        request = {"do": "crop", "case": case.as_dict(), "settings": self.settings}
        answer = self.driver.ask(request | ({"keep": str(keep)} if keep else {}))
        return Sample(answer["wall_ms"], answer["cpu_ms"], answer["bytes"])


@dataclass(frozen=True, slots=True)
class Program:
    """A command-line system: one process a crop, from file to file, its start included."""

    name: str
    kinds: frozenset[str]
    arguments: Callable[[Case, str, str], list[str]]
    folder: Path

    def crop(self, case: Case, keep: Path | None = None) -> Sample:
        """Time a whole process."""
        source = self.folder / PICTURES[case.picture].file
        output = keep or self.folder / f"written.{case.format}"
        sample = programs.run(self.arguments(case, str(source), str(output)))
        if not output.exists():
            raise PeerError("no file was written")
        return replace(sample, bytes=output.stat().st_size)


@dataclass(slots=True)
class Field:
    """The systems of a run."""

    systems: list[System] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """Name -> why it is not here."""
    launch: dict[str, list[str]] = field(default_factory=dict)
    """Name -> how its driver is started; a fresh one shows its memory."""

    def doing(self, kind: str) -> list[System]:
        """The systems that can do a kind of case."""
        return [system for system in self.systems if kind in system.kinds]

    def named(self, name: str) -> System | None:
        """The system called so, if present."""
        return next((system for system in self.systems if system.name == name), None)


def gathered(folder: Path, stack: ExitStack) -> Field:
    """Start every system there is, with the pictures in `folder`; `stack` ends them."""
    found = Field()
    found.launch[OURS] = [sys.executable, "-m", "bench.ours"]
    if importlib.util.find_spec("PIL"):
        found.launch[PILLOW] = [sys.executable, "-m", "bench.pillow_peer"]
    else:
        found.missing[PILLOW] = "not installed in this environment"
    try:
        found.launch[SHARP] = _sharp()
    except PeerError as error:
        found.missing[SHARP] = str(error)
    for name, argv in found.launch.items():
        _start_library(found, name, argv, folder, stack)
    _add_program(found, MAGICK, folder, _MAGICK)
    _add_program(found, VIPS, folder, _VIPS)
    return found


def loaded(argv: list[str], folder: Path, stack: ExitStack, *keys: str) -> Driver:
    """A started driver that holds some pictures, by default the large ones."""
    driver = stack.enter_context(Driver(argv))
    for key in keys or PICTURES:
        driver.ask({"do": "load", "key": key, "path": str(folder / PICTURES[key].file)})
    return driver


_LIBRARY_KINDS = {
    OURS: PLAIN | {LOOKED_FOR, WINDOW},
    PILLOW: PLAIN,
    SHARP: PLAIN | {LOOKED_FOR},
}


def _start_library(
    found: Field, name: str, argv: list[str], folder: Path, stack: ExitStack
) -> None:
    try:
        driver = loaded(argv, folder, stack)
        found.versions[name] = driver.ask({"do": "version"})["version"]
    except PeerError as error:
        found.missing[name] = str(error)
        return
    kinds = _LIBRARY_KINDS[name]
    found.systems.append(Library(name, kinds, driver))
    if name == SHARP:
        found.systems.append(Library(SHARP_OWN, _BRIEF, driver, "own"))


def _sharp() -> list[str]:
    """How the sharp driver is started, sharp itself installed first if need be. PeerError."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise PeerError("node or npm is not installed")
    package = PEERS / "node_modules" / "sharp"
    if _installed(package) != SHARP_VERSION:
        wanted = f"sharp@{SHARP_VERSION}"
        argv = [npm, "install", "--prefix", str(PEERS), "--no-audit", "--no-fund", wanted]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerError(f"npm could not install {wanted}: {done.stderr.strip()[-200:]}")
    return [node, str(ROOT / "bench" / "sharp_peer.js"), str(package)]


def _installed(package: Path) -> str | None:
    facts = package / "package.json"
    return json.loads(facts.read_text(encoding="utf-8"))["version"] if facts.exists() else None


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one command-line system is found and called."""

    names: tuple[str, ...]
    sign: str
    kinds: frozenset[str]
    arguments: Callable[[str, Case, str, str], list[str]]


_MAGICK = _Kind(("magick", "convert", "convert-im6.q16"), "ImageMagick", _BRIEF, programs.magick)
_VIPS = _Kind(("vipsthumbnail",), "vips", _BRIEF | {LOOKED_FOR}, programs.vips)


def _add_program(found: Field, name: str, folder: Path, kind: _Kind) -> None:
    program = programs.find(kind.names, kind.sign)
    if program is None:
        found.missing[name] = f"no program called {' or '.join(kind.names)}"
        return
    path, version = program
    found.versions[name] = version.removeprefix("Version: ").partition(" http")[0]
    found.systems.append(Program(name, kind.kinds, partial(kind.arguments, path), folder))

"""Loaded networks, kept for as long as their worker lives."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cropwright.core.limits import MEBIBYTE
from cropwright.core.models import ModelSettings
from cropwright.engine.models import Mask
from cropwright.engine.models.files import located
from cropwright.engine.models.network import Network
from cropwright.engine.models.registry import MODELS, Row
from cropwright.engine.vips import pyvips
from cropwright.errors import ModelUnusableError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from cropwright.engine.matte import Floats

_MEMORY_FACTS = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network whose file is loaded."""

    network: Network
    session: InferenceSession
    origin: str

    @property
    def side(self) -> int:
        """Pixels it looks at, along each side."""
        return self.network.side

    def segment(self, image: pyvips.Image) -> Mask:
        """The mask of a picture; see `Segmenter`."""
        return self.network.read(self.infer(self.network.prepare(image)))

    def infer(self, batch: Floats) -> Floats:
        """The network's first output alone: the others are coarser drafts of it."""
        name = self.session.get_inputs()[0].name
        first = self.session.get_outputs()[0].name
        output: Any = self.session.run([first], {name: batch})[0]
        answer: Floats = np.asarray(output, np.float32)
        return answer


def loaded(network: Network, settings: ModelSettings) -> Loaded:
    """A network ready to look. Raises ModelError."""
    row = MODELS[network.name]
    found = located(row, settings)
    return Loaded(network, session(row, found.path, settings.threads), found.origin)


def session(row: Row, path: Path, threads: int) -> InferenceSession:
    """The onnxruntime session of a model file, loaded once a worker. Raises ModelUnusableError."""
    try:
        return _session(row, path, threads, path.stat().st_mtime_ns)
    except ImportError as error:
        reason = "the package onnxruntime is not installed; pip install 'cropwright[models]'"
        raise ModelUnusableError(row.name, reason) from error


@lru_cache(maxsize=4)
def _session(row: Row, path: Path, threads: int, _changed_ns: int) -> InferenceSession:
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import (
        Fail,
        InvalidGraph,
        InvalidProtobuf,
        NoSuchFile,
        NotImplemented,
    )

    check_memory(row)
    options = onnxruntime.SessionOptions()
    # The arena keeps what the largest run took; spinning threads burn what other workers need.
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except (Fail, InvalidGraph, InvalidProtobuf, NoSuchFile, NotImplemented) as error:
        raise ModelUnusableError(row.name, "its file is no model that can be loaded") from error


def check_memory(row: Row) -> None:
    """Refuse a model that this worker has no memory for (ModelUnusableError)."""
    free = min(_allowed_bytes(), _free_bytes())
    if free < row.memory_bytes:
        needed, there = row.memory_bytes // MEBIBYTE, free // MEBIBYTE
        reason = f"it needs {needed} MiB of memory, this worker may take {there} MiB"
        raise ModelUnusableError(row.name, reason)


def _allowed_bytes() -> int:
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return limit if limit != resource.RLIM_INFINITY else 1 << 62


def _free_bytes() -> int:
    try:
        lines = _MEMORY_FACTS.read_text(encoding="ascii").splitlines()
    except OSError:  # a system that does not tell
        return 1 << 62
    kilobytes = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return int(next(kilobytes, 1 << 52)) * 1024

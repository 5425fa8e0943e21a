"""What cut-outs cost: `python -m bench.edges.speed MODEL` measures one model in a fresh process."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from bench.edges.scenes import scenes
from cropwright import settings
from cropwright.core.command import Edit, Output
from cropwright.core.cutout import CLASSICAL, CUTOUT_MODELS, Cutout
from cropwright.core.limits import WorkerLimits
from cropwright.engine.models import SEGMENTERS
from cropwright.engine.pipeline import render
from cropwright.engine.pool import Workers
from cropwright.engine.vips import pyvips, single_threaded
from cropwright.errors import CropwrightError
from cropwright.service.models import Shelf
from cropwright.service.render import Renderer

ROOT = Path(__file__).resolve().parents[2]
_SIDE = 1000
_ROUNDS = 5
_MANY = 4


@dataclass(frozen=True, slots=True)
class Speed:
    """One model, one megapixel, JPEG in and PNG out, warm."""

    model: str
    inference_ms: float
    """CPU time of the model's own run; of the whole search for a model that is none."""
    total_ms: float
    """CPU time of the whole cut-out."""
    alone_ms: float
    """Wall time of one, through the service's workers."""
    in_a_row_ms: float
    """Wall time of four, one after the other."""
    at_once_ms: float
    """Wall time of four at the same time."""
    peak_mb: float
    """Largest resident memory of a process that did nothing else."""

    @property
    def overhead(self) -> float:
        """The whole as a multiple of the model's own run."""
        return self.total_ms / self.inference_ms


def measured(model: str) -> Speed | str:
    """A model's speed, or why there is none. It is measured in a process of its own."""
    argv = [sys.executable, "-m", "bench.edges.speed", model]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed"
    return Speed(**json.loads(done.stdout))


def all_measured() -> dict[str, Speed | str]:
    """Every model's speed, or why there is none."""
    return {model: measured(model) for model in CUTOUT_MODELS}


def _picture() -> bytes:
    pixels = next(scenes()).pixels
    image = Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _measure(model: str) -> Speed:
    single_threaded()
    loaded, data = settings.load(), _picture()
    edit = Edit(cutout=Cutout(model=model), output=Output("png"))
    look = _looking(model, loaded)
    whole: list[float] = []
    own: list[float] = []
    for _ in range(_ROUNDS + 1):  # the first one warms up
        own.append(_cpu_ms(look))
        whole.append(_cpu_ms(lambda: render(data, edit, loaded.limits, loaded.models)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    alone, row, once = _walls(data, edit, loaded)
    return Speed(
        model,
        statistics.median(own[1:]),
        statistics.median(whole[1:]),
        alone,
        row,
        once,
        peak,
    )


def _looking(model: str, loaded: settings.Settings) -> Callable[[], object]:
    segmenter = SEGMENTERS[model](loaded.models)
    if model == CLASSICAL:
        image = pyvips.Image.new_from_buffer(_picture(), "")
        return lambda: segmenter.segment(image)
    side = segmenter.side
    batch = np.random.default_rng(1).standard_normal((1, 3, side, side), np.float32)
    return lambda: segmenter.infer(batch)  # type: ignore[attr-defined]  # networks have it


def _cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _walls(data: bytes, edit: Edit, loaded: settings.Settings) -> tuple[float, float, float]:
    """Wall times through the workers of a service, rounds interleaved."""
    from concurrent.futures import ThreadPoolExecutor

    limits = WorkerLimits(address_space_bytes=loaded.workers.address_space_bytes)
    alone, row, once = [], [], []
    with Workers(limits) as workers, ThreadPoolExecutor(_MANY) as threads:
        renderer = Renderer(workers, loaded.limits, Shelf(loaded.models))
        several = [data] * _MANY
        for _ in range(_ROUNDS):
            started = time.monotonic()
            for one in several:
                renderer.render(one, edit)
            row.append(time.monotonic() - started)
            alone.append(row[-1] / _MANY)
            started = time.monotonic()
            list(threads.map(lambda one: renderer.render(one, edit), several))
            once.append(time.monotonic() - started)
    alone_ms, row_ms, once_ms = (statistics.median(times) * 1000 for times in (alone, row, once))
    return alone_ms, row_ms, once_ms


if __name__ == "__main__":
    os.environ.setdefault("CROPWRIGHT_MODELS_FIRST_USE_BYTES", "0")
    try:
        print(json.dumps(asdict(_measure(sys.argv[1]))))
    except CropwrightError as error:
        sys.exit(str(error))

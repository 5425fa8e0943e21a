"""`python -m bench.tiles`: tiles of a 100-megapixel picture, from a real service; docs/iiif.md has the table.

For a JPEG and a TIFF: what the first request costs, which builds the pyramid; the times of tiles
after that, in random places and sizes; the service's memory at the beginning and the end. Exit
status 1 if a target is missed: a median of 50 ms, and memory that grows with the tiles served.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
from tests.e2e.server import Server, running

from bench import machine
from cropwright.engine.vips import pyvips

WIDTH, HEIGHT = 12_000, 8_400
TILE = 256
MOST_MS = 50.0
MOST_GROWTH_MB = 30.0
_WARM = 200
"""Tiles before the memory is first looked at: workers grow to their size on the first few."""
_WRITTEN = {"big.jpg": {"Q": 85}, "big.tif": {"compression": "lzw", "predictor": "horizontal"}}


@dataclass(frozen=True, slots=True)
class Row:
    """One picture."""

    name: str
    file_mb: float
    first_seconds: float
    """The first info.json, which builds the pyramid."""
    pyramid_mb: float
    median_ms: float
    p95_ms: float
    worst_ms: float
    grown_mb: float
    """Resident memory of all processes at the end, beyond what it was after the first tiles."""
    memory_mb: float

    @property
    def is_well(self) -> bool:
        """Whether the targets are met."""
        return self.median_ms <= MOST_MS and self.grown_mb <= MOST_GROWTH_MB


def draw(folder: Path) -> None:
    """A picture with something to see everywhere, in every format."""
    blurred = pyvips.Image.gaussnoise(WIDTH // 8, HEIGHT // 8, sigma=40, mean=128)
    bands = [blurred.resize(8), blurred.rot180().resize(8), blurred.fliphor().resize(8)]
    image = bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")
    for name, options in _WRITTEN.items():
        image.write_to_file(str(folder / name), **options)


def measure(server: Server, pictures: Path, name: str, tiles: int) -> Row:
    """The figures of one picture."""
    with httpx2.Client(base_url=server.base, timeout=120, trust_env=False) as client:
        begun = time.perf_counter()
        info = client.get(f"/iiif/3/{name}/info.json").json()
        first = time.perf_counter() - begun
        chance = random.Random(1)
        urls = [_tile(name, info["tiles"][0]["scaleFactors"], chance) for _ in range(tiles)]
        times = [_timed(client, url) for url in urls[:_WARM]]
        before = server.memory()
        times = [_timed(client, url) for url in urls]
    memory = server.memory()
    built = max((server.data / "pyramids").glob("*.tif"), key=lambda path: path.stat().st_mtime)
    return Row(
        name=name,
        file_mb=(pictures / name).stat().st_size / 1e6,
        first_seconds=first,
        pyramid_mb=built.stat().st_size / 1e6,
        median_ms=statistics.median(times),
        p95_ms=statistics.quantiles(times, n=20)[-1],
        worst_ms=max(times),
        grown_mb=(memory - before) / 1e6,
        memory_mb=memory / 1e6,
    )


def _tile(name: str, factors: list[int], chance: random.Random) -> str:
    """A tile as viewers ask for it, in a random place of a random size."""
    side = TILE * chance.choice(factors)
    x = chance.randrange(0, -(-WIDTH // side)) * side
    y = chance.randrange(0, -(-HEIGHT // side)) * side
    width, height = min(side, WIDTH - x), min(side, HEIGHT - y)
    factor = side // TILE
    return (
        f"/iiif/3/{name}/{x},{y},{width},{height}/"
        f"{-(-width // factor)},{-(-height // factor)}/0/default.jpg"
    )


def _timed(client: httpx2.Client, url: str) -> float:
    begun = time.perf_counter()
    answer = client.get(url)
    taken = (time.perf_counter() - begun) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code} {answer.text}")
    return taken


def page(rows: list[Row]) -> str:
    """The table as Markdown."""
    lines = [
        "| picture | file | first answer | pyramid | tile, median | 95 % | slowest | memory | grown by |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.name} | {row.file_mb:.0f} MB | {row.first_seconds:.1f} s | {row.pyramid_mb:.0f} MB "
        f"| {row.median_ms:.1f} ms | {row.p95_ms:.1f} ms | {row.worst_ms:.1f} ms "
        f"| {row.memory_mb:.0f} MB | {row.grown_mb:.1f} MB |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, and judge it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=1000, help="tiles of each picture")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tiles-") as folder:
        pictures = Path(folder, "pictures")
        pictures.mkdir()
        draw(pictures)
        server = Server(Path(folder, "service"), IIIF_PICTURES=str(pictures))
        with running(server):
            rows = [measure(server, pictures, name, options.tiles) for name in _WRITTEN]
    print(f"{machine.said()}\n\n{page(rows)}")
    sys.exit(0 if all(row.is_well for row in rows) else 1)


if __name__ == "__main__":
    main()

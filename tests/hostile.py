"""The shared tables of URLs that mean no good, and the shared origin that means none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def table(shared: Path, name: str) -> list[dict[str, Any]]:
    """The cases of a table of requests."""
    return json.loads((shared / "corpus" / "requests" / f"{name}.json").read_text())["cases"]


@contextmanager
def hostile(shared: Path) -> Iterator[int]:
    """The shared hostile origin; the port it listens on."""
    command = [sys.executable, "-u", shared / "corpus" / "hostile_origin.py", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            yield int(process.stdout.readline().split()[1])
        finally:
            process.kill()

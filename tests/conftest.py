"""Pictures drawn by the tests, the shared corpus where it is at hand, and the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import hypothesis
import pytest
from PIL import Image

# No deadline: a busy machine is no fault of the code. The same examples on every run of CI, others
# wherever else the tests are run.
hypothesis.settings.register_profile("here", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("here")

COMMAND = Path(sys.executable).parent / "cropwright"
SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test material; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared test material is not beside this checkout")
    return SHARED


def gradient(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture whose every pixel differs from its neighbours, so that no shift goes unseen."""
    image = Image.new("RGB", (width, height))
    image.putdata(
        [
            ((x * 7 + y) % 256, (y * 5 + x // 3) % 256, (x * y + 11) % 256)
            for y in range(height)
            for x in range(width)
        ]
    )
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    return image.convert(mode)


def encoded(image: Image.Image, format_name: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture in a format of Pillow's."""
    buffer = BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    """What an independent decoder sees in some bytes."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A JPEG file of 640 x 480 pixels."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(gradient(640, 480), "JPEG", quality=92))
    return path


def cropwright(*arguments: str | Path, stdin: bytes = b"", **environment: str):
    """Run the real command and answer its finished process; output as text."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def crop_job(source: Path | str, output: Path | str, **fields: object) -> dict[str, object]:
    """A dpf crop job; without fields, the middle 20 x 10 pixels."""
    wish = fields or {"gravity": "center", "width": 20, "height": 10}
    return {"operation": "crop", "input": str(source), "output": str(output), **wish}


class Stream:
    """A `cropwright --stream` session: one job, one answer."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [COMMAND, "--stream"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
        )

    def ask(self, job: object) -> dict[str, object]:
        return self.ask_text(json.dumps(job))

    def ask_text(self, text: str) -> dict[str, object]:
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self) -> int:
        self.process.stdin.close()
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status


@pytest.fixture
def stream():
    """A stream session, ended after the test."""
    session = Stream()
    yield session
    if session.process.poll() is None:
        session.end()

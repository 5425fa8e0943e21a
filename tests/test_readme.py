"""The examples of the README and of the guides, run as they are printed.

Those for the service run against a real one, started as `make serve` starts it; only its port is
another. What a page prints below an example as JSON has to be what came back: the same names, the
same values, "…" for any text; numbers and times have to be of the same kind only.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import COMMAND, decoded
from examples import FENCED, PAGES, ROOT, blocks, examples

README = (ROOT / "README.md").read_text()
GUIDES = [page for page in PAGES if examples(page)]
DOCUMENTED_BASE = "127.0.0.1:8000"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|\+00:00)")


def of_readme(language: str) -> list[str]:
    return [block.text for block in blocks("README.md") if block.language == language]


@pytest.fixture
def after_demo(tmp_path: Path) -> Path:
    """A folder as it is after `make demo`, with the command where the README says it is."""
    subprocess.run([sys.executable, ROOT / "scripts/demo.py"], cwd=tmp_path, check=True)
    (tmp_path / ".venv").symlink_to(COMMAND.parent.parent)
    return tmp_path


def test_the_demo_shows_every_result_on_its_contact_sheet(after_demo):
    sheet = (after_demo / "demo" / "contact-sheet.html").read_text()
    shown = re.findall(r'src="([^"]+)"', sheet)
    assert len(shown) == 18
    assert all(decoded((after_demo / "demo" / name).read_bytes()) for name in shown)


def test_every_command_line_of_the_readme_works(after_demo):
    lines = [line for block in of_readme("sh") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith(".venv/bin/cropwright")]
    assert len(commands) == 2
    for command in commands:
        subprocess.run(command, shell=True, cwd=after_demo, check=True)
    assert decoded((after_demo / "demo/hero.webp").read_bytes()).size == (960, 540)
    assert decoded((after_demo / "demo/square.png").read_bytes()).size == (300, 300)


def test_the_python_of_the_readme_works(after_demo):
    (program,) = of_readme("python")
    subprocess.run([sys.executable, "-c", program], cwd=after_demo, check=True)
    assert decoded((after_demo / "demo/portrait.avif").read_bytes()).size == (400, 500)


def free_port() -> int:
    """A port that nobody has, below those that connections going out are given meanwhile."""
    while True:
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", 20_000 + secrets.randbelow(10_000)))
            except OSError:
                continue
            port: int = listener.getsockname()[1]
            return port


class Service:
    """A service in a folder of its own, started for the first time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        port = free_port()
        self.base = f"127.0.0.1:{port}"
        others = {k: v for k, v in os.environ.items() if not k.startswith("CROPWRIGHT_")}
        path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = others | {
            "PATH": path,
            "CROPWRIGHT_SOURCES_ALLOW": "127.0.0.0/8",
            "CROPWRIGHT_MODELS_FIRST_USE_BYTES": "0",
        }
        with (folder / "said").open("wb") as said, (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(port)],
                cwd=folder,
                env=self.environment,
                stdout=said,
                stderr=log,
            )

    def said(self) -> str:
        """What it printed, once it answers."""
        deadline = time.monotonic() + 30
        host, _, port = self.base.partition(":")
        while True:
            try:
                socket.create_connection((host, int(port))).close()
            except OSError:
                waits = time.monotonic() < deadline and self._process.poll() is None
                assert waits, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return (self.folder / "said").read_text()

    def run(self, script: str) -> None:
        """Run a script where the service was started."""
        here = script.replace(DOCUMENTED_BASE, self.base)
        subprocess.run(
            ["sh", "-euc", here], cwd=self.folder, env=self.environment, check=True, timeout=60
        )

    def stop(self) -> int:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(30)


@pytest.fixture
def service(tmp_path: Path):
    """A service on its first start."""
    started = Service(tmp_path)
    yield started
    assert started.stop() == 0


def test_the_line_that_the_first_start_prints_works_when_pasted(service):
    said = service.said()
    service.run(said[said.index("  curl") :])
    assert decoded((service.folder / "square.png").read_bytes()).size == (640, 640)


@pytest.mark.parametrize("page", GUIDES)
def test_the_examples_of_a_page_work_and_answer_what_is_printed(service, page):
    key = re.search(r"cw_\S+", service.said())[0]
    found = examples(page)
    lines = [f"KEY={key}"]
    for number, (block, _) in enumerate(found):
        (service.folder / f"example-{number}.py").write_text(block.text, encoding="utf-8")
        own = re.sub(r"^KEY=.*$", "", block.text, flags=re.MULTILINE)
        run = f"python example-{number}.py" if block.language == "python" else own
        lines.append(f"{{ :\n{run}\n}} > answer-{number}")
    service.run("\n".join(lines))
    for number, (block, answer) in enumerate(found):
        if answer is not None:
            came = (service.folder / f"answer-{number}").read_text()
            came = came.replace(service.base, DOCUMENTED_BASE)
            assert told_alike(json.loads(answer), json.loads(came)), f"{block.text}\n{came}"


def test_the_log_line_that_the_guide_shows_is_what_is_logged(service):
    service.said()
    asked, shown = (row for row in blocks("docs/service.md") if "my-first-request" in row.text)
    service.run(asked.text)
    assert service.stop() == 0
    logged = (service.folder / "log").read_text().splitlines()
    (line,) = [row for row in logged if "my-first-request" in row]
    assert told_alike(json.loads(shown.text), json.loads(line))


def told_alike(printed: object, came: object) -> bool:
    """Whether an answer is what a page says it is."""
    if isinstance(printed, dict) and isinstance(came, dict):
        return printed.keys() == came.keys() and all(
            told_alike(value, came[name]) for name, value in printed.items()
        )
    if isinstance(printed, list) and isinstance(came, list):
        return len(printed) == len(came) and all(map(told_alike, printed, came))
    if isinstance(printed, str) and isinstance(came, str):
        if TIME.fullmatch(printed):
            return bool(TIME.fullmatch(came))
        return bool(re.fullmatch(re.escape(printed).replace("…", ".*"), came, re.DOTALL))
    return type(printed) is type(came)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_and_heading_that_a_page_links_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        assert not heading or heading in headings(path), f"{target}#{heading}"


def headings(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    lines = FENCED.sub("", path.read_text(encoding="utf-8")).splitlines()
    titles = [line.lstrip("# ").lower() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def test_the_targets_the_readme_names_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    named = set(re.findall(r"make (\w+)", README)) & {
        "serve",
        "demo",
        "docs",
        "test",
        "setup",
        "check",
        "fix",
        "bench",
    }
    assert len(named) >= 5
    for target in named:
        assert f"\n{target}:" in makefile
    assert os.access(ROOT / ".ci/run", os.X_OK)

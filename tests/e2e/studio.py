"""A real browser on the studio: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright
from tests.e2e.server import Server

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PATIENCE_MS = 40_000
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SIDES = ("x", "y", "width", "height")
GRAVE = ("serious", "critical")

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; its tests are skipped where it is not installed, but not in CI."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        reason = "no Chromium: scripts/browser-setup installs Debian's"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    # Its sandbox cannot be set up by root.
    arguments = [] if os.getuid() else ["--no-sandbox"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


Opened = Callable[..., "Studio"]


@pytest.fixture
def opened(browser: Browser, service: Server, request) -> Iterator[Opened]:
    """Opens studios. Each has to stay on its own host and without errors; it is drawn at the end."""
    studios: list[Studio] = []

    def open_studio(
        width: int = 1280, height: int = 860, *, at: Server = service, **options: object
    ) -> Studio:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",  # what moves is not where it will be
            **options,
        )
        studios.append(Studio(context.new_page(), at))
        return studios[-1]

    yield open_studio
    for number, studio in enumerate(studios):
        studio.draw(f"{request.node.name}-{number}")
        complaints = studio.complaints
        studio.page.context.close()
        assert complaints == []


class Studio:
    """The page, and what people do on it."""

    def __init__(self, page: Page, service: Server) -> None:
        self.page, self.service = page, service
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)
        page.on("filechooser", lambda _chooser: None)  # so that none is opened before it is caught
        page.goto(service.base)
        expect(page.locator("body[data-ready]")).to_have_count(1)

    def _heard(self, message) -> None:
        # Chromium complains of every answer with an error status; those are wished for.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def _asked(self, request) -> None:
        if not request.url.startswith((self.service.base, "blob:", "data:")):
            self.complaints.append(f"asked another host: {request.url}")

    def at(self, name: str) -> Locator:
        """An element by its id."""
        return self.page.locator(f"#{name}")

    def choose(self, path: Path) -> None:
        """Choose a picture."""
        self.page.set_input_files("#file", path)

    def enter_key(self, key: str) -> None:
        """Enter the key into the dialog that asks for it."""
        self.page.get_by_label("Key", exact=True).fill(key)
        self.page.get_by_role("button", name="Use this key").click()

    def take(self, path: Path, key: str) -> None:
        """Choose a picture, enter the key and wait for the result."""
        self.choose(path)
        self.enter_key(key)
        self.made()

    def pick(self, name: str) -> None:
        """Choose one of the round buttons, by what it says."""
        button = self.page.get_by_role("radio", name=name, exact=True)
        button.evaluate("element => element.scrollIntoView({block: 'center'})")
        button.check(force=True)  # what is drawn of it is the text beside it

    def made(self) -> None:
        """Wait until the result is there and is what was last wished for."""
        expect(self.at("result")).to_have_attribute("aria-busy", "false")
        expect(self.at("download")).to_have_attribute("aria-disabled", "false")

    def rect(self) -> tuple[int, ...]:
        """The rectangle's numbers."""
        return tuple(int(self.at(f"rect-{side}").input_value()) for side in SIDES)

    def drawn(self) -> tuple[float, ...]:
        """The rectangle as it is drawn, in pixels of the picture."""
        plate, box = self.at("plate").bounding_box(), self.at("selection").bounding_box()
        assert plate is not None
        assert box is not None
        found = re.search(r"· (\d+) × (\d+)", self.at("picture-name").inner_text())
        assert found is not None
        scale = plate["width"] / int(found[1])
        start = (box["x"] - plate["x"], box["y"] - plate["y"])
        return tuple(side / scale for side in (*start, box["width"], box["height"]))

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        """Drag from a place of the rectangle, in fractions of it, by so many pixels of the screen."""
        box = self.at("selection").bounding_box()
        assert box is not None
        x, y = box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"]
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + by[0] / 2, y + by[1] / 2, steps=4)
        self.page.mouse.move(x + by[0], y + by[1], steps=4)
        self.page.mouse.up()

    def download(self) -> bytes:
        """The downloaded file."""
        with self.page.expect_download() as downloading:
            self.at("download").click()
        return Path(downloading.value.path()).read_bytes()

    def copied(self, language: str) -> str:
        """The call in a language, from the clipboard."""
        self.pick(language)
        self.page.get_by_role("button", name="Copy", exact=True).first.click()
        expect(self.at("said")).to_have_text("Copied.")
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def faults(self) -> list[str]:
        """What the accessibility check finds that is serious or worse."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{row['id']}: {row['help']}: {[node['target'] for node in row['nodes']][:3]}"
            for row in found
            if row["impact"] in GRAVE
        ]

    def draw(self, name: str) -> None:
        """Keep a picture of the page among what the tests leave behind."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        try:
            self.page.screenshot(path=SHOTS / f"{re.sub(r'[^a-z0-9-]+', '_', name)}.png")
        except Error as error:
            self.complaints.append(f"no screenshot: {error.message[:100]}")

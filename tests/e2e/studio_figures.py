"""How light and quick the studio is, measured in Chromium against a service of its own.

`.venv/bin/python -m tests.e2e.studio_figures [PICTURE]` prints the page's weight, the time until a
first-time visitor can do something, and how long the rectangle takes to follow a gravity, in a
picture of 12 megapixels unless another is given. It needs the shared stand-ins for the models.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.conftest import SHARED
from tests.e2e.server import Server, running
from tests.e2e.studio import PROGRAMS

ROUNDS = 5
STAND_INS = {
    "MODELS_YUNET_FILE": "face_detection_yunet_2026may.onnx",
    "MODELS_YOLOX_FILE": "standin_yolox_nano.onnx",
    "MODELS_U2NETP_FILE": "standin_u2netp.onnx",
}
SETTINGS = {
    "SERVER_PICTURE_BYTES": "20000000",
    "SERVER_BODY_BYTES": "24000000",
    **{name: str(SHARED / "models" / file) for name, file in STAND_INS.items()},
}
MEASURED = ("center", "entropy", "attention", "face", "person", "auto", "subject", "southeast")
BETWEEN = "west"
SWITCH = """
(name) => new Promise((resolve) => {
  const facts = document.getElementById("facts");
  const [begun, before] = [performance.now(), facts.textContent];
  new MutationObserver((_, observer) => {
    if (facts.textContent === before) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - begun));
  }).observe(facts, { childList: true });
  document.querySelector(`[name=gravity][value=${name}]`).click();
})
"""
"""The sentence below the picture is written together with the rectangle; then a frame is drawn."""


def drawn(folder: Path) -> Path:
    """A picture of 12 megapixels with detail everywhere."""
    small = Image.effect_noise((1000, 750), 110).convert("RGB").filter(ImageFilter.GaussianBlur(1))
    path = folder / "picture.jpg"
    small.resize((4000, 3000), Image.Resampling.BICUBIC).save(path, quality=85)
    return path


def first_interaction(browser: Browser, base: str) -> float:
    """Milliseconds from the request until the page reacts, in a browser that has never seen it."""
    page = browser.new_context().new_page()
    begun = time.perf_counter()
    page.goto(base, wait_until="commit")
    page.wait_for_selector("body[data-ready]", state="attached")
    taken = (time.perf_counter() - begun) * 1000
    page.context.close()
    return taken


def weight(browser: Browser, base: str) -> int:
    """Bytes of everything that the page loads, as they came over the wire."""
    page = browser.new_context().new_page()
    page.goto(base)
    page.wait_for_selector("body[data-ready]", state="attached")
    entries = "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
    total = page.evaluate(f"{entries}.reduce((sum, one) => sum + one.transferSize, 0)")
    page.context.close()
    return int(total)


def switches(page: Page) -> dict[str, list[float]]:
    """Milliseconds from choosing a gravity until its rectangle is drawn; none was asked before."""
    taken: dict[str, list[float]] = {name: [] for name in MEASURED}
    expect(page.locator("#result")).to_have_attribute("aria-busy", "false")
    page.evaluate(SWITCH, BETWEEN)
    for number in range(ROUNDS):
        page.fill("#margin", str(number + 1))  # another wish, so that no answer is remembered
        for name in (*MEASURED, BETWEEN):
            expect(page.locator("#result")).to_have_attribute("aria-busy", "false")
            milliseconds = page.evaluate(SWITCH, name)
            if name in taken:
                taken[name].append(milliseconds)
    return taken


def main() -> None:
    """Measure and print."""
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    arguments = [] if os.getuid() else ["--no-sandbox"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        picture = Path(sys.argv[1]) if sys.argv[1:] else drawn(Path(folder))
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        with running(Server(Path(folder) / "service", **SETTINGS)) as server:
            starts = [first_interaction(browser, server.base) for _ in range(ROUNDS)]
            page = browser.new_page(reduced_motion="reduce")
            page.goto(server.base)
            page.set_input_files("#file", picture)
            page.fill("#key", server.key("figures"))
            page.click("text=Use this key")
            page.click("text=More")
            taken = switches(page)
            told = {
                "page_bytes": weight(browser, server.base),
                "first_interaction_ms": [round(ms) for ms in starts],
                "switch_ms": {name: [round(ms) for ms in row] for name, row in taken.items()},
                "switch_median_ms": round(
                    statistics.median([ms for row in taken.values() for ms in row])
                ),
            }
            print(json.dumps(told, indent=1))
            browser.close()


if __name__ == "__main__":
    main()

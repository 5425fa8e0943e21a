"""The studio in a real browser: a picture in, a rectangle moved, a result out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import expect
from tests.e2e.server import COMMAND

from conftest import SHARED, decoded, encoded

pytest_plugins = ["tests.e2e.service_fixtures", "tests.e2e.studio"]

SETTINGS = {
    "SOURCES_ALLOW": "127.0.0.1/32",
    "MODELS_FIRST_USE_BYTES": "0",
    "MODELS_YUNET_FILE": str(SHARED / "models" / "face_detection_yunet_2026may.onnx"),
}
WIDTH, HEIGHT = 1200, 800
HAND_OVER = """
([kind, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "handed.jpg", { type: "image/jpeg" }));
  const options = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
  const event = kind === "paste" ? new ClipboardEvent(kind, options) : new DragEvent(kind, options);
  document.body.dispatchEvent(event);
}
"""
"""Dispatches a paste or a drop of a file, as browsers do."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Path:
    """A plain picture whose busy part is on its right; a ball is in the middle of that."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (226, 228, 232))
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    image.paste(noise, (900, 250))
    ImageDraw.Draw(image).ellipse((1000, 350, 1100, 450), fill=(196, 60, 40))
    path = tmp_path_factory.mktemp("scene") / "scene.jpg"
    path.write_bytes(encoded(image.filter(ImageFilter.GaussianBlur(1)), "JPEG", quality=92))
    return path


@pytest.fixture
def studio(opened, scene, key):
    """A studio with the picture on its desk and its first crop made."""
    studio = opened()
    studio.take(scene, key)
    return studio


def near(one, other, slack: float = 3) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(one, other, strict=True))


def test_a_first_time_visitor_has_a_crop_after_three_actions(opened, scene, key):
    studio = opened()
    studio.choose(scene)
    studio.enter_key(key)
    assert decoded(studio.download()).size == (HEIGHT, HEIGHT)


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_taken_that_is_pasted_or_dropped(opened, scene, key, kind):
    studio = opened()
    studio.page.evaluate(HAND_OVER, [kind, b64encode(scene.read_bytes()).decode()])
    studio.enter_key(key)
    studio.made()
    expect(studio.at("picture-name")).to_have_text("handed.jpg · 1200 × 800")


def test_a_picture_is_taken_by_its_link(opened, scene, key, client):
    bearer = {"authorization": f"Bearer {key}"}
    kept = client.post("/api/v1/uploads", files={"image": scene.read_bytes()}, headers=bearer)
    studio = opened()
    studio.at("link").fill(kept.json()["url"])
    studio.at("link").press("Enter")
    studio.enter_key(key)
    studio.made()
    expect(studio.at("picture-name")).to_contain_text("1200 × 800")
    expect(studio.at("snippet")).to_contain_text(f"url={kept.json()['url']}")


def test_a_format_that_browsers_do_not_show_is_shown_as_a_copy(opened, scene, key, tmp_path):
    path = tmp_path / "scan.tiff"
    path.write_bytes(encoded(Image.open(scene), "TIFF", compression="tiff_lzw"))
    studio = opened()
    studio.take(path, key)
    expect(studio.at("picture-name")).to_have_text("scan.tiff · 1200 × 800")
    assert decoded(studio.download()).format == "PNG"


def test_the_rectangle_follows_when_the_gravity_is_switched(studio):
    for word, x in (("Center", 200), ("Busiest", 400), ("West", 0), ("East", 400)):
        studio.pick(word)
        expect(studio.at("rect-x")).to_have_value(str(x))
        studio.made()
        assert near(studio.drawn(), (x, 0, HEIGHT, HEIGHT))
    expect(studio.at("facts")).to_contain_text("East keeps 800 × 800 pixels at 400, 0")


def test_every_gravity_of_the_service_can_be_chosen(studio, client):
    offered = {one.get_attribute("value") for one in studio.page.locator("[name=gravity]").all()}
    assert offered == {*client.get("/api/v1/about").json()["gravities"], "rect"}


def test_faces_that_were_seen_are_framed_and_told_of(opened, shared, key):
    studio = opened()
    studio.take(shared / "samples" / "ski_astronaut.png", key)
    studio.pick("4:5")
    studio.pick("Faces")
    expect(studio.at("facts")).to_contain_text("Face keeps 410 × 512 pixels")
    expect(studio.at("facts")).to_contain_text("Yunet looked for")
    expect(studio.at("seen").locator("text")).to_have_text("face")
    studio.page.get_by_label("Show what was seen").uncheck()
    expect(studio.at("seen").locator("text")).to_have_count(0)


def test_a_point_that_is_clicked_is_kept_in(studio):
    studio.pick("A point")
    box = studio.at("plate").bounding_box()
    studio.page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    expect(studio.at("rect-x")).to_have_value("400")
    expect(studio.at("seen").locator("circle")).to_have_count(1)
    expect(studio.at("snippet")).to_contain_text("focal_x=0.9")


def test_the_rectangle_is_dragged_and_the_result_is_what_it_holds(studio):
    studio.pick("West")
    expect(studio.at("rect-x")).to_have_value("0")
    before = studio.drawn()
    studio.drag((0.5, 0.5), (60, 0))
    assert studio.page.get_by_role("radio", name="By hand").is_checked()
    x, y, width, height = studio.rect()
    assert (x > before[0] + 40, y, width, height) == (True, 0, HEIGHT, HEIGHT)
    studio.made()
    expect(studio.at("snippet")).to_contain_text(f"rect={x},{y},{width},{height}")
    expect(studio.at("facts")).to_contain_text("Your rectangle keeps")
    assert decoded(studio.download()).size == (HEIGHT, HEIGHT)


def test_a_locked_aspect_holds_while_a_corner_is_dragged(studio):
    studio.pick("16:9")
    expect(studio.at("rect-height")).to_have_value("675")
    studio.drag((0.99, 0.99), (-150, -40))
    _, _, width, height = studio.rect()
    assert width < WIDTH - 100
    assert width / height == pytest.approx(16 / 9, rel=0.01)


def test_a_free_rectangle_is_resized_by_its_edge_and_stays_inside(studio):
    studio.pick("Free")
    expect(studio.at("rect-width")).to_have_value(str(WIDTH))
    studio.drag((0.995, 0.5), (-200, 0))
    narrowed = studio.rect()
    assert (narrowed[0], narrowed[1], narrowed[3]) == (0, 0, HEIGHT)
    assert narrowed[2] < WIDTH - 100
    studio.drag((0.5, 0.5), (900, 300))
    x, y, width, height = studio.rect()
    assert (x + width, y + height) == (WIDTH, HEIGHT)


def test_a_rectangle_is_drawn_beside_the_one_that_is_there(studio):
    studio.pick("Free")
    for side, value in (("width", 300), ("height", 200), ("x", 0), ("y", 0)):
        studio.at(f"rect-{side}").fill(str(value))
    studio.drag((1.5, 1.5), (200, 150))
    x, y, width, height = studio.rect()
    assert near((x, y), (450, 300), slack=12)
    assert width / height == pytest.approx(200 / 150, rel=0.05)


def test_numbers_that_are_typed_are_the_rectangle(studio):
    for side, value in (("width", 300), ("height", 200), ("x", 100), ("y", 50)):
        studio.at(f"rect-{side}").fill(str(value))
    assert near(studio.drawn(), (100, 50, 300, 200))
    studio.made()
    expect(studio.at("result-facts")).to_contain_text("300 × 200")
    assert decoded(studio.download()).size == (300, 200)


def test_format_quality_and_size_are_seen_in_the_result(studio):
    studio.at("format").select_option("webp")
    studio.at("quality").fill("30")
    studio.at("resize-width").fill("200")
    expect(studio.at("result-facts")).to_contain_text("200 × 200")
    studio.made()
    facts = studio.at("result-facts").inner_text()
    data = studio.download()
    assert ("webp" in facts, " ms" in facts) == (True, True)
    assert (decoded(data).format, decoded(data).size) == ("WEBP", (200, 200))


def test_a_call_that_was_copied_makes_the_same_picture(studio, key, scene):
    studio.pick("Busiest")
    expect(studio.at("rect-x")).to_have_value("400")
    studio.at("format").select_option("webp")
    studio.at("quality").fill("70")
    studio.made()
    check_calls(studio, scene.parent / "crop.webp", key)


def check_calls(studio, made: Path, key: str) -> None:
    """Run the call in every language that can be run here: what it makes is what is downloaded."""
    wanted = decoded(studio.download())
    for language in ("curl", "Python", "Python, HTTP", "dpf job"):
        run_call(language, studio.copied(language), made.parent, key)
        result = decoded(made.read_bytes())
        made.unlink()
        assert (result.format, result.tobytes()) == (wanted.format, wanted.tobytes()), language


def run_call(language: str, text: str, folder: Path, key: str) -> None:
    own = str(Path(COMMAND[0]).parent)
    path = os.pathsep.join([own, os.environ["PATH"]])
    environment = {**os.environ, "KEY": key, "PATH": path, "NO_PROXY": "127.0.0.1"}
    if language == "Python, HTTP":  # the same words; only the package's name is another
        text = text.replace("import requests", "import httpx2 as requests")
    script = (
        ["sh", "-euc", text] if language in ("curl", "dpf job") else [sys.executable, "-c", text]
    )
    subprocess.run(script, cwd=folder, env=environment, check=True, timeout=60, capture_output=True)


def test_the_bodies_for_other_contracts_say_what_those_can(studio):
    modelslab = studio.copied("ModelsLab")
    assert json.loads(modelslab.partition("\n\n")[2])["crop"] == "true"
    assert "/api/v3/base64_crop" in modelslab
    studio.pick("Crop.photo")
    expect(studio.at("snippet-note")).to_contain_text("no call for a plain crop")
    studio.page.get_by_role("tab", name="Cut-out").click()
    crop_photo = studio.copied("Crop.photo")
    assert json.loads(crop_photo.partition("\n\n")[2])["response_type"] == "stream"


def test_a_link_is_listed_with_its_time_and_ends_when_it_is_deleted(studio, client):
    studio.at("link-time").select_option("3600")
    studio.page.get_by_role("button", name="Get a link").click()
    row = studio.page.locator("#links-list li")
    expect(row).to_contain_text("left")
    assert row.locator(".left").inner_text().startswith(("59 minutes", "1 hour"))
    address = row.locator("a").get_attribute("href")
    assert decoded(client.get(address).content).size == (HEIGHT, HEIGHT)
    studio.page.reload()
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    assert client.get(address).status_code == 404


def test_the_working_copy_is_deleted_when_another_picture_is_taken(studio, scene, service):
    before = len(service.stored())
    studio.choose(scene)
    studio.made()
    studio.pick("North")
    studio.made()
    assert len(service.stored()) == before


def test_a_working_copy_that_is_gone_is_sent_again(opened, scene, key, client):
    studio = opened()
    with studio.page.expect_response("**/api/v1/uploads") as sending:
        studio.take(scene, key)
    bearer = {"authorization": f"Bearer {key}"}
    gone = client.delete(f"/api/v1/uploads/{sending.value.json()['id']}", headers=bearer)
    assert gone.status_code == 204
    studio.pick("West")
    expect(studio.at("rect-x")).to_have_value("0")
    studio.made()


def test_a_picture_is_looked_at_closely_tile_by_tile(studio):
    with studio.page.expect_response("**/iiif/3/**/default.jpg") as tile:
        studio.page.get_by_role("button", name="Look closely").click()
    assert tile.value.status == 200
    view = studio.page.get_by_role("dialog", name="In every detail")
    expect(view.locator(".kept")).to_be_visible()
    view.get_by_role("button", name="Larger").click()
    assert studio.faults() == []
    studio.page.keyboard.press("Escape")
    expect(view).to_be_hidden()


def test_a_subject_is_cut_out_compared_and_looked_at_closely(opened, key, tmp_path):
    image = Image.new("RGB", (600, 400), (236, 236, 240))
    ImageDraw.Draw(image).ellipse((200, 100, 400, 300), fill=(190, 30, 40))
    path = tmp_path / "ball.png"
    path.write_bytes(encoded(image.filter(ImageFilter.GaussianBlur(0.5))))
    studio = opened()
    studio.take(path, key)
    studio.page.get_by_role("tab", name="Cut-out").click()
    studio.at("model").select_option("classical")
    expect(studio.at("after")).to_have_js_property("naturalWidth", 600)
    studio.made()
    alpha = decoded(studio.download()).getchannel("A")
    assert (alpha.getpixel((5, 5)), alpha.getpixel((300, 200))) == (0, 255)
    studio.at("slider").fill("20")
    assert "20%" in studio.at("compare-plate").get_attribute("style")
    studio.page.get_by_label("Edge zoom").check()
    studio.at("loupe").press("ArrowRight")
    studio.pick("White")
    studio.made()
    assert decoded(studio.download()).convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    expect(studio.at("snippet")).to_contain_text("/api/v1/cutout")
    check_calls(studio, tmp_path / "cutout.png", key)

"""The studio for everybody: without a key, with bad files, by keyboard, on a phone, in the dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.e2e.server import Server, running

from conftest import decoded, encoded, gradient

pytest_plugins = ["tests.e2e.service_fixtures", "tests.e2e.studio"]

SETTINGS = {"SERVER_PICTURE_BYTES": "200000", "MODELS_FIRST_USE_BYTES": "0"}
WRONG = "cw_AAAAAAAAAAAA_" + "A" * 43
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def photo_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    path.write_bytes(encoded(gradient(600, 400), "JPEG", quality=60))
    return path


def overflow(studio) -> int:
    """By how many pixels the page is wider than its window."""
    return studio.page.evaluate(
        "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    )


def test_a_file_that_is_no_picture_is_refused_in_a_sentence_and_the_next_one_works(
    opened, photo_file, key, tmp_path
):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"<html>no picture</html>" * 10)
    studio = opened()
    studio.choose(bad)
    studio.enter_key(key)
    expect(studio.at("alert")).to_contain_text("This is a markup file. Choose a picture in")
    studio.choose(photo_file)
    studio.made()
    expect(studio.at("alert")).to_be_hidden()


def test_a_picture_that_is_cut_short_is_refused_in_a_sentence(opened, photo_file, key, tmp_path):
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(photo_file.read_bytes()[:9000])
    studio = opened()
    studio.choose(torn)
    studio.enter_key(key)
    expect(studio.at("alert")).to_contain_text("damaged or incomplete")
    expect(studio.at("alert")).to_contain_text("Save it once more")


def test_a_file_that_is_too_large_is_told_so_before_it_is_sent(opened, tmp_path):
    large = tmp_path / "large.png"
    large.write_bytes(encoded(Image.effect_noise((600, 400), 90)))
    studio = opened()
    studio.choose(large)
    expect(studio.at("alert")).to_contain_text("large.png has")
    expect(studio.at("alert")).to_contain_text("up to 200 kB. Choose a smaller one.")
    expect(studio.at("intake")).to_be_visible()


def test_a_link_to_an_inner_address_is_refused_in_a_sentence(opened, key):
    studio = opened()
    studio.at("link").fill("http://127.0.0.1:9/inner.png")
    studio.at("link").press("Enter")
    studio.enter_key(key)
    expect(studio.at("alert")).to_contain_text("lead to a public address")


def test_a_service_that_does_not_answer_is_told_of_and_can_be_asked_again(opened, photo_file, key):
    studio = opened()
    studio.take(photo_file, key)
    studio.page.context.set_offline(True)
    studio.pick("West")
    expect(studio.at("alert")).to_contain_text("The service does not answer.")
    studio.page.context.set_offline(False)
    studio.page.get_by_role("button", name="Try again").click()
    expect(studio.at("rect-x")).to_have_value("0")
    expect(studio.at("alert")).to_be_hidden()


def test_who_has_no_key_is_asked_for_it_again_and_keeps_it_for_the_session(opened, photo_file, key):
    studio = opened()
    studio.choose(photo_file)
    studio.page.get_by_role("button", name="Not now").click()
    expect(studio.at("result-facts")).to_have_text("Enter your key to see the result.")
    studio.page.get_by_role("button", name="Enter key").click()
    studio.enter_key(WRONG)
    expect(studio.at("key-error")).to_contain_text("Invalid API key. Check the key")
    studio.enter_key(key)
    studio.made()
    studio.page.reload()
    studio.choose(photo_file)
    studio.made()
    assert studio.page.evaluate("localStorage.length") == 0


def test_no_key_is_asked_for_where_none_is_needed(opened, photo_file, tmp_path):
    with running(Server(tmp_path, KEYS_REQUIRED="false", MODELS_FIRST_USE_BYTES="0")) as free:
        studio = opened(at=free)
        studio.choose(photo_file)
        assert decoded(studio.download()).size == (400, 400)
        expect(studio.at("key-open")).to_be_hidden()
        expect(studio.at("snippet")).not_to_contain_text("KEY")


def test_everything_works_by_keyboard_alone(opened, photo_file, key):
    studio = opened()
    press = studio.page.keyboard.press
    studio.at("file").focus()
    with studio.page.expect_file_chooser() as choosing:
        press("Space")
    choosing.value.set_files(photo_file)
    expect(studio.page.get_by_label("Key", exact=True)).to_be_focused()
    studio.page.keyboard.type(key)
    press("Enter")
    studio.made()
    tab_to(studio, "selection")
    press("ArrowLeft")
    expect(studio.page.get_by_role("radio", name="By hand")).to_be_checked()
    x, y, width, height = studio.rect()
    press("Alt+ArrowLeft")
    assert studio.rect() == (x - 1, y, width, height)
    press("Shift+ArrowLeft")
    assert studio.rect() == (x - 1, y, width - 6, height - 6)
    studio.made()
    tab_to(studio, "tab-crop")
    press("ArrowRight")
    expect(studio.at("tab-cutout")).to_be_focused()
    press("ArrowLeft")
    tab_to(studio, "download")
    with studio.page.expect_download() as downloading:
        press("Enter")
    assert decoded(Path(downloading.value.path()).read_bytes()).size == (width - 6, height - 6)


def tab_to(studio, name: str) -> None:
    """Press Tab until an element has the focus, and see that it shows."""
    for _ in range(60):
        studio.page.keyboard.press("Tab")
        if studio.page.evaluate("document.activeElement.id") == name:
            break
    expect(studio.at(name)).to_be_focused()
    assert studio.at(name).evaluate("element => getComputedStyle(element).outlineStyle") == "solid"


def test_the_page_fits_a_phone_and_the_rectangle_follows_a_finger(opened, photo_file, key):
    studio = opened(**PHONE, has_touch=True, is_mobile=True)
    assert overflow(studio) == 0
    studio.take(photo_file, key)
    assert overflow(studio) == 0
    studio.pick("West")
    expect(studio.at("rect-x")).to_have_value("0")
    swipe(studio, by=60)
    assert studio.rect()[0] > 40
    studio.made()
    studio.page.get_by_role("button", name="Get a link").click()
    expect(studio.page.locator("#links-list li")).to_have_count(1)
    assert overflow(studio) == 0


def swipe(studio, by: float) -> None:
    """Drag the middle of the rectangle with a finger."""
    studio.at("selection").scroll_into_view_if_needed()
    box = studio.at("selection").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = studio.page.context.new_cdp_session(studio.page)
    for kind, at in (("touchStart", x), ("touchMove", x + by / 2), ("touchMove", x + by)):
        points = [{"x": at, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(("scheme", "size"), [("light", {}), ("dark", PHONE)])
def test_no_serious_barrier_is_found_anywhere(opened, photo_file, key, scheme, size):
    studio = opened(color_scheme=scheme, **size)
    red = int(
        studio.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    )
    assert (red < 64) == (scheme == "dark")
    faults = {"empty": studio.faults()}
    studio.choose(photo_file)
    expect(studio.page.get_by_role("dialog")).to_be_visible()
    faults["dialog"] = studio.faults()
    studio.enter_key(key)
    studio.made()
    studio.page.get_by_text("More", exact=True).click()
    studio.page.get_by_role("button", name="Get a link").click()
    expect(studio.page.locator("#links-list li")).to_have_count(1)
    faults["crop"] = studio.faults()
    studio.page.get_by_role("tab", name="Cut-out").click()
    faults["cut-out"] = studio.faults()
    assert faults == {"empty": [], "dialog": [], "crop": [], "cut-out": []}

"""IIIF Image API 3.0 <-> our words, clause by clause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cropwright.core.command import Facts
from cropwright.core.geometry import Rect, Size, whole
from cropwright.doors.iiif import wire
from cropwright.doors.iiif.wire import Asked, Bounds, View
from cropwright.errors import InvalidValueError, UploadNotFoundError

FACTS = Facts(600, 400, "jpeg", False, 1)
BOUNDS = Bounds(area=1_000_000, edge=5_000)


def view(
    region: str = "full",
    size: str = "max",
    rotation: str = "0",
    quality: str = "default",
    format_name: str = "jpg",
) -> View:
    return View(region, size, rotation, quality, format_name)


def edit(asked: View, bounds: Bounds = BOUNDS):
    return wire.edit_of(asked, FACTS, "center", bounds)


def shown(region: str, size: str, bounds: Bounds = BOUNDS) -> tuple[int, int]:
    """The size that a request is answered in."""
    made = edit(view(region, size), bounds)
    extent = made.rect.size if made.rect else FACTS.size
    if made.aspect:
        extent = Size(400, 400)
    result = made.resize.result(extent) if made.resize else extent
    return result.width, result.height


@pytest.mark.parametrize(
    ("raw", "asked"),
    [
        (b"abc", Asked("abc")),
        (b"abc/info.json", Asked("abc", info=True)),
        (b"a%2Fb%20c.jpg/info.json", Asked("a/b c.jpg", info=True)),
        (b"ark:%2F12025%2F654xz321", Asked("ark:/12025/654xz321")),
        (b"a/full/max/0/default.jpg", Asked("a", view())),
        (b"a/pct%3A1,2,3,4/%5E!5,6/!90/gray.png", Asked("a", view("pct:1,2,3,4", "^!5,6", "!90", "gray", "png"))),
        (b"a/full/max/0/jpg", Asked("a", view(quality="", format_name="jpg"))),
        (b"%C3%A9%2525", Asked("é%25")),
    ],
)  # fmt: skip
def test_a_path_says_what_is_asked_for(raw, asked):
    assert wire.parse_path(raw) == asked


@pytest.mark.parametrize(
    "raw",
    [b"", b"/", b"/info.json", b"a/", b"a/b", b"a/b/info.json", b"a/info.xml", b"%ff", b"a" * 1001,
     b"a/b/full/max/0/default.jpg", b"a/full/max/0", b"a/full/max/0/default.jpg/"],
)  # fmt: skip
def test_a_path_of_another_form_leads_nowhere(raw):
    with pytest.raises(UploadNotFoundError):
        wire.parse_path(raw)


@given(st.text(min_size=1, max_size=100).filter(lambda text: text.isprintable()))
def test_an_identifier_comes_back_as_it_was_from_its_base_uri(identifier):
    uri = wire.base_uri("http://x/iiif/3", identifier)
    assert wire.parse_path(uri.removeprefix("http://x/iiif/3/").encode()) == Asked(identifier)


@pytest.mark.parametrize(
    ("region", "rect"),
    [
        ("full", None),
        ("0,0,600,400", None),
        ("10,20,30,40", Rect(10, 20, 30, 40)),
        ("590,390,30,40", Rect(590, 390, 10, 10)),
        ("0,0,9999999,1", Rect(0, 0, 600, 1)),
        ("pct:10,25,50,50", Rect(60, 100, 300, 200)),
        ("pct:0.5,.5,0.001,200", Rect(3, 2, 1, 398)),
        ("pct:0,0,100,100", None),
        ("pct:99.99,0,50,50", Rect(599, 0, 1, 200)),
    ],
)
def test_a_region_is_pixels_of_the_upright_picture_cut_at_its_edges(region, rect):
    made = edit(view(region))
    assert (made.rect, made.aspect, made.resize) == (rect, None, None)


def test_a_square_is_placed_by_the_gravity_of_the_settings():
    made = wire.edit_of(view("square"), FACTS, "attention", BOUNDS)
    assert (made.rect, made.gravity, made.aspect) == (None, "attention", 1)


@pytest.mark.parametrize(
    "region",
    ["", "Full", "600,0,1,1", "0,400,1,1", "1,1,0,5", "1,1,5,0", "-1,0,5,5", "1,1,1", "1,1,1,1,1",
     "1.5,0,5,5", "pct:100,0,1,1", "pct:0,0,0,5", "pct:-1,0,5,5", "pct:1e1,0,5,5", "pct:0,0,5",
     "1" * 13 + ",0,1,1", "٣,0,5,5", " 0,0,5,5"],
)  # fmt: skip
def test_a_region_outside_or_without_area_or_of_another_form_is_refused(region):
    with pytest.raises(InvalidValueError, match="region is"):
        edit(view(region))


@pytest.mark.parametrize(
    ("region", "size", "result"),
    [
        ("full", "max", (600, 400)),
        ("full", "300,", (300, 200)),
        ("full", ",100", (150, 100)),
        ("full", "pct:50", (300, 200)),
        ("full", "pct:33.3", (200, 133)),
        ("full", "100,300", (100, 300)),
        ("full", "!300,300", (300, 200)),
        ("full", "!5000,100", (150, 100)),
        ("full", "^1200,", (1200, 800)),
        ("full", "^,800", (1200, 800)),
        ("full", "^pct:150", (900, 600)),
        ("full", "^700,100", (700, 100)),
        ("full", "^!900,900", (900, 600)),
        ("full", "^max", (600, 400)),
        ("0,0,60,40", "^max", (600, 400)),
        ("0,0,60,40", "max", (60, 40)),
        ("square", "200,", (200, 200)),
    ],
)
def test_a_size_is_that_of_the_scaled_region(region, size, result):
    assert shown(region, size) == result


@pytest.mark.parametrize(
    "size",
    ["", "full", "601,", ",401", "601,1", "1,401", "pct:101", "!601,401", "0,", ",0", "0,0", "pct:0",
     "^0,", "pct:0.01", ",", "^", "^,", "!5,", "!,5", "5", "-5,", "5.5,", "pct:", "^^5,", "max,",
     "^2000,2000", "^6000,1", "^pct:1000", "^" + "9" * 10 + ",", "pct:" + "9" * 13, "^5,5 "],
)  # fmt: skip
def test_a_size_too_large_or_too_small_or_of_another_form_is_refused(size):
    with pytest.raises(InvalidValueError, match="size is"):
        edit(view(size=size))


def test_the_largest_size_keeps_within_the_area_that_is_stated():
    small = Bounds(area=60_000, edge=5_000)
    assert shown("full", "max", small) == (300, 200)
    assert shown("full", "^max", small) == (300, 200)
    assert shown("0,0,60,40", "^max", small) == (300, 200)
    assert wire.info("u", FACTS, small)["maxArea"] == 60_000


@pytest.mark.parametrize(
    ("rotation", "mirror", "degrees"),
    [("0", False, 0), ("90", False, 90), ("!0", True, 0), ("!22.5", True, 22.5), ("360", False, 360), ("007.50", False, 7.5)],
)  # fmt: skip
def test_a_rotation_is_degrees_clockwise_after_mirroring(rotation, mirror, degrees):
    turn = edit(view(rotation=rotation)).turn
    assert (turn.mirror, turn.degrees) == (mirror, degrees)


@pytest.mark.parametrize("rotation", ["", "!", "361", "360.1", "-1", "1e2", "nan", "9" * 13, "0.1234567890123", "90!"])  # fmt: skip
def test_a_rotation_out_of_range_or_of_another_form_is_refused(rotation):
    with pytest.raises(InvalidValueError, match="rotation is"):
        edit(view(rotation=rotation))


@pytest.mark.parametrize(("quality", "tone"), [("default", "colour"), ("color", "colour"), ("gray", "grey"), ("bitonal", "bitonal")])  # fmt: skip
def test_each_quality_is_a_tone(quality, tone):
    assert edit(view(quality=quality)).tone == tone


@pytest.mark.parametrize(("word", "name"), [("jpg", "jpeg"), ("tif", "tiff"), ("avif", "avif")])
def test_each_format_is_one_of_ours(word, name):
    assert edit(view(format_name=word)).output.format == name


@pytest.mark.parametrize("asked", [view(quality="grey"), view(quality=""), view(format_name="jp2"), view(format_name="jpeg"), view(format_name="")])  # fmt: skip
def test_a_quality_or_format_that_we_have_not_is_refused(asked):
    with pytest.raises(InvalidValueError):
        edit(asked)


@pytest.mark.parametrize(
    ("asked", "rect", "path"),
    [
        (view(), whole(FACTS.size), "full/max/0/default.jpg"),
        (view("square", "200,", quality="color"), Rect(100, 0, 400, 400), "100,0,400,400/200,200/0/default.jpg"),
        (view("pct:0,0,100,100", "pct:50", "!090.50", "gray", "png"), whole(FACTS.size), "full/300,200/!90.5/gray.png"),
        (view("0,0,60,40", "^max"), Rect(0, 0, 60, 40), "0,0,60,40/^max/0/default.jpg"),
        (view("0,0,60,40", "^120,"), Rect(0, 0, 60, 40), "0,0,60,40/^120,80/0/default.jpg"),
        (view("0,0,60,40", "60,40"), Rect(0, 0, 60, 40), "0,0,60,40/max/0/default.jpg"),
    ],
)  # fmt: skip
def test_every_request_has_a_canonical_form(asked, rect, path):
    assert wire.canonical(asked, rect, FACTS, BOUNDS) == path


def test_the_canonical_form_asks_for_the_same():
    asked = view("pct:10,10,50,50", "!100,100", "!12.50", "color", "webp")
    path = wire.canonical(asked, edit(asked).rect, FACTS, BOUNDS)
    again = wire.parse_path(f"x/{path}".encode()).view
    assert edit(again) == edit(asked)
    assert wire.canonical(again, edit(again).rect, FACTS, BOUNDS) == path


def test_the_information_is_that_of_level_2_and_what_is_beyond():
    told = wire.info("http://x/iiif/3/a", Facts(3000, 1100, "jpeg", False, 1), Bounds(10**7, 5000))
    assert (told["id"], told["type"], told["profile"]) == (
        "http://x/iiif/3/a",
        "ImageService3",
        "level2",
    )
    assert next(iter(told)) == "@context"
    assert (told["width"], told["height"], told["maxArea"]) == (3000, 1100, 3_300_000)
    assert told["tiles"] == [{"width": 512, "scaleFactors": [1, 2, 4, 8]}]
    assert told["sizes"][0] == {"width": 375, "height": 138}
    assert told["sizes"][-1] == {"width": 3000, "height": 1100}
    assert told["extraFormats"] == ["webp", "gif", "tif", "avif"]
    assert told["extraQualities"] == ["color", "gray", "bitonal"]


def test_no_size_is_offered_that_would_be_refused():
    bounds = Bounds(100_000, 5_000)
    told = wire.info("u", FACTS, bounds)
    assert told["sizes"] == [{"width": 300, "height": 200}]
    assert all(shown("full", f"{s['width']},{s['height']}", bounds) for s in told["sizes"])


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/ld+json"),
        ("*/*", "application/ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/ld+json;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, */*", "application/ld+json"),
        ("text/html", "application/ld+json"),
        ("application/json;q=x", "application/json"),
    ],
)
def test_the_information_s_type_is_what_is_liked_best(accept, kind):
    assert wire.info_type(accept).partition(";")[0] == kind


WORD = st.text(alphabet="0123456789.,!^pct:maxfulsqre-é ", max_size=20)


@given(region=WORD, size=WORD, rotation=WORD)
def test_any_words_are_an_edit_within_bounds_or_refused(region, size, rotation):
    try:
        made = edit(view(region, size, rotation))
    except InvalidValueError:
        return
    if made.rect:
        made.rect.check_inside(FACTS.size)
    if made.resize:
        assert made.resize.width * made.resize.height <= BOUNDS.area

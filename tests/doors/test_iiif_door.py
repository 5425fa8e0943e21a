"""The IIIF door, asked as viewers ask: pictures, information, caching, refusals."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from io import BytesIO

import httpx2
import pytest
from PIL import Image

from conftest import decoded, encoded, gradient
from cropwright.app import application
from cropwright.core.media import media_of
from cropwright.errors import SourceUnreadableError
from cropwright.service.gallery import Gallery
from cropwright.service.pyramids import Label, Pyramids
from cropwright.service.settings import IiifSettings, ServerSettings, SquareSettings
from inside import BreakableStore

pytest_plugins = ["inside_fixtures"]

CONTEXT = "http://iiif.io/api/image/3/context.json"
PICTURE = encoded(gradient(120, 80))
GONE = "there is no such picture, or not any more\n"


def kept(inside, data: bytes = PICTURE, kind: str = "png", seconds: int = 3600) -> str:
    """The token of an upload."""
    return inside.parts.host.keep(data, media_of(kind), key_id=None, seconds=seconds).draft.token


def get(inside, path: str, method: str = "GET", **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return inside.client.request(method, f"/iiif/3/{path}", headers=named)


@pytest.fixture(scope="module")
def token(shared_inside) -> str:
    """An upload of 120 x 80 pixels."""
    return kept(shared_inside, seconds=0)


@pytest.fixture
def ask(shared_inside, token):
    """Asks something of that upload."""
    return lambda path, *rest, **headers: get(shared_inside, f"{token}/{path}", *rest, **headers)


@pytest.fixture
def folder(tmp_path):
    """A folder for the operator's pictures."""
    made = tmp_path / "pictures"
    made.mkdir()
    return made


@pytest.fixture
def gallery(inside, folder, tmp_path):
    """The same service with that folder, where more than 5,000 pixels are a large picture."""
    parts = inside.parts
    settings = IiifSettings(pictures=str(folder), pyramid_pixels=5_000)
    made = Gallery(settings, parts.host, parts.renderer, Pyramids(tmp_path / "pyramids", 2**30))
    with inside.changed(gallery=made) as changed:
        yield changed


@pytest.mark.parametrize(
    ("path", "kind", "format_name", "size"),
    [
        ("full/max/0/default.jpg", "image/jpeg", "JPEG", (120, 80)),
        ("10,20,30,40/max/0/default.png", "image/png", "PNG", (30, 40)),
        ("square/max/0/color.webp", "image/webp", "WEBP", (80, 80)),
        ("full/60,/90/default.gif", "image/gif", "GIF", (40, 60)),
        ("full/^240,/!180/default.tif", "image/tiff", "TIFF", (240, 160)),
        ("full/max/0/gray.avif", "image/avif", "AVIF", (120, 80)),
    ],
)
def test_a_picture_comes_in_the_size_and_format_asked_for(ask, path, kind, format_name, size):
    answer = ask(path)
    made = decoded(answer.content)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert (made.format, made.size) == (format_name, size)


def test_a_region_has_the_picture_s_own_pixels(ask):
    made = decoded(ask("10,20,30,40/max/0/default.png").content)
    assert made.tobytes() == gradient(120, 80).crop((10, 20, 40, 60)).tobytes()


def test_a_mirrored_and_turned_picture_has_the_same_pixels_elsewhere(ask):
    made = decoded(ask("full/max/!90/default.png").content)
    flipped = gradient(120, 80).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert made.tobytes() == flipped.transpose(Image.Transpose.ROTATE_270).tobytes()


def test_what_is_no_quarter_turn_has_clear_corners_or_white_ones(ask):
    made = decoded(ask("full/max/45/default.png").content)
    assert (made.mode, made.getpixel((0, 0))[3]) == ("RGBA", 0)
    assert decoded(ask("full/max/45/default.jpg").content).getpixel((1, 1)) == (255, 255, 255)


def test_a_bitonal_picture_is_black_and_white(ask):
    made = decoded(ask("full/max/0/bitonal.png").content)
    assert {value for _, value in made.getcolors()} == {0, 255}


def test_the_information_is_json_ld_unless_json_is_asked_for(ask, token):
    answer = ask("info.json", accept="application/ld+json")
    told = answer.json()
    assert answer.headers["content-type"] == f'application/ld+json;profile="{CONTEXT}"'
    assert (told["id"], told["width"], told["height"]) == (
        f"http://pictures.test/iiif/3/{token}",
        120,
        80,
    )
    plain = ask("info.json", accept="application/json")
    assert (plain.headers["content-type"], plain.json()) == ("application/json", told)
    assert "accept" in plain.headers["vary"].lower()


def test_the_base_uri_leads_to_the_information(shared_inside, token):
    answer = get(shared_inside, token)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://pictures.test/iiif/3/{token}/info.json"


def test_links_name_the_canonical_address_and_the_level(ask, token):
    link = ask("square/pct:50/0/color.jpg").headers["link"]
    canonical = f"http://pictures.test/iiif/3/{token}/20,0,80,80/40,40/0/default.jpg"
    assert link == (
        f'<{canonical}>;rel="canonical", <http://iiif.io/api/image/3/level2.json>;rel="profile"'
    )
    assert decoded(ask("20,0,80,80/40,40/0/default.jpg").content).size == (40, 40)


def test_addresses_begin_with_the_public_url(shared_inside, token):
    server = ServerSettings(public_url="https://pictures.example/")
    with shared_inside.changed(server=server) as changed:
        told = get(changed, f"{token}/info.json").json()
    assert told["id"] == f"https://pictures.example/iiif/3/{token}"


@pytest.mark.parametrize("path", ["info.json", "full/max/0/default.jpg", "full/max/0/nothing.jpg", "nothing"])  # fmt: skip
def test_pages_of_others_may_read_every_answer(ask, path):
    for headers in ({}, {"origin": "https://viewer.example"}):
        answer = ask(path, **headers)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["info.json", "full/50,/0/default.jpg"])
def test_head_answers_the_same_headers_and_no_body(ask, path):
    whole, head = ask(path), ask(path, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    whole.headers.pop("x-request-id")
    head.headers.pop("x-request-id")
    assert head.headers == whole.headers


@pytest.mark.parametrize("path", ["info.json", "full/50,/0/default.jpg"])
def test_what_a_cache_has_is_not_sent_again(ask, path):
    etag = ask(path).headers["etag"]
    for known in (etag, f'"x", W/{etag}', "*"):
        answer = ask(path, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert ask(path, if_none_match='"x"').status_code == 200


def test_what_is_asked_wrongly_is_refused_whatever_a_cache_has(ask):
    assert ask("full/9999,/0/default.jpg", if_none_match="*").status_code == 400


def test_caches_keep_an_answer_no_longer_than_the_upload_lives(inside, clock):
    token = kept(inside, seconds=100)
    assert get(inside, f"{token}/info.json").headers["cache-control"] == "public, max-age=100"
    clock.wait(90)
    answer = get(inside, f"{token}/full/max/0/default.jpg")
    assert answer.headers["cache-control"] == "public, max-age=10"
    etag = answer.headers["etag"]
    clock.wait(10)
    answer = get(inside, f"{token}/full/max/0/default.jpg", if_none_match=etag)
    assert (answer.status_code, answer.text) == (404, GONE)


@pytest.mark.parametrize(
    "path",
    ["0,0,0,5/max/0/default.jpg", "full/pct:99999999999999/0/default.jpg", "full/0,/0/default.jpg",
     "full/max/400/default.jpg", "full/max/0/nothing.jpg", "full/max/0/default.pdf",
     "full/^5000,5000/0/default.jpg", "full/max/0/default"],
)  # fmt: skip
def test_a_request_that_cannot_be_followed_is_refused_with_a_reason(ask, path):
    answer = ask(path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        400,
        "text/plain; charset=utf-8",
    )
    assert "expected" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["", "x", "x" * 32, "%2e%2e%2fcatalog.db", "%00", "a/b/c", "%ff/info.json"])  # fmt: skip
def test_what_is_not_there_is_not_found(shared_inside, path):
    answer = get(shared_inside, path)
    assert (answer.status_code, answer.text) == (404, GONE)


def test_an_upload_that_is_no_picture_is_not_shown(shared_inside):
    answer = get(shared_inside, f"{kept(shared_inside, b'RIFF', 'wav')}/info.json")
    assert (answer.status_code, answer.text[:26]) == (404, "this is a wav file; suppor")


def test_a_damaged_picture_is_not_shown(shared_inside):
    answer = get(shared_inside, f"{kept(shared_inside, PICTURE[:60])}/full/max/0/default.jpg")
    assert (answer.status_code, answer.text) == (404, "the png file is damaged or incomplete\n")


def test_a_deleted_upload_is_gone_at_once_and_its_tiles_too(gallery):
    token = kept(gallery)
    assert get(gallery, f"{token}/0,0,50,50/max/0/default.jpg").status_code == 200
    pyramids = gallery.parts.gallery.pyramids
    assert pyramids.owners() == {token}
    host = replace(gallery.parts.host, erased=pyramids.forget)
    host.delete(host.find(token))
    assert get(gallery, f"{token}/0,0,50,50/max/0/default.jpg").status_code == 404
    assert pyramids.owners() == set()


def test_a_storage_that_is_away_is_told_apart_from_a_picture_that_is_not_there(inside):
    token = kept(inside)
    store: BreakableStore = inside.store
    store.refuses.add("get")
    answer = get(inside, f"{token}/full/max/0/default.jpg")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    store.refuses.clear()
    assert get(inside, f"{token}/full/max/0/default.jpg").status_code == 200


def test_pictures_of_the_folder_are_named_by_their_path(gallery, folder):
    (folder / "maps").mkdir()
    (folder / "maps" / "world 1.png").write_bytes(PICTURE)
    told = get(gallery, "maps%2Fworld%201.png/info.json").json()
    assert told["id"] == "http://pictures.test/iiif/3/maps%2Fworld%201.png"
    assert get(gallery, "maps/world%201.png/info.json").status_code == 404


def test_nothing_outside_the_folder_is_shown(gallery, folder, tmp_path):
    (tmp_path / "secret.png").write_bytes(PICTURE)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "up").symlink_to(tmp_path)
    (folder / "circle").symlink_to("circle")
    (folder / ".hidden.png").write_bytes(PICTURE)
    wrong = ["link.png", "up%2Fsecret.png", "..%2Fsecret.png", "%2E%2E%2Fsecret.png", "circle",
             ".hidden.png", "up", ".", "%2Fetc%2Fpasswd", "a%00b", "x" * 300,
             str(tmp_path / "secret.png").replace("/", "%2F")]  # fmt: skip
    for identifier in wrong:
        assert get(gallery, f"{identifier}/info.json").status_code == 404, identifier


def test_a_picture_that_goes_while_it_is_looked_at_is_not_found(gallery, folder):
    (folder / "a.png").write_bytes(PICTURE)
    original = gallery.parts.gallery.find("a.png")
    (folder / "a.png").unlink()
    with pytest.raises(SourceUnreadableError):
        gallery.parts.gallery.prepare(original)


def test_a_link_within_the_folder_is_followed(gallery, folder):
    (folder / "a.png").write_bytes(PICTURE)
    (folder / "b.png").symlink_to("a.png")
    assert get(gallery, "b.png/full/max/0/default.jpg").status_code == 200


def test_a_large_picture_is_shown_from_its_tiles_upright_and_in_all_sizes(gallery, folder):
    ramp = Image.linear_gradient("L").resize((200, 300))
    tall = Image.merge("RGB", (ramp, ramp.rotate(180), Image.new("L", ramp.size, 99)))
    exif = tall.getexif()
    exif[0x0112] = 6  # lies on its side: upright it is 300 x 200
    (folder / "a.jpg").write_bytes(encoded(tall, "JPEG", quality=98, exif=exif))
    told = get(gallery, "a.jpg/info.json").json()
    assert (told["width"], told["height"]) == (300, 200)
    upright = tall.transpose(Image.Transpose.ROTATE_270)
    made = decoded(get(gallery, "a.jpg/30,20,100,50/max/0/default.png").content)
    assert difference(made, upright.crop((30, 20, 130, 70))) < 2
    small = decoded(get(gallery, "a.jpg/full/75,50/0/default.png").content)
    assert difference(small, upright.resize((75, 50))) < 3
    assert len(gallery.parts.gallery.pyramids.owners()) == 1


def difference(one: Image.Image, other: Image.Image) -> float:
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    gaps = [abs(a - b) for a, b in pairs]
    return sum(gaps) / len(gaps)


def test_a_large_picture_keeps_its_transparency(gallery, folder):
    (folder / "a.png").write_bytes(encoded(gradient(200, 150, "RGBA")))
    made = decoded(get(gallery, "a.png/50,20,60,70/max/0/default.png").content)
    assert made.tobytes() == gradient(200, 150, "RGBA").crop((50, 20, 110, 90)).tobytes()


def test_a_picture_that_changes_is_another_one(gallery, folder):
    path = folder / "a.png"
    path.write_bytes(encoded(Image.new("RGB", (100, 100), "red")))
    first = get(gallery, "a.png/full/10,/0/default.png")
    path.write_bytes(encoded(Image.new("RGB", (110, 100), "blue")))
    second = get(gallery, "a.png/full/10,/0/default.png", if_none_match=first.headers["etag"])
    assert second.status_code == 200
    assert decoded(second.content).convert("RGB").getpixel((5, 5))[2] > 200
    pyramids = gallery.parts.gallery.pyramids
    assert len(list(pyramids.folder.glob("*.tif"))) == 1


def test_pictures_of_the_folder_may_be_larger_than_uploads_up_to_a_limit_of_their_own(
    gallery, folder
):
    parts = gallery.parts
    settings = IiifSettings(pictures=str(folder), picture_pixels=10_000, picture_bytes=100_000)
    made = Gallery(settings, parts.host, parts.renderer, parts.gallery.pyramids)
    (folder / "a.png").write_bytes(encoded(gradient(101, 100)))
    (folder / "b.png").write_bytes(bytes(100_001))
    with gallery.changed(gallery=made) as changed:
        answers = [get(changed, f"{name}.png/info.json") for name in "ab"]
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (404, "picture size is 10100 pixels, the limit is 10000 pixels\n"),
        (404, "file size is 100001 bytes, the limit is 100000 bytes\n"),
    ]


def test_a_square_lies_where_the_settings_say(gallery, folder):
    (folder / "a.png").write_bytes(encoded(gradient(120, 80)))
    for gravity, x in (("west", 0), ("east", 40)):
        with gallery.changed(square=SquareSettings(gravity=gravity)) as changed:
            link = get(changed, "a.png/square/max/0/default.jpg").headers["link"]
        assert f"/{x},0,80,80/max/" in link


def test_a_square_of_a_large_picture_is_found_by_looking(gallery, folder):
    plain = Image.new("RGB", (300, 100), "white")
    plain.paste(gradient(60, 60), (220, 20))
    buffer = BytesIO()
    plain.save(buffer, "PNG")
    (folder / "a.png").write_bytes(buffer.getvalue())
    for gravity in ("entropy", "attention"):
        with gallery.changed(square=SquareSettings(gravity=gravity)) as changed:
            link = get(changed, "a.png/square/max/0/default.jpg").headers["link"]
        left = int(link.partition("a.png/")[2].partition(",")[0])
        assert 180 <= left <= 200, gravity


class CrashingStore(BreakableStore):
    """A store with a bug."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        raise RuntimeError("bug at /srv/secret")


def test_a_crash_says_nothing_and_is_logged(inside, tmp_path, caplog):
    token, parts = kept(inside), inside.parts
    host = replace(parts.host, store=CrashingStore())
    made = Gallery(IiifSettings(), host, parts.renderer, Pyramids(tmp_path / "p", 2**30))
    with inside.changed(gallery=made) as changed:
        answer = get(changed, f"{token}/info.json", origin="https://viewer.example")
    assert (answer.status_code, answer.text) == (500, "something went wrong here\n")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "bug at /srv/secret" in caplog.text


class CountingPyramids(Pyramids):
    """Pyramids that count how often one was begun."""

    def building(self, label):
        BEGUN.append(label)
        return super().building(label)


BEGUN: list[Label] = []


def test_a_crowd_that_asks_at_once_is_served_whole_and_one_pyramid_is_built(
    inside, folder, tmp_path
):
    parts, token = inside.parts, kept(inside)
    pyramids = CountingPyramids(tmp_path / "counted", 2**30)
    made = Gallery(IiifSettings(pyramid_pixels=1), parts.host, parts.renderer, pyramids)
    app = application(replace(parts, gallery=made))
    paths = [f"/iiif/3/{token}/{x},0,20,20/max/0/default.jpg" for x in range(40)]

    async def crowd():
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            return await asyncio.gather(*(client.get(path) for path in paths))

    BEGUN.clear()
    answers = asyncio.run(crowd())
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert len(BEGUN) == 1

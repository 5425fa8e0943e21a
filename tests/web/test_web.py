"""The studio's files: sent compressed, kept well, closed to other hosts, and all in the package."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cropwright.web.files import HOME, PAGE, read_page

pytest_plugins = ["inside_fixtures"]

ROOT = Path(__file__).parents[2]
MOST_BYTES = 350_000
OURS = sorted(path for path in HOME.glob("*") if path.is_file())
IMPORT = re.compile(r'^import (?:[^"]* from )?"\./([^"]+)";$', re.MULTILINE)


@pytest.fixture
def page(shared_inside):
    """The page, and what it names."""
    answer = shared_inside.client.get("/")
    assert answer.status_code == 200
    return answer


def test_everything_the_page_loads_is_there_and_kept_for_good(shared_inside, page):
    named = set(re.findall(r'(?:src|href)="(/studio/[^"]+)"', page.text))
    assert len(named) == 4
    for address in named:
        answer = shared_inside.client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_every_module_that_a_module_imports_is_there():
    imported = {name for path in HOME.glob("*.js") for name in IMPORT.findall(path.read_text())}
    assert "vendor/cropperjs.js" in imported
    assert {name for name in imported if not (HOME / name).is_file()} == set()


def test_the_page_is_asked_for_again_and_is_not_sent_twice(shared_inside, page):
    assert page.headers["cache-control"] == "no-cache"
    again = shared_inside.client.get("/", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br", "gzip"), ("br;q=1, GZIP;q=0.5", "gzip"), ("br", None), ("gzip;q=0", None)],
)
def test_files_are_compressed_for_those_who_take_that(shared_inside, accepted, coding):
    answer = shared_inside.client.get("/", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert "accept-encoding" in answer.headers["vary"]
    assert "</html>" in answer.text
    other = shared_inside.client.get("/", headers={"accept-encoding": "identity"})
    assert (other.headers["etag"] == answer.headers["etag"]) == (coding is None)


def test_head_says_what_get_would(shared_inside, page):
    head = shared_inside.client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == page.headers["etag"]


@pytest.mark.parametrize("path", ["/studio/", "/studio/studio.js", "/studio/../index.html"])
def test_what_is_no_file_of_the_page_is_not_found(shared_inside, path):
    assert shared_inside.client.get(path).status_code == 404


def test_an_operator_can_do_without_the_studio(inside):
    server = replace(inside.parts.server, studio=False)
    with inside.changed(server=server) as without:
        assert without.client.get("/").status_code == 404
        assert without.client.get("/api/v1/about").status_code == 200


def test_a_file_of_another_version_is_not_found(shared_inside):
    root = read_page().root
    assert shared_inside.client.get(f"{root}/studio.js").status_code == 200
    assert shared_inside.client.get(f"{root}/no.js").status_code == 404
    assert shared_inside.client.get("/studio/0123456789abcdef/studio.js").status_code == 404


def test_the_policy_lets_nothing_in_but_our_own_files(page):
    policy = dict(
        part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert re.fullmatch(r"'self' 'sha256-[^']+'", policy["style-src"])
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_page_has_no_script_or_style_of_its_own():
    html = (HOME / PAGE).read_text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_file_of_ours_names_another_host(path):
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://\w+|//[\w-]+\.[a-z]{2,}", text) == []


@pytest.mark.parametrize("path", sorted((HOME / "vendor").glob("*.js")), ids=lambda path: path.name)
def test_every_library_comes_with_its_licence(path):
    licence = path.with_suffix(".LICENSE").read_text()
    assert "Copyright" in licence
    assert f"vendor {path.stem} " in (ROOT / "scripts/vendor").read_text()


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_file_of_the_page_is_longer_than_400_lines(path):
    assert len(path.read_text().splitlines()) <= 400


def test_the_page_is_light():
    files = read_page()
    sent = [files.page, *(file for name, file in files.others.items() if "LICENSE" not in name)]
    weight = sum(len(file.compressed) for file in sent)
    print(f"page weight: {weight} bytes compressed")
    assert weight <= MOST_BYTES
    assert gzip.decompress(files.page.compressed) == files.page.data


def test_the_wheel_has_every_file_of_the_page(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name.partition("/web/page/")[2] for name in archive.namelist()}
    wanted = {path.relative_to(HOME).as_posix() for path in HOME.rglob("*") if path.is_file()}
    assert wanted <= packed

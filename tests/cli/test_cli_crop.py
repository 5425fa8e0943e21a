"""`cropwright crop` as a person runs it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from conftest import COMMAND, cropwright, decoded, encoded, gradient


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    (folder / "inner").mkdir(parents=True)
    for name, format_name in (("a.jpg", "JPEG"), ("b.png", "PNG"), ("inner/c.webp", "WEBP")):
        (folder / name).write_bytes(encoded(gradient(120, 80), format_name))
    (folder / "notes.txt").write_text("not a picture")
    return folder


def size(path: Path) -> tuple[int, int]:
    return decoded(path.read_bytes()).size


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--size", "300x200"], (300, 200)),
        (["--size", "300x"], (300, 480)),
        (["--aspect", "1:1"], (480, 480)),
        (["--rect", "10,20,30,40"], (30, 40)),
        (["--aspect", "1:1", "--resize", "100x100"], (100, 100)),
        (["--resize", "100x100"], (100, 75)),
        (["--resize", "100x100", "--resize-mode", "fill"], (100, 100)),
        (["--resize", "1280x", "--enlarge"], (1280, 960)),
        (["--size", "100x100", "--focal", "0.9,0.1", "--margin", "10%"], (120, 110)),
        (["--gravity", "southeast", "--size", "64x64"], (64, 64)),
        (["--trim", "--gravity", "attention", "--aspect", "3:4"], (360, 480)),
    ],
)
def test_options_decide_what_is_kept(photo, tmp_path, options, expected):
    done = cropwright("crop", photo, "-o", tmp_path / "out.png", *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'out.png'}\n"
    assert size(tmp_path / "out.png") == expected


@pytest.mark.parametrize(
    ("arguments", "written"),
    [(["-o", "o.webp"], "WEBP"), (["-o", "o", "--format", "avif"], "AVIF"), (["-o", "o"], "JPEG")],
)
def test_the_format_follows_the_wish_then_the_name_then_the_photo(
    photo, tmp_path, arguments, written
):
    done = cropwright("crop", photo, "-o", tmp_path / arguments[1], *arguments[2:])
    assert done.returncode == 0
    assert decoded((tmp_path / arguments[1]).read_bytes()).format == written


def test_nothing_is_overwritten_without_being_told(photo, tmp_path):
    target = tmp_path / "out.png"
    target.write_bytes(b"precious")
    refused = cropwright("crop", photo, "-o", target)
    assert refused.returncode == 1
    assert refused.stderr == f"{photo}: {target} exists already\n"
    assert target.read_bytes() == b"precious"
    assert cropwright("crop", photo, "-o", target, "--overwrite").returncode == 0
    assert size(target) == (640, 480)


def test_a_failure_leaves_no_file_and_keeps_the_old_one(photo, tmp_path):
    photo.write_bytes(photo.read_bytes()[:4000])
    (tmp_path / "out.png").write_bytes(b"precious")
    done = cropwright("crop", photo, "-o", tmp_path / "out.png", "--overwrite")
    assert done.returncode == 1
    assert done.stderr == f"{photo}: the jpeg file is damaged or incomplete\n"
    assert {path.name for path in tmp_path.iterdir()} == {"photo.jpg", "out.png"}
    assert (tmp_path / "out.png").read_bytes() == b"precious"


def test_folders_and_patterns_go_to_a_folder_side_by_side(album, tmp_path):
    done = cropwright("crop", album, f"{album}/inner/*", "-o", tmp_path / "out", "--size", "50x50")
    assert (done.returncode, done.stderr) == (0, "")
    names = ["a.jpg", "b.png", "c.webp"]
    assert done.stdout.splitlines() == [str(tmp_path / "out" / name) for name in names]
    assert {size(tmp_path / "out" / name) for name in names} == {(50, 50)}


def test_folders_inside_folders_are_taken_when_asked(album, tmp_path):
    done = cropwright("crop", album, "-o", tmp_path / "out", "--recursive", "--format", "png")
    assert done.returncode == 0
    written = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")}
    assert written == {"a.png", "b.png", "inner/c.png"}


def test_a_summary_tells_what_failed_and_why(album, tmp_path):
    (album / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    done = cropwright("crop", album, "gone*.jpg", "missing.jpg", "-o", f"{tmp_path}/out/")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    lines = done.stderr.splitlines()
    assert lines[0] == "2 of 5 pictures done, 3 failed:"
    assert lines[1] == f"{album}/broken.png: the png file is damaged or incomplete"
    assert lines[2] == "gone*.jpg: cannot read gone*.jpg: no file matches"
    assert lines[3] == "missing.jpg: cannot read missing.jpg: No such file or directory"


def test_two_photos_never_share_one_result(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.png").write_bytes(encoded(gradient(20, 20)))
    done = cropwright("crop", tmp_path / "x", tmp_path / "y", "-o", tmp_path / "out", "--overwrite")
    assert done.returncode == 1
    assert "exists already" in done.stderr


def test_json_is_one_object_a_photo(album):
    arguments = ["--dry-run", "--json", "--aspect", "1:1", "--gravity", "entropy"]
    done = cropwright("crop", album / "a.jpg", "missing.jpg", *arguments)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[0]["explain"]["rect"]["width"] == 80
    assert told[0]["explain"]["decided_by"] == "entropy"
    assert told[1] == {
        "input": "missing.jpg",
        "success": False,
        "code": "source_unreadable",
        "error": "cannot read missing.jpg: No such file or directory",
    }


def test_explain_says_it_in_words(photo, tmp_path):
    out = tmp_path / "o.png"
    done = cropwright("crop", photo, "-o", out, "--explain", "--aspect", "1:1")
    assert done.stdout.splitlines() == [
        str(out),
        "  source   640x480 jpeg",
        "  kept     480x480 at 80,0 (75.0% x 100.0%)",
        "  result   480x480",
        "  decided  center (center: by its place)",
    ]


def test_a_dry_run_writes_nothing(photo, tmp_path):
    assert cropwright("crop", photo, "-o", tmp_path / "o.png", "--dry-run").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["x.jpg"], "say where to write"),
        (["x.jpg", "-o", "y", "--aspect", "wide"], "aspect is 'wide'; expected WIDTH:HEIGHT"),
        (["x.jpg", "-o", "y", "--rect", "1,2,3"], "rect is '1,2,3'"),
        (["x.jpg", "-o", "y", "--rect", "1,2,3,4", "--trim"], "no trim beside rect"),
        (["x.jpg", "-o", "y", "--gravity", "entropy", "--focal", "0,0"], "no focal beside gravity"),
        (["x.jpg", "-o", "y", "--resize-mode", "fill", "--resize", "9x"], "fill needs both"),
        (["x.jpg", "-o", "y", "--quality", "0"], "1<=x<=100"),
        (["x.jpg", "-o", "y", "--background", "#12"], "background is #12"),
        ([], "Missing argument"),
    ],
)
def test_a_wrong_wish_is_a_usage_error_that_names_it(arguments, words):
    done = cropwright("crop", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_several_photos_do_not_go_into_one_file(album, photo):
    done = cropwright("crop", album / "a.jpg", album / "b.png", "-o", photo)
    assert done.returncode == 2
    assert "several photos need a folder" in done.stderr


def test_a_progress_bar_shows_on_a_terminal_only(album, tmp_path):
    leader, terminal = pty.openpty()
    done = subprocess.run(
        [COMMAND, "crop", album, "-o", tmp_path / "out"],
        stdout=subprocess.PIPE,
        stderr=terminal,
        check=True,
    )
    subprocess.os.close(terminal)
    shown = subprocess.os.read(leader, 10_000)
    subprocess.os.close(leader)
    assert b"Cropping" in shown
    assert b"Cropping" not in done.stdout


def test_a_device_is_written_to_and_not_replaced(photo):
    done = cropwright("crop", photo, "-o", "/dev/null", "--size", "9x9")
    assert done.returncode == 0
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link(photo, tmp_path):
    (tmp_path / "real.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    assert cropwright("crop", photo, "-o", tmp_path / "link.png", "--overwrite").returncode == 0
    assert (tmp_path / "link.png").is_symlink()
    assert size(tmp_path / "real.png") == (640, 480)


def test_a_limit_is_a_setting_and_its_refusal_names_it(photo, tmp_path):
    done = cropwright("crop", photo, "-o", tmp_path / "o.png", CROPWRIGHT_LIMITS_PIXELS="1000")
    assert done.returncode == 1
    assert "picture size is 307200 pixels, the limit is 1000 pixels" in done.stderr


def test_an_unknown_setting_is_refused(photo):
    done = cropwright("crop", photo, "--dry-run", CROPWRIGHT_LIMIT_PIXELS="1000")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: setting CROPWRIGHT_LIMIT_PIXELS: no such setting\n"


def test_a_file_name_that_is_no_text_works_and_is_printed_as_it_is(photo, tmp_path):
    odd = photo.rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg"))
    arguments = [COMMAND, "crop", odd, "-o", f"{odd}.png"]
    done = subprocess.run(arguments, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == os.fsencode(f"{odd}.png\n")
    assert size(Path(f"{odd}.png")) == (640, 480)

"""`cropwright bulk` as a person runs it, and as machines that stop leave it."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import COMMAND, cropwright, decoded, encoded, gradient

SQUARE = ("--aspect", "1:1", "--resize", "20x")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "inner").mkdir(parents=True)
    for name in ("a.jpg", "b.png", "inner/a.jpg"):
        form = {"jpg": "JPEG", "png": "PNG"}[name[-3:]]
        (folder / name).write_bytes(encoded(gradient(64, 40), form))
    (folder / "notes.txt").write_text("not a picture")
    return folder


def bulk(source: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return cropwright("bulk", source, out, *SQUARE, "--workers", "2", *options)


def results(out: Path) -> dict[str, str]:
    """Every result by name, with what its bytes come to; what a kill cut short is hidden."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.suffix != ".jsonl" and not path.name.startswith(".")
    }


def lines(out: Path) -> list[dict[str, object]]:
    told = (out / "cropwright-bulk.jsonl").read_text().splitlines()
    return [json.loads(line) for line in told[1:]]


def test_every_picture_below_a_folder_is_cropped_into_the_other(source, tmp_path):
    done = bulk(source, tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr.startswith("3 of 3 pictures to do; 1 other files are left out\n")
    assert list(results(tmp_path / "out")) == ["a.jpg", "b.png", "inner/a.jpg"]
    assert decoded((tmp_path / "out/inner/a.jpg").read_bytes()).size == (20, 20)
    assert [line["state"] for line in lines(tmp_path / "out")] == ["done"] * 3


def test_what_is_done_is_not_done_again_unless_it_has_changed(source, tmp_path):
    bulk(source, tmp_path / "out")
    (source / "a.jpg").write_bytes(encoded(gradient(80, 60), "JPEG"))
    (tmp_path / "out/b.png").unlink()  # nobody would miss it
    again = bulk(source, tmp_path / "out")
    assert again.stderr.startswith("1 of 3 pictures to do")
    assert [line["name"] for line in lines(tmp_path / "out")][3:] == ["a.jpg"]


def test_a_failure_is_told_and_tried_again_when_asked(source, tmp_path):
    (source / "broken.jpg").write_bytes(b"no picture")
    first = bulk(source, tmp_path / "out")
    assert first.returncode == 1
    assert "broken.jpg: this is not a file we know" in first.stderr
    second = bulk(source, tmp_path / "out")
    assert (second.returncode, "1 failed before" in second.stderr) == (1, True)
    before = (source / "broken.jpg").stat()
    (source / "broken.jpg").write_bytes(encoded(gradient(30, 30), "JPEG")[: before.st_size])
    assert bulk(source, tmp_path / "out", "--retry-failed").returncode == 1
    (source / "broken.jpg").write_bytes(encoded(gradient(30, 30), "JPEG"))
    assert bulk(source, tmp_path / "out").returncode == 0


def test_twins_do_not_write_over_each_other(source, tmp_path):
    (source / "a.png").write_bytes(encoded(gradient(30, 40)))
    assert bulk(source, tmp_path / "out", "--format", "webp").returncode == 0
    names = ["a.jpg.webp", "a.png.webp", "b.webp", "inner/a.webp"]
    assert list(results(tmp_path / "out")) == names


def test_a_twin_whose_other_name_is_taken_is_refused(source, tmp_path):
    for name in ("a.png", "a.png.webp"):
        form = "WEBP" if name.endswith("webp") else "PNG"
        (source / name).write_bytes(encoded(gradient(30, 40), form))
    done = bulk(source, tmp_path / "out", "--format", "webp")
    assert "a.png: a.png.webp exists already" in done.stderr
    assert list(results(tmp_path / "out")) == ["a.jpg.webp", "a.png.webp", "b.webp", "inner/a.webp"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{source}", "{source}/out"], "lie within each other"),
        (["{source}/inner", "{source}"], "lie within each other"),
        (["{source}", "{full}"], "holds files already"),
        (["{source}", "s3://bucket/x"], "name a file with --manifest"),
        (["{source}", "{out}", "--shadow"], "--shadow needs --cutout"),
        (["{source}", "{out}", "--cutout", "--animate"], "not for --cutout"),
        (["{out}/none", "{full}/new"], "cannot read"),
        (["s3://a b/c", "{out}"], "expected a folder, or s3://"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    source, tmp_path, arguments, said
):
    full = tmp_path / "full"
    full.mkdir()
    (full / "precious.jpg").write_bytes(b"precious")
    names = {"source": source, "out": tmp_path / "out", "full": full}
    done = cropwright("bulk", *(word.format(**names) for word in arguments))
    assert done.returncode != 0
    assert said in done.stderr
    assert (full / "precious.jpg").read_bytes() == b"precious"
    assert results(tmp_path / "out") == {}


def test_files_that_no_manifest_knows_are_replaced_only_when_asked(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.jpg").write_bytes(b"precious")
    assert bulk(source, out).returncode == 2
    assert (out / "a.jpg").read_bytes() == b"precious"
    assert bulk(source, out, "--overwrite").returncode == 0


def test_another_wish_needs_another_place(source, tmp_path):
    bulk(source, tmp_path / "out")
    other = bulk(source, tmp_path / "out", "--quality", "50")
    assert other.returncode == 1
    assert "expected that of the same call" in other.stderr


def test_subjects_are_cut_out_too(tmp_path, monkeypatch):
    from PIL import Image, ImageDraw

    monkeypatch.setenv("CROPWRIGHT_MODELS_FIRST_USE_BYTES", "0")
    (tmp_path / "source").mkdir()
    picture = Image.new("RGB", (120, 90), "white")
    ImageDraw.Draw(picture).ellipse((30, 20, 90, 70), fill="navy")
    picture.save(tmp_path / "source/ball.jpg")
    done = cropwright("bulk", tmp_path / "source", tmp_path / "out", "--cutout")
    assert done.returncode == 0, done.stderr
    made = decoded((tmp_path / "out/ball.png").read_bytes())
    assert made.getpixel((2, 2))[3] == 0
    assert made.getpixel((60, 45))[3] == 255


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed here")
def test_ray_is_asked_for_by_its_extra(source, tmp_path):
    done = bulk(source, tmp_path / "out", "--engine", "ray")
    assert done.returncode == 1
    assert "pip install 'cropwright[ray]'" in done.stderr


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: cropwright[ray]")
def test_ray_makes_what_this_machine_makes(source, tmp_path):
    bulk(source, tmp_path / "out")
    assert bulk(source, tmp_path / "spread", "--engine", "ray").returncode == 0
    assert results(tmp_path / "spread") == results(tmp_path / "out")


def begun(source: Path, out: Path) -> subprocess.Popen[str]:
    """A run that has already written some results."""
    command = [COMMAND, "bulk", source, out, *SQUARE, "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    known = len(lines(out)) if (out / "cropwright-bulk.jsonl").exists() else 0
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        manifest = out / "cropwright-bulk.jsonl"
        if manifest.exists() and manifest.read_bytes().count(b"\n") > known + 10:
            break
        time.sleep(0.01)
    return process


def test_a_run_that_is_killed_and_stopped_ends_like_one_that_was_left_alone(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for number in range(120):
        picture = gradient(160, 100).rotate(number)
        (source / f"{number:03}.png").write_bytes(encoded(picture))
    bulk(source, tmp_path / "clean")
    out = tmp_path / "out"
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = begun(source, out)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, "the same call goes on" in told) == (130, True)
    with (out / "cropwright-bulk.jsonl").open("ab") as manifest:
        manifest.write(b'{"name": "torn')
    last = bulk(source, out)
    assert last.returncode == 0, last.stderr
    assert results(out) == results(tmp_path / "clean")
    assert [line["name"] for line in lines(out)] == [f"{n:03}.png" for n in range(120)]


def test_two_runs_do_not_share_a_manifest(source, tmp_path):
    import fcntl

    bulk(source, tmp_path / "out")
    with (tmp_path / "out/cropwright-bulk.jsonl").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        other = bulk(source, tmp_path / "out")
    assert "one that no other run is writing" in other.stderr

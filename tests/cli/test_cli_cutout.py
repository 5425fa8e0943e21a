"""`cropwright cutout` and `cropwright models` as a person runs them."""

from __future__ import annotations

import json

import pytest

from conftest import cropwright, decoded
from cropwright.engine.models.registry import MODELS
from cutouts import alpha_of, photo

ALONE = {"CROPWRIGHT_MODELS_FIRST_USE_BYTES": "0", "CROPWRIGHT_MODELS_FOLDER": "/nowhere"}


@pytest.fixture
def shot(tmp_path):
    path = tmp_path / "shot.jpg"
    path.write_bytes(photo())
    return path


def test_a_photo_becomes_a_png_with_a_clear_background(shot, tmp_path):
    done = cropwright("cutout", shot, "-o", f"{tmp_path}/cut/", **ALONE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'cut' / 'shot.png'}\n"
    assert alpha_of((tmp_path / "cut" / "shot.png").read_bytes())[5, 5] == 0


def test_what_it_explains_names_the_method_and_what_it_stands_for(shot, tmp_path):
    done = cropwright("cutout", shot, "-o", tmp_path / "o.png", "--explain", **ALONE)
    assert "seen by classical (built in, instead of u2netp, which is not installed)" in done.stdout
    assert "confidence 0.30" in done.stdout


def test_its_options_reach_the_result(shot, tmp_path):
    options = ["--gravity", "subject", "--aspect", "1:1", "--margin", "10%"]
    options += ["--background", "#00ff00", "--shadow", "--resize", "64x64"]
    done = cropwright("cutout", shot, "-o", tmp_path / "o.jpg", *options, **ALONE)
    image = decoded((tmp_path / "o.jpg").read_bytes())
    assert (done.returncode, image.format, image.size) == (0, "JPEG", (64, 64))
    assert image.getpixel((2, 2))[1] > 200


def test_a_dry_run_tells_the_subject_and_writes_nothing(shot, tmp_path):
    done = cropwright("cutout", shot, "--dry-run", "--json", **ALONE)
    told = json.loads(done.stdout)["explain"]["cutout"]
    assert told["model"] == "classical"
    assert abs(told["subject"]["x"] - 60) <= 2
    assert list(tmp_path.iterdir()) == [shot]


def test_a_model_that_is_not_here_is_told_with_the_command(shot, tmp_path):
    done = cropwright("cutout", shot, "-o", tmp_path / "o.png", "--model", "quality", **ALONE)
    assert done.returncode == 1
    assert "run: cropwright models pull isnet" in done.stderr


def test_a_mask_beside_a_background_is_wrong_usage(shot, tmp_path):
    options = ["--only-mask", "--background", "blur"]
    done = cropwright("cutout", shot, "-o", tmp_path / "o.png", *options, **ALONE)
    assert done.returncode == 2
    assert "no background or shadow beside it" in done.stderr


def test_the_list_names_every_model_with_its_licence():
    done = cropwright("models", "list", "--json", **ALONE)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name"] for row in told] == list(MODELS)
    assert all(row["licence"] and row["state"] == "missing" for row in told)


def test_a_file_that_is_not_the_published_one_fails_verification(tmp_path):
    (tmp_path / "u2netp.onnx").write_bytes(b"something else")
    done = cropwright("models", "verify", CROPWRIGHT_MODELS_FOLDER=str(tmp_path))
    assert done.returncode == 1
    assert "u2netp    refused" in done.stdout


def test_an_own_file_is_called_so_by_verify_and_doctor(tmp_path):
    (tmp_path / "mine.onnx").write_bytes(b"mine")
    own = ALONE | {"CROPWRIGHT_MODELS_U2NETP_FILE": str(tmp_path / "mine.onnx")}
    assert "own file, sha256 not checked" in cropwright("models", "verify", "u2netp", **own).stdout
    assert "cut-out: own file, sha256 not checked" in cropwright("doctor", **own).stdout


def test_path_tells_where_a_file_belongs(tmp_path):
    there = {"CROPWRIGHT_MODELS_FOLDER": str(tmp_path)}
    assert cropwright("models", "path", **there).stdout == f"{tmp_path}\n"
    assert cropwright("models", "path", "isnet", **there).stdout == f"{tmp_path / 'isnet.onnx'}\n"


def test_a_job_of_our_own_cuts_out_and_caps_does_not_tell(shot, tmp_path):
    job = {"operation": "cutout", "input": str(shot), "output": str(tmp_path / "o.webp")}
    done = cropwright("process", "--job", json.dumps(job | {"margin": "5%"}), **ALONE)
    told = json.loads(done.stdout)
    assert (told["success"], told["operation"]) == (True, "cutout")
    assert told["metadata"]["cutout"]["model"] == "classical"
    assert alpha_of((tmp_path / "o.webp").read_bytes())[5, 5] == 0
    assert "cutout" not in cropwright("caps").stdout


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": "isnet"}, "the model isnet is not installed; run: cropwright models pull isnet"),
        (
            {"model": "rmbg"},
            "Invalid model: rmbg. Use: u2netp, isnet, birefnet, classical, quality",
        ),
        ({"input": "none.png"}, "Cannot open image: none.png"),
        (
            {"line": "eyes", "who": "1"},
            "the model yunet is not installed; run: cropwright models pull yunet",
        ),
    ],
)
def test_a_job_that_fails_is_a_failure_line(shot, tmp_path, fields, said):
    job = {"operation": "cutout", "input": str(shot), "output": str(tmp_path / "o.png")} | fields
    told = json.loads(cropwright("process", "--job", json.dumps(job), **ALONE).stdout)
    assert (told["success"], told["operation"], told["error"]) == (False, "cutout", said)

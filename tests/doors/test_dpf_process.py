"""The dpf job protocol against the real executable."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from conftest import COMMAND, SHARED, Stream, crop_job, cropwright, decoded, encoded, gradient

RUNNER = SHARED / "conformance" / "run.py"


def process(job: object) -> subprocess.CompletedProcess[str]:
    return cropwright("process", "--job", job if isinstance(job, str) else json.dumps(job))


def answered(job: object) -> dict[str, object]:
    return json.loads(process(job).stdout)


def workers_of(pid: int) -> list[int]:
    """The spawned workers of a process, whichever of its threads started them."""
    children = [
        child
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [int(c) for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]


def test_a_job_answers_one_line_with_the_contract_s_keys_in_order(photo, tmp_path):
    done = process(
        crop_job(photo, tmp_path / "out.png", rect={"x": 5, "y": 6, "width": 30, "height": 20})
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    result = json.loads(done.stdout)
    assert list(result) == ["success", "operation", "outputs", "elapsed_ms", "metadata"]
    assert list(result["outputs"][0]) == ["path", "format", "width", "height", "size_bytes"]
    assert result["metadata"] == {
        "crop_height": 20,
        "crop_width": 30,
        "crop_x": 5,
        "crop_y": 6,
        "gravity": None,
        "source_height": 480,
        "source_width": 640,
    }
    assert result["outputs"][0]["size_bytes"] == (tmp_path / "out.png").stat().st_size


def test_inline_is_the_file_s_own_bytes(photo, tmp_path):
    job = crop_job(photo, tmp_path / "o.webp", gravity="center", width=9, height=9, inline=True)
    data = base64.b64decode(answered(job)["outputs"][0]["data_base64"])
    assert data == (tmp_path / "o.webp").read_bytes()


def test_rect_wins_over_an_unknown_gravity_which_is_echoed(photo, tmp_path):
    rect = {"x": 0, "y": 0, "width": 4, "height": 4}
    result = answered(crop_job(photo, tmp_path / "o.png", rect=rect, gravity="zzz"))
    assert result["metadata"]["gravity"] == "zzz"
    assert result["metadata"]["crop_width"] == 4


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"rect": {"x": 600, "y": 0, "width": 41, "height": 5}},
            "Invalid crop rectangle: x=600 + width=41 exceeds image width 640",
        ),
        (
            {"rect": {"x": 4294967295, "y": 0, "width": 2, "height": 5}},
            "Invalid crop rectangle: x=4294967295 + width=2 exceeds image width 640",
        ),
        (
            {"rect": {"x": 0, "y": 0, "width": 0, "height": 0}},
            "Invalid crop rectangle: width and height must be > 0",
        ),
        ({"gravity": "center", "height": 5}, "width is required when using gravity crop mode"),
        ({"gravity": "center", "width": 5}, "height is required when using gravity crop mode"),
        (
            {"gravity": "Center", "width": 5, "height": 5},
            "Invalid gravity mode: Center. Use: center, focal_point, entropy",
        ),
        (
            {"format": "png"},
            "Must specify either 'rect' for manual crop or 'gravity' for smart crop",
        ),
        ({"gravity": "center", "width": 5, "height": 5, "format": "ico"}, "Failed to save as ico"),
    ],
)
def test_what_cannot_be_done_is_said_in_the_contract_s_words(photo, tmp_path, fields, sentence):
    done = process(crop_job(photo, tmp_path / "out.png", **fields))
    result = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert list(result) == ["success", "operation", "error", "elapsed_ms"]
    assert result["error"] == sentence
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("way", ["process", "stream"])
def test_what_libraries_say_of_a_picture_stays_inside(tmp_path, way):
    data = bytearray(encoded(gradient(64, 48), "AVIF"))
    width = data.index(b"ispe") + 8  # ISO/IEC 23008-12, 6.5.3: version, flags, width, height
    data[width : width + 4] = struct.pack(">I", 2**28 + 64)
    (tmp_path / "huge.avif").write_bytes(data)
    job = json.dumps(crop_job(tmp_path / "huge.avif", tmp_path / "o.png"))
    arguments = ["process", "--job", job] if way == "process" else ["--stream"]
    done = cropwright(*arguments, stdin=job.encode() + b"\n")
    assert json.loads(done.stdout)["error"].startswith("Cannot open image: ")
    assert done.stderr == ""


def test_a_missing_input_beats_every_later_complaint(tmp_path):
    result = answered(crop_job("/nonexistent/a.png", tmp_path / "o.png", gravity="zzz"))
    assert result["error"] == "Cannot open image: /nonexistent/a.png"


def test_a_path_with_a_nul_is_an_answer_not_a_crash(photo, tmp_path):
    assert answered(crop_job("a\0b.png", tmp_path / "o.png"))["error"].startswith("Cannot open")
    assert not answered(crop_job(photo, f"{tmp_path}/a\0b.png"))["success"]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [(".", "Is a directory (os error 21)"), ("photo.jpg/x/o.png", "Cannot create output dir: ")],
)
def test_an_output_that_cannot_be_written_is_said_so(photo, tmp_path, output, sentence):
    result = answered(crop_job(photo, tmp_path / output))
    assert result["error"].startswith(sentence)
    assert photo.stat().st_size > 1000


def test_output_may_be_the_input(photo):
    assert answered(crop_job(photo, photo, gravity="center", width=50, height=40))["success"]
    assert decoded(photo.read_bytes()).size == (50, 40)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "line 1"),
        ('{"operation":"rotate"}', "unknown operation `rotate`"),
        ('{"operation":"crop","input":"a"}', "missing field `output`"),
        ('{"operation":"crop","input":1,"output":"b"}', "input is 1, expected a string"),
    ],
)
def test_what_is_no_job_goes_to_stderr(text, reason):
    done = process(text)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: Invalid job JSON\n\nCaused by:\n    ")
    assert reason in done.stderr


def test_one_job_on_standard_input_and_nothing_for_a_blank_line(photo, tmp_path):
    line = json.dumps(crop_job(photo, tmp_path / "o.png")).encode()
    assert json.loads(cropwright(stdin=line + b"\nrest is ignored").stdout)["success"]
    blank = cropwright(stdin=b"  \n" + line)
    assert (blank.returncode, blank.stdout, blank.stderr) == (0, "", "")


def test_a_stream_answers_each_line_before_the_next_and_ends_at_the_end(stream, photo, tmp_path):
    stream.process.stdin.write(b"\n  \n")
    for side in (10, 20, 30):
        out = tmp_path / f"{side}.png"
        result = stream.ask(crop_job(photo, out, gravity="center", width=side, height=side))
        assert result["success"]
        assert decoded(out.read_bytes()).size == (side, side)
    assert stream.ask_text("nonsense") == {
        "success": False,
        "operation": "unknown",
        "error": "Invalid job JSON",
        "elapsed_ms": 0,
    }
    assert stream.end() == 0


def test_answers_are_utf_8_whatever_the_locale(tmp_path):
    line = json.dumps(crop_job("\N{GRINNING FACE}.png", tmp_path / "o.png")).encode() + b"\n"
    done = cropwright("--stream", stdin=line * 2, PYTHONIOENCODING="latin-1", LC_ALL="C")
    errors = [json.loads(text)["error"] for text in done.stdout.splitlines()]
    assert errors == ["Cannot open image: \N{GRINNING FACE}.png"] * 2


def test_stream_wins_over_a_command(photo, tmp_path):
    line = json.dumps(crop_job(photo, tmp_path / "o.png")).encode() + b"\n"
    done = cropwright("--stream", "caps", stdin=line)
    assert json.loads(done.stdout)["success"]


def test_a_line_that_is_not_utf_8_is_answered_and_told_at_the_end(photo, tmp_path):
    line = json.dumps(crop_job(photo, tmp_path / "o.png")).encode()
    done = cropwright("-s", stdin=b'{"operation":"\xff"}\n' + line + b"\n")
    assert [json.loads(text)["success"] for text in done.stdout.splitlines()] == [False, True]
    assert done.returncode == 1


def test_workers_killed_while_idle_cost_nothing(stream, photo, tmp_path):
    for _ in range(3):
        assert stream.ask(crop_job(photo, tmp_path / "o.png"))["success"]
        for worker in workers_of(stream.process.pid):
            os.kill(worker, signal.SIGKILL)
    time.sleep(0.5)
    assert stream.ask(crop_job(photo, tmp_path / "o.png"))["success"]


def test_a_worker_killed_by_a_signal_costs_one_failure_line(stream, photo, tmp_path):
    assert stream.ask(crop_job(photo, tmp_path / "o.png"))["success"]
    for worker in workers_of(stream.process.pid):
        os.kill(worker, signal.SIGSTOP)
    stream.process.stdin.write(json.dumps(crop_job(photo, tmp_path / "x.png")).encode() + b"\n")
    stream.process.stdin.flush()
    time.sleep(0.3)
    for worker in workers_of(stream.process.pid):
        os.kill(worker, signal.SIGKILL)
    result = json.loads(stream.process.stdout.readline())
    assert stream.ask(crop_job(photo, tmp_path / "o.png"))["success"]
    assert result["success"] or result["error"].startswith("Cannot open image: ")


def test_a_picture_that_never_ends_is_given_up_at_the_deadline(tmp_path, photo):
    session = Stream(CROPWRIGHT_WORKERS_DEADLINE_SECONDS="0.05")
    slow = tmp_path / "slow.png"
    slow.write_bytes(encoded(gradient(100, 100).resize((5000, 5000)), compress_level=1))
    fields = {"gravity": "entropy", "width": 4000, "height": 4000, "format": "avif"}
    result = session.ask(crop_job(slow, tmp_path / "o.avif", **fields))
    assert "took longer than 0.05 seconds" in result["error"]
    assert not (tmp_path / "o.avif").exists()
    assert session.end() == 0


@pytest.mark.parametrize("way", ["process", "stream"])
def test_a_client_that_kills_us_is_not_kept_waiting_by_a_worker(tmp_path, way):
    slow = tmp_path / "slow.png"
    slow.write_bytes(encoded(gradient(100, 100).resize((4000, 4000)), compress_level=1))
    job = crop_job(slow, tmp_path / "o.avif", gravity="center", width=4000, height=4000)
    arguments = ["process", "--job", json.dumps(job)] if way == "process" else ["--stream"]
    client = subprocess.Popen(
        [COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    if way == "stream":
        client.stdin.write(json.dumps(job).encode() + b"\n")
        client.stdin.flush()
    time.sleep(0.8)
    client.kill()
    killed = time.monotonic()
    client.communicate()
    assert time.monotonic() - killed < 2
    time.sleep(0.2)
    assert not list(tmp_path.glob("cropwright-*"))


def test_a_file_of_jobs_is_answered_in_its_order(photo, tmp_path):
    jobs = [
        crop_job(photo, tmp_path / f"{n}.png", gravity="center", width=n, height=n)
        for n in (400, 3, 200, 5)
    ]
    jobs.insert(2, crop_job("missing.jpg", tmp_path / "m.png"))
    (tmp_path / "jobs.json").write_text(json.dumps(jobs, indent=1))
    done = cropwright("batch", "--file", tmp_path / "jobs.json")
    results = json.loads(done.stdout)
    assert done.returncode == 0
    assert [r["outputs"][0]["width"] if r["success"] else None for r in results] == [
        400,
        3,
        None,
        200,
        5,
    ]
    assert results[2]["outputs"] == []
    assert results[2]["metadata"] == {"error": "Cannot open image: missing.jpg"}


@pytest.mark.parametrize("text", ["{}", "[1]", "nonsense", '[{"operation":"crop"}]'])
def test_a_file_without_jobs_is_refused_whole(tmp_path, text):
    (tmp_path / "jobs.json").write_text(text)
    done = cropwright("batch", "--file", tmp_path / "jobs.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: Invalid batch JSON\n\nCaused by:\n")


def test_a_batch_job_flattens_its_outputs(photo, tmp_path):
    jobs = [crop_job(photo, tmp_path / "a.png"), crop_job("gone.png", tmp_path / "b.png")]
    result = answered({"operation": "batch", "jobs": jobs, "max_threads": 9, "parallel": False})
    assert result["success"]
    assert [entry["path"] for entry in result["outputs"]] == [str(tmp_path / "a.png")]
    assert result["metadata"] == {"jobs_succeeded": 1, "jobs_total": 2}


def test_transparency_is_dropped_without_blending_in_jpeg(tmp_path):
    source = tmp_path / "clear.png"
    source.write_bytes(encoded(Image.new("RGBA", (30, 30), (200, 30, 60, 0))))
    assert answered(crop_job(source, tmp_path / "o.jpg"))["success"]
    shown = decoded((tmp_path / "o.jpg").read_bytes()).getpixel((3, 3))
    assert max(abs(a - b) for a, b in zip(shown, (200, 30, 60), strict=True)) <= 4


def test_the_executable_may_be_called_dpf(tmp_path):
    shutil.copy(COMMAND, tmp_path / "dpf")
    done = subprocess.run(
        [tmp_path / "dpf", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "dpf 0.5.0\n"
    assert "(dpf 0.5.0)" in cropwright("--version").stdout


def test_caps_name_what_a_client_asks_for():
    caps = json.loads(cropwright("caps").stdout)
    assert caps["operations"] == ["crop"]
    assert caps["features"]["crop_smart"] is True


def test_the_shared_conformance_cases_pass(shared, tmp_path):
    pytest.importorskip("httpx", reason="the conformance runner needs httpx")
    report = tmp_path / "report.json"
    arguments = ["--cases", RUNNER.with_name("cases.json"), "--system", "dpf_crop"]
    done = subprocess.run(
        [sys.executable, RUNNER, *arguments, "--cli", COMMAND, "--json", report],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

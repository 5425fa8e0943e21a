"""Tables that have to agree with each other, and words that stay in their room."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

import cropwright
from cropwright.core.cutout import CLASSICAL, CUTOUT_MODELS
from cropwright.core.formats import ARCHIVAL, READABLE, WRITABLE
from cropwright.core.geometry import Rect
from cropwright.core.gravity import BY_PEOPLE, BY_PIXELS, COMPASS, FOCAL_POINT, GRAVITIES, SUBJECT
from cropwright.core.models import ModelSettings
from cropwright.doors.cropphoto import errors as cropphoto
from cropwright.doors.dpf import errors as dpf
from cropwright.doors.dpf.wire import CropJob
from cropwright.doors.iiif import errors as iiif
from cropwright.doors.modelslab import errors as modelslab
from cropwright.doors.native import errors as native
from cropwright.engine.focus import FINDERS
from cropwright.engine.load import LOADERS
from cropwright.engine.models import SEGMENTERS
from cropwright.engine.models.registry import MODELS
from cropwright.engine.save import ENCODERS
from cropwright.errors import CropwrightError
from family import LEAVES, made

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cropwright"
DPF = SOURCE / "doors" / "dpf"
JOB = CropJob("a.jpg", "b.png", Rect(0, 0, 1, 1), None, None, None, 0.5, 0.5, None, 85, False)


def test_every_gravity_is_carried_out_by_exactly_one_table():
    assert sorted([*COMPASS, FOCAL_POINT, SUBJECT, *BY_PEOPLE, *FINDERS]) == sorted(GRAVITIES)
    assert FINDERS.keys() == set(BY_PIXELS)


@pytest.mark.parametrize("gravity", BY_PIXELS)
def test_every_gravity_by_pixels_has_a_file_of_its_name(gravity):
    assert (SOURCE / "engine" / "focus" / f"{gravity}.py").is_file()


def test_every_model_for_cut_outs_has_a_file_of_its_name_and_its_weights_are_known():
    assert SEGMENTERS.keys() == set(CUTOUT_MODELS)
    folder = SOURCE / "engine" / "models"
    assert all((folder / f"{name}.py").is_file() for name in CUTOUT_MODELS)
    weights = {name for name, row in MODELS.items() if row.task == "cut-out"}
    assert weights == set(CUTOUT_MODELS) - {CLASSICAL}


def test_every_model_s_file_can_be_replaced_by_the_operator_s_own():
    own = {row.name for row in fields(ModelSettings) if row.name.endswith("_file")}
    assert own == {f"{name}_file" for name in MODELS}


def test_every_format_we_read_has_a_loader_and_every_one_we_write_an_encoder():
    assert LOADERS.keys() == set(READABLE)
    assert ENCODERS.keys() == {*WRITABLE, *ARCHIVAL}


@pytest.mark.parametrize("word", ["data_base64", "elapsed_ms"])
def test_the_dpf_contract_s_words_stay_in_its_door(word):
    users = {path for path in SOURCE.rglob("*.py") if word in path.read_text(encoding="utf-8")}
    assert users
    assert {path for path in users if DPF not in path.parents} == set()


SENTENCES: dict[str, Callable[[CropwrightError], str]] = {
    "cropphoto": lambda error: cropphoto.row_of(error)[1],
    "dpf": lambda error: dpf.sentence(error, JOB),
    "iiif": lambda error: iiif.status_and_sentence(error)[1],
    "modelslab": lambda error: modelslab.status_and_sentence(error)[1],
    "native": lambda error: native.problem(error, "id")["detail"],
}
"""What each door that has words for errors says of one; files has a fixed page for each."""


def test_every_door_says_how_it_says_errors():
    doors = {path.parent.name for path in (SOURCE / "doors").glob("*/errors.py")}
    assert SENTENCES.keys() == doors


@pytest.mark.parametrize("door", SENTENCES)
@pytest.mark.parametrize("kind", LEAVES)
def test_every_door_has_a_sentence_for_every_error(door, kind):
    said = SENTENCES[door](made(kind))
    assert (len(said) > 5, said.isprintable(), "{" in said) == (True, True, False)


@pytest.mark.parametrize("word", ["messege", "init_audio"])
def test_modelslab_s_words_stay_in_its_door(word):
    users = {path for path in SOURCE.rglob("*.py") if word in path.read_text(encoding="utf-8")}
    assert users
    assert {path for path in users if SOURCE / "doors" / "modelslab" not in path.parents} == set()


@pytest.mark.parametrize("word", ["output_image_url", "invalid_payload"])
def test_crop_photo_s_words_stay_in_its_door(word):
    users = {path for path in SOURCE.rglob("*.py") if word in path.read_text(encoding="utf-8")}
    assert users
    assert {path for path in users if SOURCE / "doors" / "cropphoto" not in path.parents} == set()


def test_the_changelog_is_headed_by_what_is_unreleased_or_by_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    version = re.escape(cropwright.__version__)
    assert text.startswith("# Changelog\n")
    assert re.fullmatch(rf"\[?Unreleased\]?|\[?{version}\]? - \d{{4}}-\d\d-\d\d", heads[0])
    assert all(re.fullmatch(r"\[?\d+\.\d+\.\d+\]? - \d{4}-\d\d-\d\d", head) for head in heads[1:])

"""Fetching models when they are first needed: which, when, and what if it fails."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from cropwright.core.body import Part
from cropwright.core.command import Edit
from cropwright.core.cutout import Cutout
from cropwright.core.lines import Line
from cropwright.core.models import ModelSettings
from cropwright.errors import InvalidValueError, ModelUnusableError
from cropwright.service.models import Shelf, needed
from cropwright.sources.weights import Hosts

CUT = Edit(cutout=Cutout())


def refuse(_host: str, _port: int | None) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", 9, timeout=2)


def shelf(folder: Path, **more: object) -> Shelf:
    return Shelf(ModelSettings(folder=str(folder), **more), Hosts(connect=refuse))


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        (Edit(), ()),
        (CUT, ("u2netp",)),
        (Edit(gravity="subject"), ("u2netp",)),
        (Edit(gravity="face"), ("yunet",)),
        (Edit(gravity="person"), ("yolox",)),
        (Edit(gravity="auto"), ("yunet", "u2netp")),
        (Edit(gravity="face", cutout=Cutout(model="isnet")), ("isnet", "yunet")),
        (Edit(cutout=Cutout(model="isnet")), ("isnet",)),
        (Edit(cutout=Cutout(model="classical")), ()),
        (Edit(part=Part("head")), ("yunet",)),
        (Edit(line=Line("eyes"), cutout=Cutout()), ("u2netp", "yunet")),
        (Edit(part=Part("hips")), ("yunet", "yolox", "pose")),
    ],
)
def test_a_wish_needs_the_models_that_it_looks_with(edit, names):
    assert needed(edit) == names


def test_a_failure_is_answered_and_not_tried_again_at_once(tmp_path):
    ours = shelf(tmp_path)
    assert isinstance(ours.fetch_for(CUT), ModelUnusableError)
    assert ours.missing_for(CUT) == ()
    assert ours.fetch_for(CUT) is None


@pytest.mark.parametrize(
    ("edit", "more"),
    [
        (CUT, {"first_use_bytes": 0}),
        (CUT, {"u2netp_file": "mine.onnx"}),
        (Edit(cutout=Cutout(model="isnet")), {}),
        (Edit(), {}),
    ],
)
def test_nothing_is_fetched_that_is_large_forbidden_replaced_or_not_needed(tmp_path, edit, more):
    assert shelf(tmp_path, **more).missing_for(edit) == ()


def test_what_is_there_is_not_fetched(tmp_path):
    (tmp_path / "u2netp.onnx").write_bytes(b"here")
    assert shelf(tmp_path).missing_for(CUT) == ()


def test_pulling_without_a_network_says_so(tmp_path):
    with pytest.raises(
        ModelUnusableError, match=r"fetching failed: github\.com: Connection refused"
    ):
        shelf(tmp_path).pull("u2netp")


def test_a_name_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(InvalidValueError, match="u2netp, isnet"):
        shelf(tmp_path).state("rmbg")

"""Photographs with a known or solved alpha, through the stand-in for u2netp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conftest import decoded
from cropwright.core.command import Edit, Output
from cropwright.core.cutout import Cutout, Edges
from cropwright.core.limits import Limits, WorkerLimits
from cropwright.engine.pipeline import render
from cropwright.engine.pool import Workers
from cropwright.service.models import Shelf
from cropwright.service.render import Renderer
from cutouts import alpha_of, overlap, stand_in

# Found by YuNet 2026may at score .7 on these files: x, y, width, height.
FACES: dict[str, list[tuple[int, int, int, int]]] = {
    "ski_astronaut.png": [(179, 63, 91, 112)],
    "imagor_people.jpg": [(1228, 705, 139, 188), (667, 645, 148, 186)],
}


def made(shared: Path, name: str, cutout: Cutout | None = None):
    data = (shared / "samples" / name).read_bytes()
    edit = Edit(cutout=cutout or Cutout(), output=Output("png"))
    return render(data, edit, Limits(), stand_in(shared))


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("nat_lemur.png", "nat_lemur.alpha.png"),
        ("studio_white_lemur.jpg", "studio_white_lemur.alpha.png"),
    ],
)
def test_the_lemur_is_found_to_its_fur(shared, name, truth):
    known = np.asarray(decoded((shared / "samples" / truth).read_bytes()).convert("L")) / 255
    alpha = alpha_of(made(shared, name).data)
    assert overlap(known, alpha) >= 0.97
    assert np.abs(known - alpha).mean() <= 0.015


def test_the_report_calls_the_stand_in_an_own_file(shared):
    seen = made(shared, "nat_lemur.png").report.seen
    assert (seen.model, seen.origin, seen.instead_of) == ("u2netp", "own file", None)
    assert seen.confidence > 0.9


@pytest.mark.parametrize("name", FACES)
def test_every_face_lies_inside_the_mask(shared, name):
    alpha = alpha_of(made(shared, name).data)
    for x, y, width, height in FACES[name]:
        assert alpha[y : y + height, x : x + width].mean() > 0.9


def test_each_step_at_the_edge_can_be_left_out(shared):
    every = Edges()
    assert made(shared, "nat_lemur.png", Cutout(edges=every)).data
    for left_out in (Edges(guided=False), Edges(stretched=False), Edges(colours=False)):
        assert alpha_of(made(shared, "nat_lemur.png", Cutout(edges=left_out)).data).max() == 1


def test_a_worker_of_the_service_can_use_a_model_within_its_limits(shared):
    with Workers(WorkerLimits(count=1)) as workers:
        renderer = Renderer(workers, Limits(), Shelf(stand_in(shared)))
        data = (shared / "samples" / "studio_white_lemur.jpg").read_bytes()
        first = renderer.render(data, Edit(cutout=Cutout()))
        second = renderer.render(data, Edit(cutout=Cutout()))
    assert first.report.seen.model == "u2netp"
    assert first.data == second.data

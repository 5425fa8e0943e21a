"""The answer of `explain`, as an object and as JSON."""

from __future__ import annotations

import json

import pytest

from cropwright.core.command import Facts
from cropwright.core.geometry import Rect, Size
from cropwright.core.report import Attempt, Report

REPORT = Report(
    Facts(300, 200, "gif", has_alpha=True, frames=7),
    Rect(100, 50, 150, 100),
    "center",
    (Attempt("entropy", "the picture is plain"), Attempt("center", "by its place")),
    Size(75, 50),
)


def test_a_report_survives_json_word_for_word():
    assert json.loads(json.dumps(REPORT.as_dict())) == {
        "source": {"width": 300, "height": 200, "format": "gif", "frames": 7},
        "rect": {"x": 100, "y": 50, "width": 150, "height": 100},
        "fractions": {"x": 0.333333, "y": 0.25, "width": 0.5, "height": 0.5},
        "decided_by": "center",
        "tried": [
            {"decider": "entropy", "outcome": "the picture is plain"},
            {"decider": "center", "outcome": "by its place"},
        ],
        "result": {"width": 75, "height": 50},
    }


def test_the_fractions_of_the_report_itself_are_exact():
    assert REPORT.fractions == pytest.approx((1 / 3, 1 / 4, 1 / 2, 1 / 2), abs=1e-12)

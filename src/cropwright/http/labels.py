"""Headers that say how a cut-out came about, so that a weaker method is never mistaken for a model."""

from __future__ import annotations

from cropwright.core.report import Report


def labels(report: Report) -> dict[str, str]:
    """The headers of an answer; none where no model had to look.

    `Cropwright-Subject: none` says that the picture was kept whole, because nothing stood out.
    """
    seen = report.seen
    if seen is None:
        return {}
    told = {
        "cropwright-model": seen.model,
        "cropwright-confidence": f"{seen.confidence:.2f}",
        "cropwright-subject": "none" if seen.box is None else "found",
    }
    return told | ({"cropwright-instead-of": seen.instead_of} if seen.instead_of else {})

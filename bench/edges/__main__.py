"""`python -m bench.edges`: measure, print, and write docs/edges.md."""

from __future__ import annotations

from bench.edges import score
from bench.edges.page import page
from bench.edges.speed import ROOT, all_measured

if __name__ == "__main__":
    text = page(score.methods(), score.colours(), all_measured())
    (ROOT / "docs" / "edges.md").write_text(text, encoding="utf-8")
    print(text)

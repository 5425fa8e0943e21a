"""Crop a picture that the program draws itself, in every gravity and format."""

from __future__ import annotations

import html
import sys
from pathlib import Path

import cropwright
from cropwright.core.formats import WRITABLE
from cropwright.core.gravity import BY_PEOPLE, FOCAL_POINT, GRAVITIES, SUBJECT
from cropwright.engine.draw import drawing

SIZE = {"width": 240, "height": 160}
STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fafafa; }
main { display: grid; grid-template-columns: repeat(auto-fill, 240px); gap: 1.2em; }
figure { margin: 0; } figcaption { color: #555; } img { max-width: 100%; background: #eee; }
"""


def main(folder: Path) -> None:
    """Draw, crop and write everything below `folder`, and say where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "source.png"
    source.write_bytes(drawing(960, 640))
    picture = cropwright.open(source)
    shown = [(source, f"the source, {picture.width}x{picture.height}")]
    for gravity in (
        name for name in GRAVITIES if name not in (SUBJECT, *BY_PEOPLE)
    ):  # that may want a model
        focal = (0.68, 0.34) if gravity == FOCAL_POINT else None
        crop = picture.crop(gravity=gravity, focal=focal, **SIZE)
        rect = crop.report.rect
        path = crop.save(folder / f"gravity-{gravity}.png")
        shown.append((path, f"{gravity}: at {rect.x},{rect.y}, by {crop.report.decided_by}"))
    for name in WRITABLE:
        crop = picture.crop(aspect="3:2", gravity="entropy", resize=(240, 160))
        path = crop.save(folder / f"format-{name}.{name}", quality=80)
        shown.append((path, f"{name}: {path.stat().st_size:,} bytes"))
    sheet = folder / "contact-sheet.html"
    sheet.write_text(contact_sheet(shown), encoding="utf-8")
    for path, words in shown:
        print(f"{path}  {words}")
    print(f"\nContact sheet: {sheet.resolve()}")
    print("Crop a photo of yours: .venv/bin/cropwright crop PHOTO -o small.webp --aspect 4:5")


def contact_sheet(shown: list[tuple[Path, str]]) -> str:
    """One page with every picture and what it is."""
    figures = "\n".join(
        f'<figure><img src="{html.escape(path.name)}" alt=""><figcaption>{html.escape(words)}'
        "</figcaption></figure>"
        for path, words in shown
    )
    head = f'<meta charset="utf-8"><title>Cropwright demo</title><style>{STYLE}</style>'
    return f"<!doctype html>{head}<h1>Cropwright demo</h1><main>\n{figures}\n</main>\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("demo"))

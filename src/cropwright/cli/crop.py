"""`cropwright crop`: photographs in, crops out, for people."""

from __future__ import annotations

from typing import Any

import click

from cropwright.cli.many import manner_options, photo_arguments, run
from cropwright.cli.words import edit_from, window_options


@click.command(context_settings={"max_content_width": 100})
@photo_arguments
@window_options
@manner_options
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Crop pictures: files, folders, or patterns in quotes.

    Without --size or --aspect the whole picture is kept. Nothing is enlarged and no file is
    replaced unless you say so.

    \b
      cropwright crop photo.jpg -o hero.webp --aspect 16:9 --gravity entropy
      cropwright crop photo.jpg -o face.png --rect 820,140,600,600
      cropwright crop 'holiday/*.jpg' -o square/ --aspect 1:1 --resize 800x800
      cropwright crop photo.jpg --dry-run --aspect 1:1 --gravity attention

    Formats: png, jpeg, webp, avif, gif; photos may also be tiff or bmp.
    """
    ctx.exit(run(given, edit_from(given)))

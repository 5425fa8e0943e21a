"""`cropwright cutout`: photographs in, subjects without their background out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cropwright.cli.many import manner_options, photo_arguments, run
from cropwright.cli.words import cutout_from, cutout_options


@click.command(context_settings={"max_content_width": 100})
@photo_arguments
@cutout_options
@manner_options
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Cut the subject out of pictures: files, folders, or patterns in quotes.

    The result is a PNG with a transparent background unless you say otherwise. Without a model only
    subjects before a plain backdrop can be cut out; see `cropwright models list`.

    \b
      cropwright cutout photo.jpg -o subject.png
      cropwright cutout photo.jpg -o shop.jpg --gravity subject --margin 8% --aspect 1:1 \\
        --background '#ffffff' --shadow
      cropwright cutout 'products/*.jpg' -o cut/ --format webp
      cropwright cutout photo.jpg -o mask.png --only-mask
    """
    picture = given["background_picture"]
    data = Path(picture).read_bytes() if picture else None
    ctx.exit(run(given, cutout_from(given | {"background_picture": data})))

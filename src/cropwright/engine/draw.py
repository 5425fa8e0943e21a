"""A picture drawn from numbers, for trying an installation without any file at hand."""

from __future__ import annotations

from cropwright.engine.vips import pyvips


def drawing(width: int, height: int) -> bytes:
    """A PNG of `width` x `height` pixels: sky over hills, and one striped balloon off-centre."""
    grid = pyvips.Image.xyz(width, height)
    x, y = grid[0] / width, grid[1] / height
    sky = y.linear([-120.0, -60.0, -20.0], [255.0, 230.0, 245.0])
    hills = y > (0.78 + ((x * 520).sin() * 0.05))
    picture = hills.ifthenelse([86, 125, 70], sky)
    across, down = (x - 0.68) * (width / height), y - 0.34
    inside = (across * across + down * down) < 0.16**2
    stripes = ((across * 60).floor() % 2).ifthenelse([214, 40, 40], [252, 191, 73])
    picture = inside.ifthenelse(stripes, picture)
    return bytes(picture.cast("uchar").copy(interpretation="srgb").pngsave_buffer())

"""What is put behind a subject that was cut out: a colour, a picture, the blurred picture, a shadow."""

from __future__ import annotations

from cropwright.core.colour import Colour
from cropwright.core.cutout import Blur, Cutout, Shadow
from cropwright.core.limits import Limits
from cropwright.engine.load import open_picture
from cropwright.engine.steps.colour import to_srgb
from cropwright.engine.vips import decoding, pyvips

_CLEARLY_BEHIND = 1e-3
"""Share of background a blurred place needs to have a colour of its own."""


def set_behind(
    subject: pyvips.Image, scene: pyvips.Image, cutout: Cutout, limits: Limits
) -> pyvips.Image:
    """`subject` (RGBA) over what the cut-out wishes; `scene` is the picture it was cut from.

    Raises InputError for a background picture that cannot be used.
    """
    below = _backdrop(subject, scene, cutout, limits)
    if cutout.shadow is not None:
        shadow = _shadow(subject, cutout.shadow)
        below = shadow if below is None else below.composite2(shadow, "over")
    if below is None:
        return subject
    made = _tagged(below, subject).composite2(subject, "over").cast("uchar")
    return made if cutout.is_clear else made[:3]


def _backdrop(
    subject: pyvips.Image, scene: pyvips.Image, cutout: Cutout, limits: Limits
) -> pyvips.Image | None:
    wished = cutout.background
    if isinstance(wished, Colour):
        channels = [wished.red, wished.green, wished.blue, wished.alpha]
        return subject.new_from_image(channels).cast("uchar")
    if isinstance(wished, Blur):
        return _blurred(subject, scene, wished).bandjoin(255)
    if isinstance(wished, bytes):
        return _picture(wished, subject, limits).bandjoin(255)
    return None


def _blurred(subject: pyvips.Image, scene: pyvips.Image, blur: Blur) -> pyvips.Image:
    """The scene out of focus, without the subject's colours running into it."""
    sigma = max(0.5, blur.strength / 100 * max(scene.width, scene.height))
    behind = subject[3].linear([-1 / 255], [1.0]).cast("float")
    # At a quarter of the size where the blur is wide: nothing finer is left in it.
    shrink = max(1, int(sigma / 2))
    weighted = (scene * behind).bandjoin(behind).shrink(shrink, shrink).gaussblur(sigma / shrink)
    share = weighted[3] + _CLEARLY_BEHIND
    plain = scene.cast("float").shrink(shrink, shrink).gaussblur(4 * sigma / shrink)
    # Deep inside the subject nothing of the background is near: there it does not matter.
    mixed = (weighted[:3] + plain * _CLEARLY_BEHIND) / share
    across, down = scene.width / mixed.width, scene.height / mixed.height
    grown = mixed.resize(across, vscale=down, kernel="linear")
    grown = grown.gravity("centre", scene.width, scene.height, extend="copy")
    return grown.rint().cast("uchar").copy(interpretation="srgb")


def _picture(data: bytes, subject: pyvips.Image, limits: Limits) -> pyvips.Image:
    """A picture that covers the subject's frame, cut in the middle."""
    opened = open_picture(data, limits)
    with decoding(opened.facts.format):
        image = opened.stream().autorot()
        image = to_srgb(image.copy_memory()).colourspace("srgb")
        if image.hasalpha():
            image = image.flatten(background=[255.0])
        return image.thumbnail_image(
            subject.width, height=subject.height, size="both", crop="centre"
        ).copy_memory()


def _shadow(subject: pyvips.Image, wish: Shadow) -> pyvips.Image:
    longest = max(subject.width, subject.height)
    right, down = round(wish.right / 100 * longest), round(wish.down / 100 * longest)
    moved = subject[3].embed(right, down, subject.width, subject.height)
    soft = moved.gaussblur(max(0.5, wish.softness / 100 * longest)) * wish.opacity
    black = subject.new_from_image([0, 0, 0]).cast("uchar")
    return black.bandjoin(soft.cast("uchar")).copy(interpretation="srgb")


def _tagged(image: pyvips.Image, like: pyvips.Image) -> pyvips.Image:
    return image.copy(interpretation=like.interpretation)

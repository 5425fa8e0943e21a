"""The kinds of files we host: a closed list, safe to hand out."""

from __future__ import annotations

import re

import pytest

from cropwright.core.formats import FORMATS
from cropwright.core.media import MEDIA, is_inline, media_of


def test_every_picture_format_has_a_row_of_its_name_and_type():
    for name, row in FORMATS.items():
        assert media_of(name).media_type == row.media_type
        assert media_of(name).extension in row.extensions


def test_extensions_are_short_plain_and_unique():
    extensions = [row.extension for row in MEDIA.values()]
    assert len(set(extensions)) == len(extensions)
    assert all(re.fullmatch("[a-z0-9]{1,8}", extension) for extension in extensions)


def test_nothing_is_handed_out_as_something_that_runs_in_a_browser():
    for row in MEDIA.values():
        family = row.media_type.split("/")[0]
        assert family in {"image", "audio", "video", "model", "application"}
        assert not re.search("html|xml|svg|script|pdf|text", " ".join(row.media_types))


def test_pictures_sound_and_film_are_shown_in_place_and_the_rest_is_saved():
    for row in MEDIA.values():
        shown = row.media_type.split("/")[0] in {"image", "audio", "video"}
        assert (row.inline, is_inline(row.media_type)) == (shown, shown)


@pytest.mark.parametrize("media_type", ["", "text/html", "image/svg+xml", "model/obj", "IMAGE/PNG"])
def test_a_type_that_is_not_ours_is_never_shown_in_place(media_type):
    assert not is_inline(media_type)


def test_a_name_that_is_no_kind_of_ours_is_an_error_of_the_program():
    with pytest.raises(KeyError):
        media_of("exe")

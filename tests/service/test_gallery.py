"""Pictures made ready and shown: once for all who ask, never after they are gone."""

from __future__ import annotations

import pytest

from conftest import decoded, encoded, gradient
from cropwright.core.command import Edit, Output
from cropwright.core.geometry import Rect
from cropwright.core.media import media_of
from cropwright.errors import BrokenPictureError, UploadNotFoundError
from cropwright.service.gallery import Gallery
from cropwright.service.pyramids import Label, Pyramids
from cropwright.service.settings import IiifSettings

pytest_plugins = ["inside_fixtures"]

PICTURE = encoded(gradient(120, 80))
EDIT = Edit(rect=Rect(5, 6, 20, 10), output=Output("png"))


@pytest.fixture
def gallery(parts, tmp_path):
    """A gallery to which everything is large."""
    settings = IiifSettings(pyramid_pixels=1)
    return Gallery(settings, parts.host, parts.renderer, Pyramids(tmp_path / "pyramids", 2**30))


@pytest.fixture
def upload(parts):
    """A hosted picture."""
    return parts.host.keep(PICTURE, media_of("png"), key_id=None, seconds=3600)


def test_a_picture_is_ready_once_it_was_prepared(gallery, upload):
    original = gallery.find(upload.draft.token)
    assert gallery.ready(original) is None
    facts = gallery.prepare(original)
    assert (facts.width, facts.height) == (120, 80)
    assert gallery.ready(original) == facts


def test_a_picture_is_not_prepared_twice(gallery, upload):
    original = gallery.find(upload.draft.token)
    gallery.prepare(original)
    made = gallery.pyramids.find(original.label).stat()
    gallery.prepare(original)
    assert gallery.pyramids.find(original.label).stat().st_ino == made.st_ino


def test_a_pyramid_that_had_to_go_is_built_again(gallery, upload):
    original = gallery.find(upload.draft.token)
    facts = gallery.prepare(original)
    gallery.pyramids.forget(upload.draft.token)
    assert gallery.ready(original) is None
    assert decoded(gallery.show(original, facts, EDIT).data).size == (20, 10)
    assert gallery.pyramids.find(original.label)


class ForgetfulPyramids(Pyramids):
    """Pyramids of which another process deletes one just after it was found."""

    def find(self, label):
        found = super().find(label)
        if found and label in GOING:
            GOING.remove(label)
            found.unlink()
        return found


GOING: list[Label] = []


def test_a_pyramid_that_goes_just_before_it_is_read_is_built_again(parts, upload, tmp_path):
    pyramids = ForgetfulPyramids(tmp_path / "pyramids", 2**30)
    gallery = Gallery(IiifSettings(pyramid_pixels=1), parts.host, parts.renderer, pyramids)
    original = gallery.find(upload.draft.token)
    facts = gallery.prepare(original)
    GOING.append(original.label)
    assert decoded(gallery.show(original, facts, EDIT).data).size == (20, 10)
    assert GOING == []


def test_a_picture_deleted_while_its_pyramid_is_built_leaves_none(gallery, parts, upload):
    original = gallery.find(upload.draft.token)
    parts.host.catalog.uploads.retire(upload)
    with pytest.raises(UploadNotFoundError):
        gallery.prepare(original)
    assert gallery.pyramids.owners() == set()


def test_pyramids_of_uploads_that_another_machine_deleted_are_swept(gallery, parts, upload, clock):
    folder = parts.host.keep(PICTURE, media_of("png"), key_id=None, seconds=0)
    for token in (upload.draft.token, folder.draft.token):
        gallery.prepare(gallery.find(token))
    clock.wait(3600)
    gallery.sweep()
    assert gallery.pyramids.owners() == {folder.draft.token}


def test_a_picture_that_failed_is_not_tried_again_at_once(gallery, parts):
    broken = parts.host.keep(PICTURE[:2000], media_of("png"), key_id=None, seconds=60)
    original = gallery.find(broken.draft.token)
    with pytest.raises(BrokenPictureError):
        gallery.prepare(original)
    parts.host.store.refuses.add("get")  # not asked again
    with pytest.raises(BrokenPictureError):
        gallery.prepare(original)


def test_a_large_picture_that_is_cut_short_is_refused_whole(gallery, parts):
    noisy = encoded(gradient(400, 300), "JPEG")
    broken = parts.host.keep(noisy[: len(noisy) // 2], media_of("jpeg"), key_id=None, seconds=60)
    with pytest.raises(BrokenPictureError):
        gallery.prepare(gallery.find(broken.draft.token))
    assert list(gallery.pyramids.folder.iterdir()) == []

"""The life of a hosted file as the catalog keeps it, on each kind of database."""

from __future__ import annotations

import pytest
from catalogs import HOUR, NOW, added, draft, published

from cropwright.catalog.schema import State
from cropwright.core.hosting import Upload, Usage
from cropwright.errors import KeyRejectedError, QuotaExceededError, StorageUnavailableError

pytest_plugins = ["postgres_server", "catalog_fixtures"]


def found(catalog, upload, now_ms=NOW):
    return catalog.uploads.find(upload.draft.token, now_ms)


def condemned(catalog, now_ms=NOW, reserved_before_ms=NOW, limit=100):
    return catalog.uploads.condemn(now_ms, reserved_before_ms, limit)


def test_a_link_works_from_publishing_on_and_gives_every_fact(catalog):
    upload = catalog.uploads.reserve(draft(added(catalog), extension="jpg", sha256="0f" * 32))
    assert found(catalog, upload) is None
    catalog.uploads.publish(upload)
    assert found(catalog, upload) == upload


def test_a_token_nobody_was_given_finds_nothing(catalog):
    published(catalog)
    assert catalog.uploads.find("x" * 32, NOW) is None
    assert catalog.uploads.find("", NOW) is None


@pytest.mark.parametrize(("age", "works"), [(0, True), (HOUR - 1, True), (HOUR, False)])
def test_a_link_works_until_the_millisecond_it_expires(catalog, age, works):
    upload = published(catalog)
    owned = catalog.uploads.owned(None, number=upload.id, now_ms=NOW + age)
    assert (found(catalog, upload, NOW + age) == upload, owned == upload) == (works, works)
    assert condemned(catalog, NOW + age) == ([] if works else [upload])


def test_a_link_without_an_end_has_none(catalog):
    upload = published(catalog, expires_ms=None)
    assert found(catalog, upload, NOW + 10**15) == upload
    assert condemned(catalog, NOW + 10**15) == []


def test_a_clock_set_back_brings_no_link_back_that_was_condemned(catalog):
    upload = published(catalog)
    condemned(catalog, NOW + HOUR)
    assert found(catalog, upload, NOW) is None
    assert catalog.uploads.owned(None, token=upload.draft.token, now_ms=NOW) is None


def test_owned_sees_a_key_s_own_files_only(catalog):
    anna, ben = added(catalog), added(catalog, "ben")
    files = {key: published(catalog, key) for key in (anna, ben, None)}
    for key in files:
        for owner, upload in files.items():
            key_id, expected = key.id if key else None, upload if owner is key else None
            assert catalog.uploads.owned(key_id, number=upload.id, now_ms=NOW) == expected
            token = upload.draft.token
            assert catalog.uploads.owned(key_id, token=token, now_ms=NOW) == expected


def test_owned_wants_number_and_token_both_right_if_both_are_said(catalog):
    one, other = published(catalog), published(catalog)
    ask = catalog.uploads.owned
    assert ask(None, number=one.id, token=one.draft.token, now_ms=NOW) == one
    assert ask(None, number=one.id, token=other.draft.token, now_ms=NOW) is None


def test_any_number_may_be_asked_for(catalog):
    published(catalog)
    for number in (0, -1, 2**31, 2**63 - 1, 2**63, 10**40):
        assert catalog.uploads.owned(None, number=number, now_ms=NOW) is None


def test_owned_does_not_see_what_is_reserved(catalog):
    upload = catalog.uploads.reserve(draft())
    assert catalog.uploads.owned(None, number=upload.id, now_ms=NOW) is None


def test_a_link_is_retired_once(catalog):
    upload = published(catalog)
    assert catalog.uploads.retire(upload)
    assert found(catalog, upload) is None
    assert not catalog.uploads.retire(upload)
    catalog.uploads.forget(upload)
    assert not catalog.uploads.retire(upload)


def test_what_is_not_live_cannot_be_retired(catalog):
    assert not catalog.uploads.retire(catalog.uploads.reserve(draft()))


@pytest.mark.parametrize("fate", ["publish", "condemn", "forget"])
def test_only_what_is_reserved_can_be_published(catalog, fate):
    upload = catalog.uploads.reserve(draft())
    {
        "publish": lambda: catalog.uploads.publish(upload),
        "condemn": lambda: condemned(catalog, reserved_before_ms=NOW + 1),
        "forget": lambda: catalog.uploads.forget(upload),
    }[fate]()
    with pytest.raises(StorageUnavailableError):
        catalog.uploads.publish(upload)
    assert (found(catalog, upload) is not None) == (fate == "publish")


def test_condemning_takes_the_expired_the_lost_and_what_others_left(catalog):
    live = published(catalog)
    expired = published(catalog, expires_ms=NOW)
    lost = catalog.uploads.reserve(draft(created_ms=NOW - 1))
    catalog.uploads.reserve(draft(created_ms=NOW))
    left = published(catalog)
    catalog.uploads.retire(left)
    assert condemned(catalog) == [expired, lost, left]
    assert {upload.id for upload in condemned(catalog)} == {expired.id, lost.id, left.id}
    assert found(catalog, live) == live


def test_condemning_keeps_to_its_limit_and_gets_to_the_end(catalog):
    uploads = [published(catalog, expires_ms=NOW) for _ in range(5)]
    catalog.uploads.retire(uploads[0])
    seen = []
    while some := condemned(catalog, limit=2):
        assert len(some) <= 2
        seen += some
        for upload in some:
            catalog.uploads.forget(upload)
    assert sorted(upload.id for upload in seen) == [upload.id for upload in uploads]


def test_the_states_are_those_written_down(catalog):
    assert [*State] == ["reserved", "live", "retired"]


def test_a_number_is_never_given_twice(catalog):
    numbers = []
    for _ in range(4):
        upload = published(catalog)
        numbers.append(upload.id)
        catalog.uploads.forget(upload)  # the highest number of all is free again
    assert numbers == sorted(set(numbers))
    assert published(catalog).id > numbers[-1]


def test_use_is_charged_from_reserving_to_forgetting(catalog):
    key = added(catalog)
    used = [catalog.uploads.usage(key.id)]
    upload = catalog.uploads.reserve(draft(key, size_bytes=70))
    other = published(catalog, key, size_bytes=5)
    used.append(catalog.uploads.usage(key.id))
    catalog.uploads.publish(upload)
    catalog.uploads.retire(upload)
    used.append(catalog.uploads.usage(key.id))
    catalog.uploads.forget(upload)
    catalog.uploads.forget(upload)
    used.append(catalog.uploads.usage(key.id))
    assert used == [Usage(0, 0), Usage(75, 2), Usage(75, 2), Usage(5, 1)]
    assert found(catalog, other) == other


def test_what_is_forgotten_is_what_was_charged_whatever_is_said_later(catalog):
    key = added(catalog)
    upload = published(catalog, key, size_bytes=70)
    catalog.uploads.forget(Upload(upload.id, draft(size_bytes=1)))
    assert catalog.uploads.usage(key.id) == Usage(0, 0)


def test_each_has_a_use_of_its_own_and_so_has_nobody(catalog):
    anna, ben = added(catalog), added(catalog, "ben")
    published(catalog, anna, size_bytes=3_000_000_000)
    published(catalog, size_bytes=2)
    catalog.uploads.reserve(draft(size_bytes=1))
    assert catalog.uploads.usage(anna.id) == Usage(3_000_000_000, 1)
    assert catalog.uploads.usage(ben.id) == Usage(0, 0)
    assert catalog.uploads.usage(None) == Usage(3, 2)
    assert catalog.uploads.usage(12345) == Usage(0, 0)


def test_totals_are_of_what_is_live(catalog):
    assert catalog.uploads.totals() == Usage(0, 0)
    published(catalog, added(catalog), size_bytes=3_000_000_000)
    published(catalog, size_bytes=7_000_000_000)
    catalog.uploads.reserve(draft())
    catalog.uploads.retire(published(catalog))
    assert catalog.uploads.totals() == Usage(10_000_000_000, 2)


@pytest.mark.parametrize(
    ("allowed", "size", "refusal"),
    [
        ({"quota_bytes": 2500}, 501, (2500, 2501, "bytes")),
        ({"quota_files": 2}, 1, (2, 3, "files")),
        ({"quota_bytes": 2000, "quota_files": 2}, 1, (2000, 2001, "bytes")),
    ],
)
def test_what_passes_a_quota_is_refused_and_not_charged(catalog, allowed, size, refusal):
    key = added(catalog, **allowed)
    published(catalog, key)
    published(catalog, key)
    with pytest.raises(QuotaExceededError) as error:
        catalog.uploads.reserve(draft(key, size_bytes=size))
    assert (error.value.limit, error.value.actual, error.value.unit) == refusal
    assert catalog.uploads.usage(key.id) == Usage(2000, 2)


def test_a_quota_may_be_used_up_exactly_and_again_after_forgetting(catalog):
    key = added(catalog, quota_bytes=2000, quota_files=2)
    one = published(catalog, key)
    published(catalog, key)
    catalog.uploads.forget(one)
    published(catalog, key)
    assert catalog.uploads.usage(key.id) == Usage(2000, 2)


def test_nobody_has_no_quota_and_a_key_that_was_never_made_has_no_use(catalog):
    published(catalog, size_bytes=2**60)
    with pytest.raises(KeyRejectedError):
        catalog.uploads.reserve(draft(key_id=12345))
    assert catalog.uploads.totals() == Usage(2**60, 1)

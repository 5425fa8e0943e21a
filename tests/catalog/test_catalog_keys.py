"""API keys as the catalog keeps them, on each kind of database."""

from __future__ import annotations

import pytest
from catalogs import NOW, added

from cropwright.core.hosting import Allowance, ApiKey
from cropwright.errors import InvalidValueError

pytest_plugins = ["postgres_server", "catalog_fixtures"]


def test_a_key_is_found_by_its_handle_with_every_fact(catalog):
    allowance = Allowance(quota_bytes=2**40, quota_files=0, rate_per_minute=60, queue=4)
    key = catalog.keys.add("anna", "handle-1", b"\0\xff digest", allowance, NOW)
    assert key == ApiKey(key.id, "anna", "handle-1", b"\0\xff digest", allowance, NOW, None)
    assert catalog.keys.find("handle-1") == key


def test_what_is_not_limited_stays_so(catalog):
    assert catalog.keys.find(added(catalog).handle).allowance == Allowance()


def test_a_handle_nobody_has_finds_nothing(catalog):
    added(catalog)
    assert catalog.keys.find("handle-1") is None


def test_all_keys_are_told_in_the_order_they_were_made(catalog):
    assert catalog.keys.all() == []
    keys = [added(catalog, name) for name in ("zoe", "anna", "ben")]
    assert catalog.keys.all() == keys


def test_a_revoked_key_is_still_found_and_says_when_it_ended(catalog):
    key = added(catalog)
    assert catalog.keys.revoke("anna", NOW + 5)
    assert catalog.keys.find(key.handle).revoked_ms == NOW + 5
    assert [row.revoked_ms for row in catalog.keys.all()] == [NOW + 5]


def test_a_key_is_revoked_once(catalog):
    added(catalog)
    assert not catalog.keys.revoke("ben", NOW)
    assert catalog.keys.revoke("anna", NOW)
    assert not catalog.keys.revoke("anna", NOW + 5)
    assert catalog.keys.all()[0].revoked_ms == NOW


def test_a_name_in_use_is_refused(catalog):
    added(catalog)
    with pytest.raises(InvalidValueError) as refusal:
        added(catalog)
    assert (refusal.value.field, refusal.value.value) == ("name", "anna")
    assert len(catalog.keys.all()) == 1


def test_a_revoked_key_s_name_is_free_and_revoking_it_ends_the_new_one_only(catalog):
    first = added(catalog)
    for moment in (NOW, NOW + 1):
        catalog.keys.revoke("anna", moment)
        last = added(catalog)
    assert [row.revoked_ms for row in catalog.keys.all()] == [NOW, NOW + 1, None]
    assert (first.id < last.id, catalog.keys.find(last.handle)) == (True, last)


def test_a_name_may_be_any_printable_text(catalog):
    for name in ("Ännä 1", "x" * 100, "a.b-c_d@e", "東京", "'; DROP TABLE keys"):
        assert catalog.keys.find(added(catalog, name).handle).name == name
        assert catalog.keys.revoke(name, NOW)


def test_what_is_no_name_is_refused_and_told_without_its_control_characters(catalog):
    for name in ("", "x" * 101, "a\nb", "a\0b", "\udcff", "\x1b[31m"):
        with pytest.raises(InvalidValueError) as refusal:
            added(catalog, name)
        assert str(refusal.value).isprintable()
    assert catalog.keys.all() == []


def test_an_allowance_that_no_database_holds_is_refused(catalog):
    for number in (-1, 2**63, 10**30):
        with pytest.raises(InvalidValueError) as refusal:
            added(catalog, quota_files=number)
        assert (refusal.value.field, refusal.value.value) == ("quota_files", str(number))
    assert catalog.keys.all() == []

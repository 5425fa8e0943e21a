"""Hosting: what is kept can be read until its time is over, and then it is gone."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest

from cropwright.core.hosting import Upload, Usage
from cropwright.core.media import media_of
from cropwright.errors import (
    QuotaExceededError,
    StorageUnavailableError,
    UploadNotFoundError,
)
from cropwright.service.host import Host, place
from inside import NOW, BreakableStore, Clock, new_key

pytest_plugins = ["inside_fixtures"]

PNG = media_of("png")
QUARTER_HOUR = 15 * 60


@pytest.fixture
def host(parts) -> Host:
    return parts.host


def kept(host: Host, data: bytes = b"bytes", seconds: int = 3600, key_id: int | None = None):
    return host.keep(data, PNG, key_id=key_id, seconds=seconds)


def test_a_file_that_is_kept_is_found_with_its_facts_and_read(host):
    upload = host.keep(b"some bytes", media_of("jpeg"), key_id=None, seconds=60)
    draft = upload.draft
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", draft.token)
    assert (draft.extension, draft.media_type, draft.size_bytes) == ("jpg", "image/jpeg", 10)
    assert draft.sha256 == hashlib.sha256(b"some bytes").hexdigest()
    assert (draft.key_id, draft.created_ms, draft.expires_ms) == (None, NOW, NOW + 60_000)
    assert host.find(draft.token) == upload
    assert host.read(upload) == b"some bytes"
    assert host.read(upload, 5, 3) == b"byt"
    assert host.direct_link(upload, 60) is None


def test_every_file_has_a_name_of_its_own_even_if_it_is_the_same(host):
    uploads = [kept(host) for _ in range(20)]
    assert len({upload.draft.token for upload in uploads}) == 20
    assert len({upload.id for upload in uploads}) == 20


def test_files_lie_in_folders_by_their_first_letter(host):
    token = kept(host).draft.token
    assert place(token) == f"{token[:1]}/{token}"
    assert host.store.names() == [place(token)]


def test_a_link_lives_to_the_millisecond(host, clock):
    token = kept(host, seconds=60).draft.token
    clock.ms = NOW + 59_999
    assert host.find(token)
    clock.ms = NOW + 60_000
    with pytest.raises(UploadNotFoundError):
        host.find(token)


def test_a_link_without_end_has_none(host, clock):
    upload = kept(host, seconds=0)
    clock.wait(10 * 366 * 24 * 3600)
    assert host.sweep() == 0
    assert (host.find(upload.draft.token), upload.draft.expires_ms) == (upload, None)


NO_TOKENS = [
    "",
    "x" * 21,
    "x" * 65,
    "a/../b" * 5,
    "a.png" * 6,
    "ä" * 32,
    "x" * 30 + "\0",
    "\ud800" * 32,
]


@pytest.mark.parametrize("token", ["x" * 32, *NO_TOKENS])
def test_what_names_nothing_is_not_found_by_anybody(shared_inside, token):
    host = shared_inside.parts.host
    kept(host)
    for ask in (host.find, lambda token: host.owned(None, token=token)):
        with pytest.raises(UploadNotFoundError) as refusal:
            ask(token)
        assert refusal.value.id == token
    with pytest.raises(UploadNotFoundError):
        host.delete_owned(None, token=token)


def test_a_file_is_its_key_s_own(parts, host):
    (_, anna), (_, ben) = new_key(parts), new_key(parts)
    upload = kept(host, key_id=anna.id)
    assert host.owned(anna.id, token=upload.draft.token) == upload
    assert host.owned(anna.id, number=upload.id) == upload
    assert host.owned(anna.id, number=upload.id, token=upload.draft.token) == upload
    for stranger in (ben.id, None, 999):
        with pytest.raises(UploadNotFoundError):
            host.owned(stranger, token=upload.draft.token)
        with pytest.raises(UploadNotFoundError):
            host.delete_owned(stranger, number=upload.id)
    assert host.find(upload.draft.token) == upload


@pytest.mark.parametrize("number", [0, -1, 999_999, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_is_nobody_s_is_not_found(shared_inside, number):
    host = shared_inside.parts.host
    kept(host)
    with pytest.raises(UploadNotFoundError) as refusal:
        host.owned(None, number=number)
    assert refusal.value.id == str(number)


def test_deleting_ends_the_link_and_deletes_the_bytes(host):
    upload, other = kept(host), kept(host)
    host.delete_owned(None, token=upload.draft.token)
    with pytest.raises(UploadNotFoundError):
        host.find(upload.draft.token)
    with pytest.raises(UploadNotFoundError):
        host.read(upload)
    assert host.store.names() == [place(other.draft.token)]


def test_a_file_is_deleted_once(host):
    upload = kept(host)
    host.delete(upload)
    with pytest.raises(UploadNotFoundError):
        host.delete(upload)


def test_an_expired_file_is_not_its_owner_s_any_more(host, clock):
    upload = kept(host, seconds=60)
    clock.wait(60)
    for named in ({"number": upload.id}, {"token": upload.draft.token}):
        with pytest.raises(UploadNotFoundError):
            host.delete_owned(None, **named)


def test_what_a_key_has_hosted_is_counted_up_and_down(parts, host, clock):
    _, key = new_key(parts)
    first = kept(host, b"123", 0, key.id)
    kept(host, b"4567", 60, key.id)
    assert host.usage(key.id) == Usage(7, 2)
    host.delete(first)
    assert host.usage(key.id) == Usage(4, 1)
    clock.wait(60)
    host.sweep()
    assert (host.usage(key.id), host.usage(None)) == (Usage(0, 0), Usage(0, 0))


def test_beyond_its_quota_a_key_hosts_nothing_until_there_is_room_again(parts, host):
    _, key = new_key(parts, quota_bytes=10)
    upload = kept(host, b"1234567", 0, key.id)
    with pytest.raises(QuotaExceededError) as refusal:
        kept(host, b"1234", 0, key.id)
    assert refusal.value.facts() == {"limit": 10, "actual": 11, "unit": "bytes"}
    assert host.store.names() == [place(upload.draft.token)]
    host.delete(upload)
    assert kept(host, b"1234567890", 0, key.id)


def test_the_sweeper_deletes_what_has_expired_and_nothing_else(host, clock):
    short, long, endless = (kept(host, seconds=seconds) for seconds in (60, 61, 0))
    assert host.sweep() == 0
    clock.wait(60)
    assert host.sweep() == 1
    assert host.store.names() == sorted(place(upload.draft.token) for upload in (long, endless))
    assert (host.sweep(), host.catalog.uploads.totals().files) == (0, 2)
    with pytest.raises(UploadNotFoundError):
        host.read(short)


def test_more_files_may_expire_than_are_swept_in_one_go(host, clock):
    for _ in range(205):
        kept(host, seconds=60)
    clock.wait(60)
    assert (host.sweep(), host.store.names()) == (205, [])


def reserved(host: Host) -> Upload:
    """A file whose bytes are stored and whose link never came to life."""
    draft = kept(host).draft
    host.delete(host.find(draft.token))
    upload = host.catalog.uploads.reserve(replace(draft, created_ms=host.now_ms()))
    host.store.put(place(draft.token), b"half")
    return upload


def test_what_a_crash_left_half_done_is_swept_when_nobody_can_be_at_it_any_more(host, clock):
    upload = reserved(host)
    clock.wait(QUARTER_HOUR)
    assert (host.sweep(), len(host.store.names())) == (0, 1)
    clock.ms += 1
    assert (host.sweep(), host.store.names()) == (1, [])
    with pytest.raises(StorageUnavailableError):
        host.catalog.uploads.publish(upload)


def test_what_was_half_deleted_is_deleted_by_the_sweeper(host):
    upload = kept(host)
    host.store.refuses.add("delete")
    with pytest.raises(StorageUnavailableError):
        host.delete(upload)
    with pytest.raises(UploadNotFoundError):
        host.find(upload.draft.token)
    assert len(host.store.names()) == 1
    host.store.refuses.clear()
    assert (host.sweep(), host.store.names(), host.sweep()) == (1, [], 0)


@pytest.mark.parametrize("method", ["delete", "ping"])
def test_the_sweeper_forgets_nothing_while_the_store_cannot_be_reached(host, clock, method):
    kept(host, seconds=60)
    clock.wait(60)
    host.store.refuses.add(method)
    with pytest.raises(StorageUnavailableError):
        host.sweep()
    host.store.refuses.clear()
    assert (host.sweep(), host.store.names()) == (1, [])


def test_with_nothing_to_sweep_the_store_is_left_in_peace(host):
    host.store.refuses |= {"ping", "delete"}
    assert host.sweep() == 0


def test_when_the_store_refuses_the_quota_is_given_back(parts, host):
    _, key = new_key(parts, quota_files=1)
    host.store.refuses.add("put")
    for _ in range(2):
        with pytest.raises(StorageUnavailableError) as refusal:
            kept(host, key_id=key.id)
        assert refusal.value.retry_after_seconds == 7
    host.store.refuses.clear()
    assert (host.usage(key.id), host.sweep()) == (Usage(0, 0), 0)
    assert kept(host, key_id=key.id)


def test_when_the_store_refuses_even_to_clean_up_the_sweeper_does(parts, host, clock, caplog):
    _, key = new_key(parts)
    host.store.refuses |= {"put", "delete"}
    with pytest.raises(StorageUnavailableError):
        kept(host, key_id=key.id)
    assert "is left to the sweeper" in caplog.records[-1].message
    host.store.refuses.clear()
    clock.wait(QUARTER_HOUR + 1)
    assert (host.usage(key.id).files, host.sweep(), host.usage(key.id).files) == (1, 1, 0)


class SlowStore(BreakableStore):
    """A store that takes so long that a sweeper gives the file up meanwhile."""

    def __init__(self, host: Host, clock: Clock) -> None:
        super().__init__()
        self._host, self._clock = host, clock

    def put(self, key: str, data: bytes) -> None:
        super().put(key, data)
        self._clock.wait(QUARTER_HOUR + 1)
        assert replace(self._host, store=self).sweep() == 1


def test_a_file_that_was_given_up_meanwhile_is_not_published_and_leaves_nothing(parts, host, clock):
    _, key = new_key(parts)
    slow = replace(host, store=SlowStore(host, clock))
    with pytest.raises(StorageUnavailableError):
        kept(slow, key_id=key.id)
    assert (slow.store.names(), host.usage(key.id)) == ([], Usage(0, 0))

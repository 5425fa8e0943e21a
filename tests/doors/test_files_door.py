"""The links we hand out, asked for in all the ways that browsers and programs ask (RFC 9110)."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from urllib.parse import quote

import pytest

from cropwright.core.hosting import Upload
from cropwright.core.media import MEDIA, media_of
from inside import BreakableStore, Inside, new_key

pytest_plugins = ["inside_fixtures"]

DATA = bytes(range(256)) * 4
SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
}
GONE = "There is no such file, or not any more.\n"


def kept(inside: Inside, data: bytes = DATA, kind: str = "png", seconds: int = 3600) -> Upload:
    return inside.parts.host.keep(data, media_of(kind), key_id=None, seconds=seconds)


def link(upload: Upload) -> str:
    return f"/files/{upload.draft.token}.{upload.draft.extension}"


@pytest.fixture(scope="module")
def hosted(shared_inside) -> Upload:
    """A file of 1,024 bytes."""
    return kept(shared_inside, seconds=0)


@pytest.fixture
def ask(shared_inside, hosted):
    """Asks for that file."""

    def asked(method: str = "GET", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return shared_inside.client.request(method, link(hosted), headers=named)

    return asked


def test_a_link_gives_the_file_with_its_type_and_tag(ask, hosted):
    answer = ask()
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{hosted.draft.sha256[:40]}"'


def test_head_answers_the_same_headers_and_no_body(ask):
    whole, head = ask(), ask("HEAD")
    assert (head.status_code, head.content) == (200, b"")
    varying = {"x-request-id"}
    assert {k: v for k, v in head.headers.items() if k not in varying} == {
        k: v for k, v in whole.headers.items() if k not in varying
    }


@pytest.mark.parametrize(
    ("value", "expected", "where"),
    [
        ("bytes=0-0", DATA[:1], "0-0"),
        ("bytes=0-1", DATA[:2], "0-1"),
        ("bytes=1000-", DATA[1000:], "1000-1023"),
        ("bytes=-24", DATA[1000:], "1000-1023"),
        ("bytes=1000-5000", DATA[1000:], "1000-1023"),
        ("bytes=0-", DATA, "0-1023"),
    ],
)
def test_a_range_gives_that_part(ask, value, expected, where):
    answer = ask(range=value)
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["content-range"] == f"bytes {where}/1024"
    assert answer.headers["content-length"] == str(len(expected))
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize("value", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(ask, value):
    answer = ask(range=value)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */1024"


@pytest.mark.parametrize("value", ["bytes=5-2", "bytes=0-0,2-2", "lines=1-2", "bytes=x"])
def test_what_is_no_single_range_gives_the_whole_file(ask, value):
    answer = ask(range=value)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert "content-range" not in answer.headers


def test_a_range_of_a_known_version_is_given_and_of_another_the_whole(ask):
    etag = ask().headers["etag"]
    assert ask(range="bytes=0-1", if_range=etag).status_code == 206
    assert ask(range="bytes=0-1", if_range='"other"').status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_version_that_the_client_has_is_not_sent_again(ask, method):
    etag = ask().headers["etag"]
    for header in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = ask(method, if_none_match=header)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
        assert "content-type" not in answer.headers
    assert ask(method, if_none_match='"other"').status_code == 200


WAYS = [
    ("GET", {}, 200),
    ("HEAD", {}, 200),
    ("GET", {"range": "bytes=0-9"}, 206),
    ("GET", {"range": "bytes=5000-"}, 416),
    ("GET", {"if_none_match": "*"}, 304),
    ("POST", {}, 405),
    ("DELETE", {}, 405),
    ("OPTIONS", {}, 405),
]


@pytest.mark.parametrize(("method", "headers", "status"), WAYS)
def test_every_answer_protects_whoever_opens_it_in_a_browser(ask, method, headers, status):
    answer = ask(method, **headers)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert len(answer.headers["x-request-id"]) == 16


def test_what_does_not_exist_protects_too_and_is_never_cached(shared_inside):
    for path in ("/files/x", "/files/", f"/files/{'x' * 32}.png", "/files/a/b/c"):
        answer = shared_inside.client.get(path)
        assert (answer.status_code, answer.text) == (404, GONE)
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_files_can_only_be_read(ask, method):
    answer = ask(method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.text == "Files can be read, nothing else.\n"


@pytest.mark.parametrize("kind", MEDIA)
def test_each_kind_of_file_is_handed_out_as_what_it_is(shared_inside, kind):
    upload = kept(shared_inside, kind=kind)
    answer = shared_inside.client.get(link(upload))
    assert answer.headers["content-type"] == MEDIA[kind].media_type
    how, _, name = answer.headers["content-disposition"].partition("; filename=")
    assert how == ("inline" if MEDIA[kind].inline else "attachment")
    assert name == f'"{upload.draft.token}.{MEDIA[kind].extension}"'
    assert not answer.headers["content-type"].startswith(("text/", "application/x"))


WRONG_NAMES = {
    "another extension": "{}.jpg",
    "extension in capitals": "{}.PNG",
    "no extension": "{}",
    "two extensions": "{}.png.png",
    "one letter more": "{}x.png",
    "unknown": "x" * 32 + ".png",
    "too short": "abc.png",
    "too long": "x" * 65 + ".png",
    "white space": "{}.png%20",
    "NUL": "{}%00.png",
    "carriage return": "{}.png%0dX-Injected:1",
    "a folder before it": "x/{}.png",
    "out of a folder": "x%2f..%2f{}.png",
    "slash at the end": "{}.png/",
}


@pytest.mark.parametrize("name", WRONG_NAMES.values(), ids=WRONG_NAMES.keys())
def test_only_the_exact_name_of_a_file_finds_it(shared_inside, hosted, name):
    answer = shared_inside.client.get(f"/files/{name.format(hosted.draft.token)}")
    assert (answer.status_code, answer.text) == (404, GONE)
    assert "x-injected" not in answer.headers


def test_the_corpus_of_names_finds_nothing(shared_inside, hosted, shared):
    names = json.loads((shared / "corpus/requests/link_ids.json").read_text())["ids"]
    for name in set(names) - {".", ".."}:  # the client itself makes other paths of these
        for written in (quote(name, safe=""), quote(name, safe="/%")):
            answer = shared_inside.client.get(f"/files/{written}")
            assert answer.status_code == 404, name
            assert answer.headers["content-type"] in (
                "text/plain; charset=utf-8",
                "application/problem+json",  # for a path with a line end, and one out of /files
            )
            assert ("x-injected" in answer.headers, "passwd" in answer.text) == (False, False)
    assert len(names) >= 20


def test_a_link_is_cached_no_longer_than_it_lives(inside):
    hour, day, endless = (kept(inside, seconds=seconds) for seconds in (3600, 90_000, 0))
    inside.clock.wait(60)

    def cached(upload: Upload) -> str:
        return inside.client.get(link(upload)).headers["cache-control"]

    assert cached(hour) == "public, max-age=3540, immutable"
    assert cached(day) == cached(endless) == "public, max-age=86400, immutable"
    inside.clock.wait(3539.5)
    assert cached(hour) == "public, max-age=0, immutable"


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-1"}, {"if-none-match": "*"}])
def test_an_expired_link_is_gone_however_it_is_asked_for(inside, headers):
    upload = kept(inside, seconds=60)
    inside.clock.wait(59.999)
    assert inside.client.get(link(upload), headers=headers).status_code < 400
    inside.clock.wait(0.001)
    answer = inside.client.get(link(upload), headers=headers)
    assert (answer.status_code, answer.text) == (404, GONE)
    assert inside.client.head(link(upload), headers=headers).status_code == 404


def test_a_deleted_file_is_gone_and_so_is_one_whose_bytes_are_lost(inside):
    deleted, lost = kept(inside), kept(inside)
    inside.parts.host.delete(deleted)
    for key in inside.store.names():
        inside.store.delete(key)
    for upload in (deleted, lost):
        assert inside.client.get(link(upload)).text == GONE


def test_while_the_store_cannot_be_reached_the_client_is_told_to_come_back(inside):
    upload = kept(inside)
    inside.store.refuses.add("get")
    answer = inside.client.get(link(upload))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    inside.store.refuses.clear()
    assert inside.client.get(link(upload)).content == DATA


class CrashingStore(BreakableStore):
    """A store with a bug."""

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        raise RuntimeError("bug at /srv/secret")


def test_a_crash_says_nothing_of_what_crashed(inside, caplog):
    upload = kept(inside)
    crashing = replace(inside.parts.host, store=CrashingStore())
    with inside.changed(host=crashing) as other:
        answer = other.client.get(link(upload))
    assert (answer.status_code, answer.text) == (500, "Something went wrong here.\n")
    assert {name: answer.headers[name] for name in SAFE} == SAFE
    assert "bug at /srv/secret" in caplog.text


@pytest.mark.parametrize("size", [4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 5_000_000])
def test_a_large_file_comes_whole_and_in_part(shared_inside, size):
    data = os.urandom(size)
    upload = kept(shared_inside, data, "mp4")
    whole = shared_inside.client.get(link(upload))
    assert (whole.content == data, whole.headers["content-length"]) == (True, str(size))
    last = shared_inside.client.get(link(upload), headers={"range": "bytes=7-"})
    assert (last.status_code, last.content == data[7:]) == (206, True)
    assert last.headers["content-length"] == str(size - 7)


def test_an_empty_file_is_served_too(inside):
    upload = kept(inside, b"")
    assert inside.client.get(link(upload)).content == b""
    assert inside.client.get(link(upload), headers={"range": "bytes=0-"}).status_code == 416


class LinkingStore(BreakableStore):
    """A store that gives its files out itself."""

    def link(self, key: str, seconds: int, media_type: str) -> str:
        return f"https://bucket.example/{key}?seconds={seconds}&type={quote(media_type)}"


def test_a_store_that_gives_files_out_itself_is_where_a_get_is_sent(inside):
    upload = kept(inside)
    host = replace(inside.parts.host, store=LinkingStore())
    with inside.changed(host=host) as other:
        answer = other.client.get(link(upload))
        assert answer.status_code == 307
        assert answer.headers["location"].startswith(
            f"https://bucket.example/{upload.draft.token[:1]}/"
        )
        assert "seconds=60&type=image/png" in answer.headers["location"]
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert answer.headers["cache-control"] == "no-store"
        assert other.client.head(link(upload)).headers["content-length"] == "1024"
        assert other.client.get(link(upload), headers={"if-none-match": "*"}).status_code == 304


def test_a_file_needs_no_key_to_be_read_whoever_it_belongs_to(inside):
    _, key = new_key(inside.parts)
    upload = inside.parts.host.keep(DATA, media_of("png"), key_id=key.id, seconds=60)
    assert inside.client.get(link(upload)).content == DATA

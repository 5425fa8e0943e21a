"""The store in a bucket: links that a real server checks, and servers that fail in every way."""

from __future__ import annotations

import json
import secrets
import socket
import time
import urllib.error
import urllib.request
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import obstore
import pytest
from obstore.store import S3Store
from PIL import Image

from cropwright.errors import SettingsError, StorageUnavailableError
from cropwright.storage.remote import RemoteStore
from cropwright.storage.settings import StorageSettings

pytest_plugins = ["s3_server"]

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def store(s3_access) -> RemoteStore:
    url = f"s3://{s3_access.bucket}/pictures/{secrets.token_hex(8)}"
    return RemoteStore(StorageSettings(url, endpoint=s3_access.endpoint, presigned_links=True))


def fetched(url: str) -> tuple[int, str, bytes]:
    """Status, media type and body of what a URL answers."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", b""


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF", "GIF"])
def test_a_link_gives_the_bytes_with_the_media_type_that_they_have(store, form):
    buffer = BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, form)
    store.put("ab/key", buffer.getvalue())
    media_type = f"image/{form.lower()}"
    link = store.link("ab/key", 60, media_type)
    assert fetched(link) == (200, media_type, buffer.getvalue())


def test_what_is_no_picture_is_never_shown_as_anything(store):
    store.put("page", b"<script>alert(1)</script>")
    status, media_type, _ = fetched(store.link("page", 60, "image/png"))
    assert (status, media_type) == (200, "application/octet-stream")


def test_a_link_ends_with_its_time_and_with_its_file(store):
    store.put("short", PNG)
    store.put("gone", PNG)
    short, gone = store.link("short", 1, "image/png"), store.link("gone", 60, "image/png")
    assert (fetched(short)[0], fetched(gone)[0]) == (200, 200)
    store.delete("gone")
    time.sleep(2)
    assert (fetched(short)[0], fetched(gone)[0]) == (403, 404)


def test_a_link_is_for_its_own_file_and_for_reading_only(store):
    store.put("mine", PNG)
    store.put("others", PNG)
    link = store.link("mine", 60, "image/png")
    assert fetched(link.replace("/mine?", "/others?"))[0] == 403
    writing = urllib.request.Request(link, data=b"mine", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refusal, urllib.request.urlopen(writing):
        pass
    refusal.value.close()
    assert (refusal.value.code, store.get("mine")) == (403, PNG)


@pytest.mark.parametrize(
    ("seconds", "media_type"),
    [(0, "image/png"), (-5, "image/png"), (604_801, "image/png"), (60, "video/mp4")],
)
def test_there_is_no_link_that_the_server_would_not_keep_to(store, seconds, media_type):
    assert store.link("key", seconds, media_type) is None
    assert store.link("key", 604_800, "image/png") is not None


def test_everything_is_below_the_prefix_and_a_ping_leaves_nothing(store, s3_access):
    store.put("ab/key", PNG)
    store.ping()
    bucket = S3Store(
        s3_access.bucket,
        endpoint=s3_access.endpoint,
        client_options={"allow_http": True},
    )
    path = urlsplit(store.link("ab/key", 60, "image/png")).path
    inside = path.removeprefix(f"/{s3_access.bucket}/")
    assert inside.startswith("pictures/")
    assert [
        row["path"] for row in obstore.list(bucket, inside.removesuffix("/ab/key")).collect()
    ] == [inside]


def test_a_bucket_that_is_not_there_is_unavailable_and_not_a_missing_file(s3_access):
    store = RemoteStore(StorageSettings("s3://no-such-bucket", endpoint=s3_access.endpoint))
    for use in (lambda: store.put("key", b"x"), store.ping):
        with pytest.raises(StorageUnavailableError) as refusal:
            use()
        assert refusal.value.retry_after_seconds == 30


def uses(store: RemoteStore):
    """Everything that has to reach the server."""
    return (
        lambda: store.put("key", b"x"),
        lambda: store.get("key"),
        lambda: store.get("key", 0, 3),
        lambda: store.delete("key"),
        store.ping,
    )


def test_wrong_credentials_are_unavailable(s3_access, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    store = RemoteStore(StorageSettings(f"s3://{s3_access.bucket}/x", endpoint=s3_access.endpoint))
    for use in uses(store):
        with pytest.raises(StorageUnavailableError, match=r"^the storage is not available"):
            use()


@pytest.fixture
def other_access(monkeypatch, tmp_path):
    """What lets clients into a server that asks for nothing, whatever the vendor."""
    account = tmp_path / "account.json"
    fields = ("client_email", "private_key", "private_key_id")
    account.write_text(json.dumps(dict.fromkeys(fields, "") | {"disable_oauth": True}))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(account))
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "somebody")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c29tZXRoaW5n")


@pytest.mark.usefixtures("other_access")
@pytest.mark.parametrize("listens", [False, True])
@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_a_server_that_is_not_there_or_never_answers_costs_a_bounded_time(scheme, listens):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings = StorageSettings(f"{scheme}://bucket", endpoint=endpoint, timeout_seconds=0.1)
        store = RemoteStore(settings)
        for use in uses(store):
            started = time.monotonic()
            with pytest.raises(StorageUnavailableError):
                use()
            assert time.monotonic() - started < 10


@pytest.mark.usefixtures("other_access")
def test_azure_links_are_signed_for_the_file():
    settings = StorageSettings("az://pictures/a/b", presigned_links=True)
    link = RemoteStore(settings).link("key", 60, "image/png")
    assert urlsplit(link).netloc.startswith("somebody.blob.")
    assert urlsplit(link).path == "/pictures/a/b/key"
    signed = parse_qs(urlsplit(link).query)
    assert (signed["sp"], signed["sr"], "sig" in signed) == (["r"], ["b"], True)


@pytest.mark.usefixtures("other_access")
def test_an_account_that_cannot_sign_has_no_links_to_give_now():
    store = RemoteStore(StorageSettings("gs://bucket", presigned_links=True, timeout_seconds=0.2))
    with pytest.raises(StorageUnavailableError):
        store.link("key", 60, "image/png")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("URL", StorageSettings("s3://")),
        ("URL", StorageSettings("s3://name:word@bucket/prefix")),
        ("URL", StorageSettings("s3://bucket/a/../b")),
        ("URL", StorageSettings("s3://bucket/a?b")),
        ("URL", StorageSettings("az://no-account-is-known")),
        ("ENDPOINT", StorageSettings("s3://bucket", endpoint="not an address")),
        ("ENDPOINT", StorageSettings("s3://bucket", endpoint="ftp://host")),
        ("REGION", StorageSettings("gs://bucket", region="eu-west-1")),
    ],
)
def test_settings_that_name_no_bucket_are_refused(name, settings):
    with pytest.raises(SettingsError) as refusal:
        RemoteStore(settings)
    assert refusal.value.name == f"CROPWRIGHT_STORAGE_{name}"
    assert "word" not in str(refusal.value)

"""Crop.photo's fields and answers (contract notes, 6.1 to 6.3), without a service."""

from __future__ import annotations

import json
import re

import pytest

from cropwright import errors as family
from cropwright.core.command import Output
from cropwright.core.cutout import KEEP, Cutout
from cropwright.doors.cropphoto import errors, wire
from cropwright.errors import (
    InvalidValueError,
    KeyMissingError,
    KeyRejectedError,
    LimitExceededError,
    MissingFieldError,
    ModelMissingError,
    OverloadedError,
    QueueFullError,
    QuotaExceededError,
    RateExceededError,
    SlowRequestError,
    SourceBlockedError,
    UnsupportedFormatError,
    WorkerLostError,
)
from cropwright.http.fields import Fields, from_json
from cropwright.service.calls import Source
from family import LEAVES, made

URL = "https://shop.example/a.jpg"


def fields(**values: object) -> Fields:
    return from_json(json.dumps(values).encode())


@pytest.mark.parametrize(
    ("more", "as_link"),
    [
        ({}, False),
        ({"response_type": None}, False),
        ({"response_type": ""}, False),
        ({"response_type": "Stream"}, False),
        ({"response_type": "url"}, True),
        ({"response_type": "URL", "webhook": None, "track": 1}, True),
    ],
)
def test_a_request_asks_for_a_transparent_png_and_keeps_what_has_no_subject(more, as_link):
    call = wire.parse_remove_background(fields(image_url=URL, **more))
    assert (call.source, call.as_link) == (Source(url=URL, field="image_url"), as_link)
    assert (call.edit.cutout, call.edit.output) == (Cutout(no_subject=KEEP), Output("png"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "image_url"),
        ({"image_url": ""}, "image_url"),
        ({"image_url": 7}, "image_url"),
        ({"image_url": "not a url"}, "image_url"),
        ({"image_url": "data:image/png;base64,AAAA"}, "image_url"),
        ({"image_url": "file:///etc/passwd"}, "image_url"),
        ({"image_url": f"{URL} {URL}"}, "image_url"),
        ({"image_url": URL, "response_type": "base64"}, "response_type"),
        ({"image_url": URL, "response_type": 1}, "response_type"),
    ],
)
def test_what_cannot_be_followed_is_named(values, field):
    with pytest.raises((InvalidValueError, MissingFieldError)) as refused:
        wire.parse_remove_background(fields(**values))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer abc", "abc"),
        ("Bearer  abc", None),
        ("Bearer abc ", None),
        ("bearer abc", None),
        ("Bearer", None),
        ("Basic abc", None),
        ("abc", None),
        ("", None),
    ],
)
def test_the_key_is_written_as_the_contract_has_it(header, key):
    assert wire.key(header) == key


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/octet-stream"),
        ("*/*", "application/octet-stream"),
        ("application/octet-stream", "application/octet-stream"),
        ("image/*", "image/png"),
        ("text/html, Image/PNG;q=0.8", "image/png"),
    ],
)
def test_a_stream_is_called_a_picture_only_to_those_who_ask_for_one(accept, kind):
    assert wire.stream_type(accept, "image/png") == kind


def test_a_link_has_both_its_names():
    assert wire.link_answer("http://x/y") == {"output_image_url": "http://x/y", "url": "http://x/y"}


INVALID_KEY = "Invalid API key. Please contact support to get the API access."
BALANCE = "Your account does not have sufficient balance to process API requests."
SAID = [
    (KeyMissingError(), 401, "invalid_api_key", INVALID_KEY),
    (KeyRejectedError(), 401, "invalid_api_key", INVALID_KEY),
    (MissingFieldError("image_url", "x"), 400, "invalid_payload", "image_url is missing: x"),
    (SourceBlockedError("image_url"), 400, "invalid_payload", "image_url cannot be fetched"),
    (
        LimitExceededError("image_url", 5, 6, "bytes"),
        400,
        "invalid_payload",
        "image_url is 6 bytes, the limit is 5 bytes",
    ),
    (
        LimitExceededError("request body", 5, 6, "bytes"),
        413,
        "payload_too_large",
        "request body is 6 bytes, the limit is 5 bytes",
    ),
    (
        UnsupportedFormatError("svg", ("png",)),
        400,
        "invalid_payload",
        "this is a svg file; supported are png",
    ),
    (
        WorkerLostError(9),
        400,
        "invalid_payload",
        "the worker ended before the picture was done",
    ),
    (
        SlowRequestError(3),
        408,
        "request_timeout",
        "the request's body did not arrive within 3 seconds",
    ),
    (QuotaExceededError(1, 2, "bytes"), 400, "not_enough_balance", BALANCE),
    (
        ModelMissingError("u2netp"),
        503,
        "service_unavailable",
        "the model u2netp is not installed; run: cropwright models pull u2netp",
    ),
    (OverloadedError(1), 503, "service_unavailable", "the service is busy; ask again later"),
    (
        QueueFullError(1, 5),
        429,
        "too_many_requests",
        "this key has 5 requests waiting, which is its limit",
    ),
    (RateExceededError(1, 5), 429, "too_many_requests", "more than 5 requests a minute"),
    (family.CropwrightError(), 500, "internal_error", "Something went wrong here."),
]


@pytest.mark.parametrize(("error", "status", "kind", "detail"), SAID)
def test_an_error_has_the_contract_s_status_kind_and_sentence(error, status, kind, detail):
    row, said = errors.row_of(error)
    assert (row.status, row.kind, said) == (status, kind, detail)


@pytest.mark.parametrize("kind", LEAVES)
def test_every_error_has_a_shape(kind):
    row, said = errors.row_of(made(kind))
    told = wire.error_answer(row.status, row.kind, row.title, said)
    side = "client" if row.status < 500 else "server"
    assert told["type"] == f"/exception/{side}_error/{row.kind}"
    assert (told["status"], told["title"]) == (row.status, row.title or row.kind)
    assert (told["detail"], bool(said)) == (said, True)
    assert re.fullmatch(r"[a-z_]+", row.kind)


def test_what_is_not_there_is_told_in_the_contract_s_one_sentence():
    row = errors.STATUSES[404]
    told = wire.error_answer(row.status, row.kind, row.title, row.detail)
    assert told["type"] == "/exception/client_error/not_found"
    assert told["title"] == told["detail"] == "Unable to find matching target resource method"

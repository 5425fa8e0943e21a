"""The IIIF door of a running service, judged by the validator of those who wrote the specification."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from tests.e2e.server import Server, running
from tests.e2e.validator import reference_card, validated

NAME = "67352ccc-d1b0-11e1-89ae-279075081939"
"""What the validator's own documents call its reference picture."""
LEVEL_2, ALL = 33, 45
UNREACHABLE = {"format_jp2", "format_pdf", "format_webp"}
"""They call urllib.urlopen, which Python 3 has not: they fail whatever a server answers."""


@pytest.fixture(scope="module")
def card() -> bytes:
    return reference_card()


@pytest.fixture(scope="module")
def service(tmp_path_factory, card) -> Iterator[Server]:
    pictures = tmp_path_factory.mktemp("pictures")
    (pictures / NAME).write_bytes(card)
    server = Server(tmp_path_factory.mktemp("service"), IIIF_PICTURES=str(pictures))
    with running(server):
        yield server


@pytest.fixture(scope="module")
def upload(service, card) -> str:
    """The token of the same picture, uploaded."""
    headers = {"authorization": f"Bearer {service.key('tests')}"}
    with httpx2.Client(base_url=service.base, timeout=60, trust_env=False) as client:
        told = client.post("/api/v1/uploads", files={"image": card}, headers=headers).json()
    return str(told["url"]).rpartition("/")[2].partition(".")[0]


def warmed(service: Server, identifier: str) -> str:
    """Where the service is, once its workers run: the validator waits for 5 seconds at most."""
    with httpx2.Client(base_url=service.base, timeout=60, trust_env=False) as client:
        assert client.get(f"/iiif/3/{identifier}/full/max/0/default.jpg").status_code == 200
    return service.base.removeprefix("http://")


def test_a_picture_of_the_folder_passes_every_test_of_level_2(service):
    verdict = validated(warmed(service, NAME), NAME, 2)
    assert (verdict.failed, len(verdict.passed)) == ({}, LEVEL_2)


def test_an_upload_passes_every_test_of_level_2(service, upload):
    verdict = validated(warmed(service, upload), upload, 2)
    assert (verdict.failed, len(verdict.passed)) == ({}, LEVEL_2)


def test_beyond_level_2_only_the_tests_fail_that_no_server_can_pass(service):
    verdict = validated(warmed(service, NAME), NAME, 3)
    assert (verdict.failed.keys(), len(verdict.passed)) == (UNREACHABLE, ALL - len(UNREACHABLE))
    assert all("no attribute 'urlopen'" in words for words in verdict.failed.values())

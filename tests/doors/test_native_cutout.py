"""Our own API's cut-outs: every word, every kind of answer, and who looked."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import pytest
from PIL import Image
from schemas import matches

from conftest import decoded, encoded, gradient
from cropwright.core.limits import Limits
from cropwright.doors.native import bodies, schema
from cropwright.service.models import Shelf
from cropwright.service.render import Renderer
from cutouts import alpha_of, photo, stand_in

pytest_plugins = ["inside_fixtures"]

PATH = "/api/v1/cutout"
PHOTO = photo()
BASE64 = b64encode(PHOTO).decode()
GREEN = encoded(Image.new("RGB", (40, 40), (0, 200, 0)))
PLAIN = b64encode(encoded(gradient(64, 40))).decode()


def cut(inside: Any, **fields: Any) -> Any:
    return inside.client.post(PATH, json={"image": BASE64} | fields, headers=inside.bearer)


def corner(answer: Any) -> tuple[int, ...]:
    return decoded(answer.content).getpixel((0, 0))


def test_a_cut_out_is_answered_as_bytes_and_labelled(shared_inside):
    answer = cut(shared_inside)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    alpha = alpha_of(answer.content)
    assert (alpha[80, 70], alpha[80, 100], alpha[10, 10]) == (1, 0, 0)
    labels = [answer.headers[f"cropwright-{name}"] for name in ("model", "confidence", "subject")]
    assert labels == ["classical", "0.30", "found"]
    assert answer.headers["cropwright-instead-of"] == "u2netp"


def test_a_cut_out_in_json_says_who_looked(shared_inside):
    told = cut(shared_inside, answer="base64").json()
    assert alpha_of(b64decode(told["image"]))[10, 10] == 0
    assert (told["cutout"]["model"], told["cutout"]["instead_of"]) == ("classical", "u2netp")


def test_a_cut_out_as_a_link_is_made_once_for_one_idempotency_key(inside):
    headers = inside.bearer | {"idempotency-key": "one"}
    asked = {"image": BASE64, "answer": "link", "explain": True}
    first, second = (inside.client.post(PATH, json=asked, headers=headers) for _ in range(2))
    assert (first.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert first.json()["explain"]["cutout"]["model"] == "classical"
    assert len(inside.store.names()) == 1


def test_one_idempotency_key_is_not_for_a_crop_and_a_cut_out(inside):
    headers = inside.bearer | {"idempotency-key": "one"}
    asked = {"image": BASE64, "answer": "link"}
    assert inside.client.post(PATH, json=asked, headers=headers).status_code == 201
    answer = inside.client.post("/api/v1/crop", json=asked, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


def test_a_dry_run_tells_of_the_subject_and_makes_nothing(shared_inside):
    answer = cut(shared_inside, dry_run=True, gravity="subject", margin="5%")
    told = answer.json()["explain"]
    assert told["cutout"]["subject"]["width"] == pytest.approx(80, abs=4)
    assert (told["decided_by"], answer.headers["cropwright-model"]) == ("subject", "classical")


def test_the_result_is_the_subject_s_box_before_a_new_colour(shared_inside):
    fields = {"gravity": "subject", "aspect": "1:1", "background": "#0000ff", "format": "png"}
    answer = cut(shared_inside, **fields)
    assert decoded(answer.content).size[0] == pytest.approx(80, abs=4)
    assert corner(answer) == (0, 0, 255)


@pytest.mark.parametrize("word", ["background_picture", "background_upload", "a file of a form"])
def test_a_picture_may_be_put_behind(inside, word):
    if word == "a file of a form":
        files = {"image": PHOTO, "background_picture": GREEN}
        answer = inside.client.post(PATH, files=files, headers=inside.bearer)
    elif word == "background_picture":
        answer = cut(inside, background_picture=b64encode(GREEN).decode())
    else:
        answer = cut(inside, background_upload=inside.keep(GREEN)["id"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert np.abs(np.array(corner(answer)) - (0, 200, 0)).max() < 12


def test_a_mask_and_a_shadow_can_be_had(shared_inside):
    assert decoded(cut(shared_inside, only_mask=True).content).mode == "L"
    shadow = alpha_of(cut(shared_inside, shadow=True).content)
    assert 0 < shadow[122:, 100].max() < 1


def test_without_a_subject_a_cut_out_is_refused_or_the_picture_kept(shared_inside):
    answer = cut(shared_inside, image=PLAIN)
    assert (answer.status_code, answer.json()["code"]) == (422, "subject_missing")
    kept = cut(shared_inside, image=PLAIN, no_subject="keep")
    assert (kept.status_code, kept.headers["cropwright-subject"]) == (200, "none")
    assert alpha_of(kept.content).min() == 1


def test_an_installed_model_looks_and_a_missing_one_is_not_replaced(shared_inside, shared):
    workers = shared_inside.parts.renderer.workers
    renderer = Renderer(workers, Limits(), Shelf(stand_in(shared)))
    with shared_inside.changed(renderer=renderer) as other:
        assert cut(other).headers["cropwright-model"] == "u2netp"
    answer = cut(shared_inside, model="u2netp")
    assert (answer.status_code, answer.json()["code"]) == (503, "model_missing")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"model": "rmbg"}, "model"),
        ({"background": "bluish"}, "background"),
        ({"background": "blur", "background_url": "http://x.test/"}, "background"),
        ({"background_url": "http://127.0.0.1:9/"}, "background_url"),
        ({"background_url": "http://x.test/", "background_upload": "x"}, "background_upload"),
        ({"background_picture": "!"}, "background_picture"),
        ({"only_mask": True, "shadow": True}, "only_mask"),
        ({"no_subject": "clear"}, "no_subject"),
        ({"animate": True}, "animate"),
        ({"shadow": "perhaps"}, "shadow"),
    ],
)
def test_a_word_that_cannot_be_followed_is_named(shared_inside, fields, field):
    answer = cut(shared_inside, **fields)
    assert (answer.status_code // 100, answer.json()["field"]) == (4, field)
    assert matches(schema.PROBLEM, answer.json())


def test_a_form_may_have_every_field_there_is(shared_inside):
    form = dict.fromkeys(schema.CUTOUT.keys() - {"image", "background_picture"}, "")
    answer = shared_inside.client.post(
        PATH, data=form, files={"image": PHOTO}, headers=shared_inside.bearer
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("fields", "described"),
    [
        ({"answer": "base64"}, bodies.PICTURE),
        ({"answer": "base64", "explain": True}, bodies.PICTURE),
        ({"answer": "link", "explain": True}, bodies.LINK),
        ({"answer": "base64", "image": PLAIN, "no_subject": "keep"}, bodies.PICTURE),
        ({"dry_run": True}, bodies.DRY_RUN),
    ],
)
def test_an_answer_is_what_the_document_describes(shared_inside, fields, described):
    assert matches(described, cut(shared_inside, **fields).json())

"""Requests that are done once however often they are sent, on each kind of database."""

from __future__ import annotations

import pytest
from catalogs import NOW, added

from cropwright.catalog.answers import LOST_MS, Answer, Claim
from cropwright.errors import IdempotencyError

pytest_plugins = ["postgres_server", "catalog_fixtures"]

DONE = Answer(201, '{"id": "größe"}\n')


@pytest.fixture
def answers(catalog):
    return catalog.answers


def refused(answers, *arguments) -> str:
    with pytest.raises(IdempotencyError) as refusal:
        answers.begin(*arguments)
    return refusal.value.reason


def begun(answers, key_id=None, word="word", fingerprint="print", now_ms=NOW) -> Claim:
    claim = answers.begin(key_id, word, fingerprint, now_ms)
    assert isinstance(claim, Claim)
    return claim


def test_the_first_request_is_to_be_done_and_the_next_is_answered_as_it_was(answers):
    answers.finish(begun(answers), DONE)
    assert [answers.begin(None, "word", "print", NOW + n) for n in (0, 10**8)] == [DONE, DONE]


def test_a_request_under_way_is_refused(answers):
    answers.begin(None, "word", "print", NOW)
    assert refused(answers, None, "word", "print", NOW) == "is still under way"
    assert refused(answers, None, "word", "print", NOW + LOST_MS - 1) == "is still under way"


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("later", [0, LOST_MS])
def test_a_word_that_stands_for_another_request_is_refused(answers, finished, later):
    claim = begun(answers)
    if finished:
        answers.finish(claim, DONE)
    assert refused(answers, None, "word", "other", NOW + later) == "stands for another request"


def test_a_request_whose_first_try_was_lost_is_taken_over_by_one(answers):
    begun(answers)
    claim = begun(answers, now_ms=NOW + LOST_MS)
    assert refused(answers, None, "word", "print", NOW + LOST_MS) == "is still under way"
    answers.finish(claim, DONE)
    assert answers.begin(None, "word", "print", NOW + LOST_MS) == DONE


def test_who_lost_its_claim_neither_answers_nor_gives_up_for_who_has_it_now(answers):
    first = begun(answers)
    second = begun(answers, now_ms=NOW + LOST_MS)
    answers.finish(first, Answer(201, "the first's"))
    answers.abandon(first)
    assert refused(answers, None, "word", "print", NOW + LOST_MS) == "is still under way"
    answers.finish(second, DONE)
    assert answers.begin(None, "word", "print", NOW + LOST_MS) == DONE


def test_an_abandoned_request_may_be_tried_again_even_as_another(answers):
    answers.abandon(begun(answers))
    begun(answers, fingerprint="other")


def test_the_first_answer_stays(answers):
    claim = begun(answers)
    answers.finish(claim, DONE)
    answers.finish(claim, Answer(500, "late"))
    answers.abandon(claim)
    assert answers.begin(None, "word", "print", NOW) == DONE


def test_what_was_never_begun_has_no_answer(answers):
    never = Claim(0, "word", NOW)
    answers.finish(never, DONE)
    answers.abandon(never)
    begun(answers)


def test_each_key_has_its_own_words_and_so_has_nobody(catalog):
    owners = [None, added(catalog).id, added(catalog, "ben").id]
    for number, owner in enumerate(owners):
        claim = begun(catalog.answers, owner, fingerprint=str(number))
        catalog.answers.finish(claim, Answer(200, str(number)))
    seen = [catalog.answers.begin(owner, "word", str(n), NOW) for n, owner in enumerate(owners)]
    assert [answer.body for answer in seen] == ["0", "1", "2"]


def test_answers_are_forgotten_once_they_are_old_enough(answers):
    for word, at_ms in (("old", NOW - 1), ("new", NOW)):
        answers.finish(begun(answers, word=word, now_ms=at_ms), DONE)
    answers.expire(NOW)
    assert answers.begin(None, "new", "print", NOW) == DONE
    begun(answers, word="old")

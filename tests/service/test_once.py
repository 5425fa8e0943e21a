"""An Idempotency-Key: a request is done once, however often it is sent."""

from __future__ import annotations

import pytest

from cropwright.catalog.answers import LOST_MS, Answer, Claim
from cropwright.errors import IdempotencyError
from cropwright.service.once import KEPT_MS, Once
from inside import new_key

pytest_plugins = ["inside_fixtures"]


@pytest.fixture
def once(parts) -> Once:
    return parts.once


def reason(once: Once, *request: object) -> str:
    with pytest.raises(IdempotencyError) as refusal:
        once.begin(*request)
    return refusal.value.reason


def begun(once: Once, *request: object) -> Claim:
    claim = once.begin(*request)
    assert isinstance(claim, Claim)
    return claim


def test_the_first_request_is_done_and_the_next_gets_its_answer(once):
    once.finish(begun(once, None, "word", "print"), Answer(201, '{"id":"ä"}'))
    for _ in range(2):
        assert once.begin(None, "word", "print") == Answer(201, '{"id":"ä"}')


def test_another_request_cannot_use_the_same_word(once):
    claim = begun(once, None, "word", "print")
    assert reason(once, None, "word", "other") == "stands for another request"
    once.finish(claim, Answer(201, "{}"))
    assert reason(once, None, "word", "other") == "stands for another request"


def test_while_the_first_is_under_way_a_second_is_refused(once, clock):
    once.begin(None, "word", "print")
    clock.ms += LOST_MS - 1
    assert reason(once, None, "word", "print") == "is still under way"


def test_a_first_request_that_was_lost_in_a_crash_does_not_stand_in_the_way_for_ever(once, clock):
    once.begin(None, "word", "print")
    clock.ms += LOST_MS
    begun(once, None, "word", "print")
    assert reason(once, None, "word", "print") == "is still under way"


def test_a_request_that_failed_may_be_tried_again_and_even_be_another(once):
    once.abandon(begun(once, None, "word", "print"))
    begun(once, None, "word", "other")


def test_an_answer_that_was_given_is_not_abandoned_any_more(once):
    claim = begun(once, None, "word", "print")
    once.finish(claim, Answer(201, "{}"))
    once.abandon(claim)
    assert once.begin(None, "word", "print") == Answer(201, "{}")


def test_words_belong_to_their_key(parts, once):
    owners = [None, *(new_key(parts)[1].id for _ in range(2))]
    claims = [begun(once, owner, "word", f"print {owner}") for owner in owners]
    for owner, claim in zip(owners, claims, strict=True):
        once.finish(claim, Answer(201, str(owner)))
    assert [once.begin(owner, "word", f"print {owner}").body for owner in owners] == [
        str(owner) for owner in owners
    ]


def test_answers_are_forgotten_after_a_day_and_not_before(once, clock):
    once.finish(begun(once, None, "word", "print"), Answer(201, "{}"))
    clock.ms += KEPT_MS
    once.forget()
    assert once.begin(None, "word", "print") == Answer(201, "{}")
    clock.ms += 1
    once.forget()
    begun(once, None, "word", "print")

"""An Idempotency-Key: a request is done once, however often it is sent."""

from __future__ import annotations

import pytest

from cropwright.catalog.answers import LOST_MS, Answer
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


def test_the_first_request_is_done_and_the_next_gets_its_answer(once):
    assert once.begin(None, "word", "print") is None
    once.finish(None, "word", 201, '{"id":"ä"}')
    for _ in range(2):
        assert once.begin(None, "word", "print") == Answer(201, '{"id":"ä"}')


def test_another_request_cannot_use_the_same_word(once):
    once.begin(None, "word", "print")
    assert reason(once, None, "word", "other") == "stands for another request"
    once.finish(None, "word", 201, "{}")
    assert reason(once, None, "word", "other") == "stands for another request"


def test_while_the_first_is_under_way_a_second_is_refused(once, clock):
    once.begin(None, "word", "print")
    clock.ms += LOST_MS - 1
    assert reason(once, None, "word", "print") == "is still under way"


def test_a_first_request_that_was_lost_in_a_crash_does_not_stand_in_the_way_for_ever(once, clock):
    once.begin(None, "word", "print")
    clock.ms += LOST_MS
    assert once.begin(None, "word", "print") is None
    assert reason(once, None, "word", "print") == "is still under way"


def test_a_request_that_failed_may_be_tried_again_and_even_be_another(once):
    once.begin(None, "word", "print")
    once.abandon(None, "word")
    assert once.begin(None, "word", "other") is None


def test_an_answer_that_was_given_is_not_abandoned_any_more(once):
    once.begin(None, "word", "print")
    once.finish(None, "word", 201, "{}")
    once.abandon(None, "word")
    assert once.begin(None, "word", "print") == Answer(201, "{}")


def test_words_belong_to_their_key(parts, once):
    owners = [None, *(new_key(parts)[1].id for _ in range(2))]
    assert [once.begin(owner, "word", f"print {owner}") for owner in owners] == [None] * 3
    for owner in owners:
        once.finish(owner, "word", 201, str(owner))
    assert [once.begin(owner, "word", f"print {owner}").body for owner in owners] == [
        str(owner) for owner in owners
    ]


def test_answers_are_forgotten_after_a_day_and_not_before(once, clock):
    once.begin(None, "word", "print")
    once.finish(None, "word", 201, "{}")
    clock.ms += KEPT_MS
    once.forget()
    assert once.begin(None, "word", "print") == Answer(201, "{}")
    clock.ms += 1
    once.forget()
    assert once.begin(None, "word", "print") is None

"""Keys: made once, recognised by what proves them, told apart from nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cropwright.core.hosting import Allowance
from cropwright.errors import InvalidValueError, KeyMissingError, KeyRejectedError
from inside import NOW, new_key

pytest_plugins = ["inside_fixtures"]


def test_a_new_key_is_recognised_with_what_it_may_do(parts):
    allowance = Allowance(quota_bytes=10, quota_files=2, rate_per_minute=60, queue=3)
    key = parts.accounts.check(parts.accounts.create("anna", allowance))
    assert (key.name, key.allowance, key.created_ms) == ("anna", allowance, NOW)
    assert key.revoked_ms is None


def test_a_key_is_one_word_of_65_characters_that_is_never_made_twice(parts):
    made = {new_key(parts)[0] for _ in range(20)}
    assert len(made) == 20
    assert all(re.fullmatch(r"cw_[A-Za-z0-9-]{12}_[A-Za-z0-9_-]{43}", text) for text in made)


def test_every_key_that_is_made_is_recognised(parts):
    for _ in range(40):  # "_" and "-" are in about every other secret
        text, key = new_key(parts)
        assert parts.accounts.check(text) == key


@pytest.mark.parametrize("text", ["", None])
def test_without_a_key_the_answer_is_that_one_is_needed(shared_inside, text):
    with pytest.raises(KeyMissingError):
        shared_inside.parts.accounts.check(text)


def changed(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


WRONG = {
    "another secret": lambda text: changed(text, 30),
    "the last letter": lambda text: changed(text, 58),
    "another handle": lambda text: changed(text, 5),
    "one letter more": lambda text: f"{text}A",
    "one letter less": lambda text: text[:-1],
    "no mark": lambda text: text[3:],
    "capitals": lambda text: text.replace("cw_", "CW_"),
    "white space": lambda text: f"{text}\n",
    "only the handle": lambda text: text[:16],
    "nobody's": lambda _: f"cw_{'-' * 12}_{'-' * 43}",
    "not ASCII": lambda text: f"{text[:-1]}é",
    "half a surrogate": lambda text: f"{text[:-1]}\ud800",
    "NUL": lambda text: f"{text}\0",
    "a megabyte": lambda _: "k" * 1_000_000,
    "a digest": lambda _: "ab" * 32,
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG.keys())
def test_whatever_is_wrong_about_a_key_the_answer_is_the_same(shared_inside, spoil):
    parts = shared_inside.parts
    text, _ = new_key(parts)
    with pytest.raises(KeyRejectedError) as refusal:
        parts.accounts.check(spoil(text))
    assert (str(refusal.value), refusal.value.facts()) == ("Invalid API key", {})
    assert refusal.value.__context__ is None


def test_a_revoked_key_is_answered_like_a_wrong_one(parts):
    text, key = new_key(parts)
    assert parts.host.catalog.keys.revoke(key.name, NOW)
    with pytest.raises(KeyRejectedError) as refusal:
        parts.accounts.check(text)
    assert refusal.value.facts() == {}


def test_a_key_proves_nothing_where_another_secret_rules(parts):
    text, _ = new_key(parts)
    with pytest.raises(KeyRejectedError):
        replace(parts.accounts, pepper=b"q" * 32).check(text)


def test_nothing_that_is_kept_gives_the_secret_away(parts, tmp_path):
    text, key = new_key(parts)
    secret = text[len("cw_") + len(key.handle) + len("_") :]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert key.handle.encode() in kept
    assert secret.encode() not in kept
    assert text.encode() not in kept
    assert secret not in repr(key)


def test_two_keys_in_use_cannot_have_one_name(parts):
    parts.accounts.create("anna", Allowance())
    with pytest.raises(InvalidValueError):
        parts.accounts.create("anna", Allowance())

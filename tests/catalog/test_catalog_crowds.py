"""Many threads and processes on one catalog, on each kind of database."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from catalogs import NOW, added, draft, programs, published

from cropwright.catalog.answers import LOST_MS, Answer, Claim
from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Usage
from cropwright.errors import (
    IdempotencyError,
    InvalidValueError,
    QuotaExceededError,
    StorageUnavailableError,
)

pytest_plugins = ["postgres_server", "catalog_fixtures"]

THREADS = 8


def together(function, count=THREADS):
    """What a function answers, or which error it raises, in many threads that begin at once."""
    start = Barrier(count)

    def call(number):
        start.wait()
        try:
            return function(number)
        except (QuotaExceededError, IdempotencyError, InvalidValueError) as error:
            return type(error)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(call, range(count)))


FILL = """
import sys
from concurrent.futures import ThreadPoolExecutor
from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Draft
from cropwright.errors import QuotaExceededError

url, key_id = sys.argv[1], int(sys.argv[2])
catalog = Catalog.open(url)
print("ready", flush=True)
word = sys.stdin.readline().strip()

def keep(number):
    token = f"{word}-{number:030}"
    draft = Draft(token, "png", "image/png", 1000, "ab" * 32, key_id, 0, 1)
    try:
        catalog.uploads.publish(catalog.uploads.reserve(draft))
    except QuotaExceededError:
        return 0
    return 1

def sweep(_):
    while uploads := catalog.uploads.condemn(1, 0, 5):
        for upload in uploads:
            catalog.uploads.forget(upload)
    return 0

with ThreadPoolExecutor(8) as threads:
    print(sum(threads.map(keep, range(60))), flush=True)
    sys.stdin.readline()
    sum(threads.map(sweep, range(2)))
print(catalog.uploads.usage(key_id).files, flush=True)
catalog.close()
"""


def test_a_quota_is_used_up_exactly_and_given_back_exactly(url, catalog):
    key = added(catalog, quota_bytes=41_999)
    spare = published(catalog, key, expires_ms=None)
    with programs(FILL, url, key.id, count=2) as fillers:
        assert [filler.stdout.readline() for filler in fillers] == ["ready\n"] * 2
        for word, filler in zip("ab", fillers, strict=True):
            print(word, file=filler.stdin, flush=True)
        assert sum(int(filler.stdout.readline()) for filler in fillers) == 40
        assert catalog.uploads.usage(key.id) == Usage(41_000, 41)
        for filler in fillers:
            print(file=filler.stdin, flush=True)
        for filler in fillers:
            filler.communicate(timeout=30)
            assert filler.returncode == 0
    assert catalog.uploads.usage(key.id) == Usage(1000, 1)
    assert catalog.uploads.find(spare.draft.token, NOW) == spare


def test_every_number_is_given_once(catalog):
    uploads = together(lambda _: [published(catalog) for _ in range(5)])
    numbers = [upload.id for several in uploads for upload in several]
    assert len(set(numbers)) == 5 * THREADS


def test_a_link_that_many_end_is_ended_by_one(catalog):
    upload = published(catalog)
    ended = together(lambda _: catalog.uploads.retire(upload))
    assert Counter(ended) == {True: 1, False: THREADS - 1}


def test_what_many_forget_is_given_back_once(catalog):
    key = added(catalog)
    published(catalog, key)
    upload = published(catalog, key)
    together(lambda _: catalog.uploads.forget(upload))
    assert catalog.uploads.usage(key.id) == Usage(1000, 1)


def test_between_publishing_and_sweeping_one_wins(catalog):
    for turn in range(10):
        upload = catalog.uploads.reserve(draft(created_ms=NOW - 1))

        def race(number, upload=upload):
            if number:
                return catalog.uploads.condemn(0, NOW, 100)
            try:
                catalog.uploads.publish(upload)
            except StorageUnavailableError:
                return "too late"
            return "published"

        outcome, condemned = together(race, 2)
        shown = catalog.uploads.find(upload.draft.token, NOW) is not None
        assert (outcome == "published") == shown == (upload not in condemned), turn


def test_a_name_that_many_want_is_given_to_one(catalog):
    made = together(lambda _: added(catalog).id)
    assert made.count(InvalidValueError) == THREADS - 1
    assert len(catalog.keys.all()) == 1


def test_a_request_that_many_send_is_done_by_one(catalog):
    begun = together(lambda _: catalog.answers.begin(None, "word", "print", NOW))
    assert Counter(begun) == {Claim(0, "word", NOW): 1, IdempotencyError: THREADS - 1}
    later = NOW + LOST_MS
    begun = together(lambda _: catalog.answers.begin(None, "word", "print", later))
    assert Counter(begun) == {Claim(0, "word", later): 1, IdempotencyError: THREADS - 1}


def test_a_request_abandoned_while_many_wait_is_done_by_one_at_a_time(catalog):
    done = []

    def work(number):
        begun = catalog.answers.begin(None, "word", "print", NOW)
        if isinstance(begun, Claim):
            done.append(number)
            if len(done) < 3:
                catalog.answers.abandon(begun)
            else:
                catalog.answers.finish(begun, Answer(200, "x"))
        return True

    together(work)
    assert 1 <= len(done) <= 3


OPEN = """
import sys
from cropwright.catalog.open import Catalog

print("ready", flush=True)
sys.stdin.readline()
catalog = Catalog.open(sys.argv[1])
catalog.ping()
catalog.close()
print("opened", flush=True)
"""


def test_several_may_open_an_empty_database_at_once(url):
    with programs(OPEN, url, count=2) as openers:
        for opener in openers:
            assert opener.stdout.readline() == "ready\n"
        for opener in openers:
            print(file=opener.stdin, flush=True)
        for opener in openers:
            assert opener.communicate(timeout=30)[0] == "opened\n"
            assert opener.returncode == 0


def test_threads_of_one_process_may_open_an_empty_database_at_once(url):
    opened = together(lambda _: Catalog.open(url), 4)
    for catalog in opened:
        catalog.ping()
        catalog.close()


def test_threads_of_one_process_may_make_several_databases_at_once(tmp_path):
    for catalog in together(lambda number: Catalog.open(f"sqlite:///{tmp_path}/{number}.db")):
        published(catalog)
        catalog.close()


KEEP = """
import json, sys
from cropwright.catalog.open import Catalog
from cropwright.core.hosting import Draft

catalog, turn, key_id = Catalog.open(sys.argv[1]), sys.argv[2], int(sys.argv[3])
number = 0
while True:
    number += 1
    draft = Draft(f"{turn}-{number:030}", "png", "image/png", 1000, "ab" * 32, key_id, 0, None)
    upload = catalog.uploads.reserve(draft)
    catalog.uploads.publish(upload)
    print(json.dumps([upload.id, draft.token]), flush=True)
"""


def test_what_was_acknowledged_is_there_after_a_kill(url, catalog):
    key, kept = added(catalog), []
    for turn in range(3):
        with programs(KEEP, url, turn, key.id) as (keeper,):
            lines = [keeper.stdout.readline() for _ in range(7 * turn + 1)]
            keeper.kill()
            lines += keeper.stdout.read().splitlines(keepends=True)
        kept += [json.loads(line) for line in lines if line.endswith("\n")]
    found = [catalog.uploads.find(token, NOW) for _, token in kept]
    assert [[upload.id, upload.draft.token] for upload in found] == kept
    charged = catalog.uploads.usage(key.id)
    assert charged.bytes == 1000 * charged.files
    lost = catalog.uploads.condemn(NOW, 1, 100)
    assert len(kept) <= charged.files - len(lost) <= len(kept) + 3

"""A log record is one line of JSON, whatever is in it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import datetime

import pytest

from cropwright.http.logs import JsonLines


def line(message: str = "hello", *arguments: object, **extra: object) -> str:
    record = logging.LogRecord("cropwright.x", logging.WARNING, "f.py", 1, message, arguments, None)
    for name, value in extra.items():
        setattr(record, name, value)
    return JsonLines().format(record)


def told(*arguments: object, **extra: object) -> dict[str, object]:
    return json.loads(line(*arguments, **extra))


def test_a_line_says_when_who_and_what():
    got = told("%s pictures", 3)
    assert datetime.fromisoformat(str(got.pop("time"))).utcoffset().total_seconds() == 0
    assert got == {"level": "warning", "logger": "cropwright.x", "message": "3 pictures"}


def test_facts_are_members_of_their_own():
    assert told(facts={"status": 200, "path": "/x"}).items() >= {("status", 200), ("path", "/x")}


@pytest.mark.parametrize(
    "evil",
    [
        'x\n{"level":"error","message":"forged"}',
        "x\r\nforged",
        "x\u2028forged\u2029\x85\x0b\x0c\x1c",
        "\x1b[2J\x1b[31mred",
        "\0",
        "\udcff half a surrogate",
        '"}, {"',
    ],
)
def test_nothing_in_a_record_makes_a_second_line_or_a_code_for_a_terminal(evil):
    text = line("%s", evil, facts={"path": evil, evil: 1})
    assert (text.isascii(), text.isprintable(), len(text.splitlines())) == (True, True, 1)
    assert (json.loads(text)["message"], json.loads(text)["path"]) == (evil, evil)


def test_an_exception_is_told_on_the_same_line():
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        text = line(exc_info=sys.exc_info())
    assert len(text.splitlines()) == 1
    assert "ValueError: first\nsecond" in json.loads(text)["exception"]


def test_facts_of_any_type_can_be_told():
    assert told(facts={"who": ("a", b"b"), "what": object})["who"] == ["a", "b'b'"]


PROGRAM = """
import logging
from cropwright.http.logs import log_as_json

log_as_json()
for name in ("cropwright.requests", "uvicorn.error", "alembic.runtime.migration"):
    logging.getLogger(name).info("from %s", name)
    logging.getLogger(name).warning("warned by %s", name)
"""


def test_every_logger_speaks_json_and_chatty_ones_speak_when_it_matters():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    told = [json.loads(row)["message"] for row in done.stderr.splitlines()]
    assert told == [
        "from cropwright.requests",
        "warned by cropwright.requests",
        "warned by uvicorn.error",
        "warned by alembic.runtime.migration",
    ]
    assert done.stdout == ""

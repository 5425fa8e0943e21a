"""Reading jobs: JSON documents and their fields, each with its own type (contract, 7.1)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Never

from cropwright.errors import CropwrightError

_DEPTH = 32
_REQUIRED = object()


@dataclass(eq=False)
class InvalidJobError(CropwrightError):
    """The text is no job at all: bad JSON, an unknown operation, a field of the wrong type."""

    reason: str
    code = "invalid_job"

    def __str__(self) -> str:
        return self.reason


class Object(dict[str, Any]):
    """A JSON object that remembers which names came twice."""

    repeated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> Object:
        """The object of these names and values."""
        made = cls(pairs)
        if len(made) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            made.repeated = frozenset(name for name, count in counts.items() if count > 1)
        return made


def parse_json(text: str) -> Any:
    """The JSON document in `text`. Raises InvalidJobError with the place of a syntax error."""
    try:
        document = json.loads(text, object_pairs_hook=Object.of, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InvalidJobError(f"{error.msg[:1].lower()}{error.msg[1:]} at {place}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidJobError("a number or the nesting is beyond what is read") from error
    if _depth(document) > _DEPTH:
        raise InvalidJobError(f"nested deeper than {_DEPTH} levels")
    if not _is_text(document if "\\u" in text else text):
        raise InvalidJobError("a string holds half a surrogate pair")
    return document


def field(job: Object, name: str, read: Callable[[Any, str], Any], default: Any = _REQUIRED) -> Any:
    """A field's value; null stands for absent where the field is optional (7.1)."""
    if name in job.repeated:
        raise InvalidJobError(f"duplicate field `{name}`")
    if default is _REQUIRED:
        if name not in job:
            raise InvalidJobError(f"missing field `{name}`")
        return read(job[name], name)
    return default if job.get(name) is None else read(job[name], name)


def read_object(value: Any, name: str) -> Object:
    """A JSON object."""
    return value if isinstance(value, Object) else wrong(value, name, "an object")


def read_list(value: Any, name: str) -> list[Any]:
    """A JSON array."""
    return value if isinstance(value, list) else wrong(value, name, "an array")


def read_string(value: Any, name: str) -> str:
    """Text."""
    return value if isinstance(value, str) else wrong(value, name, "a string")


def read_boolean(value: Any, name: str) -> bool:
    """True or false."""
    return value if isinstance(value, bool) else wrong(value, name, "true or false")


def read_float(value: Any, name: str) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        wrong(value, name, "a number")
    # Beyond single precision everything is clamped to 0..1 anyway.
    return max(-1e9, min(1e9, value))


def read_whole(value: Any, name: str) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(value, name, "a whole number")
    return int(value)


def read_quality(value: Any, name: str) -> int:
    """A whole number from 0 to 255."""
    number = read_whole(value, name)
    return number if 0 <= number < 256 else wrong(value, name, "0 to 255")


def wrong(value: Any, name: str, expected: str) -> Never:
    """Refuse a value (InvalidJobError)."""
    raise InvalidJobError(f"invalid type: {name} is {shown(value)}, expected {expected}")


def shown(value: Any) -> str:
    """A value as messages show it, cut short."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _refuse_constant(word: str) -> Never:
    raise ValueError(word)


def _depth(document: Any) -> int:
    depth, level = 0, _containers([document])
    while level:
        depth += 1
        level = [inner for value in level for inner in _containers(value)]
    return depth


def _containers(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value
    return [inner for inner in inside if isinstance(inner, dict | list)]


def _is_text(value: Any) -> bool:
    """Whether every string is real text: JSON's escapes can also write half a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True

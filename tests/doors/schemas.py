"""As much of JSON Schema (2020-12) as our OpenAPI document uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}
IGNORED = {
    "description",
    "default",
    "examples",
    "title",
    "format",
    "contentMediaType",
    "contentEncoding",
}
"""Words that say something and demand nothing."""


def matches(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is what a schema demands; KeyError for a word that is not known here."""
    return all(DEMANDS[word](demand, value, schema) for word, demand in schema.items())


def _typed(names: str | list[str], value: Any, _schema: Any) -> bool:
    return any(TYPES[name](value) for name in ([names] if isinstance(names, str) else names))


def _listed(items: dict[str, Any], value: Any, _schema: Any) -> bool:
    return not isinstance(value, list) or all(matches(items, one) for one in value)


def _known(rows: dict[str, Any], value: Any, _schema: Any) -> bool:
    return not isinstance(value, dict) or all(
        matches(row, value[name]) for name, row in rows.items() if name in value
    )


def _no_others(allowed: bool, value: Any, schema: Any) -> bool:
    return allowed or not isinstance(value, dict) or value.keys() <= schema["properties"].keys()


DEMANDS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "type": _typed,
    "items": _listed,
    "properties": _known,
    "additionalProperties": _no_others,
    "enum": lambda words, value, _: value in words,
    "const": lambda word, value, _: value == word,
    "required": lambda names, value, _: not isinstance(value, dict) or set(names) <= value.keys(),
    "minimum": lambda least, value, _: not TYPES["number"](value) or value >= least,
    "maximum": lambda most, value, _: not TYPES["number"](value) or value <= most,
    "minItems": lambda least, value, _: not isinstance(value, list) or len(value) >= least,
    "maxItems": lambda most, value, _: not isinstance(value, list) or len(value) <= most,
    "minLength": lambda least, value, _: not isinstance(value, str) or len(value) >= least,
    "maxLength": lambda most, value, _: not isinstance(value, str) or len(value) <= most,
    "oneOf": lambda rows, value, _: sum(matches(row, value) for row in rows) == 1,
    "anyOf": lambda rows, value, _: any(matches(row, value) for row in rows),
    **dict.fromkeys(IGNORED, lambda *_: True),
}

"""The page of our own HTTP API, from the OpenAPI document that a service really answers."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from typing import Any

from starlette.testclient import TestClient

from cropwright.app import application, opened
from cropwright.settings import load
from docsite.markdown import page, table

_HEAD = """\
Generated from the OpenAPI document of the service, which is [openapi.json](openapi.json) here and
`/openapi.json` there; `/docs` of a service lets you try it. [Our own API](api.md) has examples. Bodies
are JSON or forms, with the same fields; fields that are not named here are refused. Errors are
[problem details](api.md#errors)."""


@cache
def document() -> dict[str, Any]:
    """What a service answers at /openapi.json."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"CROPWRIGHT_DATA": folder, "CROPWRIGHT_WORKERS_COUNT": "1"})
        with opened(settings) as parts:
            told: dict[str, Any] = TestClient(application(parts)).get("/openapi.json").json()
    return told


def http_page() -> str:
    """Every operation: its fields, headers and answers."""
    sections = [
        _operation(method, path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
    return page("HTTP API", _HEAD, *sections)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [f"## {method.upper()} {path}", operation.get("description", operation["summary"])]
    placed = [
        (f"`{row['name']}`", _kind(row["schema"]), f"{row['in']}: {_described(row)}".strip(": "))
        for row in operation.get("parameters", ())
    ]
    if placed:
        parts += ["**Parameters**", table(("name", "type", ""), placed)]
    for schema in _in_json(operation.get("requestBody", {})):
        parts += ["**Fields**", _fields(schema)]
    parts += ["**Answers**", table(("status", "", "media types", "headers"), _answers(operation))]
    for status, answer in operation["responses"].items():
        for schema in _in_json(answer):
            parts += [f"**{status} as JSON.** {schema.get('description', '')}", _fields(schema)]
    return "\n\n".join(parts)


def _in_json(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The objects that a body may be, where it may be JSON."""
    schema = body.get("content", {}).get("application/json", {}).get("schema", {})
    return [row for row in schema.get("oneOf", [schema]) if row.get("properties")]


def _fields(schema: dict[str, Any]) -> str:
    needed = schema.get("required", ())
    rows = [
        (f"`{name}`", _kind(row), _described(row) + (" Always there." if name in needed else ""))
        for name, row in schema["properties"].items()
    ]
    return table(("field", "type", ""), rows)


def _answers(operation: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            status,
            answer["description"],
            _words(answer.get("content")),
            _words(answer.get("headers")),
        )
        for status, answer in operation["responses"].items()
    ]


def _words(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names or ())


def _described(row: dict[str, Any]) -> str:
    schema = row.get("schema", row)
    said = [row.get("description", "")]
    if "enum" in schema:
        said.append(f"One of {_words(schema['enum'])}.")
    if "minimum" in schema or "maximum" in schema:
        said.append(_range(schema))
    if "default" in schema:
        said.append(f"Default: `{_written(schema['default'])}`.")
    if "examples" in schema:
        said.append(f"Such as {_words(map(_written, schema['examples']))}.")
    return " ".join(filter(None, said))


def _range(schema: dict[str, Any]) -> str:
    if "maximum" not in schema:
        return f"At least {schema['minimum']}."
    return f"{schema['minimum']} to {schema['maximum']}."


def _kind(schema: dict[str, Any]) -> str:
    """The type of a schema in a word or a few."""
    several = schema.get("oneOf", schema.get("anyOf"))
    if several:
        return " or ".join(dict.fromkeys(_kind(row) for row in several if row != {"type": "null"}))
    kind = schema.get("type", "any")
    return kind if isinstance(kind, str) else " or ".join(kind)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)

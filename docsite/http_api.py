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
are JSON or forms, with the same fields; fields that are not named here are refused."""


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
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    fields = body.get("schema", {}).get("properties", {})
    if fields:
        rows = [(f"`{name}`", _kind(row), _described(row)) for name, row in fields.items()]
        parts += ["**Fields**", table(("field", "type", ""), rows)]
    parts += ["**Answers**", table(("status", "", "media types"), _answers(operation))]
    return "\n\n".join(parts)


def _answers(operation: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            status,
            answer["description"],
            ", ".join(f"`{kind}`" for kind in answer.get("content", ())),
        )
        for status, answer in operation["responses"].items()
    ]


def _described(row: dict[str, Any]) -> str:
    schema = row.get("schema", row)
    said = [row.get("description", "")]
    if "enum" in schema:
        said.append(f"One of {', '.join(f'`{word}`' for word in schema['enum'])}.")
    if "minimum" in schema or "maximum" in schema:
        said.append(_range(schema))
    if "default" in schema:
        said.append(f"Default: `{_written(schema['default'])}`.")
    if "examples" in schema:
        said.append(f"Such as {', '.join(f'`{_written(word)}`' for word in schema['examples'])}.")
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

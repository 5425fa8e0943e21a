"""The page of the Python library, from its own docstrings."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import cropwright
from cropwright.core.limits import Limits
from cropwright.core.models import ModelSettings
from cropwright.core.report import Report, Seen
from cropwright.core.wish import CutoutWish, Wish
from cropwright.settings import sentences
from docsite.markdown import fenced, page, table

WORDS = (Wish, CutoutWish, Report, Seen, Limits, ModelSettings)
"""Classes whose fields callers write or read."""
_EXAMPLE = re.compile(r"^>>> .*(?:\n\S.*)*", re.MULTILINE)
_HOW = """\
Generated from the library's docstrings; their examples are run by the tests. `import cropwright` is
quick: what decodes pictures is imported when a picture is opened."""
_SOURCES = "`Source` is a path, a picture's bytes, or a file object opened for reading bytes."


def library_page() -> str:
    """Every public name of the library, and the words it takes."""
    names = {name: getattr(cropwright, name) for name in cropwright.__all__}
    classes = {name: row for name, row in names.items() if inspect.isclass(row)}
    functions = {name: row for name, row in names.items() if inspect.isfunction(row)}
    return page(
        "Python library",
        _HOW,
        _documented(cropwright),
        *(_callable(f"cropwright.{name}", row) for name, row in functions.items()),
        _SOURCES,
        *(part for row in classes.values() for part in _class(row)),
        *(_fields(kind) for kind in WORDS),
    )


def _class(kind: type[Any]) -> Iterator[str]:
    yield f"## {kind.__name__}"
    yield _documented(kind)
    for name, row in vars(kind).items():
        if name.startswith("_"):
            continue
        if inspect.isfunction(row):
            yield _callable(f"{kind.__name__}.{name}", row)
        elif inspect.getdoc(row) and not isinstance(row, str):
            yield f"### {kind.__name__}.{name}"
            yield _documented(row)
    if issubclass(kind, Exception):
        yield "[Errors](errors.md) lists all of them."


def _callable(name: str, function: Any) -> str:
    level = "###" if name[0].isupper() else "##"
    usage = fenced("text", f"{name}{_signature(function)}")
    return f"{level} {name}\n\n{usage}\n\n{_documented(function)}"


def _signature(function: Any) -> str:
    """Parameters and result as they are written."""
    written = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(written, ast.FunctionDef) or written.returns is None:
        raise TypeError("a public function says what it returns")
    parameters = re.sub(r"^self(, )?", "", ast.unparse(written.args))
    return f"({parameters}) -> {ast.unparse(written.returns)}"


def _fields(kind: type[Any]) -> str:
    types = inspect.get_annotations(kind)
    rows = [
        (f"`{name}`", f"`{getattr(types[name], '__forward_arg__', types[name])}`", said)
        for name, said in sentences(kind).items()
    ]
    return f"## {kind.__name__}\n\n{_documented(kind)}\n\n{table(('name', 'type', ''), rows)}"


def _documented(what: Any) -> str:
    """A docstring with its examples as blocks of code."""
    return _EXAMPLE.sub(lambda found: fenced("pycon", found[0]), inspect.getdoc(what) or "")

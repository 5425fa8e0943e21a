"""Small files, small functions, and a sentence on what each is for (STYLE, rules that keep it small)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
FILES = [
    *SOURCES,
    *sorted(path for path in (ROOT / "bench").rglob("*.py") if ".peers" not in path.parts),
    *sorted((ROOT / "docsite").glob("*.py")),
    *sorted(ROOT.glob("scripts/**/*.py")),
]
FILE_LINES, FUNCTION_LINES = 400, 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def public(node: ast.AST) -> Iterator[ast.ClassDef | Function]:
    """The public classes and functions right below a module or class, and below those classes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public(child)


def test_the_house_is_found():
    assert ROOT / "src/cropwright/core/command.py" in SOURCES
    assert any(path.parent.name == "bench" for path in FILES)


def test_no_file_is_longer_than_400_lines():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    longest = max(lengths, key=lengths.__getitem__)
    print(f"longest file: {longest}, {lengths[longest]} lines")
    assert {file: length for file, length in lengths.items() if length > FILE_LINES} == {}


def test_no_function_is_longer_than_50_lines():
    lengths = {
        f"{name(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, Function)
    }
    longest = max(lengths, key=lengths.__getitem__)
    print(f"longest function: {longest}, {lengths[longest]} lines")
    assert {place: length for place, length in lengths.items() if length > FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_and_everything_public_in_it_says_what_it_is_for(path):
    module = tree(path)
    silent = [node.name for node in public(module) if not ast.get_docstring(node)]
    assert (bool(ast.get_docstring(module)), silent) == (True, [])

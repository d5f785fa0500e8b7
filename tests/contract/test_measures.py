"""The house's measures: small modules, small functions."""

from __future__ import annotations

import ast
import statistics
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path
    for folder in (ROOT / "src" / "geointel", ROOT / "api" / "geointel_api")
    for path in folder.rglob("*.py")
    if "node_modules" not in path.parts
)
MEDIAN, MOST, LONGEST_FUNCTION = 150, 500, 40
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "lib"}


@cache
def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of a function that are code: no docstring, no blank line, no comment of its own line."""
    skipped: set[int] = set()
    for inside in ast.walk(node):
        if isinstance(inside, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(inside):
            said = inside.body[0]
            skipped |= set(range(said.lineno, (said.end_lineno or said.lineno) + 1))
    body = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    own = [lines[number - 1].strip() for number in body if number not in skipped]
    return sum(1 for line in own if line and not line.startswith("#"))


def test_there_is_something_to_measure() -> None:
    assert len(MODULES) > 100


def test_the_median_module_is_short() -> None:
    assert statistics.median(len(source(path).splitlines()) for path in MODULES) <= MEDIAN


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_keeps_the_measures(path: Path) -> None:
    lines = source(path).splitlines()
    assert len(lines) <= MOST
    assert path.stem not in NO_NAMES
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert code_lines(node, lines) <= LONGEST_FUNCTION, node.name


def test_code_lines_are_counted_as_they_should() -> None:
    text = 'def f(\n    a,\n):\n    """Said.\n\n    More.\n    """\n    # why\n\n    return a\n'
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef)
    assert code_lines(node, text.splitlines()) == 4

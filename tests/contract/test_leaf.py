"""Records are indexed at the leaf resolution alone; every coarser cell is a parent.

A point's own cell at a coarser resolution is not always the parent of its leaf. Counts made both ways could be differenced.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "src" / "geointel", ROOT / "api" / "geointel_api")
MODULES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))

INDEXERS = {"latlng_to_cell": 2, "cell_of_points": 1}
"""What indexes points, and the place of the resolution among its arguments."""
LEAF = {"leaf", "study.leaf"}
"""How the leaf resolution is spelled."""
H3 = "src/geointel/grid/cells.py"
"""The one module that calls H3 for a point."""
OTHERS = {
    "src/geointel/ingest/points.py": "passes on the resolution of its callers, who are checked by the name `cell_of_points`",
    "src/geointel/ingest/travel_files.py": "places the origins of a travel-time matrix among the published cells; counts no record",
    "src/geointel/answers/posts.py": "finds whether a place that a reader gives lies in the study area; counts no record",
}
"""Modules that may index points at another resolution, and why no record is counted there."""
DEMO = "src/geointel/demo/"
"""Makes files of made-up places, which are then read like any other."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def resolution_of(node: ast.Call) -> str:
    """The argument that is the resolution, as it is written."""
    place = INDEXERS[called(node)]
    named = [keyword.value for keyword in node.keywords if keyword.arg == "resolution"]
    given = named or node.args[place : place + 1]
    return ast.unparse(given[0]) if given else ""


def faults(source: str) -> list[str]:
    """Ways in which a module could index a point at another resolution than the leaf, each with its line."""
    tree = ast.parse(source)
    found = []
    in_calls = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call) and called(node) in INDEXERS and resolution_of(node) not in LEAF:
            found.append(f"line {line}: indexes at {resolution_of(node)}")
        elif isinstance(node, ast.ImportFrom):
            found += [
                f"line {line}: renames {a.name}"
                for a in node.names
                if a.name in INDEXERS and a.asname not in {None, a.name}
            ]
        elif isinstance(node, ast.Name | ast.Attribute) and id(node) not in in_calls:
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in INDEXERS and isinstance(node.ctx, ast.Load):
                found.append(f"line {line}: hands on {name}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "h3_latlng" in node.value:
            found.append(f"line {line}: indexes in a query")
    return found


def calls_h3(source: str) -> bool:
    """Whether a module asks H3 itself for the cell of a point."""
    tree = ast.parse(source)
    names = {
        a.asname or a.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for a in node.names
        if a.name.startswith("h3")
    }
    own = {
        a.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "h3"
        for a in node.names
    }
    asked = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "latlng_to_cell"]
    return "latlng_to_cell" in own or any(ast.unparse(node.value) in names for node in asked)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_points_are_indexed_at_the_leaf(path: Path) -> None:
    name = name_of(path)
    source = path.read_text(encoding="utf-8")
    if name != H3:
        assert not calls_h3(source), f"{name} asks H3 for the cell of a point: use geointel.grid"
    if name not in {H3, *OTHERS} and not name.startswith(DEMO):
        assert not faults(source), (
            f"{name}: a record is indexed at the leaf, and coarser cells are its parents (geointel.grid.parents)"
        )


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_exceptions_are_needed(name: str) -> None:
    assert faults((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "planted",
    [
        "cells = latlng_to_cell(lat, lng, 8)",
        "cells = grid.latlng_to_cell(lat, lng, resolution)",
        "cells = latlng_to_cell(lat, lng, resolution=study.leaf - 1)",
        "cells = cell_of_points(points, resolution)",
        "from geointel.grid import latlng_to_cell as index",
        "index = grid.latlng_to_cell",
        "located = partial(cell_of_points, resolution=8)",
        "sql = 'select h3_latlng_to_cell(lat, lng, 8) from rows'",
    ],
)
def test_a_planted_fault_is_found(planted: str) -> None:
    assert faults(planted)


@pytest.mark.parametrize(
    "fine", ["latlng_to_cell(lat, lng, study.leaf)", "cell_of_points(points, study.leaf)", "parents(cells, 8)"]
)
def test_the_leaf_is_no_fault(fine: str) -> None:
    assert not faults(fine)


@pytest.mark.parametrize(
    "planted", ["import h3.api.basic_int as h3\nh3.latlng_to_cell(1, 2, 8)", "from h3 import latlng_to_cell"]
)
def test_h3_itself_is_found(planted: str) -> None:
    assert calls_h3(planted)

"""The gate is the only exit of counts: what the type says, the code keeps."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (ROOT / "src" / "geointel", ROOT / "api" / "geointel_api")
MODULES = sorted(path for package in PACKAGES for path in package.rglob("*.py"))
GATE = Path("src/geointel/disclosure/release.py")
BEFORE_THE_GATE = ("geointel.facts", "geointel.ingest", "geointel.engine", "geointel.sources")
AFTER_THE_GATE = ("layers", "snapshot", "tiles", "notebook", "viewer", "export", "hotspots", "gaps")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST, name: str) -> list[int]:
    """Lines in which a function or class of that name is called, however it was imported."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            plain = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if plain == name:
                found.append(node.lineno)
    return found


def other_names(tree: ast.AST, name: str) -> list[str]:
    """Names under which a module imports or assigns ``name`` other than its own."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found += [alias.asname for alias in node.names if alias.name == name and alias.asname not in {None, name}]
        elif isinstance(node, ast.Assign) and getattr(node.value, "id", getattr(node.value, "attr", "")) == name:
            found += [ast.unparse(target) for target in node.targets]
    return found


def imports(tree: ast.AST) -> set[str]:
    """Modules that are imported when the code runs, not for types alone."""
    found: set[str] = set()
    typed = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if node in typed:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def constructions(name: str) -> dict[str, list[int]]:
    found = {name_of(path): calls(ast.parse(path.read_text(encoding="utf-8")), name) for path in MODULES}
    return {path: lines for path, lines in found.items() if lines}


def test_released_facts_are_made_by_the_gate_alone() -> None:
    assert list(constructions("ReleasedFacts")) == [GATE.as_posix()]


def test_released_facts_are_called_by_no_other_name() -> None:
    for path in MODULES:
        assert other_names(ast.parse(path.read_text(encoding="utf-8")), "ReleasedFacts") == [], name_of(path)


def test_nobody_changes_released_facts_on_the_way() -> None:
    """``replace`` would make released facts out of released facts, past the gate."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"replace", "dataclasses.replace"}:
                assert "released" not in ast.unparse(node.args[0]), name_of(path)


def test_raw_facts_are_made_by_the_build_and_read_by_the_gate() -> None:
    assert all(path.startswith("src/geointel/build/") for path in constructions("HexFacts"))


def test_the_build_hands_raw_facts_to_the_gate_alone() -> None:
    """Of what was gathered only ``release`` is given the facts, and ``utility``, whose answer goes to the operator's report alone."""
    used = {}
    for path in (ROOT / "src" / "geointel" / "build").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {node for call in calls_of(tree, {"release", "utility"}) for node in ast.walk(call)}
        reads = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "facts" and ast.unparse(node.value) == "gathered"
        ]
        used[path.name] = [node in inside for node in reads]
    assert {name: found for name, found in used.items() if found} == {"build.py": [True, True]}


def calls_of(tree: ast.AST, names: set[str]) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def test_layers_are_computed_from_released_facts_by_their_type() -> None:
    """What ``compute`` and every function that it calls is given of facts bears the type of released ones."""
    tree = ast.parse((ROOT / "src" / "geointel" / "build" / "compute.py").read_text(encoding="utf-8"))
    named = {
        ast.unparse(arg.annotation)
        for node in ast.walk(tree)
        if isinstance(node, ast.arguments)
        for arg in (*node.args, *node.kwonlyargs)
        if arg.annotation
    }
    assert "ReleasedFacts" in named
    assert not {name for name in named if "HexFacts" in name or "Gathered" in name}


@pytest.mark.parametrize("room", AFTER_THE_GATE)
def test_what_comes_after_the_gate_sees_nothing_before_it(room: str) -> None:
    for path in (ROOT / "src" / "geointel" / room).rglob("*.py"):
        seen = imports(ast.parse(path.read_text(encoding="utf-8")))
        beyond = {name for name in seen if name.startswith(BEFORE_THE_GATE) or name.endswith(".HexFacts")}
        assert not beyond, name_of(path)


def test_the_web_service_sees_nothing_before_the_gate() -> None:
    for path in PACKAGES[1].rglob("*.py"):
        seen = imports(ast.parse(path.read_text(encoding="utf-8")))
        assert not {name for name in seen if name.startswith((*BEFORE_THE_GATE, "geointel.disclosure"))}, name_of(path)


def test_a_disclosure_error_is_never_caught() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and node.type is not None:
                assert "DisclosureError" not in ast.unparse(node.type), name_of(path)


def test_the_checks_see_what_they_look_for() -> None:
    tree = ast.parse(
        "import a.b as c\nfrom model import ReleasedFacts as R\nX = R\nc.ReleasedFacts(1)\nReleasedFacts()"
    )
    assert calls(tree, "ReleasedFacts") == [4, 5]
    assert other_names(tree, "ReleasedFacts") == ["R"]
    guarded = ast.parse("if TYPE_CHECKING:\n    import geointel.facts\nfrom geointel import ingest")
    assert imports(guarded) == {"geointel", "geointel.ingest"}

"""The bill of materials is valid CycloneDX, names all that runs and nothing else, and no address."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

import geointel

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"\b\w+://[^\"\s]*")


@pytest.fixture(scope="module")
def script() -> Any:
    sys.path.insert(0, str(ROOT / "scripts"))
    import sbom

    yield sbom
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def python(script: Any) -> Any:
    return script.python_bom()


@pytest.fixture(scope="module")
def page(script: Any) -> Any:
    if (script.build_web.node_on_path() or script.build_web.node_from_wheel()) is None:
        pytest.skip("no Node with npm is there")
    return script.page_bom()


@pytest.fixture(params=["python", "page"])
def bom(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def validator(version: str) -> Any:
    pytest.importorskip("cyclonedx", reason="requirements/audit.lock is not installed")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.from_version(version))


def test_it_is_valid(bom: Any) -> None:
    found = validator(bom["specVersion"]).validate_str(json.dumps(bom))
    assert found is None, found
    wrong = {**bom, "components": [{"name": "a component without a type"}]}
    assert validator(bom["specVersion"]).validate_str(json.dumps(wrong)) is not None


def test_it_names_no_address_and_no_machine(bom: Any) -> None:
    assert bom["$schema"].startswith("http://cyclonedx.org/schema/")
    text = json.dumps({key: value for key, value in bom.items() if key != "$schema"})
    assert ADDRESS.findall(text) == []
    assert str(ROOT) not in text


def test_it_is_the_same_again(script: Any, python: Any) -> None:
    assert script.python_bom()["components"] == python["components"]
    assert not {"serialNumber", "timestamp"} & {*python, *python["metadata"]}


def test_each_component_has_a_version_a_hash_and_a_place_in_the_graph(bom: Any) -> None:
    refs = [component["bom-ref"] for component in bom["components"]]
    assert len(set(refs)) == len(refs)
    for component in bom["components"]:
        hashes = [*component.get("hashes", [])]
        hashes += [each for link in component.get("externalReferences", []) for each in link["hashes"]]
        assert component["version"]
        assert hashes, component["name"]
    graph = {row["ref"]: row.get("dependsOn", []) for row in bom["dependencies"]}
    main = bom["metadata"]["component"]["bom-ref"]
    assert set(graph) == {main, *refs}
    seen, todo = set(), [main]
    while todo:
        ref = todo.pop()
        todo += [below for below in graph[ref] if below not in seen]
        seen.add(ref)
    assert seen == {main, *refs}, "everything is there because something needs it"


def test_the_product_has_its_name_and_version(python: Any, page: Any) -> None:
    assert (python["metadata"]["component"]["name"], python["metadata"]["component"]["version"]) == (
        "geointel",
        geointel.__version__,
    )
    assert page["metadata"]["component"]["name"] == "geointel-page"


def needed_here(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> None:
    """Walk what the installed packages themselves say that they need: an independent way to the same set."""
    if (name, extras) in seen:
        return
    seen.add((name, extras))
    for line in importlib.metadata.requires(name) or []:
        requirement = Requirement(line)
        marker: Marker | None = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            needed_here(re.sub(r"[-_.]+", "-", requirement.name).lower(), frozenset(requirement.extras), seen)


def test_everything_that_is_needed_to_run_is_in_it(python: Any) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    seen: set[tuple[str, frozenset[str]]] = set()
    for requirement in map(Requirement, project["dependencies"]):
        needed_here(re.sub(r"[-_.]+", "-", requirement.name).lower(), frozenset(requirement.extras), seen)
    required = {
        re.sub(r"[-_.]+", "-", component["name"]).lower()
        for component in python["components"]
        if component["scope"] == "required"
    }
    assert {name for name, _ in seen} <= required


def test_tools_for_changing_the_program_are_not_in_it(python: Any, page: Any) -> None:
    names = {component["name"] for bom in (python, page) for component in bom["components"]}
    assert names >= {"fastapi", "duckdb", "maplibre-gl", "govuk-frontend", "psycopg"}
    assert not names & {"pytest", "ruff", "mypy", "schemathesis", "pip-audit", "vite", "typescript", "oidc-provider"}


def test_the_lock_s_notes_are_read(script: Any) -> None:
    text = (
        "# made by uv\n"
        "a==1.0 \\\n    --hash=sha256:00\n    # via geointel (pyproject.toml)\n"
        "b-c==2 ; sys_platform == 'win32' \\\n    --hash=sha256:11\n    # via\n    #   -c other.lock\n    #   a\n    #   d\n"
        "b-c==3 ; sys_platform != 'win32' \\\n    --hash=sha256:22\n    # via e\n"
    )
    lock = script.locked(text)
    assert [(entry.name, entry.version, entry.marker) for entry in lock] == [
        ("a", "1.0", ""),
        ("b-c", "2", "sys_platform == 'win32'"),
        ("b-c", "3", "sys_platform != 'win32'"),
    ]
    assert lock[1].asked_by >= {"a", "d"}
    assert lock[2].asked_by == {"e"}
    assert script.reached({"a"}, lock) == {"a", "b-c"}
    assert script.reached({"x"}, lock) == set()
    assert script.normal("Ibis_Framework[duckdb]>=12") == "ibis-framework"


def test_both_files_are_written(script: Any, page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sbom.py", "--out", str(tmp_path / "sbom")])
    assert script.main() == 0
    assert sorted(path.name for path in (tmp_path / "sbom").iterdir()) == ["page.json", "python.json"]
    assert json.loads((tmp_path / "sbom" / "page.json").read_text(encoding="utf-8")) == page

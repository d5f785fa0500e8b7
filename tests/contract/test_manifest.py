"""The manifest of a built snapshot is what ``schemas/manifest.json`` promises."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import geointel

SCHEMA = Path(__file__).parents[2] / "schemas" / "manifest.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Manifest of each edition of a town's demonstration."""
    folder = tmp_path_factory.mktemp("town")
    demo = geointel.write_demo(folder / "demo", scale="town", months=3)
    report = geointel.build_snapshot(
        geointel.load_partnership(demo.config), data=demo.directory, out=folder / "snapshots"
    )
    return {path.parent.name: json.loads(path.read_bytes()) for path in report.path.glob("*/manifest.json")}


def test_every_edition_keeps_the_promise(validator: jsonschema.Draft202012Validator, manifests: dict[str, Any]) -> None:
    assert set(manifests) == {"open", "partner"}
    for name, manifest in manifests.items():
        faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]
        assert faults == [], name


def test_every_key_is_promised(manifests: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for manifest in manifests.values():
        assert set(manifest) == set(schema["properties"]) == set(schema["required"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("surprise",), 1),
        (("edition",), "Not An Id"),
        (("created",), "yesterday"),
        (("snapshot",), "current"),
        (("period", "data_through"), "2025-13"),
        (("windows", 0, "id"), "2025-Q5"),
        (("layers", 0, "classes", 0, "colour"), "red"),
        (("layers", 0, "question"), ""),
        (("files", "../outside.parquet"), {"sha256": "0" * 64, "bytes": 1}),
        (("sources", 0, "mapped"), -1),
        (("roles", "public"), "open"),
    ],
)
def test_what_breaks_it_is_found(
    validator: jsonschema.Draft202012Validator, manifests: dict[str, Any], path: tuple[Any, ...], value: object
) -> None:
    manifest = copy.deepcopy(manifests["open"])
    place = manifest
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(manifest)


def test_row_counts_of_a_source_that_is_not_public_are_refused(
    validator: jsonschema.Draft202012Validator, manifests: dict[str, Any]
) -> None:
    manifest = copy.deepcopy(manifests["open"])
    manifest["sources"][0]["public"] = False
    assert not validator.is_valid(manifest)
    for key in ("read", "mapped", "unmapped", "files"):
        del manifest["sources"][0][key]
    assert validator.is_valid(manifest)

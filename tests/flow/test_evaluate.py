"""The verb ``evaluate``: the accuracy of a build's manifests, in words and as JSON, and nothing published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from geointel import snapshot
from geointel.cli.main import app

from .small_partnership import FEW_LAYERS, LAYERS, Written, write_partnership

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write_partnership(tmp_path_factory.mktemp("evaluate"), publish=(7, 8), layers=LAYERS)


def test_json_is_what_a_build_writes_into_its_manifests(written: Written, tmp_path: Path) -> None:
    done = run("evaluate", written.config, "--data", written.data, "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)["layers"]
    assert not (written.config.parent / "snapshots").exists()
    assert run("build", written.config, "--data", written.data, "--out", tmp_path / "out").exit_code == 0
    editions = snapshot.open_snapshot(tmp_path / "out").editions
    built = {(name, spec["id"]): spec["accuracy"] for name, e in editions.items() for spec in e.manifest["layers"]}
    judged = {(layer["edition"], layer["layer"]): layer["accuracy"] for layer in answer}
    assert judged == {key: accuracy for key, accuracy in built.items() if accuracy}
    assert {layer for _, layer in judged} == {"drug-hotspot", "drug-excess"}
    assert judged["open", "drug-hotspot"]["by"]["8"]["drugs"]["month"]["steps"] == 6


def test_the_table_has_a_line_for_each_map(written: Written) -> None:
    done = run("evaluate", written.config, "--data", written.data)
    assert done.exit_code == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(("Hotspots", "More than"))]
    assert len(lines) == 3 * 3  # drugs and all of hotspot, drugs of excess; month, quarter, year
    assert sum("too few" in line for line in lines) == 3  # twelve months hold no month after twelve


def test_a_partnership_without_such_a_layer_is_told_what_to_add(tmp_path: Path) -> None:
    written = write_partnership(tmp_path, months=("2025-12",), layers=FEW_LAYERS)
    done = run("evaluate", written.config, "--data", written.data)
    assert done.exit_code != 0
    assert "Add a layer of the kind 'excess', 'hotspot'" in " ".join(done.stderr.split())

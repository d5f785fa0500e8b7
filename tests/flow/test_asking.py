"""`geointel scenario`: the same answer as over HTTP, in a few lines or whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from geointel.cli.main import app

from ..client.care_snapshot import MIDDLE, write_care

if TYPE_CHECKING:
    from pathlib import Path

MOVE = {"do": "move", "service": "list:a", **MIDDLE}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "snapshots"
    write_care(folder)
    return folder


def _run(town: Path, document: Any, *more: str) -> Any:
    file = town.parent / "question.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return CliRunner().invoke(app, ["scenario", str(town), str(file), *more])


def test_a_few_lines_for_people(town: Path) -> None:
    done = _run(town, {"actions": [MOVE, {"do": "close", "service": "list:c"}]}, "--edition", "partner")
    assert done.exit_code == 0, done.output
    for part in (
        "Better off: ",
        "people in need (",
        "Further from help: ",
        "Within 30 minutes: ",
        "Of the gap, ",
        "not a decision",
    ):
        assert part in done.stdout
    still = _run(town, {"actions": [{"do": "resize", "service": "list:b", "capacity": 40.0}]}, "--edition", "partner")
    assert "Nothing that this map measures would change." in still.stdout


def test_the_whole_answer_is_one_json_object(town: Path) -> None:
    done = _run(town, {"actions": [MOVE]}, "--json")
    found = json.loads(done.stdout)
    assert (found["edition"], found["layer"], found["measure"]) == ("open", "a-access", "minutes")
    assert found["snapshot"] == (town / "current").read_text().strip()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("no json", "(file)"),
        ({"actions": [{"do": "open", "lat": 53.8, "lng": 999}]}, "actions.0.lng"),
        ({"actions": [{"do": "move", "service": "list:z", **MIDDLE}]}, "list:z"),
        ({"actions": [{"do": "close", "service": "list:a"}]}, "partner editions"),
        ({"actions": [MOVE], "layer": "a-gap"}, "a-gap"),
    ],
)
def test_a_question_that_cannot_be_asked(town: Path, document: Any, said: str) -> None:
    done = _run(town, document)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_an_edition_or_a_file_that_is_not_there(town: Path) -> None:
    assert _run(town, {"actions": [MOVE]}, "--edition", "nobody").exit_code == 1
    assert CliRunner().invoke(app, ["scenario", str(town), str(town / "nothing.json")]).exit_code == 1

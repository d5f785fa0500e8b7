"""Schemas are generated, committed, and true of real files."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from geointel.config import schema, schema_text, template

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schemas" / "partnership.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    found = schema()
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def test_the_committed_schema_is_the_generated_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(), "run `make bless` and look at the difference"


def test_the_template_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    assert _faults(validator, tomllib.loads(template())) == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/**/*.toml")), ids=lambda path: path.parent.name)
def test_examples_are_valid(validator: jsonschema.Draft202012Validator, path: Path) -> None:
    assert _faults(validator, tomllib.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("table", "key", "value", "where"),
    [
        ("partnership", "nme", "x", "$.partnership"),
        ("partnership", "id", "Not An Id", "$.partnership.id"),
        ("grid", "leaf", 16, "$.grid.leaf"),
        ("secrets", "cell_key", "the secret itself", "$.secrets.cell_key"),
    ],
)
def test_what_is_wrong_is_refused(
    validator: jsonschema.Draft202012Validator, table: str, key: str, value: object, where: str
) -> None:
    document = tomllib.loads(template())
    document.setdefault(table, {})[key] = value
    assert _faults(validator, document) == [where]


def test_a_source_has_no_keys_beyond_its_kind(validator: jsonschema.Draft202012Validator) -> None:
    document = tomllib.loads(template())
    document["source"][0]["colour"] = "red"
    assert _faults(validator, document) == ["$.source[0]"]


def _faults(validator: jsonschema.Draft202012Validator, document: dict[str, Any]) -> list[str]:
    return [error.json_path for error in validator.iter_errors(json.loads(json.dumps(document)))]

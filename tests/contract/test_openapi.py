"""The committed description of the web service is the generated one, and the documentation covers it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geointel_api.app import create_api, description_text
from geointel_api.settings import Settings

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "schemas" / "openapi.json"
GUIDE = ROOT / "docs" / "api.md"


def test_the_committed_description_is_the_generated_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == description_text(), "run `make bless` and look at the difference"


def test_every_reference_in_the_description_leads_somewhere() -> None:
    document = json.loads(description_text())
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', description_text()))
    assert references
    for reference in references:
        found = document
        for step in reference.split("/"):
            found = found[step]
        assert found


def test_every_operation_says_what_it_does() -> None:
    operations = [one for methods in create_api().openapi()["paths"].values() for one in methods.values()]
    assert len(operations) > 20
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["summary"]
        assert one["description"].endswith(".")
        assert (
            one["responses"]
            .get("422", {"$ref": "#/components/responses/Unanswerable"})["$ref"]
            .endswith("Unanswerable")
        )
        assert {"200", "201", "204"} & set(one["responses"])
        assert {"400", "401", "403", "404"} <= set(one["responses"])


@pytest.mark.parametrize("path", sorted(create_api().openapi()["paths"]))
def test_every_address_is_in_the_guide(path: str) -> None:
    assert re.search(rf"^\| `(POST )?{re.escape(path)}` \| \w", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_guide_names_no_address_that_is_not_there() -> None:
    described = set(create_api().openapi()["paths"])
    rows = re.findall(r"^\| `(?:GET|POST) (/[^`]*)`|^\| `(/[^`]*)`", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    named = {one or other for one, other in rows}
    assert named == described


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_in_the_guide(name: str) -> None:
    assert f"`GEOINTEL_{name.upper()}`" in GUIDE.read_text(encoding="utf-8")

"""CSV and Arrow say the same as JSON, with the caveats on them."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

if TYPE_CHECKING:
    from typing import Any

PATH = "/v1/layers/drug-hotspot/values?window=2025-Q4&category=all&resolution=7"


def test_csv_has_the_rows_of_json(client: Any) -> None:
    whole = client.get(PATH).json()
    lines = client.get(f"{PATH}&f=csv").text.splitlines()
    table = list(csv.reader(line for line in lines if not line.startswith("# ")))
    assert table[0] == whole["columns"]
    assert [[None if cell == "" else cell for cell in row] for row in table[1:]] == [
        [None if value is None else str(value) for value in row] for row in whole["rows"]
    ]


def test_csv_says_what_it_is(client: Any) -> None:
    text = client.get(f"{PATH}&f=csv").text
    head = [line for line in text.splitlines() if line.startswith("# ")]
    assert not text.startswith("\ufeff")
    assert head[0] == "# Demonstration data. Not real places' figures."
    said = "\n".join(head)
    for part in (
        "October to December 2025 (2025-Q4)",
        "OFFICIAL",
        "OGL v3.0",
        "Data to 2025-12",
        "z score",
        "resolution 7",
    ):
        assert part in said
    caveats = client.get(PATH).json()["caveats"]
    assert [line.removeprefix("# Caveat: ") for line in head if line.startswith("# Caveat: ")] == caveats
    assert caveats


def test_accuracy_stands_with_every_answer_about_a_hotspot_map(client: Any) -> None:
    """JSON, CSV, Arrow, picture and page, each with the sentence of its own category, window and resolution."""
    path = "/v1/layers/drug-hotspot/values?window=2025-Q4&resolution=7"
    said = client.get(path).json()["accuracy"]
    assert said == "Held of drug-hotspot drugs, quarter at 7: 23% & 'more'."
    assert f"# Accuracy: {said}" in client.get(f"{path}&f=csv").text.splitlines()
    metadata = pa.ipc.open_stream(client.get(f"{path}&f=arrow").content).schema.metadata
    assert f"Accuracy: {said}" in json.loads(metadata[b"about"])
    picture = client.get("/v1/layers/drug-hotspot/map.svg?window=2025-Q4&resolution=7").text
    assert "quarter at 7: 23%" in re.sub(r"</text><text[^>]*>", " ", picture)
    spec = next(one for one in client.get("/v1/layers").json()["layers"] if one["id"] == "drug-hotspot")
    assert spec["accuracy"]["by"]["7"]["drugs"]["quarter"]["sentence"] == said


def test_a_layer_that_is_not_judged_says_nothing_of_accuracy(client: Any) -> None:
    path = "/v1/layers/incidents/values"
    assert client.get(path).json()["accuracy"] is None
    assert "# Accuracy" not in client.get(f"{path}?f=csv").text


def test_csv_names_are_no_formulas(analyst: Any) -> None:
    text = analyst.get("/v1/layers/incidents/values?f=csv").text
    names = {row["place"] for row in csv.DictReader(line for line in io.StringIO(text) if not line.startswith("# "))}
    assert names == {"Talbot", "'=Bloomfield"}


def test_csv_of_a_closed_edition_is_marked(analyst: Any) -> None:
    assert "Marking: OFFICIAL-SENSITIVE" in analyst.get("/v1/layers/incidents/values?f=csv").text
    assert "Marking: OFFICIAL." in analyst.get("/v1/layers/incidents/values?f=csv&edition=open").text


@pytest.mark.parametrize("layer", ["incidents", "drug-hotspot", "drug-excess"])
def test_arrow_has_the_rows_of_json(client: Any, layer: str) -> None:
    path = f"/v1/layers/{layer}/values"
    whole = client.get(path).json()
    with pa.ipc.open_stream(client.get(f"{path}?f=arrow").content) as reader:
        table = reader.read_all()
    assert table.column_names == whole["columns"]
    assert [list(row.values()) for row in table.to_pylist()] == whole["rows"]
    assert table.schema.metadata[b"snapshot"].decode() == whole["snapshot"]


def test_exports_are_offered_as_files(client: Any) -> None:
    answer = client.get(f"{PATH}&f=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="drug-hotspot_all_2025-Q4_r7.csv"'

"""One cell: rows, sentences, series, areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import pyarrow as pa
import pytest

from geointel.model import FACTS, INCIDENTS
from geointel_api.series import monthly

if TYPE_CHECKING:
    from typing import Any

CELL = "881951d49bfffff"


def test_a_cell_has_a_row_and_a_sentence_for_each_layer(client: Any) -> None:
    found = client.get(f"/v1/cells/{CELL}").json()
    assert [entry["layer"] for entry in found["layers"]] == ["incidents", "drug-hotspot", "drug-excess"]
    for entry in found["layers"]:
        values = client.get(f"/v1/layers/{entry['layer']}/values").json()
        row = next(row for row in values["rows"] if row[0] == CELL)
        assert entry["row"] == dict(zip(values["columns"], row, strict=True))
        assert "recorded drug offence" in entry["sentence"]
        assert entry["sentence"].endswith(".")
    assert found["name"] == found["district"] == "Blackpool"
    assert found["areas"][0] == {"level": "lad", "code": "E06000009", "name": "Blackpool"}
    assert {area["level"] for area in found["areas"]} == {"lad", "cdp"}


def test_the_series_is_the_months(client: Any, counts: Any) -> None:
    place = counts.leaves.tolist().index(int(CELL, 16))
    for category in ("drugs", "all"):
        series = client.get(f"/v1/cells/{CELL}?category={category}").json()["series"]
        assert series["values"] == counts.monthly[category][place].tolist()
        assert series["category"] == category
    assert 0 in client.get(f"/v1/cells/{CELL}").json()["series"]["values"]


def test_a_coarse_cell_is_its_own_resolution(client: Any, counts: Any) -> None:
    parent = f"{h3.cell_to_parent(int(CELL, 16), 6):x}"
    found = client.get(f"/v1/cells/{parent}?window=2025-12").json()
    cells, totals, _ = counts.at(6, "2025-12", "drugs")
    assert found["resolution"] == 6
    assert found["layers"][0]["row"]["value"] == totals[cells.tolist().index(int(parent, 16))]


def test_a_cell_without_support_is_no_zero(client: Any, counts: Any) -> None:
    cell = f"{counts.leaves[3]:x}"
    found = client.get(f"/v1/cells/{cell}").json()
    assert all(entry["row"]["value"] is None for entry in found["layers"])
    assert all("not a zero" in entry["sentence"] for entry in found["layers"])
    assert set(found["series"]["values"]) == {None}
    assert found["special_share"] is None


def test_layers_without_the_category_are_left_out(client: Any) -> None:
    found = client.get(f"/v1/cells/{CELL}?category=burglary").json()
    assert [entry["layer"] for entry in found["layers"]] == ["incidents"]
    assert client.get(f"/v1/cells/{CELL}?category=drink").status_code == 404
    assert client.get(f"/v1/cells/{CELL}?window=2031-01").status_code == 404


def test_a_missing_month_is_null_and_a_month_without_rows_is_zero() -> None:
    manifest = {"period": {"months": ["2025-01", "2025-02", "2025-03", "2025-04"], "missing": ["2025-02"]}}
    shared = {"resolution": 8, "cell": 1, "measure": INCIDENTS, "category": "drugs", "status": "shown"}
    rows = [
        {**shared, "window": "2025-01", "source": "police", "value": 3.0},
        {**shared, "window": "2025-01", "source": "council", "value": 2.0},
        {**shared, "window": "2025-04", "source": "police", "value": None, "status": "suppressed"},
        {**shared, "window": "2025-04", "source": "council", "value": 9.0},
        {**shared, "window": "2025-Q1", "source": "police", "value": 40.0},
        {**shared, "window": "2025-03", "source": "police", "value": 7.0, "category": "burglary"},
    ]
    found = monthly(manifest, pa.Table.from_pylist(rows, FACTS), "drugs")
    assert found["values"] == [5, None, 0, None]


@pytest.mark.parametrize("months", [["2025-01", "2025-03"]])
def test_missing_months_that_are_not_listed_do_no_harm(months: list[str]) -> None:
    manifest = {"period": {"months": months, "missing": ["2025-02"]}}
    assert monthly(manifest, FACTS.empty_table(), "drugs")["values"] == [0, 0]

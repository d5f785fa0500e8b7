"""The layer of services: counts by cell and area, and each service as a point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from geointel.errors import MethodError
from geointel.grid import parents
from geointel.layers.base import kinds
from geointel.layers.cube import make_cube
from geointel.model import ALL, SERVICES, Layer, ReleasedFacts

from .conftest import LEAVES, RESOLUTIONS, drawn, released, request

HERE, THERE = int(LEAVES[0]), int(LEAVES[100])


def service(name: str, category: str = "drug-treatment", *, cell: int = HERE, **more: Any) -> dict[str, Any]:
    return {
        "source": "list", "id": name, "name": name.title(), "category": category, "lat": 53.8, "lng": -3.0, "cell": cell,
        "inside": True, "as_of": "2025-03", **more,
    }  # fmt: skip


def computed(*services: dict[str, Any], categories: tuple[str, ...] = ("drug-treatment", "pharmacy", ALL)) -> Layer:
    full = released(drawn())
    facts = ReleasedFacts(
        edition="open", windows=(), cells=full.cells.slice(0, 0), areas=full.areas.slice(0, 0), unmapped=full.unmapped,
        support=full.support.slice(0, 0), names=full.names, services=pa.Table.from_pylist(list(services), SERVICES),
    )  # fmt: skip
    study = {resolution: np.unique(parents(LEAVES, resolution)) for resolution in RESOLUTIONS}
    membership = pa.table(
        {"cell": LEAVES, "level": ["lad"] * len(LEAVES), "code": ["E"] * 50 + ["W"] * (len(LEAVES) - 50)}
    )
    cube = make_cube(
        facts, study, area_codes={"lad": ("E", "W", "X")}, snapped=False, sources=("list",), membership=membership
    )
    return kinds()["services"].compute(cube, request("services", *categories))


def test_services_are_counted_by_cell_and_category() -> None:
    layer = computed(service("a"), service("b", "pharmacy"), service("c", "pharmacy", cell=THERE))
    for resolution in RESOLUTIONS:
        for category, total in (("drug-treatment", 1), ("pharmacy", 2), (ALL, 3)):
            rows = [r for r in layer.cells.to_pylist() if (r["resolution"], r["category"]) == (resolution, category)]
            assert sum(row["value"] for row in rows) == total
            assert {row["status"] for row in rows} == {"shown"}
    here = int(parents(np.array([HERE]), 8)[0])
    (row,) = [r for r in layer.cells.to_pylist() if (r["cell"], r["category"]) == (here, ALL)]
    assert row["value"] == row["support"] >= 2
    assert row["class"] == "2"


def test_services_are_counted_by_area_without_a_class() -> None:
    layer = computed(service("a"), service("b", cell=THERE), service("c", "pharmacy", cell=THERE))
    assert layer.areas is not None
    found = {(r["code"], r["category"]): (r["value"], r["class"]) for r in layer.areas.to_pylist()}
    assert found["E", ALL] == (1, None)
    assert found["W", ALL] == (2, None)
    assert found["W", "pharmacy"] == (1, None)
    assert found["X", ALL] == (0, None)


def test_every_service_inside_is_a_point_and_none_outside() -> None:
    layer = computed(service("b", substances=["alcohol"]), service("a"), service("c", inside=False))
    assert layer.features is not None
    points = layer.features.to_pylist()
    assert [point["id"] for point in points] == ["list:a", "list:b"]
    assert points[1]["substances"] == ["alcohol"]
    assert layer.spec.features


def test_only_services_of_the_categories_asked_for_are_points() -> None:
    layer = computed(service("a"), service("b", "pharmacy"), categories=("pharmacy",))
    assert layer.features is not None
    assert layer.features["id"].to_pylist() == ["list:b"]


def test_the_window_is_the_month_of_the_newest_list() -> None:
    layer = computed(service("a", as_of="2024-01-31"), service("b", as_of="2025-06"), service("c", as_of="2019-04"))
    assert layer.spec.windows == ("2025-06",)
    assert [window.id for window in layer.windows] == ["2025-06"]
    assert "services-undated" not in layer.spec.caveats


def test_a_list_without_a_date_has_a_caveat() -> None:
    assert "services-undated" in computed(service("a", as_of=None), service("b")).spec.caveats


def test_without_any_date_there_is_no_layer() -> None:
    with pytest.raises(MethodError, match="no date"):
        computed(service("a", as_of=None))


def test_the_caveats_say_that_a_list_is_not_live() -> None:
    assert computed(service("a")).spec.caveats[0] == "services-listed"

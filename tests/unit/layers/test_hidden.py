"""What a layer says of places that are not shown: their status, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from geointel.layers.base import LayerRequest, kinds
from geointel.layers.cube import make_cube
from geointel.layers.hidden import with_hidden
from geointel.model import HIDDEN, Layer, ReleasedFacts

from .conftest import AREAS, LEAVES, RESOLUTIONS, WINDOWS, parents

KINDS = ["count", "hotspot", "excess", "change", "emerging", "moran", "density"]
YEAR = "12m:2025-03"
NOT_SHOWN = ("coarsened", "suppressed")


def gone(**row: Any) -> dict[str, Any]:
    return {"source": "police", "year": YEAR, "resolution": None, "cell": None, "level": None, "code": None, **row}


@pytest.fixture
def hidden() -> pa.Table:
    """One cell replaced by its parent, one by none, and an area."""
    fine = np.unique(parents(LEAVES, 8))
    rows = [
        gone(resolution=8, cell=int(fine[3]), status="coarsened"),
        gone(resolution=8, cell=int(fine[5]), status="suppressed"),
        gone(level="lad", code=AREAS[0], status="suppressed"),
    ]
    return pa.Table.from_pylist(rows, HIDDEN)


def computed(kind: str, released: ReleasedFacts, *, snapped: bool = False, **more: Any) -> Layer:
    cells = {resolution: np.unique(parents(LEAVES, resolution)) for resolution in RESOLUTIONS}
    cube = make_cube(released, cells, area_codes={"lad": AREAS}, snapped=snapped, sources=("police",))
    request = LayerRequest("x", kind, "X", ("drugs",), 8, ("month", "year"), kinds()[kind].options(**more))
    return with_hidden(kinds()[kind].compute(cube, request), released, ("police",))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hidden_cell_has_its_status_and_no_number(kind: str, facts: ReleasedFacts, hidden: pa.Table) -> None:
    layer = computed(kind, replace(facts, hidden=hidden))
    rows = layer.cells.filter(pc.is_in(layer.cells["cell"], value_set=hidden["cell"].drop_null().combine_chunks()))
    words = dict(zip(hidden["cell"].to_pylist(), hidden["status"].to_pylist(), strict=True))
    found = rows.to_pylist()
    assert found
    for row in found:
        assert row["status"] == words[row["cell"]]
        assert row["value"] is None
        assert row["class"] is None
        assert row["support"] is None
    others = layer.cells.filter(
        pc.invert(pc.is_in(layer.cells["cell"], value_set=hidden["cell"].drop_null().combine_chunks()))
    )
    assert not set(others["status"].to_pylist()) & set(NOT_SHOWN)


def test_a_hidden_cell_is_no_zero_for_its_neighbours(facts: ReleasedFacts, hidden: pa.Table) -> None:
    """Its own rows are gone, so a statistic that took it for an empty cell would differ from one without it."""
    layer = computed("hotspot", replace(facts, hidden=hidden))
    shown = layer.cells.filter(pc.equal(layer.cells["resolution"], 8))
    supported = len(np.unique(parents(LEAVES, 8))) - 2
    per_map = shown.filter(pc.is_valid(shown["value"])).group_by(["window"]).aggregate([("cell", "count")])
    assert set(per_map["cell_count"].to_pylist()) == {supported}


def test_a_hidden_area_has_a_row_in_every_map_with_its_status_alone(facts: ReleasedFacts, hidden: pa.Table) -> None:
    layer = computed("count", replace(facts, hidden=hidden))
    assert layer.areas is not None
    rows = layer.areas.filter(pc.equal(layer.areas["code"].cast(pa.string()), AREAS[0])).to_pylist()
    maps = {(row["window"], row["category"]) for row in layer.areas.to_pylist()}
    assert {(row["window"], row["category"]) for row in rows} == maps
    assert {row["status"] for row in rows} == {"suppressed"}
    assert all(row[name] is None for row in rows for name in ("value", "class", "support", "special_share"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_level_without_an_area_that_is_shown_stands_in_no_statistic(kind: str, facts: ReleasedFacts) -> None:
    every = pa.Table.from_pylist([gone(level="lad", code=code, status="suppressed") for code in AREAS], HIDDEN)
    layer = computed(kind, replace(facts, hidden=every))
    if layer.areas is not None:
        assert set(layer.areas["status"].to_pylist()) == {"suppressed"}


def test_a_count_below_its_owner_s_floor_shows_nothing(facts: ReleasedFacts) -> None:
    """The fact has no number; the layer takes nothing for it, and says nothing of it."""
    cells = facts.cells
    window = WINDOWS[0].id
    pick = pc.and_(
        pc.and_(pc.equal(cells["resolution"], 8), pc.equal(cells["window"].cast(pa.string()), window)),
        pc.and_(
            pc.equal(cells["category"].cast(pa.string()), "drugs"),
            pc.equal(cells["measure"].cast(pa.string()), "incidents"),
        ),
    )
    at = np.flatnonzero(pick.to_numpy(zero_copy_only=False))[:2]
    low = np.zeros(cells.num_rows, dtype=bool)
    low[at] = True
    value = pc.if_else(pa.array(low), None, cells["value"])
    status = pc.if_else(pa.array(low), "suppressed", cells["status"].cast(pa.string()))
    changed = cells.set_column(cells.schema.get_field_index("value"), "value", value)
    changed = changed.set_column(cells.schema.get_field_index("status"), "status", status)
    layer = computed("count", replace(facts, cells=changed))
    rows = [row for row in layer.cells.to_pylist() if row["status"] == "suppressed"]
    assert {(row["window"], row["cell"]) for row in rows} == {(window, cells["cell"][int(n)].as_py()) for n in at}
    assert all(row[name] is None for row in rows for name in ("value", "class", "support"))


def test_without_anything_hidden_a_layer_is_as_it_was(facts: ReleasedFacts) -> None:
    layer = computed("count", facts)
    assert not set(layer.cells["status"].to_pylist()) & set(NOT_SHOWN)

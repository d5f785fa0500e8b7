"""``hotspot``: what the kernels say of the supported cells, and nothing of the others."""

from __future__ import annotations

from dataclasses import replace

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.grid import neighbours, parents
from geointel.hotspots import benjamini_hochberg, gi_star, randomisation_tail, signed_bins
from geointel.layers.cube import Cube
from geointel.layers.hotspot import LAYER
from geointel.model import ALL, SIGNED_CLASSES, Layer, ReleasedFacts

from .conftest import LEAVES, WINDOWS, cube_of, drawn, request

YEAR = WINDOWS[-1]


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("hotspot", "drugs", ALL))


def rows(layer: Layer, window: str = YEAR.id, category: str = "drugs") -> list[dict[str, object]]:
    key = {"resolution": 8, "window": window, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def test_unsupported_cells_are_in_no_statistic(layer: Layer) -> None:
    """The kernels, run by hand on the supported cells alone, give the layer's numbers."""
    seen = drawn().seen(8)
    counts = drawn().total(8, YEAR, "drugs")[seen]
    gi = gi_star(counts, neighbours(LEAVES[seen], 1))
    tail = randomisation_tail(counts, total=gi.total, weight=gi.weight)
    q = benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p))
    found = [row for row in rows(layer) if row["status"] != "no-support"]
    assert len(found) == seen.sum() < len(seen)
    assert [row["value"] for row in found] == gi.z.tolist()
    assert [row["support"] for row in found] == gi.total.tolist()
    assert [row["count"] for row in found] == counts.tolist()
    assert [row["expected"] for row in found] == pytest.approx((gi.weight * counts.mean()).tolist())
    assert [row["p"] for row in found] == tail.p.tolist()
    assert [row["q"] for row in found] == [None if np.isnan(one) else one for one in q.tolist()]
    assert [row["p_normal"] for row in found] == gi.p_normal.tolist()
    classes = [SIGNED_CLASSES[one + 3] for one in signed_bins(gi.z, q).tolist()]
    expected = [None if no else one for one, no in zip(classes, tail.insufficient.tolist(), strict=True)]
    assert [row["class"] for row in found] == expected
    assert "hot-99" in expected


def test_a_cell_without_support_has_no_number_at_all(layer: Layer) -> None:
    seen = drawn().seen(8).tolist()
    for row, there in zip(rows(layer), seen, strict=True):
        if not there:
            assert row["status"] == "no-support"
            numbers = {"value", "class", "support", "count", "expected", "p", "q", "p_normal", "raw_class"}
            assert {row[name] for name in (*numbers, "stability", "special_share")} == {None}


def test_without_support_the_answer_would_be_another(facts: ReleasedFacts, layer: Layer) -> None:
    every = LAYER.compute(cube_of(facts, snapped=False), request("hotspot", "drugs"))
    assert "no-support" not in every.cells["status"].to_pylist()
    supported = {row["cell"]: row["value"] for row in rows(layer) if row["value"] is not None}
    assert any(row["value"] != supported[row["cell"]] for row in rows(every) if row["cell"] in supported)


def test_raw_class_comes_from_p_alone(layer: Layer) -> None:
    found = [row for row in rows(layer) if row["raw_class"] is not None]
    rank = {name: abs(number - 3) for number, name in enumerate(SIGNED_CLASSES)}
    assert all(rank[str(row["raw_class"])] >= rank[str(row["class"])] for row in found)
    assert any(row["raw_class"] != row["class"] for row in found)


def test_a_map_that_can_say_nothing_is_insufficient_and_keeps_its_value(facts: ReleasedFacts) -> None:
    """One incident nearly everywhere: cell and ring together can hardly have more than others have."""
    window = WINDOWS[0].id
    kept = [row for row in facts.cells.to_pylist() if (row["window"], row["category"]) != (window, "drugs")]
    shared = {**kept[0], "resolution": 8, "window": window, "measure": "incidents", "category": "drugs", "value": 1.0}
    seen = LEAVES[drawn().seen(8)].tolist()
    kept += [{**shared, "cell": cell} for number, cell in enumerate(seen) if number % 10]
    flat = replace(facts, cells=facts.cells.from_pylist(kept, facts.cells.schema))
    layer = LAYER.compute(cube_of(flat), request("hotspot", "drugs"))
    found = [row for row in rows(layer, window) if row["count"] is not None]
    assert "insufficient" in {row["status"] for row in found}
    for row in found:
        assert row["value"] is not None
        thin = row["status"] == "insufficient"
        assert (row["class"] is None) == (row["q"] is None) == thin


def test_a_map_without_any_incident_is_insufficient_without_value(cube: Cube) -> None:
    found = LAYER.compute(cube, request("hotspot", "burglary", windows=("year",))).cells.to_pylist()
    assert {row["status"] for row in found} == {"insufficient", "no-support"}
    assert {row["value"] for row in found} == {row["class"] for row in found} == {None}


def test_the_overlap_with_all_other_crime_is_told(layer: Layer) -> None:
    overlap = layer.spec.notes["overlap"]
    assert set(overlap) == {"drugs"}
    own = sum(row["class"] in {"hot-95", "hot-99"} for row in rows(layer))
    assert overlap["drugs"]["8"][YEAR.id]["hot"] == own
    assert 0 <= overlap["drugs"]["8"][YEAR.id]["also_hot"] <= own
    assert all("12m" in window for windows in overlap["drugs"].values() for window in windows)


def test_how_many_cells_were_tested_is_told(layer: Layer) -> None:
    assert layer.spec.parameters["tests"] == {"7": int(drawn().seen(7).sum()), "8": int(drawn().seen(8).sum())}
    assert layer.areas is None


def test_stability_is_the_share_of_resolutions_and_rings_at_which_a_cell_is_hot(layer: Layer) -> None:
    """By hand: Gi* with one and two rings at both resolutions; in the coarser, that of the parent."""
    hot: list[tuple[int, dict[int, bool]]] = []
    for resolution in (7, 8):
        cells = np.unique(parents(LEAVES, resolution))[drawn().seen(resolution)]
        counts = drawn().total(resolution, YEAR, "drugs")[drawn().seen(resolution)]
        for rings in (1, 2):
            gi = gi_star(counts, neighbours(cells, rings))
            tail = randomisation_tail(counts, total=gi.total, weight=gi.weight)
            q = benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p))
            is_hot = (signed_bins(gi.z, q) > 0).tolist()
            said = zip(cells.tolist(), is_hot, tail.insufficient.tolist(), strict=True)
            hot.append((resolution, {cell: there for cell, there, silent in said if not silent}))
    found = {row["cell"]: row["stability"] for row in rows(layer) if row["status"] != "no-support"}
    shares = set()
    for cell, share in found.items():
        own = int(str(cell))
        each = [known[h3.cell_to_parent(own, r)] for r, known in hot if h3.cell_to_parent(own, r) in known]
        assert share == pytest.approx(sum(each) / len(each))
        shares.add(share)
    assert {0.0, 1.0} < shares
    assert layer.spec.parameters["stability"] == {"resolutions": [7, 8], "rings": [1, 2], "hot": "at 90% or more"}

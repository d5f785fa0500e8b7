"""``cluster``: the cluster is the finding, not its cells."""

from __future__ import annotations

from dataclasses import replace

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from geointel.errors import MethodError
from geointel.grid import centres
from geointel.hotspots import Search, poisson_scan
from geointel.hotspots.dispersed_scan import most_dispersion
from geointel.hotspots.scan_nulls import dispersed_shares
from geointel.layers.cluster import LAYER, Options
from geointel.layers.cube import Cube
from geointel.model import ALL, Layer

from .conftest import LEAVES, MONTHS, WINDOWS, Drawn, cube_of, drawn, released, request

YEAR = WINDOWS[-1]
QUARTER = next(window for window in WINDOWS if window.id == "2025-Q4")
CLUSTERED = {"cluster-95", "cluster-99"}
MIDDLE = set(h3.grid_disk(int(LEAVES[100]), 2)) & set(LEAVES.tolist())


def compute(cube: Cube, *categories: str, windows: tuple[str, ...] = ("year",), **options: object) -> Layer:
    asked = request("cluster", *(categories or ("drugs",)), windows=windows)
    return LAYER.compute(cube, replace(asked, options=Options.model_validate({"replicas": 99, "finest": 8, **options})))


def rows(layer: Layer, window: str = YEAR.id, resolution: int = 8) -> list[dict[str, object]]:
    return [row for row in layer.cells.to_pylist() if (row["resolution"], row["window"]) == (resolution, window)]


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return compute(cube, windows=("quarter", "year"))


@pytest.mark.parametrize("given", ["all", "cells"])
def test_the_busy_middle_is_a_cluster_and_the_rest_is_none(cube: Cube, given: str) -> None:
    found = rows(compute(cube, given=given))
    inside = {row["cell"] for row in found if row["class"] in CLUSTERED}
    seen = {row["cell"] for row in found if row["status"] == "shown"}
    assert len(inside & MIDDLE) >= 0.8 * len(MIDDLE & seen)
    assert len(inside - MIDDLE) <= 6
    assert len(inside) < len(seen) / 4


def test_all_cells_of_a_cluster_say_the_same_and_it_adds_up(layer: Layer) -> None:
    for window in (QUARTER.id, YEAR.id):
        found = rows(layer, window)
        ranks = {row["cluster"] for row in found} - {None}
        assert ranks == set(range(1, len(ranks) + 1))
        for rank in ranks:
            mine = [row for row in found if row["cluster"] == rank]
            assert len({(row["value"], row["support"], row["expected"], row["p"], row["class"]) for row in mine}) == 1
            assert sum(row["count"] for row in mine) == mine[0]["support"]
            assert mine[0]["value"] == mine[0]["support"] / mine[0]["expected"] > 1


def test_outside_the_value_is_that_of_all_that_lies_outside(layer: Layer) -> None:
    outside = [row for row in rows(layer) if row["status"] == "shown" and row["cluster"] is None]
    share = drawn().total(8, YEAR, "drugs").sum() / drawn().total(8, YEAR, ALL).sum()
    every = dict(zip(LEAVES.tolist(), drawn().total(8, YEAR, ALL), strict=True))
    expected = share * sum(every[row["cell"]] for row in outside)
    ratio = sum(row["count"] for row in outside) / expected
    assert {row["class"] for row in outside} == {"none"}
    assert [row["value"] for row in outside] == pytest.approx([ratio] * len(outside))
    assert [row["support"] for row in outside] == [row["count"] for row in outside]
    assert {row["p"] for row in outside} == {row["llr"] for row in outside} == {None}


def test_the_numbers_are_those_of_the_scan(layer: Layer) -> None:
    seen = drawn().seen(8)
    x, e = (drawn().total(8, YEAR, category)[seen].astype(np.int64) for category in ("drugs", ALL))
    rho = most_dispersion(x, e)
    lnglat = centres(LEAVES[seen])
    strongest = poisson_scan(
        x,
        e,
        (lnglat[:, 1], lnglat[:, 0]),
        seed=1,
        search=Search(share=0.25, replicas=99),
        draw=dispersed_shares(x, e, rho=rho),
        inflation=1 + rho * np.maximum(e - 1, 0),
    )[0]
    first = [row for row in rows(layer) if row["cluster"] == 1]
    assert [row["cell"] for row in first] == LEAVES[seen][strongest.cells].tolist()
    assert (first[0]["support"], first[0]["llr"], first[0]["p"]) == (strongest.events, strongest.llr, strongest.p)
    assert layer.spec.parameters["dispersion"]["8"]["drugs"][YEAR.id] == rho
    assert (layer.spec.parameters["seed"], layer.spec.parameters["replicas"]) == (1, 99)


def test_every_cluster_is_a_feature_whose_outline_is_that_of_its_cells(layer: Layer) -> None:
    features = layer.features.to_pylist()
    assert [one["id"] for one in features] == sorted(one["id"] for one in features)
    assert layer.spec.features
    ranks = {(row["window"], row["resolution"], row["cluster"]) for row in layer.cells.to_pylist()}
    assert {(one["window"], one["resolution"], one["rank"]) for one in features} == {r for r in ranks if r[2]}
    one = next(one for one in features if (one["window"], one["resolution"], one["rank"]) == (YEAR.id, 8, 1))
    assert one["id"] == f"{YEAR.id}:drugs:8:1"
    cells = [row["cell"] for row in rows(layer) if row["cluster"] == 1]
    shape = shapely.from_wkb(one["geometry"])
    own = [shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(cell)]) for cell in cells]
    assert shape.symmetric_difference(shapely.union_all(own)).area < 1e-6 * shape.area
    assert (one["cells"], one["months"], one["relative_risk"] > 1) == (len(cells), 12, True)


def test_something_that_begins_is_found_with_its_months_and_what_is_always_busy_is_not() -> None:
    made = drawn()
    place = np.isin(LEAVES, np.array(h3.grid_disk(int(LEAVES[30]), 1), dtype=np.int64)) & made.supported
    counts = {name: values.copy() for name, values in made.counts.items()}
    counts["drugs"][np.ix_(place, [len(MONTHS) - 2, len(MONTHS) - 1])] += 4
    cube = cube_of(released(Drawn(counts, made.special, made.supported, made.area)))
    layer = compute(cube, method="space-time-permutation", windows=("month", "quarter", "year"))
    assert all(len(WINDOWS_BY_ID[window].months) == 12 for window in layer.spec.windows)
    found = rows(layer)
    inside = {row["cell"] for row in found if row["class"] in CLUSTERED}
    assert set(LEAVES[place].tolist()) <= inside
    assert {row["months"] for row in found if row["cell"] in set(LEAVES[place].tolist())} == {2.0}
    assert not inside & {int(LEAVES[100])}
    recent = counts["drugs"][:, -2:].sum(axis=1)
    assert sum(row["count"] for row in found if row["cluster"] == 1) == sum(
        recent[LEAVES.tolist().index(row["cell"])] for row in found if row["cluster"] == 1
    )


WINDOWS_BY_ID = {window.id: window for window in WINDOWS}


def test_a_map_on_which_nothing_could_be_a_cluster_is_insufficient(cube: Cube) -> None:
    nothing = compute(cube, "burglary")
    everything = compute(cube, ALL)
    for layer in (nothing, everything, compute(cube, "burglary", given="cells")):
        assert set(layer.cells["status"].to_pylist()) == {"insufficient", "no-support"}
        assert set(layer.cells["value"].to_pylist()) == set(layer.cells["class"].to_pylist()) == {None}
        assert layer.features.num_rows == 0


def test_everything_is_refused_where_it_is_compared_with_itself() -> None:
    assert list(LAYER.refused(Options())) == [ALL]
    assert not LAYER.refused(Options(given="cells"))
    assert not LAYER.refused(Options(method="space-time-permutation"))


def test_only_the_latest_windows_of_each_length_are_scanned(cube: Cube) -> None:
    layer = compute(cube, windows=("month", "quarter"), latest=2)
    assert layer.spec.windows == tuple(w.id for w in WINDOWS if w.id in {"2025-11", "2025-12", "2025-Q3", "2025-Q4"})


def test_what_begins_needs_a_period_longer_than_it_may_last(cube: Cube) -> None:
    with pytest.raises(MethodError, match="no window longer than 3 months"):
        compute(cube, method="space-time-permutation", windows=("quarter",))


def test_finer_maps_than_were_measured_are_left_out_unless_asked_for(cube: Cube) -> None:
    usual = compute(cube, finest=Options().finest)
    assert usual.spec.resolutions == (7,)
    assert usual.spec.default["resolution"] == 7
    assert set(usual.cells["resolution"].to_pylist()) == {7}
    assert compute(cube, finest=3).spec.resolutions == (7,), "the coarsest stays"

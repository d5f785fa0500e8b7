"""``emerging``: how hotspots come and go over a year, and no category where no month could tell."""

from __future__ import annotations

from dataclasses import replace

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pytest

from geointel import content
from geointel.errors import MethodError
from geointel.hotspots import (
    EMERGING_CLASSES,
    benjamini_hochberg,
    emerging_codes,
    hamed_rao,
    overlap_factor,
    signed_bins,
    space_time_gi_star,
    space_time_tail,
)
from geointel.layers.counts import Counts
from geointel.layers.cube import Cube
from geointel.layers.emerging import LAYER
from geointel.layers.lattice import Lattice
from geointel.model import INCIDENTS, Layer, Window, format_month

from .conftest import WINDOWS, drawn, request

YEARS = [window for window in WINDOWS if window.kind == "year"]
LAST = YEARS[-1]
CENTRE = h3.latlng_to_cell(53.82, -3.05, 8)
CELLS = np.array(sorted(h3.grid_disk(CENTRE, 13)), dtype=np.int64)
BUSY = np.searchsorted(CELLS, sorted(h3.grid_disk(CENTRE, 1)))
PLACE = int(np.searchsorted(CELLS, CENTRE))


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("emerging", "drugs", "robbery"))


def rows(
    layer: Layer, *, window: Window = LAST, resolution: int = 8, category: str = "drugs"
) -> list[dict[str, object]]:
    key = {"resolution": resolution, "window": window.id, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def cube_of(counts: np.ndarray, cells: np.ndarray = CELLS, seen: np.ndarray | None = None) -> Cube:
    """One year of counts of shape ``(cells, 12)``."""
    places = np.arange(len(cells))
    slices = {
        (INCIDENTS, format_month(month), "drugs"): (places, counts[:, step].astype(float))
        for step, month in enumerate(LAST.months)
    }
    supported = np.ones(len(cells), dtype=bool) if seen is None else seen
    lattice = Lattice(8, cells, supported)
    return Cube("open", (LAST,), (lattice,), {8: Counts(slices, len(cells))}, areas={}, area_codes={})


def classes(counts: np.ndarray) -> list[str | None]:
    made = LAYER.compute(cube_of(counts), request("emerging", "drugs")).cells["class"]
    return made.cast(pa.string()).to_pylist()


def noise(*, mean: float = 2.0, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (len(CELLS), 12))


def test_rows_are_the_method_over_the_supported_cells_of_the_year(layer: Layer, cube: Cube) -> None:
    seen, lattice = drawn().seen(8), cube.lattices[1]
    months = [next(w for w in WINDOWS if w.kind == "month" and w.months == (month,)) for month in LAST.months]
    x = np.column_stack([drawn().total(8, month, "drugs") for month in months])[seen]
    tail, z = space_time_tail(x, lattice.ring), space_time_gi_star(x, lattice.ring).z
    bins = signed_bins(tail.side, benjamini_hochberg(np.where(tail.insufficient, np.nan, tail.p)))
    trend = hamed_rao(z[:, 1:], least=overlap_factor(11, 1))
    codes = emerging_codes(bins, np.where(trend.p <= 0.05, np.sign(trend.z), 0))
    around = (x + lattice.ring @ x).sum(axis=1)
    found = [row for row in rows(layer) if row["status"] != "no-support"]
    assert [row["class"] for row in found] == [EMERGING_CLASSES[code] for code in codes.tolist()]
    np.testing.assert_allclose([row["value"] for row in found], (bins > 0).mean(axis=1))  # type: ignore[arg-type]
    assert [row["support"] for row in found] == around.astype(int).tolist()
    for name, expected in (("trend_z", trend.z), ("trend_p", trend.p), ("last_z", z[:, -1])):
        np.testing.assert_allclose([row[name] for row in found], expected)  # type: ignore[arg-type]


def test_only_years_have_a_pattern(layer: Layer, cube: Cube) -> None:
    assert layer.spec.windows == tuple(window.id for window in YEARS)
    assert set(layer.cells["window"].to_pylist()) == set(layer.spec.windows)
    with pytest.raises(MethodError, match="needs windows of twelve months") as raised:
        LAYER.compute(cube, request("emerging", "drugs", windows=("month", "quarter")))
    assert 'windows = ["year"]' in raised.value.remedy


@pytest.mark.parametrize(
    ("months", "strength", "name"),
    [
        (range(11, 12), 16.0, "new-hot"),
        (range(7, 12), 10.0, "consecutive-hot"),
        (range(12), 10.0, "persistent-hot"),
        (range(11), 10.0, "historical-hot"),
    ],
)
def test_what_is_planted_is_named(months: range, strength: float, name: str) -> None:
    counts = noise()
    counts[BUSY[:, None], list(months)] += int(strength)
    if name == "historical-hot":
        counts[:, -2:] = 2  # a month is judged with the one before it
        counts[BUSY, -2] = 8
        counts[BUSY, -1] = 0
    found = classes(counts)
    assert found[PLACE] == name
    far = np.setdiff1d(np.arange(len(CELLS)), np.searchsorted(CELLS, sorted(h3.grid_disk(CENTRE, 3))))
    assert np.mean([found[place] == "no-pattern" for place in far]) > 0.97


@pytest.mark.parametrize(("falls", "name"), [(False, "intensifying-hot"), (True, "diminishing-hot")])
def test_growing_and_fading_hotspots_are_told_apart(falls: bool, name: str) -> None:
    counts = noise()
    rise = np.arange(20, 68, 4)
    counts[BUSY] += rise[::-1] if falls else rise
    assert classes(counts)[PLACE] == name


def test_noise_has_no_pattern() -> None:
    assert set(classes(noise())) == {"no-pattern"}


def test_a_rise_of_the_whole_area_is_judged_by_the_whole_year() -> None:
    """As documented: months are pooled, so what rises everywhere by far shows, though no cell stands out from the others."""
    counts = noise(mean=20.0)
    counts[:, -1] *= 4
    assert "new-hot" in classes(counts)


@pytest.mark.parametrize("counts", [np.zeros((len(CELLS), 12)), np.full((len(CELLS), 12), 4)])
def test_a_year_without_variation_says_nothing(counts: np.ndarray) -> None:
    table = LAYER.compute(cube_of(counts), request("emerging", "drugs")).cells
    assert set(table["status"].to_pylist()) == {"insufficient"}
    for name in ("value", "class", "last_z"):
        assert set(table[name].to_pylist()) == {None}
    assert set(table["support"].drop_null().to_pylist()) != set()


def test_one_incident_in_a_year_is_too_little_to_say() -> None:
    """Its two months of one cell cannot both be in one month's total."""
    counts = np.zeros((7, 12), dtype=int)
    counts[0, 5] = 1
    cells = np.array(sorted(h3.grid_disk(CENTRE, 1)), dtype=np.int64)
    table = LAYER.compute(cube_of(counts, cells), request("emerging", "drugs")).cells.to_pylist()
    assert {(row["status"], row["value"], row["class"]) for row in table} == {("insufficient", None, None)}


def test_one_cell_alone_and_no_support() -> None:
    one = LAYER.compute(cube_of(np.arange(12)[None], CELLS[:1]), request("emerging", "drugs")).cells.to_pylist()
    assert [row["status"] for row in one] in (["shown"], ["insufficient"])
    none = cube_of(noise(), seen=np.zeros(len(CELLS), dtype=bool))
    assert set(LAYER.compute(none, request("emerging", "drugs")).cells["status"].to_pylist()) == {"no-support"}


def test_cells_without_support_are_no_neighbours() -> None:
    counts, seen = noise(), np.ones(len(CELLS), dtype=bool)
    seen[BUSY[BUSY != PLACE]] = False
    row = LAYER.compute(cube_of(counts, seen=seen), request("emerging", "drugs")).cells.to_pylist()[PLACE]
    assert row["support"] == counts[PLACE].sum()


def test_the_key_has_every_category_the_strongest_last() -> None:
    styles = [style.id for style in content.named_classes("emerging")]
    assert set(styles) == set(EMERGING_CLASSES)
    assert len(styles) == len(EMERGING_CLASSES)
    assert styles[-1] == "intensifying-hot"
    assert styles.index("no-pattern") == len(styles) // 2


def test_the_spec_says_how_a_month_and_a_trend_are_judged(layer: Layer) -> None:
    assert layer.spec.parameters["step_level"] == 0.1
    assert layer.spec.parameters["trend_level"] == 0.05
    assert layer.spec.parameters["tests"]["8"] == 12 * int(drawn().seen(8).sum())
    one = replace(request("emerging", "drugs"), title="Ours")
    assert one.title == "Ours"

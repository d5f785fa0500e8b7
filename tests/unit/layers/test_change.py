"""``change``: each window against the one before it, cell by cell, and no number where nothing is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import betabinom, binom

from geointel.errors import MethodError
from geointel.hotspots import benjamini_hochberg, dispersed_change
from geointel.layers.change import CAUTION, LAYER, Options
from geointel.layers.cube import Cube
from geointel.model import Layer, Window

from .conftest import WINDOWS, drawn, request

QUARTERS = [window for window in WINDOWS if window.kind == "quarter"]
BEFORE, AFTER = QUARTERS[-2:]


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("change", "drugs"))


def rows(layer: Layer, window: Window = AFTER, resolution: int = 8) -> list[dict[str, object]]:
    key = {"resolution": resolution, "window": window.id, "category": "drugs"}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def test_every_cell_has_the_counts_of_both_windows_and_their_ratio(layer: Layer) -> None:
    before, after = (drawn().total(8, window, "drugs") for window in (BEFORE, AFTER))
    for row, x0, x1, seen in zip(rows(layer), before.tolist(), after.tolist(), drawn().seen(8).tolist(), strict=True):
        if seen:
            assert (row["before"], row["after"], row["support"]) == (x0, x1, x0 + x1)
            assert row["value"] == (x1 / x0 if x0 else None)
        else:
            assert row["status"] == "no-support"
            assert {row[name] for name in ("value", "class", "before", "after", "lower", "upper", "p", "q")} == {None}


def test_tests_and_usual_range_are_those_of_the_beta_binomial(layer: Layer) -> None:
    """p and range of the busiest cell, by scipy's distribution with the dispersion that the other cells show."""
    row = max((row for row in rows(layer) if row["status"] == "shown"), key=lambda row: int(str(row["support"])))
    total, after = int(str(row["support"])), int(float(str(row["after"])))
    share = sum(float(str(r["after"])) for r in _seen(layer)) / sum(int(str(r["support"])) for r in _seen(layer))
    others = [r for r in _seen(layer) if r["support"] and r["cell"] != row["cell"]]
    sums = [(float(str(r["after"])), int(str(r["support"]))) for r in others]
    squares = sum((x - t * share) ** 2 / (t * share * (1 - share)) for x, t in sums)
    rho = CAUTION * max(0.0, (squares - len(sums)) / sum(t - 1 for _, t in sums))
    known = binom(total, 0.5) if rho == 0 else betabinom(total, (1 - rho) / rho / 2, (1 - rho) / rho / 2)
    assert row["p"] == pytest.approx(min(1, 2 * min(known.cdf(after), known.sf(after - 1))), rel=1e-6)
    low, high = known.ppf([0.025, 0.975])
    assert (row["lower"], row["upper"]) == pytest.approx((low / (total - low), high / (total - high)))


def _seen(layer: Layer) -> list[dict[str, object]]:
    return [row for row in rows(layer) if row["status"] != "no-support"]


def test_q_is_adjusted_over_the_map_without_what_can_say_nothing(layer: Layer) -> None:
    seen = drawn().seen(8)
    before, after = (drawn().total(8, window, "drugs")[seen] for window in (BEFORE, AFTER))
    found = dispersed_change(before, after, caution=CAUTION)
    q = benjamini_hochberg(np.where(found.insufficient, np.nan, found.p))
    tested = [row for row in rows(layer) if row["status"] != "no-support"]
    assert [row["q"] for row in tested] == [None if np.isnan(one) else one for one in q.tolist()]
    assert [row["status"] == "insufficient" for row in tested] == found.insufficient.tolist()
    assert all((row["class"] is None) == (row["status"] == "insufficient") for row in tested)


def test_nothing_against_nothing_is_no_information(layer: Layer) -> None:
    nothing = [row for row in rows(layer) if row["support"] == 0]
    assert nothing
    assert {(row["status"], row["class"], row["value"], row["p"]) for row in nothing} == {
        ("insufficient", None, None, None)
    }


def test_a_planted_rise_is_a_rise_and_what_follows_a_fall(cube: Cube) -> None:
    """One cell among others that do not move at all."""
    months = [window.id for window in WINDOWS if window.kind == "month"][-3:]
    cells = cube.lattices[1].cells
    counts = {month: np.full(len(cells), 10.0) for month in months}
    counts[months[1]][0] = 60.0
    places = np.arange(len(cells))
    slices = {**cube.cells[8].slices, **{("incidents", m, "robbery"): (places, values) for m, values in counts.items()}}
    seen = replace(cube.lattices[1], supported=np.ones(len(cells), dtype=bool))
    planted = replace(cube, lattices=(seen,), cells={8: replace(cube.cells[8], slices=slices)})
    layer = LAYER.compute(planted, request("change", "robbery", windows=("month",)))
    found = [row for row in layer.cells.to_pylist() if row["window"] in months[1:]]
    assert {(row["window"], row["class"]) for row in found if row["cell"] == int(cells[0])} == {
        (months[1], "hot-99"),
        (months[2], "cold-99"),
    }
    assert {row["class"] for row in found if row["cell"] != int(cells[0])} == {"none"}


def test_only_windows_with_one_to_compare_with_are_there(layer: Layer) -> None:
    assert layer.spec.parameters["pairs"][AFTER.id] == BEFORE.id
    first = {next(window.id for window in WINDOWS if window.kind == kind) for kind in ("month", "quarter")}
    assert not first & set(layer.spec.windows)
    assert not any(window.startswith("12m") for window in layer.spec.windows)  # fourteen months hold no two years
    assert set(layer.cells["window"].to_pylist()) == set(layer.spec.windows)


def test_the_year_before_has_the_same_season(cube: Cube) -> None:
    asked = replace(request("change", "drugs", windows=("month",)), options=Options(against="year-before"))
    pairs = LAYER.compute(cube, asked).spec.parameters["pairs"]
    assert pairs == {"2025-11": "2024-11", "2025-12": "2024-12"}


def test_without_two_windows_it_says_what_to_do(cube: Cube) -> None:
    with pytest.raises(MethodError, match="has no two windows to compare"):
        LAYER.compute(cube, request("change", "drugs", windows=("year",)))


MONTHS = [window for window in WINDOWS if window.kind == "month"][-2:]
SEARCHES = {"drugs": ([3, 10, 20, 1, 0], [30, 10, 5, 1, 0]), "all": ([9] * 5, [9] * 5)}
"""Searches in the first five cells of resolution 8, in November and in December."""


def other(cube: Cube, counts: dict[str, tuple[list[int], list[int]]], *, windows: tuple[Window, ...] = WINDOWS) -> Cube:
    """A source beside, with counts in the first cells of resolution 8 and everywhere map points."""
    cells = cube.lattices[1].cells
    slices = {
        ("incidents", window.id, category): (np.arange(len(values)), np.array(values, dtype=float))
        for category, pair in counts.items()
        for window, values in zip(MONTHS, pair, strict=True)
    }
    seen = tuple(replace(lattice, supported=np.ones(len(lattice.cells), dtype=bool)) for lattice in cube.lattices)
    of = {7: replace(cube.cells[7], slices=slices), 8: replace(cube.cells[8], slices=slices, size=len(cells))}
    return replace(cube, windows=windows, lattices=seen, cells=of)


def beside(cube: Cube, cubes: dict[str, Cube], **options: tuple[str, ...]) -> Layer:
    """Layer of single months, with every cell supported."""
    seen = tuple(replace(lattice, supported=np.ones(len(lattice.cells), dtype=bool)) for lattice in cube.lattices)
    asked = replace(request("change", "drugs", windows=("month",)), options=Options(**options))
    return LAYER.compute(replace(cube, lattices=seen, beside=cubes), asked)


def named(layer: Layer, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in rows(layer, MONTHS[1])[:5]]


def test_activity_is_that_for_drugs_and_says_whether_it_rose(cube: Cube) -> None:
    searches = other(cube, {"stop-search-drugs": SEARCHES["drugs"], "all": SEARCHES["all"]})
    layer = beside(cube, {"searches": searches}, activity=("searches",))
    assert named(layer, "activity_before", "activity_after", "activity") == [
        (3, 30, "rose"),
        (10, 10, "steady"),
        (20, 5, "fell"),
        (1, 1, None),  # two searches tell nothing: not even both in one month would
        (0, 0, None),
    ]
    assert layer.spec.parameters["activity"] == {"searches": "stop-search-drugs"}
    assert {"activity_before", "activity_after"} <= {column.id for column in layer.spec.columns}


def test_a_source_without_drug_searches_counts_all_and_sources_of_one_series_count_once(cube: Cube) -> None:
    searches = other(cube, {"all": SEARCHES["all"]})
    alone = beside(cube, {"a": searches}, activity=("a",))
    assert alone.spec.parameters["activity"] == {"a": "all"}
    assert named(alone, "activity_before") == [(9,)] * 5
    series = beside(cube, {"a": searches, "b": searches}, activity=("a", "b"))
    assert named(series, "activity_before") == [(9,)] * 5
    two = beside(cube, {"a": searches, "b": other(cube, {"all": ([1] * 5, [2] * 5)})}, activity=("a", "b"))
    assert named(two, "activity_before", "activity_after") == [(10, 11)] * 5


def test_harm_stands_beside_and_moves_nothing(cube: Cube) -> None:
    calls = other(cube, {"all": ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])})
    layer, plain = beside(cube, {"calls": calls}, harm=("calls",)), beside(cube, {})
    assert named(layer, "harm_before", "harm_after") == [(1, 5), (2, 4), (3, 3), (4, 2), (5, 1)]
    assert set(layer.cells["activity"].to_pylist()) == {None}
    for name in ("value", "class", "p", "q", "before", "after"):
        assert layer.cells[name].equals(plain.cells[name])


def test_what_is_not_known_is_null_and_never_zero(cube: Cube) -> None:
    """An edition without the source, a window that it lacks, a source without any place, a hidden count, no map point."""
    columns = ("activity_before", "activity_after", "activity", "harm_before", "harm_after")
    drawn_from = {"all": SEARCHES["all"]}
    hidden = beside(cube, {"s": other(cube, {"all": ([np.nan] * 5, [9] * 5)})}, activity=("s",))
    assert named(hidden, *columns[:3]) == [(None, 9, None)] * 5
    nowhere = beside(cube, {"s": other(cube, {})}, activity=("s",), harm=("s",))
    missing = beside(cube, {}, activity=("s",), harm=("s",))
    gone = beside(cube, {"s": other(cube, drawn_from, windows=())}, activity=("s",), harm=("s",))
    for layer in (nowhere, missing, gone):
        assert named(layer, *columns) == [(None,) * 5] * 5
    half = beside(cube, {"s": other(cube, drawn_from, windows=(MONTHS[1],))}, activity=("s",))
    assert named(half, *columns[:3]) == [(None, 9, None)] * 5
    asked = replace(request("change", "drugs", windows=("month",)), options=Options(activity=("s",)))
    unseen = LAYER.compute(replace(cube, beside={"s": other(cube, drawn_from)}), asked)
    for row in rows(unseen, MONTHS[1]):
        assert row["status"] != "no-support" or {row[name] for name in columns} == {None}


def test_it_asks_for_the_sources_that_it_names() -> None:
    assert LAYER.beside(Options(activity=("a",), harm=("b", "a"))).wanted == ("a", "b")
    assert LAYER.beside(Options()).wanted == ()

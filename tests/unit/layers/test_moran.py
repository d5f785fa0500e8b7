"""``moran``: each cell against its ring, behind the gate of the whole map."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import product

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel import content
from geointel.grid import neighbours
from geointel.hotspots import MORAN_CLASSES
from geointel.layers.cube import Cube
from geointel.layers.lattice import Lattice
from geointel.layers.moran import LAYER
from geointel.model import Layer

from .conftest import LEAVES, WINDOWS, drawn, request

YEAR = WINDOWS[-1]
Row = dict[str, object]


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("moran", "drugs", "robbery"))


def rows(layer: Layer, category: str = "drugs", window: str = YEAR.id, resolution: int = 8) -> list[Row]:
    key = {"resolution": resolution, "window": window, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def planted(cube: Cube, counts: np.ndarray, seen: np.ndarray | None = None) -> Layer:
    """The layer of one map of robberies in 2025, by leaf."""
    there = np.ones(len(LEAVES), dtype=bool) if seen is None else seen
    slices = {("incidents", YEAR.id, "robbery"): (np.arange(len(LEAVES)), counts.astype(np.float64))}
    made = replace(
        cube,
        lattices=(Lattice(8, cube.lattices[1].cells, there),),
        cells={8: replace(cube.cells[8], slices=slices)},
    )
    return LAYER.compute(made, request("moran", "robbery", windows=("year",)))


def around(cell: int) -> list[int]:
    return neighbours(LEAVES)[[cell], :].indices.tolist()


def inner() -> list[int]:
    return np.flatnonzero(np.diff(neighbours(LEAVES).indptr) == 6).tolist()


def test_counts_are_those_of_cell_and_ring(layer: Layer) -> None:
    counts, seen = drawn().total(8, YEAR, "drugs"), drawn().seen(8)
    for place, row in enumerate(rows(layer)):
        ring = [counts[other] for other in around(place) if seen[other]]
        if not seen[place]:
            assert row["status"] == "no-support"
            assert {row[name] for name in ("value", "class", "count", "lag", "z", "p", "q")} == {None}
        else:
            assert (row["count"], row["support"]) == (counts[place], counts[place] + sum(ring))
            assert row["lag"] == (pytest.approx(np.mean(ring)) if ring else None)


def test_the_value_is_local_moran_s_i_as_anselin_writes_it(layer: Layer) -> None:
    counts, seen = drawn().total(8, YEAR, "drugs"), drawn().seen(8)
    known = [place for place, there in enumerate(seen) if there and any(seen[other] for other in around(place))]
    mean = np.mean([counts[place] for place in known])
    squares = sum((counts[place] - mean) ** 2 for place in known)
    found = rows(layer)
    for place in known:
        lag = np.mean([counts[other] - mean for other in around(place) if seen[other]])
        assert found[place]["value"] == pytest.approx((len(known) - 1) * (counts[place] - mean) * lag / squares)


def test_p_is_the_share_of_all_draws_of_a_ring(cube: Cube) -> None:
    """Every one of 3^k draws of the counts 0, 1 and 4, k neighbours of the cell."""
    random = np.random.default_rng(3)
    counts = random.choice([0, 1, 4], size=len(LEAVES), p=[0.6, 0.3, 0.1])
    share = {value: float(np.mean(counts == value)) for value in (0, 1, 4)}
    found = rows(planted(cube, counts), "robbery")
    for place in [0, *inner()[:6]]:
        ring, chances = around(place), Counter[int]()
        for draw in product(share, repeat=len(ring)):
            chances[sum(draw)] += float(np.prod([share[value] for value in draw]))  # type: ignore[assignment]
        own = int(counts[ring].sum())
        low = sum(chance for total, chance in chances.items() if total <= own)
        high = sum(chance for total, chance in chances.items() if total >= own)
        assert found[place]["p"] == pytest.approx(min(1, 2 * min(low, high)))


def test_the_cell_itself_does_not_change_its_p(cube: Cube) -> None:
    """Given the cell, only the ring is judged: two cells of another count give their counts to each other."""
    counts = np.random.default_rng(4).poisson(2.0, len(LEAVES))
    first, second = inner()[0], inner()[-1]
    counts[[first, second]] = 0, 9
    before = rows(planted(cube, counts), "robbery")
    counts[[first, second]] = 9, 0
    after = rows(planted(cube, counts), "robbery")
    assert [before[first]["p"], before[second]["p"]] == [after[first]["p"], after[second]["p"]]
    assert before[first]["value"] != after[first]["value"]


@pytest.mark.parametrize(
    ("own", "ring", "slug"),
    [(60, 60, "high-high"), (0, 60, "low-high"), (60, 0, "high-low"), (0, 0, "low-low")],
)
def test_a_planted_pattern_has_its_class(cube: Cube, own: int, ring: int, slug: str) -> None:
    """The west of the map is a little lower than the east, so the gate is open."""
    longitude = np.array([h3.cell_to_latlng(int(cell))[1] for cell in LEAVES])
    middle = float(np.median(longitude))
    counts = np.where(longitude < middle, 26, 34) + np.random.default_rng(5).integers(-9, 10, len(LEAVES))
    places = inner()
    for place in (places[0], places[-1]):
        counts[around(place)] = ring
        counts[place] = own
    found = planted(cube, counts)
    assert found.spec.notes["gate"]["robbery"]["8"][YEAR.id]["passed"]
    assert {rows(found, "robbery")[place]["class"] for place in (places[0], places[-1])} == {slug}


def test_no_class_without_a_pattern_in_the_whole_map(cube: Cube) -> None:
    """The same counts and rings, rarer than any: but the rest of the map goes the other way, and the gate is shut."""
    shut = 0
    for seed in range(30):
        counts = np.random.default_rng(seed).poisson(2.0, len(LEAVES))
        counts[around(inner()[10])] = 8
        found = planted(cube, counts)
        gate = found.spec.notes["gate"]["robbery"]["8"][YEAR.id]
        classes = {row["class"] for row in rows(found, "robbery")}
        assert gate["passed"] == (gate["p"] <= 0.05)
        if not gate["passed"]:
            shut += any(row["q"] is not None and float(str(row["q"])) <= 0.05 for row in rows(found, "robbery"))
            assert classes <= {"none", None}
            assert {row["status"] for row in rows(found, "robbery")} == {"shown"}
    assert shut  # at least one map had a cell that the gate kept back


def test_classes_are_those_of_q_and_the_sides_of_the_mean(layer: Layer) -> None:
    counts = [float(str(row["count"])) for row in rows(layer) if row["lag"] is not None]
    mean, classed = np.mean(counts), 0
    for row in rows(layer):
        if row["class"] is None:
            assert row["q"] is None
            continue
        own, ring = (float(str(row[name])) > mean for name in ("count", "lag"))
        side = f"{'high' if own else 'low'}-{'high' if ring else 'low'}"
        assert row["class"] == (side if float(str(row["q"])) <= 0.05 else "none")
        classed += row["class"] != "none"
    assert classed


def test_a_cell_without_neighbours_says_so(cube: Cube) -> None:
    alone, seen = inner()[5], np.ones(len(LEAVES), dtype=bool)
    seen[around(alone)] = False
    counts = np.random.default_rng(6).poisson(4.0, len(LEAVES))
    row = rows(planted(cube, counts, seen), "robbery")[alone]
    assert (row["status"], row["support"], row["count"]) == ("insufficient", counts[alone], counts[alone])
    assert {row[name] for name in ("value", "class", "lag", "z", "p", "q")} == {None}
    text = content.sentence("moran", row, slug="robbery", window="2025")
    assert "no hexagons around this one" in text


@pytest.mark.parametrize("counts", [np.zeros(len(LEAVES)), np.full(len(LEAVES), 3)], ids=["none", "all equal"])
def test_a_map_without_variation_says_nothing(cube: Cube, counts: np.ndarray) -> None:
    found = planted(cube, counts)
    assert {(row["status"], row["class"], row["value"], row["z"]) for row in rows(found, "robbery")} == {
        ("insufficient", None, None, None)
    }
    gate = found.spec.notes["gate"]["robbery"]["8"][YEAR.id]
    assert gate == {"i": None, "p": None, "passed": False, "tests": 0}
    assert json.dumps(found.spec.to_json(), allow_nan=False)


@pytest.mark.parametrize("supported", [0, 1, 3])
def test_a_handful_of_cells_says_nothing(cube: Cube, supported: int) -> None:
    seen = np.zeros(len(LEAVES), dtype=bool)
    seen[[inner()[0], *around(inner()[0])][:supported]] = True
    found = rows(planted(cube, np.arange(len(LEAVES)), seen), "robbery")
    assert [row["status"] for row in found].count("insufficient") == supported
    assert {row["class"] for row in found} == {None}


def test_every_map_has_a_verdict(layer: Layer) -> None:
    gates = layer.spec.notes["gate"]
    assert set(gates) == {"drugs", "robbery"}
    for category, resolution in product(gates, ("7", "8")):
        assert list(gates[category][resolution]) == list(layer.spec.windows)
    assert gates["drugs"]["8"][YEAR.id]["passed"]  # the busy middle
    tested = [row for row in rows(layer) if row["q"] is not None]
    assert gates["drugs"]["8"][YEAR.id]["tests"] == len(tested)
    assert layer.spec.parameters["tests"]["8"] >= len(tested)
    assert (layer.spec.parameters["permutations"], layer.spec.parameters["seed"]) == (999, 1)


def test_words_and_colours_for_every_class(layer: Layer) -> None:
    assert {style.id for style in layer.spec.classes} == set(MORAN_CLASSES)
    row = {"value": -1.5, "support": 40, "status": "shown", "count": 1, "lag": 6.5}
    said = {
        slug: content.sentence("moran", {**row, "class": slug}, slug="drugs", window="2025") for slug in MORAN_CLASSES
    }
    assert len(set(said.values())) == len(MORAN_CLASSES)
    assert all(text.startswith("1 recorded drug offence in this hexagon in 2025, and 6.5 in") for text in said.values())

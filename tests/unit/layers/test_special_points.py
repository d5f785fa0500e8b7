"""Layers without special points: what they give is what the layer gives of a map that never had these records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import pydantic
import pytest

from geointel import content
from geointel.grid import parents
from geointel.layers.base import LayerRequest, SpecialPointOptions
from geointel.layers.counts import Counts
from geointel.layers.cube import Cube
from geointel.layers.excess import LAYER as EXCESS
from geointel.layers.hotspot import LAYER as HOTSPOT
from geointel.model import ALL, INCIDENTS, SPECIAL, ReleasedFacts

from .conftest import LEAVES, WINDOWS, cube_of, drawn, released, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from geointel.layers.base import LayerKind
    from geointel.model import Layer

YEAR = WINDOWS[-1]
KINDS = pytest.mark.parametrize("kind", [HOTSPOT, EXCESS], ids=lambda kind: kind.kind)


def asked(kind: LayerKind, points: str, *categories: str) -> LayerRequest:
    options = SpecialPointOptions.model_validate({"special_points": points})
    return replace(request(kind.kind, *(categories or ("drugs",))), options=options)


@pytest.fixture(scope="module")
def without(cube: Cube) -> Callable[[LayerKind], Layer]:
    made = {kind.kind: kind.compute(cube, asked(kind, "out")) for kind in (HOTSPOT, EXCESS)}
    return lambda kind: made[kind.kind]


@pytest.fixture(scope="module")
def as_if_never_recorded() -> Cube:
    """Facts drawn anew from records of which the special ones were struck out, record by record."""
    made = drawn()
    kept = {c: made.counts[c] - made.special[c] for c in made.counts}
    none = {c: np.zeros_like(values) for c, values in made.special.items()}
    return cube_of(released(replace(made, counts=kept, special=none)))


@KINDS
def test_rows_are_those_of_a_map_that_never_had_these_records(
    kind: LayerKind, without: Callable[[LayerKind], Layer], as_if_never_recorded: Cube
) -> None:
    """Map, stability, test, accuracy and overlap alike: all of it is counted from the same incidents."""
    other = kind.compute(as_if_never_recorded, asked(kind, "in"))
    assert without(kind).cells.to_pylist() == other.cells.to_pylist()
    assert numbers(without(kind).spec.accuracy) == numbers(other.spec.accuracy)
    assert without(kind).spec.notes == other.spec.notes


def numbers(accuracy: Any) -> Any:
    """Everything but the sentences."""
    if not isinstance(accuracy, dict):
        return accuracy
    return {name: numbers(value) for name, value in accuracy.items() if name != "sentence"}


@KINDS
def test_it_differs_from_the_layer_with_them(
    kind: LayerKind, without: Callable[[LayerKind], Layer], cube: Cube
) -> None:
    usual = kind.compute(cube, asked(kind, "in"))
    assert usual.cells.equals(kind.compute(cube, request(kind.kind, "drugs")).cells)
    assert usual.cells["value"] != without(kind).cells["value"]
    assert numbers(usual.spec.accuracy) != numbers(without(kind).spec.accuracy)


def test_gi_star_by_its_definition(without: Callable[[LayerKind], Layer]) -> None:
    """Getis and Ord, cell by cell, from the counts less those at special points."""
    made = drawn()
    cells = np.unique(parents(LEAVES, 8)).tolist()
    left = (made.total(8, YEAR, "drugs") - made.total(8, YEAR, "drugs", measure=SPECIAL)).tolist()
    known = {c: n for c, n, seen in zip(cells, left, made.seen(8).tolist(), strict=True) if seen}
    n, mean, spread = len(known), float(np.mean(list(known.values()))), float(np.std(list(known.values())))
    found = {
        row["cell"]: row
        for row in without(HOTSPOT).cells.to_pylist()
        if (row["resolution"], row["window"]) == (8, YEAR.id) and row["value"] is not None
    }
    assert found.keys() == known.keys()
    for cell, row in found.items():
        ring = around(cell)
        w, total = len(ring), sum(known[other] for other in ring)
        assert row["value"] == pytest.approx((total - w * mean) / (spread * ((n * w - w * w) / (n - 1)) ** 0.5))
        assert (row["count"], row["support"]) == (known[cell], total)
        assert row["special_share"] in {None, 0.0}


def test_the_expected_of_an_excess_leaves_them_out_of_all_incidents_too(
    without: Callable[[LayerKind], Layer],
) -> None:
    made = drawn()
    seen = made.seen(8)
    own, every = ((made.total(8, YEAR, c) - made.total(8, YEAR, c, measure=SPECIAL))[seen] for c in ("drugs", ALL))
    cells = np.unique(parents(LEAVES, 8))[seen].tolist()
    of = dict(zip(cells, every.tolist(), strict=True))
    for row in without(EXCESS).cells.to_pylist():
        if (row["resolution"], row["window"]) == (8, YEAR.id) and row["status"] != "no-support":
            total = sum(of[other] for other in around(row["cell"]))
            assert row["expected"] == pytest.approx(total * own.sum() / every.sum())


def around(cell: int) -> list[int]:
    """The cell and its neighbours, of those in which something can be recorded."""
    return sorted(set(h3.grid_disk(cell, 1)) & set(LEAVES[drawn().seen(8)].tolist()))


def test_a_hotspot_of_special_points_alone_goes(facts: ReleasedFacts) -> None:
    """Planted: records at special points around one cell make a hotspot, and none of them is in the layer without."""
    quiet = [cell for cell in LEAVES[drawn().seen(8)].tolist() if h3.grid_distance(cell, int(LEAVES[100])) == 9]
    station = max(quiet, key=lambda cell: len(around(cell)))
    table = facts.cells.to_pylist()
    shared = {**table[0], "resolution": 8, "window": YEAR.id, "value": 60.0}
    added = [
        {**shared, "measure": measure, "category": category, "cell": cell}
        for measure in (INCIDENTS, SPECIAL)
        for category in ("drugs", ALL)
        for cell in around(station)
    ]
    cube = cube_of(replace(facts, cells=facts.cells.from_pylist([*table, *added], facts.cells.schema)))
    plain = cube_of(facts)
    hot = {}
    for points in ("in", "out"):
        rows = HOTSPOT.compute(cube, asked(HOTSPOT, points)).cells.to_pylist()
        hot[points] = {row["cell"] for row in rows if row["window"] == YEAR.id and row["class"] == "hot-99"}
    assert station in hot["in"] - hot["out"]
    assert HOTSPOT.compute(cube, asked(HOTSPOT, "out")).cells.equals(
        HOTSPOT.compute(plain, asked(HOTSPOT, "out")).cells
    )


def test_counts_less_a_part_by_hand() -> None:
    place, other = np.array([0, 2]), np.array([2, 3])
    counts = Counts(
        {
            (INCIDENTS, "w", "drugs"): (place, np.array([3.0, 5.0])),
            (SPECIAL, "w", "drugs"): (other, np.array([4.0, 2.0])),
            (INCIDENTS, "v", "drugs"): (place, np.array([1.0, 1.0])),
            ("weight", "w", "drugs"): (place, np.array([9.0, 9.0])),
        },
        size=4,
    )
    left = counts.less(INCIDENTS, SPECIAL)
    assert left.dense(INCIDENTS, "w", "drugs").tolist() == [3, 0, 1, 0], "never below 0"
    assert left.dense(INCIDENTS, "v", "drugs").tolist() == [1, 0, 1, 0]
    assert left.dense(SPECIAL, "w", "drugs").tolist() == [0, 0, 0, 0]
    assert left.dense("weight", "w", "drugs").tolist() == [9, 0, 9, 0]
    assert counts.dense(INCIDENTS, "w", "drugs").tolist() == [3, 0, 5, 0], "the cube of the others stays"


@KINDS
def test_the_words_say_so(kind: LayerKind, without: Callable[[LayerKind], Layer], cube: Cube) -> None:
    spec, usual = without(kind).spec, kind.compute(cube, asked(kind, "in")).spec
    assert (spec.parameters["special_points"], usual.parameters["special_points"]) == ("out", "in")
    assert spec.title == f"{usual.title}, without special points"
    assert spec.method.startswith(usual.method)
    assert "left out" in spec.method.removeprefix(usual.method)
    assert "without-special-points" in spec.caveats
    assert "special-points" not in spec.caveats
    assert set(usual.caveats) - {"special-points"} == set(spec.caveats) - {"without-special-points"}
    told = content.heading(kind.kind, "drugs", "July 2025", special_points="out")
    assert "recorded drug offences away from special map points" in told
    row = {"value": 2.0, "class": "hot-99", "support": 1, "status": "shown", "expected": 1.0}
    said = content.sentence(kind.kind, row, slug="drugs", window="July 2025", special_points="out")
    assert said.startswith("1 recorded drug offence away from special map points in this hexagon")
    judged = spec.accuracy["by"]["8"]["drugs"]["month"]["sentence"]
    assert "recorded drug offences away from special map points" in judged
    assert "away from" not in usual.accuracy["by"]["8"]["drugs"]["month"]["sentence"]


def test_another_word_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError):
        SpecialPointOptions.model_validate({"special_points": "none"})

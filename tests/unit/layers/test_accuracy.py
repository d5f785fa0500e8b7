"""How much of the next month the hottest cells held: against a calculation by hand, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean, pstdev
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.grid import parents
from geointel.layers.accuracy import FEWEST, STEPS, accuracy
from geointel.layers.cube import Cube
from geointel.layers.excess import LAYER as EXCESS
from geointel.layers.hotspot import LAYER as HOTSPOT
from geointel.layers.lattice import Lattice, MapCounts
from geointel.model import ALL, ReleasedFacts, format_month

from .conftest import LEAVES, MONTHS, cube_of, drawn, request

RESOLUTION = 8
JUDGED = MONTHS[-STEPS:]
Counts = dict[int, float]


def counts(month: int, category: str = "drugs") -> Counts:
    """Counts of the supported cells in a month."""
    made = drawn()
    _, place = np.unique(parents(LEAVES, RESOLUTION), return_inverse=True)
    cells = np.unique(parents(LEAVES, RESOLUTION)).tolist()
    each = np.bincount(place, weights=made.counts[category][:, MONTHS.index(month)]).tolist()
    return {c: n for c, n, seen in zip(cells, each, made.seen(RESOLUTION).tolist(), strict=True) if seen}


def added(months: range, category: str = "drugs") -> Counts:
    parts = [counts(month, category) for month in months if month in MONTHS]
    return {cell: sum(part[cell] for part in parts) for cell in parts[0]}


def gi(known: Counts) -> Counts:
    """Gi* by its definition: Getis and Ord 1992, binary weights, self included."""
    n, average, spread = len(known), mean(known.values()), pstdev(known.values())
    found = {}
    for cell in known:
        around = [other for other in h3.grid_disk(cell, 1) if other in known]
        w = len(around)
        root = (n * w - w * w) / (n - 1)
        found[cell] = (sum(known[c] for c in around) - w * average) / (spread * root**0.5)
    return found


def held(score: Counts, later: Counts, k: int) -> float:
    """Events in the k cells of the highest score; of cells as high as each other, an even part."""
    ranks = {cell: round(value, 9) for cell, value in score.items()}
    cut = sorted(ranks.values(), reverse=True)[k - 1]
    sure = [cell for cell in ranks if ranks[cell] > cut]
    tied = [cell for cell in ranks if ranks[cell] == cut]
    return sum(later[cell] for cell in sure) + (k - len(sure)) * mean(later[cell] for cell in tied)


@pytest.fixture(scope="module")
def found(cube: Cube) -> dict[str, Any]:
    return dict(HOTSPOT.compute(cube, request("hotspot", "drugs", ALL)).spec.accuracy)


@pytest.mark.parametrize(("kind", "length"), [("month", 1), ("quarter", 3)])
def test_a_calculation_by_hand_gives_the_same(found: dict[str, Any], kind: str, length: int) -> None:
    entry = found["by"][str(RESOLUTION)]["drugs"][kind]
    cells = len(counts(MONTHS[0]))
    later = {month: counts(month) for month in JUDGED}
    total = sum(sum(part.values()) for part in later.values())
    assert (entry["first"], entry["last"], entry["steps"]) == (format_month(JUDGED[0]), format_month(JUDGED[-1]), STEPS)
    assert (entry["cells"], entry["incidents"]) == (cells, total)
    for place, share in enumerate(found["shares"]):
        k = max(1, int(share * cells + 0.5))
        rates = {
            "hit_rate": [gi(added(range(month - length, month))) for month in JUDGED],
            "last_year": [added(range(month - 12, month)) for month in JUDGED],
            "last_month": [counts(month - 1) for month in JUDGED],
        }
        for name, maps in rates.items():
            rate = sum(held(score, later[month], k) for score, month in zip(maps, JUDGED, strict=True)) / total
            assert entry[name][place] == pytest.approx(rate, abs=6e-5), (name, share)
        best = sum(sum(sorted(later[month].values(), reverse=True)[:k]) for month in JUDGED)
        assert entry["pai"][place] == pytest.approx(entry["hit_rate"][place] / (k / cells), rel=1e-3)
        assert entry["pai_star"][place] == pytest.approx(best / total / (k / cells), abs=1e-4)
        assert entry["pei"][place] == pytest.approx(entry["hit_rate"][place] * total / best, abs=1e-3)
        assert entry["lower"][place] <= entry["hit_rate"][place] <= entry["upper"][place]


def test_nothing_of_the_judged_month_is_known_to_its_map(cube: Cube, facts: ReleasedFacts) -> None:
    """With other counts in the last month, the maps that it is judged by stay the same."""
    seen: list[list[float]] = []
    asked = request("hotspot", "drugs", windows=("month",))

    def score(_: Lattice, own: MapCounts, every: MapCounts) -> np.ndarray[Any, Any]:
        seen.append([*own.inside.tolist(), *every.inside.tolist()])
        return own.inside

    accuracy(cube, asked, score)
    before, last = list(seen), cube.windows[len(MONTHS) - 1].id
    rows = facts.cells.to_pylist()
    changed = [{**row, "value": row["value"] + 7} if row["window"] == last else row for row in rows]
    seen.clear()
    other = type(facts)(**{**vars(facts), "cells": type(facts.cells).from_pylist(changed, facts.cells.schema)})
    accuracy(cube_of(other), asked, score)
    assert seen == before


def test_the_sentence_says_what_the_numbers_say(found: dict[str, Any]) -> None:
    entry = found["by"][str(RESOLUTION)]["drugs"]["quarter"]
    place = found["shares"].index(found["told"])
    shown = [f"{100 * entry[name][place]:.0f}%" for name in ("hit_rate", "lower", "upper", "last_year", "last_month")]
    for word in (*shown, "July 2025", "December 2025", "hottest 2%", "persistence of recording"):
        assert word in entry["sentence"]


def test_what_is_found_by_policing_is_never_said_to_be_foretold(found: dict[str, Any]) -> None:
    for kinds in found["by"][str(RESOLUTION)].values():
        assert not any("predict" in entry["sentence"] for entry in kinds.values())
    assert "did better" not in "".join(e["sentence"] for e in found["by"][str(RESOLUTION)]["drugs"].values())


def test_too_few_months_say_so(found: dict[str, Any]) -> None:
    """Fourteen months hold two maps of twelve months with a month after them."""
    assert len(MONTHS) - 12 < FEWEST
    entry = found["by"][str(RESOLUTION)]["drugs"]["year"]
    assert set(entry) == {"steps", "sentence"}
    assert "too few" in entry["sentence"]


def test_months_beyond_a_gap_do_not_count(cube: Cube) -> None:
    """With August gone, the run to December is October to December: September has no month before it."""
    gap = MONTHS[-5]
    kept = tuple(window for window in cube.windows if gap not in window.months)
    asked = request("hotspot", "drugs", windows=("month",))
    by = accuracy(replace(cube, windows=kept), asked, lambda _, own, __: own.inside)["by"]
    entry = by[str(RESOLUTION)]["drugs"]["month"]
    assert (entry["first"], entry["last"], entry["steps"]) == ("2025-10", "2025-12", 3)
    assert not entry["better"]


def test_a_category_without_an_incident_says_so(cube: Cube) -> None:
    made = accuracy(cube, request("hotspot", "no-such-thing", windows=("month",)), lambda _, own, __: own.inside)
    assert made["by"][str(RESOLUTION)]["no-such-thing"]["month"]["steps"] == 0


def test_excess_is_judged_by_what_people_see_as_strongest(cube: Cube) -> None:
    entry = EXCESS.compute(cube, request("excess", "drugs")).spec.accuracy["by"][str(RESOLUTION)]["drugs"]["quarter"]
    assert 0 < entry["hit_rate"][-1] <= 1

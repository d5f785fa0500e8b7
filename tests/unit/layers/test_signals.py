"""Signals: what was planted is found, the past is as long as it is, and nothing is said that is not known."""

from __future__ import annotations

import numpy as np
import pytest

from geointel import content
from geointel.errors import MethodError
from geointel.layers.base import kinds
from geointel.layers.cube import Cube
from geointel.layers.watch.border import NEAR_KM
from geointel.layers.watch.tables import signal_id
from geointel.model import Layer

from .watch.county import BEYOND, CATEGORIES, RISE, county, signals, without_support

SHOWN = {"shown"}


@pytest.fixture(scope="module")
def cube() -> Cube:
    return county()


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return signals(cube)


def of(layer: Layer, **wanted: str) -> list[dict[str, object]]:
    rows = layer.inputs["signals"].to_pylist()
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def test_a_planted_rise_is_a_signal_of_its_area(layer: Layer) -> None:
    (found,) = of(layer, **RISE)
    assert found["place"] == "area"
    assert found["observed"] > found["upper"] > found["expected"]  # type: ignore[operator]
    assert found["value"] == pytest.approx(found["observed"] / found["expected"])  # type: ignore[operator]
    assert found["id"] == signal_id("signals", "robbery", "lad:W", "2025-12")
    areas = layer.areas.to_pylist()  # type: ignore[union-attr]
    (row,) = [r for r in areas if all(r[key] == value for key, value in RISE.items())]
    assert (row["class"], row["status"], row["observed"], row["latency"]) == ("signal", "shown", found["observed"], 0.0)
    assert not of(layer, **{**RISE, "code": "E"})


def test_every_signal_of_the_maps_is_in_the_list_and_no_other(layer: Layer) -> None:
    maps = [(r["window"], r["category"], r["code"]) for r in layer.areas.to_pylist() if r["class"] == "signal"]  # type: ignore[union-attr]
    maps += [(r["window"], r["category"], f"{r['cell']:x}") for r in layer.cells.to_pylist() if r["class"] == "signal"]
    listed = [(r["window"], r["category"], r["code"]) for r in of(layer) if r["place"] != "cluster"]
    assert sorted(map(str, maps)) == sorted(map(str, listed))


def test_signals_come_newest_first_and_have_ids_of_their_own(layer: Layer) -> None:
    rows = of(layer)
    assert [row["window"] for row in rows] == sorted((row["window"] for row in rows), reverse=True)
    assert len({row["id"] for row in rows}) == len(rows)


def test_the_budget_is_told_with_what_was_found(layer: Layer) -> None:
    budget = layer.spec.notes["budget"]
    assert budget["accepted"] == 12
    assert 0 < budget["expected"] <= 12
    assert sum(budget["found"].values()) == budget["found_in_all"]
    assert set(budget["levels"]) == {"count", "farrington", "ears"}
    listed = [row for row in of(layer) if row["place"] != "cluster"]
    assert budget["found_in_all"] == len(listed)
    assert "accepts 12 false signals a year" in layer.spec.tests
    assert "not supplied" in layer.spec.tests


def test_a_smaller_budget_has_stronger_thresholds(cube: Cube, layer: Layer) -> None:
    strict = signals(cube, false_alarms_a_year=1, delay_days=40)
    assert strict.spec.notes["budget"]["levels"]["count"] < layer.spec.notes["budget"]["levels"]["count"]
    assert "40 days" in strict.spec.tests
    assert strict.spec.notes["latency"]["delay_days"] == 40


def test_the_cluster_that_no_border_contains(cube: Cube) -> None:
    """The west rose: the circle that is found lies in it, and says in which areas."""
    found = signals(cube, "robbery", clusters=("robbery",))
    rows = of(found, place="cluster")
    assert rows
    assert all("lad:W" in str(row["areas"]).split("\n") for row in rows)
    assert {row["code"] for row in rows} == set(found.features["id"].to_pylist())  # type: ignore[index]
    assert all(row["p"] <= found.spec.notes["clusters"]["level"] for row in rows)  # type: ignore[operator]
    assert signals(cube, "robbery", clusters=()).spec.notes["clusters"]["scans"] == 0


def test_next_door_is_a_sum_over_the_border(cube: Cube, layer: Layer) -> None:
    (found,) = of(layer, **RISE)
    assert 0 < found["beyond_cells"] <= len(BEYOND[6])  # type: ignore[operator]
    assert found["beyond_observed"] == 2 * found["beyond_cells"]  # type: ignore[operator]
    assert found["beyond_expected"] == found["beyond_observed"]
    alone = signals(county(edge=False), "robbery")
    assert of(alone, **RISE)[0]["beyond_cells"] is None
    assert NEAR_KM == 20


def test_the_lasting_rise_has_its_first_month(layer: Layer) -> None:
    rows = [row for row in layer.inputs["spread"].to_pylist() if row["category"] == "drugs" and row["level"] == "lad"]
    assert [(row["code"], row["window"], row["order"]) for row in rows] == [("E", "2025-08", 1)]
    assert rows[0]["observed"] > 2 * rows[0]["expected"]
    assert layer.spec.notes["spread"] == {"needs": 15, "has": 20}
    assert signals(county(14), "drugs").inputs["spread"].num_rows == 0


def test_a_short_past_is_refused_with_what_is_needed() -> None:
    layer = signals(county(4))
    assert set(layer.cells["status"].to_pylist()) == {"no-support", "insufficient"}
    assert set(layer.cells["class"].to_pylist()) == {None}
    assert {row["needs"] for row in layer.spec.notes["refused"]} == {6, 7}
    assert "expected" not in layer.spec.notes["budget"]
    assert content.notice("signals_refused") in layer.spec.tests
    assert layer.inputs["signals"].num_rows == 0


def test_a_missing_month_cuts_the_past_off() -> None:
    layer = signals(county(20, gap=15))
    assert layer.spec.windows == ("2025-09", "2025-10", "2025-11", "2025-12")
    assert {row["has"] for row in layer.spec.notes["refused"]} == {0, 1, 2, 3}


def test_years_of_past_are_judged_with_the_season() -> None:
    layer = signals(county(30), "all")
    used = layer.spec.notes["methods"]
    assert used["farrington"] > 0
    assert used["refused"] == 0


def test_one_month_and_one_resolution_are_no_error() -> None:
    layer = signals(county(1), "drugs", finest=0)
    assert layer.spec.resolutions == (6,)
    assert layer.spec.windows == ("2025-12",)


def test_a_map_without_any_record_says_nothing(cube: Cube) -> None:
    layer = signals(without_support(cube), "drugs")
    assert set(layer.cells["status"].to_pylist()) == {"no-support"}
    assert set(layer.cells["value"].to_pylist()) == {None}


def test_quarters_are_not_watched(cube: Cube) -> None:
    with pytest.raises(MethodError, match="watches months"):
        signals(cube, "drugs", windows=("quarter",))


def test_the_same_seed_gives_the_same_signals(cube: Cube, layer: Layer) -> None:
    again = signals(cube)
    assert again.spec == layer.spec
    assert again.inputs["signals"].equals(layer.inputs["signals"])


def test_a_count_that_is_hidden_is_not_judged(cube: Cube) -> None:
    from dataclasses import replace

    from geointel.layers.counts import Counts

    lads = cube.areas["lad"]
    position, value = lads.slices["incidents", "2025-12", "robbery"]
    hidden = {**lads.slices, ("incidents", "2025-12", "robbery"): (position, np.where(position == 1, np.nan, value))}
    layer = signals(replace(cube, areas={**cube.areas, "lad": Counts(hidden, lads.size)}), "robbery")
    rows = [r for r in layer.areas.to_pylist() if (r["level"], r["code"]) == ("lad", "W")]  # type: ignore[union-attr]
    assert {row["status"] for row in rows} == {"suppressed"}
    assert {row["value"] for row in rows} == {row["class"] for row in rows} == {None}
    assert not of(layer, **RISE)


def test_no_word_of_it_claims_too_much() -> None:
    words = content.layer_words("signals")
    said = " ".join((words.method, words.tests, *(content.caveat(name).long for name in words.caveats[:3])))
    assert "alert" not in said.lower()
    assert "a person looks at each signal" in said.lower()
    assert kinds()["signals"].partner_only
    row = {
        "class": "signal",
        "status": "shown",
        "value": 4.0,
        "observed": 8.0,
        "expected": 2.0,
        "upper": 5.0,
        "latency": 1.0,
    }
    told = content.sentence("signals", row, slug="drugs", window="December 2025")
    assert told.startswith("8 recorded drug offences in this hexagon in December 2025, where 2.0 were expected")
    assert "A person grades it" in told


def test_categories_are_watched_each_for_itself(layer: Layer) -> None:
    assert layer.spec.categories == CATEGORIES
    assert set(layer.spec.notes["budget"]["found"]) == set(layer.spec.windows)

"""The answer of a scenario against counting by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geointel.answers.opening import open_world
from geointel.answers.scenario import scenario
from geointel.errors import QuestionError
from geointel.gaps.equity import equity_summary

from ..layers.care.town import EAST, computed, rows_of, service, town
from .worlds import NEED, PLACES, WIDE, anew, asked, gap_world, kept, minutes_world, spot, table_of, three

if TYPE_CHECKING:
    from geointel.answers.world import World

TODAY = date(2026, 3, 1)
GAP = gap_world(*three(), service("shop", 2, category="pharmacy", capacity=None))


def answered(world: World, *actions: dict[str, Any], edition: str = "partner", **more: Any) -> dict[str, Any]:
    found = scenario(world, asked(*actions, **more), edition=edition, today=TODAY)
    json.dumps(found, allow_nan=False)
    return found


def _ends(draws: Any) -> dict[str, float]:
    lower, upper = np.percentile(draws, (2.5, 97.5))
    return {"value": draws.mean(), "lower": lower, "upper": upper}


def test_who_gains_and_who_loses_is_counted_cell_by_cell() -> None:
    actions = {"do": "close", "service": "list:a"}, {"do": "open", **spot(GAP, 200), "capacity": 60.0}
    found, table = answered(GAP, *actions), table_of(GAP)
    del table["list:a"]
    table["new:1"] = replace(table["list:b"], **spot(GAP, 200), capacity=60.0, hours=None)
    before, after = anew(GAP, table_of(GAP)), anew(GAP, table)
    assert GAP.need is not None
    need = GAP.need.astype(np.float64)
    for name, cells in (
        ("gaining", after.access - before.access > 1e-12),
        ("losing", after.access - before.access < -1e-12),
    ):
        assert found[name]["residents"] == pytest.approx(sum(GAP.residents[cells]), abs=0.051)
        assert found[name]["in_need"] == pytest.approx(_ends(need[:, cells].sum(axis=1)), abs=0.051)
    short = [np.array([max(0.0, 1 - value) for value in one.access]) for one in (before, after)]
    was, now = (need @ share for share in short)
    assert found["gap"]["after"]["in_need"] == pytest.approx(_ends(now), abs=0.051)
    assert found["gap"]["change"]["in_need"] == pytest.approx(_ends(now - was), abs=0.051)
    assert found["gap"]["closed"] == pytest.approx(_ends(1 - now / was), abs=6e-5)
    within = [np.array([value <= 30 for value in one.first]) for one in (before, after)]
    assert found["within_standard"]["before"]["residents"] == pytest.approx(GAP.residents[within[0]].sum(), abs=0.051)
    assert found["within_standard"]["after"]["residents"] == pytest.approx(GAP.residents[within[1]].sum(), abs=0.051)
    changed = {int(cell, 16) for cell in found["cells"]["cell"]}
    assert changed == set(GAP.cells[np.abs(after.access - before.access) > 1e-12].tolist())


def test_areas_add_up_and_have_the_means_of_their_residents() -> None:
    found = answered(GAP, {"do": "resize", "service": "list:c", "capacity": 300.0})
    east, west = found["areas"]
    assert (east["name"], west["name"]) == ("East", "West")
    assert west["gaining"]["residents"] == 0.0
    assert east["gaining"]["residents"] == pytest.approx(found["gaining"]["residents"], abs=0.11)
    assert east["gaining"]["in_need"] == pytest.approx(found["gaining"]["in_need"], abs=0.11)
    mean = 1000 * np.average(GAP.before.access[EAST], weights=GAP.residents[EAST])
    assert east["before"] == pytest.approx(mean, abs=0.0051)
    assert west["before"] == west["after"]


def test_the_map_that_was_published_is_the_one_that_a_scenario_starts_from() -> None:
    layer = computed("access", town(*three()), "drug-treatment", **PLACES)
    found = answered(open_world(kept(layer)), {"do": "resize", "service": "list:a", "capacity": 1.0}, cells="all")
    published = rows_of(layer)
    np.testing.assert_allclose(found["cells"]["before"], published["value"].astype(float), atol=6e-4)


def test_a_service_that_closes_never_counts() -> None:
    layers = [computed("gap", town(*list_), **PLACES, **NEED) for list_ in (three(), three()[1:])]
    with_a, without = (rows_of(layer)["minutes_1"].astype(float) for layer in layers)
    assert (np.nan_to_num(without, nan=999) > np.nan_to_num(with_a, nan=999)).any()
    gone = answered(gap_world(*three()), {"do": "close", "service": "list:a"})
    never = gap_world(*three()[1:])
    told = answered(never, {"do": "resize", "service": "list:b", "capacity": 40.0})
    assert gone["gap"]["after"]["residents"] == told["gap"]["before"]["residents"]
    assert gone["within_standard"]["after"] == told["within_standard"]["before"]
    assert "list:a" not in {row["service"] for row in gone["closures"][0]["alternatives"]}


def test_two_closures_are_no_alternative_to_each_other() -> None:
    found = answered(GAP, *({"do": "close", "service": f"list:{name}"} for name in "ab"))
    for one in found["closures"]:
        assert {row["service"] for row in one["alternatives"]} <= {"list:c"}
    found = answered(GAP, {"do": "close", "service": "list:a"}, {"do": "open", **spot(GAP, 5), "capacity": 4000.0})
    (one,) = found["closures"]
    crowded = {row["service"]: row["after"] for row in found["crowding"]}
    others = {row["service"]: row["spare_places"] for row in one["alternatives"]}
    assert others["new:1"] == pytest.approx(4000 * (1 - crowded["new:1"]), abs=2.1)
    assert one["with_places"] == next(row for row in one["alternatives"] if row["spare_places"] > 0)
    assert [row["minutes"] for row in one["alternatives"]] == sorted(row["minutes"] for row in one["alternatives"])
    assert found["words"]["expires"] == "2026-03-31"
    assert "not a decision" in found["words"]["decision"]


def test_closures_are_not_for_the_open_edition() -> None:
    with pytest.raises(QuestionError, match="partner editions") as caught:
        answered(
            GAP, {"do": "open", **spot(GAP, 3), "capacity": 1.0}, {"do": "close", "service": "list:a"}, edition="open"
        )
    assert caught.value.field == "actions.1"
    answered(GAP, {"do": "open", **spot(GAP, 3), "capacity": 1.0}, {"do": "close", "service": "new:1"}, edition="open")


def test_what_changes_nothing_says_so_and_has_no_minus_zero() -> None:
    found = answered(GAP, {"do": "resize", "service": "list:a", "capacity": 100.0}, intervals=True)
    assert not found["changes"]
    assert found["words"]["nothing"]
    assert found["gaining"]["residents"] == found["losing"]["residents"] == 0.0
    assert found["gap"]["closed"] == {"value": 0.0, "lower": 0.0, "upper": 0.0}
    assert found["cells"]["cell"] == []
    assert found["crowding"] == []
    assert "-0.0" not in json.dumps(found)
    moved = answered(GAP, {"do": "close", "service": "list:a"}, intervals=True)
    assert "-0.0," not in json.dumps(moved)
    assert moved["changes"]
    assert "nothing" not in moved["words"]


def test_an_evening_changes_something_though_nobody_is_nearer() -> None:
    found = answered(gap_world(*three(), standard=4.0), {"do": "hours", "service": "list:a", "hours": WIDE})
    assert found["changes"]
    assert found["gaining"]["residents"] == 0.0
    assert found["open"]["evening"]["change"]["residents"] > 0


def test_hours_that_nobody_gave_are_not_nobody_in_reach() -> None:
    world = minutes_world(service("a", -6, hours=None), service("b", 4, hours=None))
    found = answered(world, {"do": "close", "service": "list:b"})
    assert found["open"] is None
    assert {"hours", "roads"} <= set(found["not_supplied"])
    late = answered(world, {"do": "hours", "service": "list:a", "hours": WIDE})
    assert late["open"]["evening"]["before"]["residents"] == 0.0
    assert late["open"]["evening"]["after"]["residents"] > 0
    assert "hours" not in answered(GAP, {"do": "close", "service": "list:b"})["not_supplied"]


def test_only_an_estimate_is_called_need() -> None:
    layers = {"measure": "minutes", "estimate": "", "indicator": "", "substances": ()}
    plain = gap_world(*three(), **layers)
    found = answered(plain, {"do": "close", "service": "list:b"})
    assert not plain.estimated
    assert "in_need" not in json.dumps(found)
    assert set(found["losing"]) == {"residents", "weighted_residents"}
    assert "need" in found["not_supplied"]
    assert "need" not in answered(GAP, {"do": "close", "service": "list:b"})["not_supplied"]


def test_minutes_have_no_poverty_line_and_say_whom_a_high_value_favours() -> None:
    world = minutes_world(service("a", -6), service("b", 4))
    found = answered(world, {"do": "close", "service": "list:b"}, intervals=True)
    equity = found["equity"]
    assert equity["favours_less_deprived"] == "below"
    assert not {"below", "below_gap", "below_severity"} & set(equity["before"]["value"])
    east = world.before.first[EAST] <= 30
    share = np.average(east, weights=world.residents[EAST])
    assert equity["before"]["value"]["within_standard_by_decile"][0] == pytest.approx(share, abs=1e-6)
    assert equity["before"]["value"]["within_standard_by_decile"][1] is None
    assert found["measure"] == "minutes"
    assert found["crowding"] is None
    lower, upper = (equity["change"][end]["mean_by_decile"][0] for end in ("lower", "upper"))
    assert lower <= equity["change"]["value"]["mean_by_decile"][0] <= upper


def test_places_for_those_in_need_have_a_line_of_one_each() -> None:
    found = answered(GAP, {"do": "resize", "service": "list:b", "capacity": 400.0})["equity"]
    assert GAP.deciles is not None
    wanted = equity_summary(GAP.before.access, GAP.deciles, line=1.0, seed=1, draws=1).value
    assert found["favours_less_deprived"] == "above"
    assert found["before"]["value"]["below"] == pytest.approx(float(wanted.below), abs=1e-6)
    assert found["before"]["value"]["mean_by_decile"][0] == pytest.approx(
        1000 * float(wanted.mean_by_decile[0]), rel=1e-6
    )
    assert found["change"]["value"]["below_gap"] < 0


def test_residents_have_no_line_either() -> None:
    layer = computed("access", town(*three()), "drug-treatment", **PLACES)
    found = answered(open_world(kept(layer)), {"do": "close", "service": "list:b"})
    assert "below" not in found["equity"]["before"]["value"]
    assert {row["spare_places"] for one in found["closures"] for row in one["alternatives"]} == {None}


def test_a_level_that_is_not_there_is_refused() -> None:
    with pytest.raises(QuestionError) as caught:
        answered(GAP, {"do": "close", "service": "list:a"}, level="parish")
    assert caught.value.field == "level"
    bare = replace(GAP, areas={})
    assert answered(bare, {"do": "resize", "service": "list:b", "capacity": 1.0})["areas"] == []


def test_costs_are_added_where_they_are_given() -> None:
    move = {"do": "move", "service": "list:a", **spot(GAP, 50)}
    assert (
        answered(GAP, {**move, "cost": 0.1}, {"do": "resize", "service": "list:b", "capacity": 9.0, "cost": 0.2})[
            "cost"
        ]
        == 0.3
    )
    assert answered(GAP, move)["cost"] is None


def test_a_service_that_nobody_reaches_changes_nothing() -> None:
    world = gap_world(*three(), longest=5.0, within=5.0, standard=5.0)
    nobody = replace(world, need=np.zeros_like(world.need), residents=np.zeros(len(world.cells)))
    found = answered(
        nobody, {"do": "close", "service": "list:a"}, {"do": "resize", "service": "list:b", "capacity": 3.0}
    )
    assert found["gaining"]["residents"] == found["losing"]["residents"] == 0.0
    assert found["journeys"]["before"] is None
    assert found["gap"]["closed"] is None
    assert [row["before"] for row in found["areas"]] == [None, None]

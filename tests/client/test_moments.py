"""When it happens, and what came of it: of areas and cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scipy.stats import binomtest

from geointel import content

if TYPE_CHECKING:
    from typing import Any


def test_the_profile_of_an_area_is_a_week_of_hours(client: Any) -> None:
    (found,) = client.get("/v1/areas/lad/E06000009").json()["profile"]
    assert (found["category"], found["window"], found["source"]) == ("drugs", "12m:2025-12", "Police recorded crime")
    assert [len(found["counts"]), {len(day) for day in found["counts"]}] == [7, {24}]
    shown = {(day, hour): n for day, row in enumerate(found["counts"]) for hour, n in enumerate(row) if n}
    assert shown == {(4, 23): 7, (5, 0): 11}  # of the last twelve months alone
    assert (found["timed"], found["untimed"]) == (18, 3)


def test_the_busiest_windows_are_judged_by_the_year_that_did_not_choose_them(client: Any) -> None:
    (found,) = client.get("/v1/areas/cdp/coast").json()["profile"]
    (window,) = [one for one in found["windows"] if one["count"] == 60]
    assert window == {
        "weekday": 4,
        "start": "22:00",
        "end": "02:00",
        "hours": 4,
        "count": 60,
        "label": "Friday 22:00 to 02:00",
    }
    assert found["held_in"] == pytest.approx(76 / 116)
    interval = binomtest(76, 116).proportion_ci(
        0.95, method="wilson"
    )  # Friday night and two noons, chosen a year before
    assert (found["held_out"], found["judged_by"]) == (pytest.approx(76 / 116), "year-before")
    assert (found["out_lower"], found["out_upper"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert found["p_flat"] < 1e-6
    assert found["sentence"].startswith("The busiest windows of four hours: Friday 22:00 to 02:00; ")
    assert "about 66% of recorded drug offences (56% to 74%)" in found["sentence"]
    assert [hour for hour, one in enumerate(found["by_hour"]) if one["above"]] == [1, 12, 22]
    assert [one["count"] for one in found["by_weekday"]] == [8, 8, 8, 8, 38, 38, 8]
    assert sum(one["share"] for one in found["by_hour"]) == pytest.approx(1)


def test_too_few_records_have_no_windows_and_no_shares(client: Any) -> None:
    (found,) = client.get("/v1/areas/lad/E06000009").json()["profile"]
    assert {found[name] for name in ("windows", "by_hour", "by_weekday", "held_out", "held_in", "p_flat")} == {None}
    assert found["sentence"] == ""


def test_positive_tests_stand_beside_their_tests_and_name_no_windows(client: Any) -> None:
    (found,) = client.get("/v1/areas/lad/E07000119").json()["profile"]
    assert (found["measure"], found["timed"], found["untimed"]) == ("tests", 65, 2)
    assert (found["counts"][4][22], found["positives"][4][22], found["positives"][0][9]) == (60, 24, 0)
    assert (found["windows"], found["by_hour"], found["sentence"]) == (None, None, "")
    interval = binomtest(24, 60).proportion_ci(1 - 0.05 / 24, method="exact")
    late = found["rate_by_hour"][22]
    assert (late["tests"], late["positives"], late["rate"]) == (60, 24, 0.4)
    assert (late["lower"], late["upper"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert found["rate_by_hour"][3] == {"tests": 0, "positives": 0, "rate": None, "lower": None, "upper": None}
    assert [one["tests"] for one in found["rate_by_weekday"]] == [5, 0, 0, 0, 60, 0, 0]
    (incidents,) = client.get("/v1/areas/lad/E06000009").json()["profile"]
    assert (incidents["measure"], incidents["positives"], incidents["rate_by_hour"]) == ("incidents", None, None)


def test_cells_have_one_at_the_coarsest_resolution_only(client: Any, counts: Any) -> None:
    from geointel.grid import parents

    coarsest = f"{int(parents(counts.leaves, 6).min()):x}"
    (found,) = client.get(f"/v1/cells/{coarsest}").json()["profile"]
    assert found["timed"] == 18
    finer = f"{int(parents(counts.leaves, 7).min()):x}"
    assert client.get(f"/v1/cells/{finer}").json()["profile"] == []


def test_outcomes_are_shares_of_the_last_year_with_their_interval(client: Any) -> None:
    drugs, _ = client.get("/v1/areas/lad/E06000009").json()["outcomes"]
    assert (drugs["category"], drugs["window"], drugs["total"]) == ("drugs", "12m:2025-12", 120)
    assert drugs["caveat"] == content.caveat("outcomes").short
    groups = {group["group"]: group for group in drugs["groups"]}
    assert {name: group["count"] for name, group in groups.items()} == {
        "charged": 30,
        "local-resolution": 90,
        "no-suspect": 0,
    }
    interval = binomtest(30, 120).proportion_ci(0.95, method="wilson")
    charged = groups["charged"]
    assert (charged["share"], charged["label"]) == (0.25, "Suspect charged")
    assert (charged["lower"], charged["upper"]) == pytest.approx((interval.low, interval.high))
    assert sum(group["share"] for group in groups.values()) == pytest.approx(1)


def test_where_a_group_is_hidden_there_is_no_share_and_no_total(client: Any) -> None:
    _, every = client.get("/v1/areas/lad/E06000009").json()["outcomes"]
    assert (every["category"], every["total"]) == ("all", None)
    assert {group["share"] for group in every["groups"]} == {None}
    assert {group["group"]: group["count"] for group in every["groups"]}["no-suspect"] is None


def test_an_area_without_either_says_nothing(client: Any) -> None:
    assert client.get("/v1/areas/lad/E07000119").json()["outcomes"] == []
    assert client.get("/v1/areas/cdp/coast").json()["outcomes"] == []

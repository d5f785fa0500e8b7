"""A scenario by columns is the whole computation over the changed table of services, to the last digits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geointel.answers.after import Touched, access_after, crowding_after, first_after
from geointel.answers.outcome import Outcome
from geointel.answers.posts import carry_out
from geointel.gaps import crowding, straight_minutes, weighted
from geointel.layers.care import catchments

from ..layers.care.town import service
from .worlds import WIDE, Anew, Listed, anew, asked, gap_world, minutes_world, spot, table_of, three

if TYPE_CHECKING:
    from geointel.answers.world import World

VERBS = ("open", "close", "move", "resize", "outreach", "contract", "hours")
CLOSE = {"rtol": 1e-12, "atol": 0}
PHARMACY = {"category": "pharmacy", "capacity": None}
HOURS = (None, WIDE, "sa 09:00-12:00", "mo closed; su 10:00-11:00")


@st.composite
def towns(draw: Any) -> tuple[World, list[dict[str, Any]], dict[str, Listed]]:
    """A town, a list of actions, and its table of services after them, kept by hand."""
    places = draw(st.lists(st.integers(-9, 9), min_size=1, max_size=5))
    sizes = st.floats(0.01, 5000)
    areas = st.sampled_from([None, None, ["E"], ["W"], ["E", "W"]])
    own = [
        service(f"s{n}", ring, capacity=draw(sizes), hours=draw(st.sampled_from(HOURS)), eligible_areas=draw(areas))
        for n, ring in enumerate(places)
    ]
    shops = [service(f"p{n}", 2 * n, **PHARMACY) for n in range(2)]
    options = {
        "sharing": draw(st.sampled_from(["2sfca", "e2sfca"])),
        "borders": draw(st.sampled_from(["as-commissioned", "open"])),
    }
    world = gap_world(*own, *shops, within=draw(st.sampled_from([5.0, 15.0, 30.0])), standard=10.0, **options)
    table, actions = table_of(world), []
    for _ in range(draw(st.integers(1, 6))):
        step(draw, world, table, actions)
    return world, actions, table


def step(draw: Any, world: World, table: dict[str, Listed], actions: list[dict[str, Any]]) -> None:
    """One action more, and the same by hand in the table."""
    verb = draw(st.sampled_from(VERBS))
    there = spot(world, draw(st.integers(0, len(world.cells) - 1)))
    capacity, hours = draw(st.floats(0.01, 5000)), draw(st.sampled_from(HOURS[1:]))
    name = draw(st.sampled_from(sorted(table))) if table else ""
    shop = f"list:p{draw(st.integers(0, 1))}"
    if verb == "open":
        number = sum(one["do"] == "open" for one in actions) + 1
        codes = draw(st.sampled_from([None, ["E"]]))
        table[f"new:{number}"] = Listed(**there, capacity=capacity, hours=hours, eligible=codes)
        actions.append({"do": verb, **there, "capacity": capacity, "hours": hours, "eligible_areas": codes})
    elif verb == "contract" and all(one.get("service") != shop for one in actions):
        row = world.others.to_pylist()[world.listed[shop]]
        table[shop] = Listed(row["lat"], row["lng"], capacity, hours, None)
        actions.append({"do": verb, "service": shop, "capacity": capacity, "hours": hours})
    elif verb == "close" and name:
        del table[name]
        actions.append({"do": verb, "service": name})
    elif verb == "move" and name:
        table[name] = replace(table[name], **there)
        actions.append({"do": verb, "service": name, **there})
    elif verb == "resize" and name:
        table[name] = replace(table[name], capacity=capacity)
        actions.append({"do": verb, "service": name, "capacity": capacity})
    elif verb == "hours" and name:
        table[name] = replace(table[name], hours=hours)
        actions.append({"do": verb, "service": name, "hours": hours})
    elif verb == "outreach" and name and table[name].days > 1:
        days, was = draw(st.integers(1, table[name].days - 1)), table[name]
        number = 1 + sum(
            other.startswith(f"{name}:outreach-") and other.count(":outreach") == name.count(":outreach") + 1
            for other in seen(actions, table)
        )
        share = days / was.days
        table[name] = replace(was, capacity=was.capacity * (1 - share), days=was.days - days)
        table[f"{name}:outreach-{number}"] = replace(
            was, **there, capacity=was.capacity * share, days=days, hours=hours
        )
        actions.append({"do": verb, "service": name, **there, "days": days, "hours": hours})


def seen(actions: list[dict[str, Any]], table: dict[str, Listed]) -> set[str]:
    """Ids that there are or were: a closed one keeps its name."""
    return {*table, *(one["service"] for one in actions if one["do"] == "close")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_a_column_taken_out_and_put_in_is_the_whole_computation(
    drawn: tuple[World, list[dict[str, Any]], dict[str, Listed]],
) -> None:
    world, actions, table = drawn
    if not actions:
        return
    outcome = Outcome(world, carry_out(world, asked(*actions).actions))
    found, wanted = outcome.access_or_none, anew(world, table)
    assert found is not None
    np.testing.assert_allclose(found, wanted.access, **CLOSE)
    np.testing.assert_array_equal(outcome.first, wanted.first)
    for slot, minutes in wanted.then.items():
        np.testing.assert_array_equal(outcome.then[slot], minutes)
    _conserves(world, table, found, wanted)


def _conserves(world: World, table: dict[str, Listed], access: Any, wanted: Anew) -> None:
    places = sum(row.capacity for row, some in zip(table.values(), wanted.reached, strict=True) if some)
    assert world.people @ access == pytest.approx(places, rel=1e-12, abs=1e-9)


def _changed(world: World, *actions: dict[str, Any]) -> Touched:
    return Touched(world, carry_out(world, asked(*actions).actions))


def test_what_was_published_is_what_a_scenario_starts_from() -> None:
    world = gap_world(*three())
    np.testing.assert_allclose(world.before.access, anew(world, table_of(world)).access, **CLOSE)


def test_crowding_is_that_of_the_changed_services() -> None:
    world = gap_world(*three())
    there = spot(world, 100)
    stay, come = crowding_after(
        _changed(world, {"do": "close", "service": "list:b"}, {"do": "open", **there, "capacity": 9.0})
    )
    lat, lng, capacity = ([*world.services[name].to_pylist()] for name in ("lat", "lng", "capacity"))
    options = world.options
    every = straight_minutes(
        world.spots, (np.array([lat[0], lat[2], there["lat"]]), np.array([lng[0], lng[2], there["lng"]])),
        kmh=options["usual_kmh"], detour=options["detour"], limit=options["longest"],
    )  # fmt: skip
    dense = every.toarray()
    east = world.eligible(["E"])
    assert east is not None
    dense[east < 0.5, 1] = np.nan
    weight = np.where(np.isnan(dense), 0.0, world.weight(np.nan_to_num(dense, nan=1e9)))
    sizes = np.array([capacity[0], capacity[2], 9.0])
    potential = weight @ sizes
    wanted = (
        weight * np.divide(world.people, potential, out=np.zeros(len(potential)), where=potential > 0)[:, None]
    ).sum(axis=0)
    np.testing.assert_allclose([stay[0], stay[2], come[0]], wanted, rtol=1e-9)
    assert np.isnan(stay[1])


def test_the_people_whom_services_take_are_those_in_reach() -> None:
    world = gap_world(*three())
    there = spot(world, 30)
    touched = _changed(
        world, {"do": "outreach", "service": "list:b", **there, "days": 2}, {"do": "close", "service": "list:a"}
    )
    stay, come = crowding_after(touched)
    taken = np.nansum(stay * np.where(touched.stays, world.capacity, 0)) + come @ [
        p.capacity for p in touched.change.added
    ]
    reached = access_after(touched) > 0
    assert taken == pytest.approx(world.people[reached].sum(), rel=1e-9)


def test_crowding_before_is_that_of_the_gaps_room() -> None:
    world = gap_world(*three())
    wanted = crowding(world.people, world.capacity, weighted(world.minutes, world.weight))
    np.testing.assert_allclose(world.before.crowding, wanted, rtol=1e-12)


def test_places_that_weigh_the_journey_twice_add_up_by_column_too() -> None:
    """M2SFCA, by its formula: places × weight² ÷ people × weight."""
    plain = gap_world(*three())
    world = replace(plain, spec={**plain.spec, "parameters": {**plain.options, "sharing": "m2sfca"}})
    found = access_after(
        _changed(world, {"do": "close", "service": "list:a"}, {"do": "resize", "service": "list:b", "capacity": 7.0})
    )
    dense = np.full(world.minutes.shape, np.inf)
    row = np.repeat(np.arange(len(world.cells)), np.diff(world.minutes.indptr))
    dense[row, world.minutes.indices] = world.minutes.data
    weight = world.weight(dense.ravel()).reshape(dense.shape)
    sizes = np.array([0.0, 7.0, 100.0])
    np.testing.assert_allclose(found, (weight**2 * (sizes / (weight.T @ world.people))).sum(axis=1), **CLOSE)


def test_closing_every_service_leaves_nothing() -> None:
    world = gap_world(*three())
    touched = _changed(world, *({"do": "close", "service": name} for name in world.ids))
    assert not access_after(touched).any()
    assert np.isnan(first_after(touched, world.before.first)).all()


def test_two_services_at_one_place_tie_and_one_may_go() -> None:
    world = minutes_world(service("a", 0), service("b", 0))
    touched = _changed(world, {"do": "close", "service": "list:a"})
    np.testing.assert_array_equal(first_after(touched, world.before.first), world.before.first)


def test_a_service_at_the_centre_of_a_cell_is_no_time_away_and_counts() -> None:
    world = minutes_world(service("a", 5))
    found = first_after(_changed(world, {"do": "open", **spot(world, 40)}), world.before.first)
    assert found[40] == pytest.approx(0.0, abs=1e-6)
    zero = replace(world, minutes=_with_data(world.minutes, 0.0))
    assert (zero.before.first == 0).all()
    gone = first_after(_changed(zero, {"do": "close", "service": "list:a"}), zero.before.first)
    assert np.isnan(gone).all()


def _with_data(minutes: Any, value: float) -> Any:
    found = minutes.copy()
    found.data[:] = value
    return found


def test_a_first_service_where_there_is_none() -> None:
    world = gap_world(service("a", 0))
    empty = replace(
        world, services=world.services.slice(0, 0), minutes=catchments.columns(world.minutes, np.array([], dtype=int))
    )
    touched = _changed(empty, {"do": "open", **spot(world, 4), "capacity": 10.0})
    assert empty.people @ access_after(touched) == pytest.approx(10.0)
    np.testing.assert_allclose(crowding_after(touched)[1], empty.people[access_after(touched) > 0].sum() / 10)

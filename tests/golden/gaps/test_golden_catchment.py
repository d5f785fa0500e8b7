"""Access and crowding against pysal ``access``, R ``accessibility``, R ``fca`` and published worked examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.gaps import impedance
from geointel.gaps.availability import availability
from geointel.gaps.balanced import balanced
from geointel.gaps.catchment import modified, two_step
from geointel.gaps.crowding import crowding
from geointel.gaps.impedance import weighted
from geointel.gaps.nearest import nearest
from geointel.gaps.potential import potential, potential_ratio
from geointel.gaps.raam import raam
from geointel.gaps.three_step import huff_three_step, three_step

from .cases import ROOM, columns, each, needs_golden, numbers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIGHT, LOOSE = 1e-9, 1e-6
STEPS = impedance.steps(impedance.E2SFCA_STEPS)
DECAY = impedance.exponential(0.08)
pytestmark = needs_golden


@dataclass(frozen=True)
class Case:
    """Ids of origins, demand, supply, travel times, and the ids of services."""

    ids: list[str]
    demand: np.ndarray
    supply: np.ndarray
    minutes: csr_array
    services: list[str]
    folder: Path

    def w(self, weight: impedance.Weight) -> csr_array:
        return weighted(self.minutes, weight)

    def two(self, weight: impedance.Weight) -> np.ndarray:
        return two_step(self.demand, self.supply, self.w(weight)).access


def read(folder: Path) -> Case:
    demand, supply, costs = (columns(folder / f"{name}.csv") for name in ("demand", "supply", "costs"))
    return Case(
        demand["id"],
        numbers(demand["demand"]),
        numbers(supply["supply"]),
        _pairs(costs, demand["id"], supply["id"]),
        supply["id"],
        folder,
    )


def _pairs(costs: dict[str, list[str]], ids: list[str], services: list[str]) -> csr_array:
    row, column = ({name: place for place, name in enumerate(names)} for names in (ids, services))
    places = ([row[name] for name in costs["origin"]], [column[name] for name in costs["dest"]])
    return csr_array((numbers(costs["minutes"]), places), shape=(len(ids), len(services)))


def _container(case: Case) -> np.ndarray:
    near = _pairs(columns(case.folder / "neighbor_costs.csv"), case.ids, case.ids)
    within = impedance.binary(30)
    return potential_ratio(case.demand, case.supply, weights=case.w(within), neighbours=weighted(near, within))


ACCESS: dict[str, Callable[[Case], np.ndarray]] = {
    "catchment30": lambda case: potential(case.supply, case.w(impedance.binary(30))),
    "gravity_s20_am2_min1": lambda case: potential(
        case.supply, case.w(impedance.up_to(60, impedance.gravity(20, -2, least=1)))
    ),
    "fca_ratio30": _container,
    "2sfca30": lambda case: case.two(impedance.binary(30)),
    "e2sfca_default": lambda case: case.two(STEPS),
    "e2sfca_sharp": lambda case: case.two(impedance.steps(impedance.SHARP_STEPS)),
    "e2sfca_60": lambda case: case.two(impedance.steps({20: 1, 40: 0.68, 60: 0.22})),
    "2sfca_gauss20_max60": lambda case: case.two(impedance.up_to(60, impedance.gaussian(20))),
    "3sfca_default": lambda case: (
        three_step(case.demand, case.supply, case.w(impedance.steps(impedance.THREE_STEP_STEPS))).access
    ),
    "raam_tau60": lambda case: raam(case.demand, case.supply, case.minutes, tau=60),
    "raam_tau30": lambda case: raam(case.demand, case.supply, case.minutes, tau=30),
}
IPEA: dict[str, Callable[[Case], np.ndarray]] = {
    "fca2_binary30": lambda case: case.two(impedance.binary(30)),
    "fca2_exp0.08": lambda case: case.two(DECAY),
    "bfca_exp0.08": lambda case: balanced(case.demand, case.supply, case.w(DECAY)).access,
    "spatial_availability_exp0.08": lambda case: availability(case.demand, case.supply, case.w(DECAY)),
    "gravity_exp0.08": lambda case: potential(case.supply, case.w(DECAY)),
    "cumulative30": lambda case: potential(case.supply, case.w(impedance.binary(30))),
    "cost_to_closest": lambda case: nearest(case.minutes).first,
}


def close(found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """|a − b| / max |b|, as the cases define it; NaN of the reference is our 0."""
    expected = np.nan_to_num(expected, nan=0.0)
    assert np.isfinite(expected).any()
    assert np.abs(found - expected).max() <= tolerance * np.abs(expected).max()


def asserted(case: Case, expected: dict[str, list[str]], methods: dict[str, Callable[[Case], np.ndarray]]) -> None:
    """Every column that a file has; none may go unread."""
    assert expected["id"] == case.ids
    assert expected.keys() - methods.keys() == {"id"}
    for name in expected.keys() & methods.keys():
        values, found = numbers(expected[name]), methods[name](case)
        endless = np.isinf(values)
        assert np.isfinite(found[endless]).all()
        close(found[~endless], values[~endless], LOOSE if name.startswith("raam") else TIGHT)


@each("fca", "expected.csv")
def test_golden_access(case: Path) -> None:
    asserted(read(case), columns(case / "expected.csv"), ACCESS)


@each("fca", "expected.csv")
def test_golden_endless_access_is_that_of_a_service_without_demand(case: Path) -> None:
    one = read(case)
    weights = one.w(impedance.binary(30))
    found = two_step(one.demand, one.supply, weights)
    no_demand = np.isnan(found.ratio) & (one.supply > 0)
    endless = np.isinf(numbers(columns(case / "expected.csv")["2sfca30"]))
    np.testing.assert_array_equal(endless, weights @ no_demand.astype(float) > 0)


@each("fca", "expected_m2sfca.csv")
def test_golden_modified(case: Path) -> None:
    asserted(
        read(case),
        columns(case / "expected_m2sfca.csv"),
        {"m2sfca_steps10_20_30": lambda one: modified(one.demand, one.supply, one.w(STEPS)).access},
    )


@each("fca", "expected_i2sfca.csv")
def test_golden_crowding(case: Path) -> None:
    one, expected = read(case), columns(case / "expected_i2sfca.csv")
    assert expected["id"] == one.services
    found = crowding(one.demand, one.supply, one.w(STEPS))
    close(found, numbers(expected["i2sfca_crowdedness_steps10_20_30"]), TIGHT)


@each("fca", "costs.csv")
def test_golden_conservation(case: Path) -> None:
    one = read(case)
    for found in (two_step(one.demand, one.supply, one.w(STEPS)), three_step(one.demand, one.supply, one.w(STEPS))):
        assert one.demand @ found.access == pytest.approx(one.supply[found.demand > 0].sum(), rel=1e-12)


@each("accessibility_r", "expected_access.csv")
def test_golden_accessibility_r(case: Path) -> None:
    inputs = ROOM / "fca" / case.name
    if not inputs.is_dir():
        pytest.skip(f"no inputs of {case.name}")
    asserted(read(inputs), columns(case / "expected_access.csv"), IPEA)


@each("accessibility_r", "travel_matrix.csv")
def test_golden_worked_example_of_availability(case: Path) -> None:
    land, trips = columns(case / "land_use.csv"), columns(case / "travel_matrix.csv")
    expected = columns(case / "expected.csv")
    costs = {"origin": trips["from_id"], "dest": trips["to_id"], "minutes": trips["travel_time"]}
    weights = weighted(_pairs(costs, land["id"], land["id"]), impedance.exponential(0.1))
    found = availability(numbers(land["population"]), numbers(land["jobs"]), weights)
    own = [land["id"].index(name) for name in expected["id"]]
    close(found[own], numbers(expected["spatial_availability_exp0.1"]), TIGHT)
    assert found.sum() == pytest.approx(numbers(land["jobs"]).sum(), rel=1e-12)


@each("fca_r", "distance_and_capacity.csv")
def test_golden_fca_r(case: Path) -> None:
    ways, weights = columns(case / "distance_and_capacity.csv"), columns(case / "weights.csv")
    expected = columns(case / "expected.csv")
    ids, population, capacity = expected["id"], numbers(expected["population"]), numbers(ways["capacity"])
    found = weighted(csr_array(np.array([numbers(ways[name]) for name in ids])), impedance.bounded_gaussian(20))
    close(found.toarray(), np.array([numbers(weights[name]) for name in ids]), TIGHT)
    close(three_step(population, capacity, found).access, numbers(expected["spai_3sfca"]), TIGHT)
    close(huff_three_step(population, capacity, found).access, numbers(expected["spai_mh3sfca"]), TIGHT)

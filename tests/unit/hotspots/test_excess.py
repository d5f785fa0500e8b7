"""Excess: the contract's formulas, written out again cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pytest
from scipy import sparse, stats

from geointel.errors import MethodError
from geointel.grid import neighbours
from geointel.hotspots import Excess, dispersion, excess

if TYPE_CHECKING:
    Map = tuple[np.ndarray, np.ndarray, sparse.csr_array]


def make_map(seed: int, *, records: float = 20.0, rho: float = 0.02, share: float = 0.05) -> Map:
    """A torn disk of cells with lognormal records and beta-distributed shares."""
    rng = np.random.default_rng(seed)
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(52.06, -2.72, 8), 6)), dtype=np.int64)
    cells = np.sort(rng.choice(cells, 90, replace=False))
    e = rng.poisson(rng.lognormal(0, 1.3, 90) * records)
    shares = rng.beta(share * (1 / rho - 1), (1 - share) * (1 / rho - 1), 90)
    return rng.binomial(e, shares), e, neighbours(cells)


def by_formula(x: np.ndarray, e: np.ndarray, adjacency: sparse.csr_array, rho: float) -> dict[str, list[float]]:
    """S, E, π and the beta-binomial of section "excess", one cell after the other."""
    share = x.sum() / e.sum()
    rows: dict[str, list[float]] = {name: [] for name in ("ratio", "lower", "upper", "p", "insufficient")}
    for i, row in enumerate(adjacency.toarray().astype(bool)):
        row[i] = True
        big_e, s = int(e[row].sum()), int(x[row].sum())
        if big_e == 0:
            for name, value in {"p": 1.0, "insufficient": True}.items():
                rows[name].append(value)
            for name in ("ratio", "lower", "upper"):
                rows[name].append(np.nan)
            continue
        r = rho * (e[row] * (e[row] - 1)).sum() / (big_e * (big_e - 1)) if big_e > 1 else 0.0
        a, b = (share * (1 / r - 1), (1 - share) * (1 / r - 1)) if r > 0 else (0.0, 0.0)
        law = stats.betabinom(big_e, a, b) if r > 0 else stats.binom(big_e, share)
        pmf = law.pmf(np.arange(big_e + 1))

        def p(k: int, pmf: np.ndarray = pmf) -> float:
            return min(1.0, 2 * float(min(pmf[: k + 1].sum(), pmf[k:].sum())))

        rows["ratio"].append(s / (share * big_e))
        rows["lower"].append(law.ppf(0.025) / (share * big_e))
        rows["upper"].append(law.ppf(0.975) / (share * big_e))
        rows["p"].append(p(s))
        rows["insufficient"].append(p(0) > 0.05 and p(min(big_e, int(x.sum()))) > 0.05)
    return rows


def assert_formula(found: Excess, expected: dict[str, list[float]]) -> None:
    for name in ("ratio", "lower", "upper", "p"):
        np.testing.assert_allclose(getattr(found, name), expected[name], rtol=1e-9, err_msg=name)
    np.testing.assert_array_equal(found.insufficient, expected["insufficient"])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("records", [0.2, 3.0, 60.0])
def test_it_is_the_formula(seed: int, records: float) -> None:
    x, e, adjacency = make_map(seed, records=records)
    found = excess(x, e, neighbours=adjacency)
    assert_formula(found, by_formula(x, e, adjacency, found.rho))
    ring = adjacency.toarray() + np.eye(len(x))
    np.testing.assert_array_equal(found.events, ring @ x)
    np.testing.assert_array_equal(found.exposure, ring @ e)
    np.testing.assert_allclose(found.expected, found.exposure * x.sum() / e.sum())


def test_the_dispersion_is_the_doubled_moment_estimate() -> None:
    x, e, _ = make_map(3)
    some = e > 0
    share = x.sum() / e.sum()
    chi = ((x[some] - e[some] * share) ** 2 / (e[some] * share * (1 - share))).sum()
    assert dispersion(x, e) == pytest.approx(2 * (chi - (some.sum() - 1)) / (e[some] - 1).sum())
    assert dispersion(x, e) > 0


def test_the_dispersion_is_found_again() -> None:
    rng = np.random.default_rng(5)
    e = np.full(20_000, 40)
    x = rng.binomial(e, rng.beta(0.1 * 24, 0.9 * 24, 20_000))
    assert dispersion(x, e) == pytest.approx(2 * 0.04, rel=0.05)


def test_less_variation_than_a_binomial_is_no_dispersion() -> None:
    assert dispersion(np.array([5, 5, 5]), np.array([10, 10, 10])) == 0
    assert dispersion(np.array([1, 0, 1]), np.array([1, 1, 1])) == 0
    assert dispersion(np.array([0, 0]), np.array([4, 0])) == 0
    assert dispersion(np.array([], dtype=int), np.array([], dtype=int)) == 0


def test_the_floor_holds_and_only_widens() -> None:
    x, e, adjacency = make_map(1)
    own = excess(x, e, neighbours=adjacency)
    assert excess(x, e, neighbours=adjacency, rho_floor=own.rho / 2).rho == own.rho
    floored = excess(x, e, neighbours=adjacency, rho_floor=3 * own.rho)
    assert floored.rho == 3 * own.rho
    assert_formula(floored, by_formula(x, e, adjacency, 3 * own.rho))
    judged = ~np.isnan(own.ratio)
    assert (floored.upper[judged] >= own.upper[judged]).all()
    np.testing.assert_array_equal(floored.ratio, own.ratio)


def test_without_dispersion_it_is_the_binomial() -> None:
    _, e, adjacency = make_map(4)
    x = np.round(e * 0.1).astype(int)
    found = excess(x, e, neighbours=adjacency)
    assert found.rho == 0
    assert_formula(found, by_formula(x, e, adjacency, 0.0))


def test_cells_without_records_have_no_value_and_are_insufficient() -> None:
    x, e, adjacency = make_map(7, records=0.15, share=0.3)
    found = excess(x, e, neighbours=adjacency)
    empty = found.exposure == 0
    assert 0 < empty.sum() < len(e)
    assert np.isnan(found.ratio[empty]).all()
    assert found.insufficient[empty].all()
    np.testing.assert_array_equal(found.p[empty], 1)
    assert np.isfinite(found.ratio[~empty]).all()


@pytest.mark.parametrize("share", [0, 1])
def test_none_or_all_of_the_category_is_no_map(share: int) -> None:
    _, e, adjacency = make_map(2)
    found = excess(share * e, e, neighbours=adjacency)
    assert found.insufficient.all()
    assert np.isnan(found.ratio).all()
    np.testing.assert_array_equal(found.p, 1)
    np.testing.assert_array_equal(found.expected, share * found.exposure)


def test_a_planted_excess_is_found_and_nothing_else() -> None:
    rng = np.random.default_rng(11)
    _, _, adjacency = make_map(11)
    e = np.full(90, 200)
    x = rng.binomial(e, 0.05)
    middle = int(np.diff(adjacency.indptr).argmax())
    there = np.append(adjacency.indices[adjacency.indptr[middle] : adjacency.indptr[middle + 1]], middle)
    x[there] = 40
    found = excess(x, e, neighbours=adjacency)
    assert found.p.argmin() == middle
    assert found.ratio[middle] > found.upper[middle]


def test_an_extreme_map_keeps_its_correlation_below_one() -> None:
    e = np.full(60, 50)
    x = np.where(np.arange(60) % 2, 50, 0)
    found = excess(x, e, neighbours=sparse.csr_array((60, 60)))
    assert found.rho > 1
    assert np.isfinite(found.p).all()
    assert (found.p > 0.05).all()


def test_no_cells_have_no_excess() -> None:
    found = excess([], [], neighbours=sparse.csr_array((0, 0)))
    assert found.ratio.shape == found.insufficient.shape == (0,)


@pytest.mark.parametrize(
    ("events", "exposure", "words"),
    [([1, 2], [1, 1], "more records of the category"), ([1], [1, 2], "do not fit"), ([0.5, 0], [1, 1], "whole")],
)
def test_what_is_not_a_share_is_refused(events: list[float], exposure: list[int], words: str) -> None:
    with pytest.raises(MethodError, match=words):
        excess(events, exposure, neighbours=sparse.csr_array((2, 2)))

"""Neighbours beyond the map: in the sums around a cell, and in nothing else."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from geointel.errors import MethodError
from geointel.hotspots import Beyond, dispersion, excess, gi_star, randomisation_tail

Land = tuple[np.ndarray, sparse.csr_array, sparse.csr_array]
"""Whether each of all cells is in the map; adjacency within it, and from it to the others."""


def land(seed: int, inside: int = 24, outside: int = 8) -> tuple[np.ndarray, Land]:
    """A random graph of which some nodes are the map: all links, and what the methods are given."""
    draw = np.random.default_rng(seed)
    size = inside + outside
    upper = np.triu(draw.random((size, size)) < 0.15, 1)
    links = upper | upper.T
    own = np.zeros(size, dtype=bool)
    own[draw.choice(size, inside, replace=False)] = True
    within, across = links[np.ix_(own, own)].astype(float), links[np.ix_(own, ~own)].astype(float)
    return links, (own, sparse.csr_array(within), sparse.csr_array(across))


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_gi_star_takes_totals_and_weights_from_both_sides_and_the_rest_from_the_map(seed: int) -> None:
    links, (own, within, across) = land(seed)
    x = np.random.default_rng(seed + 1).poisson(3, len(own)).astype(float)
    x[np.flatnonzero(own)[0]] = 40
    found = gi_star(x[own], within, beyond=Beyond(across, x[~own]))
    study = x[own].tolist()
    n, mean = len(study), sum(study) / len(study)
    variance = sum((one - mean) ** 2 for one in study) / n
    for place, cell in enumerate(np.flatnonzero(own).tolist()):
        ring = [cell, *np.flatnonzero(links[cell]).tolist()]
        total, w = sum(x[c] for c in ring), len(ring)
        assert (found.total[place], found.weight[place]) == (total, w)
        expected = (total - w * mean) / math.sqrt(variance * w * (n - w) / (n - 1))
        assert found.z[place] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_nothing_beyond_changes_nothing() -> None:
    _, (own, within, _) = land(3)
    x = np.random.default_rng(4).poisson(3, own.sum()).astype(float)
    nothing = Beyond(sparse.csr_array((own.sum(), 0)), np.empty(0))
    for one, other in (
        (gi_star(x, within), gi_star(x, within, beyond=nothing)),
        (
            excess(x, x + 9, neighbours=within),
            excess(x, x + 9, neighbours=within, beyond=(nothing, nothing)),
        ),
    ):
        for name, value in vars(one).items():
            np.testing.assert_array_equal(value, getattr(other, name))


def test_a_neighbourhood_larger_than_the_map_has_no_z() -> None:
    pair = sparse.csr_array(np.array([[0.0, 1], [1, 0]]))
    found = gi_star([1, 5], pair, beyond=Beyond(sparse.csr_array(np.ones((2, 3))), np.array([2.0, 2, 2])))
    assert found.weight.tolist() == [5, 5]
    assert found.total.tolist() == [12, 12]
    assert np.isnan(found.z).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.data())
def test_the_tail_is_that_of_draws_from_the_map_with_a_floor(counts: list[int], data: st.DataObject) -> None:
    """Any total is possible once a neighbour is not of the map, below and above what draws from it can have."""
    n = len(counts)
    weight = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    beyond = [data.draw(st.integers(max(0, w - n, w > 1), w - 1)) for w in weight]
    possible = [
        st.integers(0, 50) if b else st.integers(0, w * max(counts)) for b, w in zip(beyond, weight, strict=True)
    ]
    total = [data.draw(choice) for choice in possible]
    found = randomisation_tail(counts, total=total, weight=weight, beyond=beyond)
    least = Fraction(min(counts.count(one) for one in counts), n)
    for i, (s, w) in enumerate(zip(total, weight, strict=True)):
        sums = [sum(draw) for draw in product(counts, repeat=w)]
        lower = max(least**w, Fraction(sum(one <= s for one in sums), len(sums)))
        upper = max(least**w, Fraction(sum(one >= s for one in sums), len(sums)))
        assert found.lower[i] == pytest.approx(float(lower), rel=1e-12)
        assert found.upper[i] == pytest.approx(float(upper), rel=1e-12)
        assert found.p[i] == pytest.approx(float(min(Fraction(1), 2 * min(lower, upper))), rel=1e-12)


def test_a_map_without_variation_finds_nothing_beside_a_busy_neighbour() -> None:
    found = randomisation_tail([2] * 30, total=[2, 900], weight=[1, 3], beyond=[0, 1])
    assert found.p.tolist() == [1, 1]
    assert found.insufficient.all()


def test_a_total_that_the_map_cannot_have_is_refused_unless_something_lies_beyond() -> None:
    counts = [0, 1, 2, 3]
    with pytest.raises(MethodError, match="not sums over neighbourhoods"):
        randomisation_tail(counts, total=[13], weight=[4])
    with pytest.raises(MethodError, match="not sums over neighbourhoods"):
        randomisation_tail(counts, total=[13, 1], weight=[4, 4], beyond=[0, 1])
    with pytest.raises(MethodError, match="not sums over neighbourhoods"):
        randomisation_tail(counts, total=[1], weight=[6], beyond=[1])
    assert randomisation_tail(counts, total=[13], weight=[4], beyond=[1]).upper == pytest.approx([4.0**-4])


@pytest.mark.parametrize("seed", range(5))
def test_excess_compares_both_sides_with_the_map_s_own_share(seed: int) -> None:
    """The contract's formula, cell by cell: S, E and the pairs of records with the neighbours beyond."""
    links, (own, within, across) = land(seed)
    draw = np.random.default_rng(seed + 7)
    e = draw.poisson(draw.lognormal(0, 1.2, len(own)) * 20)
    x = draw.binomial(e, draw.beta(2, 30, len(own)))
    given = (Beyond(across, x[~own].astype(float)), Beyond(across, e[~own].astype(float)))
    found = excess(x[own], e[own], neighbours=within, beyond=given)
    share, rho = x[own].sum() / e[own].sum(), dispersion(x[own], e[own])
    assert found.rho == rho > 0
    for place, cell in enumerate(np.flatnonzero(own).tolist()):
        ring = [cell, *np.flatnonzero(links[cell]).tolist()]
        s, records = int(x[ring].sum()), int(e[ring].sum())
        r = rho * (e[ring] * (e[ring] - 1)).sum() / (records * (records - 1))
        law = stats.betabinom(records, share * (1 / r - 1), (1 - share) * (1 / r - 1))
        p = min(1.0, 2 * min(law.cdf(s), law.sf(s - 1)))
        assert (found.events[place], found.exposure[place]) == (s, records)
        assert found.ratio[place] == pytest.approx(s / (share * records))
        assert found.lower[place] == pytest.approx(law.ppf(0.025) / (share * records))
        assert found.p[place] == pytest.approx(p, rel=1e-8)


def test_as_many_events_as_there_are_beyond_are_possible() -> None:
    """Two events in all the map cannot be an excess of many records; with a hundred next door they can."""
    x, e = np.zeros(20), np.full(20, 40.0)
    x[0] = 2
    nobody = sparse.csr_array((20, 20))
    door = sparse.csr_array(([1.0], ([0], [0])), shape=(20, 1))
    alone = excess(x, e, neighbours=nobody)
    beside = excess(x, e, neighbours=nobody, beyond=(Beyond(door, np.array([100.0])), Beyond(door, np.array([200.0]))))
    assert beside.p[0] < 1e-6
    assert not beside.insufficient[0]
    assert beside.insufficient[1:].tolist() == alone.insufficient[1:].tolist()


def test_what_does_not_fit_is_refused() -> None:
    across = sparse.csr_array((3, 2))
    with pytest.raises(MethodError, match="do not fit"):
        Beyond(across, np.zeros(3))
    with pytest.raises(MethodError, match="finite"):
        Beyond(across, np.array([1.0, np.nan]))
    fit = Beyond(across, np.array([5.0, 5.0]))
    none = sparse.csr_array((4, 4))
    with pytest.raises(MethodError, match="for 3 cells, not for its 4"):
        gi_star([1, 2, 3, 4], none, beyond=fit)
    with pytest.raises(MethodError, match="Beyond the map a cell has more"):
        excess([1, 2, 3], [4, 5, 6], neighbours=none[:3, :3], beyond=(fit, Beyond(across, np.array([5.0, 4.0]))))

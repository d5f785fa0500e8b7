"""The gap index and its stability against ranks by scipy and ties broken in every order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import rankdata

from geointel.errors import MethodError
from geointel.gaps import draws
from geointel.gaps.gap import gap_draws, gap_index, residual
from geointel.gaps.need import need_draws


def by_scipy(need: np.ndarray, deficit: np.ndarray) -> np.ndarray:
    return np.prod([(rankdata(values) - 0.5) / values.size for values in (need, deficit)], axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_the_index_is_the_product_of_middle_ranks(seed: int) -> None:
    random = np.random.default_rng(seed)
    need, deficit = random.integers(0, 9, (4, 30)).astype(float), random.integers(-9, 9, 30).astype(float)
    found = gap_index(need, deficit, people=np.ones(30))
    np.testing.assert_allclose(found, [by_scipy(draw, deficit) for draw in need], rtol=1e-12)
    np.testing.assert_array_equal(gap_index(need[0], deficit, people=np.ones(30)), found[0])


def test_only_cells_of_somebody_with_need_and_deficit_are_ranked() -> None:
    need = [np.nan, 5, 3, 2, 1]
    found = gap_index(need, [1, np.nan, np.inf, 2, 9], people=[1, 1, 1, 1, 0])
    np.testing.assert_allclose(found, [np.nan, np.nan, 0.5625, 0.0625, np.nan])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.45])
def test_the_chance_is_that_of_ties_broken_by_lot(share: float) -> None:
    random = np.random.default_rng(7)
    need, deficit = random.integers(0, 3, (5, 6)).astype(float), np.array([1.0, 1, 2, 2, 2, 5])
    found = gap_draws(need, deficit, people=np.ones(6), share=share)
    lots = np.array(list(permutations(range(6))))
    places = share * 6
    chance = np.zeros(6)
    for draw in need:
        index = by_scipy(draw, deficit).round(12)
        for lot in lots:
            rank = np.empty(6)
            rank[np.lexsort((lot, -index))] = np.arange(6)
            chance += np.clip(places - rank, 0, 1)  # the last place may be a part of one
    np.testing.assert_allclose(found.p_gap, chance / (len(need) * len(lots)), atol=1e-12)
    assert found.p_gap.sum() == pytest.approx(places, abs=1e-12)


def test_the_rank_interval_is_that_of_the_ranks_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    need, deficit, people = random.gamma(1, size=(50, 40)).round(1), random.random(40), random.integers(0, 3, 40)
    some = people > 0
    ranks = [rankdata(-by_scipy(draw, deficit[some]).round(12)) for draw in need[:, some]]
    found = gap_draws(need, deficit, people=people)
    np.testing.assert_allclose(found.rank_interval[:, some], np.quantile(ranks, [0.025, 0.975], axis=0), rtol=1e-6)
    assert np.isnan(found.p_gap[~some]).all()
    assert np.isnan(found.rank_interval[:, ~some]).all()
    monkeypatch.setattr(draws, "NUMBERS_AT_ONCE", 90)
    again = gap_draws(need, deficit, people=people)
    np.testing.assert_array_equal(again.p_gap, found.p_gap)
    np.testing.assert_array_equal(again.rank_interval, found.rank_interval)


def test_a_planted_gap_is_found_and_draws_of_need_are_as_good_as_an_array() -> None:
    random = np.random.default_rng(5)
    people, deficit = random.integers(1, 900, 60).astype(float), random.random(60)
    people[13], deficit[13] = 5000, 2
    share = csr_array(np.append(np.ones((59, 1)), [[0.0]], axis=0))
    weights = [people, people * random.random(60)]
    weights[1][13] = people[13]
    need = need_draws(weights, share, estimate=[800], lower=[500], upper=[1400], seed=1, draws=60)
    found = gap_draws(need, deficit, people=people)
    assert found.p_gap[13] == 1
    assert found.rank_interval[:, 13].tolist() == [1, 1]
    assert np.isnan(found.p_gap[59])
    np.testing.assert_array_equal(found.p_gap, gap_draws(need.cells(), deficit, people=people).p_gap)
    assert ((found.p_gap > 0.05) & (found.p_gap < 0.95)).any()


def test_a_flat_map_gives_every_cell_the_same_chance() -> None:
    found = gap_draws(np.zeros((3, 10)), np.ones(10), people=np.ones(10), share=0.3)
    np.testing.assert_allclose(found.p_gap, 0.3)
    np.testing.assert_allclose(found.rank_interval, 5.5)


def test_a_map_of_nobody_has_no_gap() -> None:
    assert np.isnan(gap_draws(np.ones((2, 3)), np.ones(3), people=np.zeros(3)).p_gap).all()
    assert np.isnan(gap_index([1, 2], [1, 2], people=[0, 0])).all()


def test_residual_is_what_places_do_not_serve() -> None:
    np.testing.assert_allclose(residual([[10, 10, np.nan], [4, 0, 1]], [0.4, 2, 1]), [[6, 0, np.nan], [2.4, 0, 0]])
    with pytest.raises(MethodError, match="access is negative"):
        residual([1], [-1])


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(MethodError, match="share"):
        gap_draws(np.ones((2, 3)), np.ones(3), people=np.ones(3), share=1)
    with pytest.raises(MethodError, match="draws, cells"):
        gap_draws(np.ones(3), np.ones(3), people=np.ones(3))
    with pytest.raises(MethodError, match="need is negative"):
        gap_index([-1, 1], [1, 2], people=[1, 1])
    with pytest.raises(MethodError, match="people"):
        gap_index([1, 1], [1, 2], people=[1])
    with pytest.raises(MethodError, match="one for each cell"):
        gap_index([1, 1], [[1, 2]], people=[[1, 1]])

"""Gini and concentration index against persons written out one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from geointel.errors import MethodError
from geointel.gaps.inequality import concentration_index, gini

from .towns import Town, in_towns


@in_towns
def test_gini_is_the_mean_difference_between_two_persons(town: Town) -> None:
    x = town.each(town.access)
    difference = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    assert float(gini(town.access, town.people)) == pytest.approx(difference, abs=1e-12)


@in_towns
def test_the_concentration_index_is_a_covariance_with_rank(town: Town) -> None:
    x = town.each(town.access)
    place = (rankdata(town.each(town.rank)) - 0.5) / x.size
    standard = 2 * np.cov(x, place, bias=True)[0, 1] / x.mean()
    found = concentration_index(town.access, town.people, rank=town.rank)
    corrected = concentration_index(town.access, town.people, rank=town.rank, kind="corrected")
    assert float(found) == pytest.approx(standard, abs=1e-12)
    assert float(corrected) == pytest.approx(standard * 4 * x.mean() / np.ptp(x), abs=1e-12)


@in_towns
def test_only_the_corrected_index_is_the_same_for_lack_of_access(town: Town) -> None:
    lack = town.access.max() - town.access
    both = [concentration_index(x, town.people, rank=town.rank, kind="corrected") for x in (town.access, lack)]
    assert float(both[0]) == pytest.approx(-float(both[1]), abs=1e-12)


def test_a_transfer_from_more_to_less_access_lowers_gini() -> None:
    assert gini([1, 5, 9], [2, 2, 2]) > gini([2, 5, 8], [2, 2, 2])


@in_towns
def test_draws_are_the_maps_one_by_one(town: Town) -> None:
    random = np.random.default_rng(1)
    people, access = random.integers(0, 5, (2, 6, town.access.size)).astype(float)
    people += 1
    for x, p in ((town.access, people), (access, town.people), (access, people)):
        pairs = list(zip(np.broadcast_to(x, people.shape), np.broadcast_to(p, people.shape), strict=True))
        np.testing.assert_allclose(gini(x, p), [gini(*pair) for pair in pairs], rtol=1e-12)
        one_by_one = [concentration_index(*pair, rank=town.rank) for pair in pairs]
        np.testing.assert_allclose(concentration_index(x, p, rank=town.rank), one_by_one, rtol=1e-12, atol=1e-15)


@in_towns
def test_units_of_nobody_and_the_order_of_units_change_nothing(town: Town) -> None:
    order = np.random.default_rng(2).permutation(town.access.size)
    access, people, rank = (np.append(values[order], 99) for values in (town.access, town.people, town.rank))
    people[-1] = 0
    for kind in ("standard", "corrected"):
        before = concentration_index(town.access, town.people, rank=town.rank, kind=kind)
        assert float(concentration_index(access, people, rank=rank, kind=kind)) == pytest.approx(before, abs=1e-12)
    assert float(gini(access, people)) == pytest.approx(gini(town.access, town.people), abs=1e-12)


def test_what_is_not_defined_is_not_a_number() -> None:
    assert np.isnan(gini([0, 0], [1, 1]))
    assert np.isnan(gini([1, 2], [0, 0]))
    assert np.isnan(concentration_index([0, 0], [1, 1], rank=[1, 2]))
    assert np.isnan(concentration_index([0.1, 0.1], [3, 7], rank=[1, 2], kind="corrected"))
    assert np.isnan(concentration_index([1, 2], [0, 0], rank=[1, 2], kind="corrected"))


@pytest.mark.parametrize(("access", "people"), [([1, -1], [1, 1]), ([1, np.nan], [1, 1]), ([1, 2], [1]), (1, 1)])
def test_input_that_cannot_be_is_refused(access: list[float], people: list[float]) -> None:
    with pytest.raises(MethodError, match=r"access|people"):
        gini(access, people)


def test_unknown_kinds_and_ranks_are_refused() -> None:
    with pytest.raises(MethodError, match="standard or corrected"):
        concentration_index([1, 2], [1, 1], rank=[1, 2], kind="other")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="2 units"):
        concentration_index([1, 2], [1, 1], rank=[1, np.nan])
    with pytest.raises(MethodError, match="same draws"):
        gini(np.ones((3, 2)), np.ones((4, 2)))

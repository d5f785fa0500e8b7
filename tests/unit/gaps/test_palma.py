"""Palma against persons written out one by one."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.palma import palma

from .towns import Town, in_towns


@in_towns
def test_split_takes_exactly_a_tenth_and_four_tenths(town: Town) -> None:
    rank = np.arange(town.access.size)
    x = np.repeat(town.access, town.people * 10)  # tenths of persons, in the order of their rank
    size = x.size
    poorest, richest = x[: size * 4 // 10].mean(), x[size * 9 // 10 :].mean()
    wanted = richest / poorest if poorest > 0 else np.nan
    found = palma(town.access, town.people, rank=rank, boundary="split")
    assert float(found) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


@in_towns
def test_whole_takes_the_units_at_numpy_s_quantile(town: Town) -> None:
    rank = np.random.default_rng(1).permutation(town.access.size) * 1.7
    of_each, x = town.each(rank), town.each(town.access)
    low, high = np.quantile(of_each, [0.4, 0.9])
    richest, poorest = x[of_each > high], x[of_each <= low]
    wanted = richest.mean() / poorest.mean() if richest.size and poorest.mean() > 0 else np.nan
    assert float(palma(town.access, town.people, rank=rank)) == pytest.approx(wanted, rel=1e-12, nan_ok=True)


def test_split_knows_the_richest_where_many_share_the_last_rank() -> None:
    access, people, rank = [1, 2, 6], [50, 30, 20], [1, 5, 10]
    assert np.isnan(palma(access, people, rank=rank))
    assert float(palma(access, people, rank=rank, boundary="split")) == pytest.approx(6)


@in_towns
@pytest.mark.parametrize("boundary", ["whole", "split"])
def test_draws_are_the_maps_one_by_one(town: Town, boundary: str) -> None:
    people = np.random.default_rng(3).integers(0, 5, (6, town.access.size)) + 1
    found = palma(town.access, people, rank=town.rank, boundary=boundary)
    one_by_one = [palma(town.access, draw, rank=town.rank, boundary=boundary) for draw in people]
    np.testing.assert_allclose(found, one_by_one, rtol=1e-12)


def test_nobody_and_no_access_have_no_ratio() -> None:
    for boundary in ("whole", "split"):
        assert np.isnan(palma([1, 2], [0, 0], rank=[1, 2], boundary=boundary))
        assert np.isnan(palma([0, 2], [5, 5], rank=[1, 2], boundary=boundary))


def test_an_unknown_boundary_is_refused() -> None:
    with pytest.raises(MethodError, match="whole or split"):
        palma([1], [1], rank=[1], boundary="other")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", range(1, 16))
def test_whole_counts_people_one_by_one_where_the_limit_is_near_a_person(size: int) -> None:
    access, people, rank = np.array([1.0, 5, 20]), np.array([size, 10, 1]), np.arange(3)
    x, of_each = np.repeat(access, people), np.repeat(rank, people)
    low, high = np.quantile(of_each, [0.4, 0.9])
    wanted = x[of_each > high].mean() / x[of_each <= low].mean()
    assert float(palma(access, people, rank=rank)) == pytest.approx(wanted, rel=1e-12)

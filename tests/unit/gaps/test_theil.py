"""Theil against persons written out one by one."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.gaps.theil import theil

from .towns import Town, in_towns


def t(x: np.ndarray) -> float:
    ratio = x[x > 0] / x.mean()
    return float((ratio * np.log(ratio)).sum() / x.size) if x.any() else 0.0


@in_towns
def test_total_and_parts_are_those_of_persons(town: Town) -> None:
    x, decile = town.each(town.access), town.each(town.rank)
    found = theil(town.access, town.people, group=town.rank)
    parts = [x[decile == level] for level in found.levels]
    weight = np.array([part.sum() for part in parts]) / x.sum()
    assert float(found.total) == pytest.approx(t(x), abs=1e-12)
    np.testing.assert_allclose(found.within_groups, weight * [t(part) for part in parts], atol=1e-12)
    assert float(found.between) == pytest.approx(
        t(np.repeat([p.mean() for p in parts], [p.size for p in parts])), abs=1e-12
    )


@in_towns
def test_the_parts_add_up(town: Town) -> None:
    people = np.random.default_rng(1).integers(0, 4, (5, town.access.size)) + 1
    found = theil(town.access, people, group=town.rank)
    np.testing.assert_allclose(found.within + found.between, found.total, atol=1e-12)
    np.testing.assert_allclose(found.within_groups.sum(axis=1), found.within, atol=1e-15)
    np.testing.assert_allclose(found.between_groups.sum(axis=1), found.between, atol=1e-15)
    one_by_one = [theil(town.access, draw, group=town.rank).total for draw in people]
    np.testing.assert_allclose(found.total, one_by_one, atol=1e-12)


def test_planted_inequality_is_found_where_it_was_planted() -> None:
    between = theil([1, 1, 3, 3], [1, 1, 1, 1], group=[1, 1, 2, 2])
    within = theil([1, 3, 1, 3], [1, 1, 1, 1], group=[1, 1, 2, 2])
    assert float(between.within) == pytest.approx(0, abs=1e-15)
    assert float(within.between) == pytest.approx(0, abs=1e-15)
    assert float(between.total) == pytest.approx(float(within.total), abs=1e-15)
    assert between.between_groups[0] < 0 < between.between_groups[1]


def test_no_access_has_no_index_and_an_empty_group_adds_nothing() -> None:
    assert np.isnan(theil([0, 0], [1, 1], group=[1, 2]).total)
    found = theil([1, 2, 9], [1, 1, 0], group=[1, 1, 2])
    assert found.within_groups[1] == found.between_groups[1] == 0

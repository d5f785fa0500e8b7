"""Means and shares of people by group."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.by_group import group_means, share_within


def test_means_are_weighted_by_the_people_of_the_group() -> None:
    people = [[1, 0, 0], [3, 2, 0]]
    np.testing.assert_allclose(group_means([4, 8], people), [7, 8, np.nan])
    np.testing.assert_allclose(group_means([[4, 8], [1, 1]], people), [[7, 8, np.nan], [1, 1, np.nan]])


def test_at_the_limit_is_within_and_out_of_reach_is_not() -> None:
    np.testing.assert_allclose(share_within([20, 20.1, np.inf], [[3], [1], [1]], standard=20), [0.6])


@pytest.mark.parametrize("people", [[[1, 1]], [1, 1], [[1], [-1]], [[1], [np.nan]]])
def test_people_that_are_not_of_these_cells_are_refused(people: list) -> None:
    with pytest.raises(MethodError, match="eople"):
        group_means([1, 2], people)


def test_a_mean_of_endless_time_is_refused() -> None:
    with pytest.raises(MethodError, match="infinite at 1 of 2"):
        group_means([1, np.inf], [[1], [1]])

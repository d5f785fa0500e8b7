"""Who lives where, and how it adds up."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.layers.care.ground import mean_of


def test_a_mean_is_weighted_by_people_and_leaves_out_what_is_not_known() -> None:
    rows = csr_array(np.array([[1.0, 1, 1, 0], [0, 0, 0, 1]]))
    values, people = np.array([10.0, 20, np.nan, np.nan]), np.array([1.0, 3, 100, 5])
    found = mean_of(rows, values, people)
    assert found[0] == pytest.approx(17.5)
    assert np.isnan(found[1])


def test_where_nobody_lives_the_plain_mean_stands() -> None:
    rows = csr_array(np.ones((1, 2)))
    assert mean_of(rows, np.array([4.0, 8.0]), np.zeros(2)).tolist() == [6.0]


def test_a_cell_that_two_areas_share_counts_in_each_by_its_share() -> None:
    rows = csr_array(np.array([[1.0, 0.25], [0, 0.75]]))
    values, people = np.array([10.0, 30.0]), np.array([100.0, 100.0])
    assert mean_of(rows, values, people).tolist() == pytest.approx([(1000 + 750) / 125, 30.0])

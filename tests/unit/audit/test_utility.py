"""Figures of a map against the true one."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.audit.utility import gini, utility


def test_the_same_map_loses_nothing() -> None:
    true = np.arange(100.0)
    found = utility(true, true, hidden=np.zeros(100, dtype=bool))
    assert (found.overlap, found.error, found.gini, found.hidden) == (1.0, 0.0, 0.0, 0.0)
    assert found.rank == pytest.approx(1)


def test_a_map_upside_down_shares_no_top_place() -> None:
    true = np.arange(100.0)
    found = utility(true, true[::-1], hidden=true >= 99)
    assert found.overlap == 0
    assert found.rank == pytest.approx(-1)
    assert found.error == 50
    assert found.hidden == pytest.approx(99 / true.sum())


def test_a_map_of_one_value_has_the_overlap_of_a_blind_choice() -> None:
    found = utility(np.arange(100.0), np.append(np.ones(99), 1.0 + 1e-12), hidden=np.zeros(100, dtype=bool))
    assert found.overlap == pytest.approx((1 + 19 * 19 / 99) / 20)


def test_gini_of_one_who_has_all() -> None:
    assert gini(np.array([0.0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.ones(9)) == pytest.approx(0)

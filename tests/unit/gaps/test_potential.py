"""Places in reach, without competition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.impedance import binary, weighted
from geointel.gaps.potential import potential, potential_ratio

from .trips import hand


def test_places_within_a_time() -> None:
    _, _, times = hand()
    np.testing.assert_array_equal(potential([10, 20], weighted(times, binary(20))), [30, 0, 0])
    np.testing.assert_array_equal(potential([10, 20], weighted(times, binary(25))), [30, 20, 0])


def test_places_over_people_in_reach() -> None:
    _, _, times = hand()
    near = csr_array(np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 0]]))
    found = potential_ratio([100, 50, 9], [10, 20], weights=weighted(times, binary(30)), neighbours=near)
    np.testing.assert_allclose(found, [0.2, 20 / 150, np.nan])


def test_supply_that_does_not_fit_is_refused() -> None:
    with pytest.raises(MethodError, match="supply has shape"):
        potential([1], hand()[2])
    with pytest.raises(MethodError, match="weight of a pair"):
        potential([1], csr_array(np.array([[-1.0]])))

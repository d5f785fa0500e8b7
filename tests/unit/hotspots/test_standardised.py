"""Expected from the rates of classes, on numbers that can be checked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots import standardised

MOTORWAY, LANE = [4.0, 0.0, 0.0], [1.0, 10.0, 9.0]


def test_each_class_has_its_own_rate() -> None:
    """40 on 4 km of motorway, 20 on 20 km of lane."""
    found = standardised(60, [40, 20], [MOTORWAY, LANE])
    np.testing.assert_allclose(found.rates, [10, 1])
    np.testing.assert_allclose(found.expected, [41, 10, 9])


def test_events_of_unknown_class_are_shared_in_proportion() -> None:
    found = standardised(120, [40, 20], [MOTORWAY, LANE])
    np.testing.assert_allclose(found.expected, [82, 20, 18])
    assert found.expected.sum() == pytest.approx(120)


def test_without_any_known_class_all_have_one_rate() -> None:
    np.testing.assert_allclose(standardised(48, [0, 0], [MOTORWAY, LANE]).rates, [2, 2])


def test_a_class_that_no_place_has_takes_none_of_the_events() -> None:
    found = standardised(24, [5, 7], [[0.0, 0, 0], LANE])
    np.testing.assert_allclose(found.rates, [0, 1.2])
    np.testing.assert_allclose(found.expected, [1.2, 12, 10.8])


def test_without_events_or_without_any_base_nothing_is_expected() -> None:
    np.testing.assert_array_equal(standardised(0, [0, 0], [MOTORWAY, LANE]).expected, 0)
    np.testing.assert_array_equal(standardised(5, [2, 3], [[0.0], [0.0]]).expected, 0)
    assert standardised(0, [0], np.empty((1, 0))).expected.shape == (0,)


@pytest.mark.parametrize(
    ("total", "events", "base"),
    [(1, [1], [[1.0], [2.0]]), (1, [1], [1.0]), (-1, [1], [[1.0]]), (1, [-1], [[1.0]]), (1, [1], [[np.inf]])],
)
def test_what_does_not_belong_together_is_refused(total: float, events: Any, base: Any) -> None:
    with pytest.raises(MethodError):
        standardised(total, events, base)

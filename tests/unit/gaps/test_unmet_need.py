"""Unmet need and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from geointel.errors import MethodError
from geointel.gaps.unmet_need import unmet_need

need = some.tuples(*[some.floats(1, 1e5)] * 3).map(sorted)


@given(need, some.floats(0, 1e5))
def test_value_lies_within_its_limits_and_a_nought_is_marked(limits: list[float], treated: float) -> None:
    low, middle, high = ([value] for value in limits)
    found = unmet_need([treated], middle, lower=low, upper=high)
    assert 0 <= found.lower[0] <= found.value[0] <= found.upper[0] <= 1
    assert found.people[0] == pytest.approx(found.value[0] * middle[0], abs=1e-6)
    assert bool(found.above_lower[0]) == (treated > low[0])
    assert found.above_lower[0] or not found.above_estimate[0]
    assert found.value[0] > 0 or treated >= middle[0] * (1 - 1e-12)


@pytest.mark.parametrize(
    ("estimate", "lower", "upper"), [(0, 0, 0), (5, 6, 7), (5, 1, 4), (5, 0, 9), (np.nan, 1, 9), (5, -1, 9)]
)
def test_an_estimate_outside_its_interval_is_refused(estimate: float, lower: float, upper: float) -> None:
    with pytest.raises(MethodError, match=r"estimate|limit"):
        unmet_need([1, 1], [5, estimate], lower=[4, lower], upper=[6, upper])


def test_numbers_that_are_not_of_these_authorities_are_refused() -> None:
    with pytest.raises(MethodError, match="in treatment"):
        unmet_need([1], [5, 5], lower=[4, 4], upper=[6, 6])
    with pytest.raises(MethodError, match="lower limit"):
        unmet_need([1, 1], [5, 5], lower=[4], upper=[6, 6])
    with pytest.raises(MethodError, match="one for each authority"):
        unmet_need([1], [[5]], lower=[[4]], upper=[[6]])

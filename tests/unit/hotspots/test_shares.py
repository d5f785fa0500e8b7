"""Wilson's interval against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from geointel.hotspots import wilson_interval


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_it_is_scipy_s(level: float) -> None:
    pairs = [(x, n) for n in (1, 2, 7, 400) for x in {0, 1, n // 2, n}]
    lower, upper = wilson_interval(*np.array(pairs).T, level=level)
    for (x, n), low, high in zip(pairs, lower.tolist(), upper.tolist(), strict=True):
        known = binomtest(x, n).proportion_ci(level, method="wilson")
        assert (low, high) == pytest.approx((known.low, known.high), abs=1e-12)


def test_a_share_of_nothing_is_not_known() -> None:
    assert np.isnan(wilson_interval(0, 0)).all()

"""Rose, fell or neither, against scipy's binomial test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from geointel.errors import MethodError
from geointel.hotspots import direction

COUNTS = [(x0, x1) for x0 in range(31) for x1 in range(31)]


def test_every_pair_of_small_counts_is_as_the_exact_test_says() -> None:
    before, after = np.array(COUNTS).T
    found, enough = direction(before, after)
    for (x0, x1), sign, told in zip(COUNTS, found.tolist(), enough.tolist(), strict=True):
        p = binomtest(x1, x0 + x1, 0.5).pvalue if x0 + x1 else 1.0
        assert sign == (np.sign(x1 - x0) if p <= 0.1 else 0), (x0, x1)
        assert told == (x0 + x1 >= 5), (x0, x1)


def test_of_unchanged_rates_at_most_one_in_ten_has_a_direction() -> None:
    random = np.random.default_rng(3)
    for mean in (0.5, 2, 8, 40):
        found, _ = direction(random.poisson(mean, 20000), random.poisson(mean, 20000))
        assert (found != 0).mean() <= 0.105


def test_no_count_tells_nothing_and_what_is_no_count_is_refused() -> None:
    found, enough = direction([0, 2], [0, 2])
    assert (found.tolist(), enough.tolist()) == ([0, 0], [False, False])
    assert direction([], [])[0].shape == (0,)
    with pytest.raises(MethodError):
        direction([np.nan], [1])

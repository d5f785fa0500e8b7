"""Jeffreys' interval of a hit rate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom

from geointel.hotspots import Capture


def interval(events: float, total: float) -> tuple[float, float]:
    held = Capture(*(np.asarray(float(value)) for value in (events, total, 1, 10, events)))
    low, high = held.binomial_interval()
    return float(low), float(high)


@pytest.mark.parametrize(("events", "total"), [(1, 10), (5.5, 40), (200, 2000)])
def test_it_is_that_of_the_beta_distribution(events: float, total: float) -> None:
    expected = beta.ppf([0.025, 0.975], events + 0.5, total - events + 0.5)
    assert interval(events, total) == pytest.approx(tuple(expected), abs=1e-12)


def test_its_ends() -> None:
    assert interval(0, 30)[0] == 0
    assert interval(30, 30)[1] == 1
    assert np.isnan(interval(0, 0)).all()


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_it_holds_the_share_about_19_times_in_20(share: float) -> None:
    counts = np.arange(501)
    inside = [low <= share <= high for low, high in (interval(int(n), 500) for n in counts)]
    assert 0.92 <= binom.pmf(counts, 500, share)[inside].sum() <= 0.98

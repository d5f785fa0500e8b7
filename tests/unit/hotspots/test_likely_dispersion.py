"""How alike the records of a cell are, against scipy's beta-binomial; and that the limit holds as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import logit

from geointel.hotspots.excess import CAUTION, dispersion
from geointel.hotspots.likely_dispersion import NOTHING_SHOWN, likely_dispersion

RHO, SHARE = 0.003, 0.1


def skewed(random: np.random.Generator, n: int) -> np.ndarray:
    """Many cells with few records, few with many, as on a real map."""
    return random.negative_binomial(0.25, 0.004, n) + 1


def drawn(random: np.random.Generator, exposure: np.ndarray, rho: float) -> np.ndarray:
    scale = 1 / rho - 1
    return random.binomial(exposure, random.beta(SHARE * scale, (1 - SHARE) * scale, len(exposure)))


def reference(events: np.ndarray, exposure: np.ndarray, rho: float) -> float:
    share, scale = events.sum() / exposure.sum(), 1 / rho - 1
    return float(stats.betabinom(exposure, share * scale, (1 - share) * scale).logpmf(events).sum())


@pytest.mark.parametrize("rho", [0.003, 0.02, 0.3])
@pytest.mark.parametrize("confidence", [0.8, 0.9])
def test_likeliest_and_limit_are_those_of_the_likelihood(rho: float, confidence: float) -> None:
    random = np.random.default_rng(1)
    exposure = skewed(random, 300)
    events = drawn(random, exposure, rho)
    found = likely_dispersion(events, exposure, confidence=confidence)
    grid = 1 / (1 + np.exp(-np.linspace(-9, 3, 1201)))
    heights = np.array([reference(events, exposure, one) for one in grid])
    allowed = grid[heights >= heights.max() - stats.norm.ppf(confidence) ** 2 / 2]
    assert logit(found.likeliest) == pytest.approx(logit(grid[heights.argmax()]), abs=0.011)
    assert logit(found.upper) == pytest.approx(logit(allowed.max()), abs=0.011)
    assert found.likeliest < found.upper < 1


def test_the_limit_is_above_the_truth_as_often_as_it_says_and_the_likeliest_is_nearer_than_moments() -> None:
    random = np.random.default_rng(2)
    exposure, maps = skewed(random, 250), 300
    likely, moments, above = [], [], 0
    for _ in range(maps):
        events = drawn(random, exposure, RHO)
        found = likely_dispersion(events, exposure, confidence=0.9)
        above += found.upper >= RHO
        likely.append(found.likeliest)
        moments.append(dispersion(events, exposure) / CAUTION)
    assert stats.binomtest(above, maps, 0.9).pvalue > 0.01
    assert np.mean(likely) == pytest.approx(RHO, rel=0.15)
    assert np.std(likely) < 0.8 * np.std(moments)


def test_binomial_maps_show_hardly_any_and_the_limit_falls_with_more_cells() -> None:
    limits = []
    for n in (50, 2000):
        random = np.random.default_rng(3)
        exposure = skewed(random, n)
        found = likely_dispersion(random.binomial(exposure, SHARE), exposure, confidence=0.9)
        assert found.likeliest < 0.01
        limits.append(found.upper)
    assert limits[1] < limits[0] / 3


def test_cells_that_are_all_or_nothing_are_as_alike_as_can_be() -> None:
    exposure = np.full(40, 9)
    found = likely_dispersion(np.where(np.arange(40) < 10, 9, 0), exposure, confidence=0.9)
    assert 0.99 < found.likeliest <= found.upper < 1


@pytest.mark.parametrize(
    ("events", "exposure"),
    [([], []), ([0, 0], [0, 0]), ([0, 0], [4, 5]), ([4, 5], [4, 5]), ([0, 1, 1], [1, 1, 1])],
)
def test_a_map_that_shows_nothing_says_none(events: list[int], exposure: list[int]) -> None:
    found = likely_dispersion(np.array(events, dtype=np.int64), np.array(exposure, dtype=np.int64), confidence=0.9)
    assert found == NOTHING_SHOWN

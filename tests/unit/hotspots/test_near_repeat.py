"""Near repeat: pairs counted one by one, planted repeats, and data that cannot answer."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.near_repeat import knox

EXACT = ("exact", "day")
BANDS = ([0, 1, 100, 250, np.inf], [0, 2, 7, 30, np.inf])


@pytest.mark.parametrize("metric", ["manhattan", "euclidean"])
@pytest.mark.parametrize("bands", [BANDS, ([0, 100, 250], [0, 7, 30])])
def test_every_pair_is_counted_once_in_its_band(metric: str, bands: tuple[list[float], list[float]]) -> None:
    random = np.random.default_rng(1)
    # Whole coordinates, so that some pairs are exactly at the end of a band.
    places, days = random.integers(0, 8, (60, 2)) * 50.0, random.integers(0, 60, 60)
    expected = np.zeros((len(bands[0]) - 1, len(bands[1]) - 1))
    for i, j in combinations(range(60), 2):
        step = np.abs(places[i] - places[j])
        apart = step.sum() if metric == "manhattan" else np.hypot(*step)
        row, column = (
            np.searchsorted(ends, value, side="right") - 1
            for ends, value in zip(bands, (apart, abs(days[i] - days[j])), strict=True)
        )
        if row < expected.shape[0] and column < expected.shape[1]:
            expected[row, column] += 1
    found = knox(places, days, bands, precision=EXACT, metric=metric, permutations=0, seed=1)
    np.testing.assert_array_equal(found.observed, expected)
    assert np.isnan([found.p, found.ratio]).all()


def test_repeats_that_follow_within_days_stand_out() -> None:
    random = np.random.default_rng(2)
    places, days = random.uniform(0, 5000, (300, 2)), random.integers(0, 365, 300)
    again = random.choice(300, 40, replace=False)
    places = np.concatenate([places, places[again] + random.uniform(-40, 40, (40, 2))])
    days = np.concatenate([days, days[again] + 1])
    found = knox(places, days, BANDS, precision=EXACT, permutations=199, seed=3)
    assert found.p[1, 0] == 1 / 200
    assert found.ratio[1, 0] > 5


def test_without_repeats_the_table_is_what_is_expected() -> None:
    random = np.random.default_rng(4)
    p = []
    for seed in range(40):
        places, days = random.uniform(0, 1000, (120, 2)), random.integers(0, 90, 120)
        p.append(knox(places, days, BANDS, precision=EXACT, permutations=99, seed=seed).p[2, 1])
    assert np.mean(np.array(p) <= 0.1) <= 0.25
    assert np.mean(p) == pytest.approx(0.5, abs=0.15)


def test_all_pairs_stand_in_an_open_table() -> None:
    random = np.random.default_rng(5)
    places, days = random.uniform(0, 900, (80, 2)), random.integers(0, 50, 80)
    found = knox(places, days, BANDS, precision=EXACT, permutations=20, seed=6)
    assert found.observed.sum() == 80 * 79 / 2
    np.testing.assert_allclose(found.expected.sum(axis=1), found.observed.sum(axis=1))
    np.testing.assert_allclose(found.expected.sum(axis=0), found.observed.sum(axis=0))


def test_bands_in_which_nothing_can_fall_have_no_ratio() -> None:
    found = knox([[0, 0], [900, 0]], [0, 1], ([0, 10, np.inf], [0, 7]), precision=EXACT, permutations=9, seed=1)
    assert np.isnan(found.ratio[0, 0])
    assert found.ratio[1, 0] == 1


def test_snapped_places_and_months_are_refused_with_the_reason() -> None:
    places, days = [[0.0, 0.0], [1.0, 1.0]], [1, 2]
    with pytest.raises(MethodError, match="moved to map points"):
        knox(places, days, BANDS, precision=("snapped", "day"), seed=1)
    with pytest.raises(MethodError, match="Months cannot say"):
        knox(places, days, BANDS, precision=("exact", "month"), seed=1)
    firsts = np.array(["2025-01-01", "2025-03-01"], dtype="datetime64[D]")
    with pytest.raises(MethodError, match="the month only"):
        knox(places, firsts, BANDS, precision=EXACT, seed=1)


@pytest.mark.parametrize("bands", [([0, 1], [0]), ([0, 2, 1], [0, 1]), ([1, 2], [0, 1]), ([0, np.inf, np.inf], [0, 1])])
def test_bands_that_do_not_ascend_from_zero_are_refused(bands: tuple[list[float], list[float]]) -> None:
    with pytest.raises(MethodError, match="ascending"):
        knox([[0, 0]], [1], bands, precision=EXACT, seed=1)


def test_what_is_not_an_event_is_refused() -> None:
    with pytest.raises(MethodError, match="do not fit"):
        knox([[0, 0]], [1, 2], BANDS, precision=EXACT, seed=1)
    with pytest.raises(MethodError, match="not whole"):
        knox([[0, 0]], [1.5], BANDS, precision=EXACT, seed=1)

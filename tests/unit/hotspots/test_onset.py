"""When a lasting rise begins: planted, absent, passing, and out of range."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.onset import onset


def usual(n: int, months: int = 24) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.random.default_rng(1).poisson(6.0, (n, months))


def test_a_planted_order_is_found() -> None:
    counts = usual(60)
    for row, start in enumerate((13, 16, 19)):
        counts[row, start:] = np.random.default_rng(row).poisson(24.0, 24 - start)
    found = onset(counts, np.zeros(60, dtype=np.int64))
    assert found.step[:3].tolist() == [13, 16, 19]
    assert (found.observed[:3] > 2 * found.expected[:3]).all()
    assert (found.p[:3] <= 0.001).all()


def test_what_does_not_last_is_no_onset() -> None:
    counts = usual(60)
    counts[0, 14] = 60
    counts[0, 15] = 0
    assert onset(counts, np.zeros(60, dtype=np.int64)).step[0] == -1


def test_few_series_without_a_rise_have_one() -> None:
    found = onset(usual(2000), np.zeros(2000, dtype=np.int64))
    assert (found.step >= 0).mean() < 0.03
    assert np.isnan(found.p[found.step < 0]).all()


def test_a_season_is_no_onset() -> None:
    season = 1 + 0.25 * np.cos(2 * np.pi * np.arange(36) / 12)
    counts = np.random.default_rng(2).poisson(400 * season, (50, 36))
    assert (onset(counts, np.zeros(50, dtype=np.int64)).step < 0).all()


def test_too_short_a_past_has_none() -> None:
    counts = np.array([[0, 0, 0, 0, 9, 9, 9]])
    assert onset(counts, np.zeros(1)).step.tolist() == [-1]
    assert onset(np.zeros((0, 20)), np.empty(0)).step.shape == (0,)


@pytest.mark.parametrize("wrong", [{"level": 0.0}, {"lasts": 0}, {"least": 9, "longest": 6}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(MethodError, match="out of range"):
        onset(usual(1), np.zeros(1), **wrong)  # type: ignore[arg-type]

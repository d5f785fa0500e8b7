"""Farrington and EARS: false alarms, planted outbreaks, and histories that are too short."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.ears import ears
from geointel.hotspots.farrington import NOUFAILY, FarringtonSettings, farrington
from geointel.hotspots.quasi_poisson import fit

WEEKS = 52 * 6


def weeks(n: int, mean: float, seed: int) -> np.ndarray:
    season = 1 + 0.4 * np.sin(np.arange(WEEKS) * 2 * np.pi / 52)
    drawn: np.ndarray = np.random.default_rng(seed).poisson(mean * season, (n, WEEKS))
    return drawn


@pytest.mark.parametrize("settings", [FarringtonSettings(), NOUFAILY])
def test_false_alarms_are_about_as_many_as_the_level_says(settings: FarringtonSettings) -> None:
    found = farrington(weeks(150, 8.0, 1), [WEEKS - 20, WEEKS - 5], settings)
    assert found.judged.mean() > 0.95
    assert found.alarm.mean() == pytest.approx(0.05, abs=0.04)


@pytest.mark.parametrize("settings", [FarringtonSettings(), NOUFAILY])
def test_an_outbreak_is_found_and_a_past_one_does_not_hide_it(settings: FarringtonSettings) -> None:
    counts = weeks(20, 8.0, 2)
    counts[:, WEEKS - 1] += 30
    counts[:, WEEKS - 1 - 104] += 60
    assert farrington(counts, [WEEKS - 1], settings).alarm.mean() > 0.9
    careless = farrington(counts, [WEEKS - 1], replace(settings, reweight=None))
    attentive = farrington(counts, [WEEKS - 1], settings)
    assert attentive.upper.mean() < careless.upper.mean()


def test_many_series_at_once_are_the_series_one_by_one() -> None:
    counts = weeks(6, 3.0, 3)
    together = farrington(counts, [WEEKS - 1], NOUFAILY)
    alone = farrington(counts[4], [WEEKS - 1], NOUFAILY)
    np.testing.assert_allclose(alone.expected[0], together.expected[4], rtol=1e-9)


def test_too_few_events_are_not_judged_which_is_not_the_same_as_no_alarm() -> None:
    counts = weeks(1, 8.0, 4)
    counts[0, -4:] = [0, 0, 0, 4]
    found = farrington(counts, [WEEKS - 1], FarringtonSettings())
    assert not found.judged.any()
    assert not found.alarm.any()
    assert np.isnan([found.expected, found.upper]).all()


def test_a_history_of_nothing_is_no_trouble() -> None:
    counts = np.zeros((2, WEEKS), dtype=int)
    counts[1, -1] = 9
    for settings in (FarringtonSettings(), NOUFAILY, replace(NOUFAILY, limit="negative-binomial-mean")):
        found = farrington(counts, [WEEKS - 1], settings)
        assert not found.judged[0, 0]
        assert np.isfinite(found.upper[1, 0]) or not found.judged[1, 0]


def test_a_history_that_is_too_short_is_refused() -> None:
    with pytest.raises(MethodError, match="263 steps"):
        farrington(np.ones((1, 300)), [262], FarringtonSettings())
    with pytest.raises(MethodError, match="steps before"):
        farrington(np.ones((1, 300)), [], FarringtonSettings())
    with pytest.raises(MethodError, match="whole number"):
        farrington(np.full((1, 300), 0.5), [290], FarringtonSettings())


def test_a_fit_solves_its_score_equations() -> None:
    random = np.random.default_rng(5)
    design = np.column_stack([np.ones(60), np.linspace(-1, 1, 60), np.arange(60) % 2])
    y = random.poisson(np.exp(design @ [1.0, 0.5, -0.3]), (10, 60)).astype(float)
    weights = random.uniform(0.5, 1.5, y.shape)
    found = fit(y, design, weights)
    assert found.converged.all()
    np.testing.assert_allclose((weights * (y - found.mean)) @ design, 0, atol=1e-4)


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_ears_finds_a_jump_and_judges_only_what_has_a_past(method: str) -> None:
    counts = weeks(50, 8.0, 6)
    counts[:, 200] += 60
    found = ears(counts, method)
    first = {"C1": 7, "C2": 9, "C3": 11}[method]
    assert not found.judged[:, :first].any()
    assert found.judged[:, first:].all()
    # C3 hears of it one step later.
    assert found.alarm[:, 201 if method == "C3" else 200].all()
    quiet = found.alarm[:, first:190]
    assert 0.0 < quiet.mean() < 0.08
    np.testing.assert_array_equal(ears(counts[3], method).upper, found.upper[3])


def test_after_a_quiet_past_any_case_alarms_unless_a_deviation_is_set() -> None:
    counts = [0] * 9 + [1]
    assert ears(counts, "C1").alarm[9]
    assert not ears(counts, "C1", least_deviation=0.5).alarm[9]


def test_a_series_shorter_than_the_baseline_is_not_judged() -> None:
    assert not ears([1, 2, 3], "C2").judged.any()


@pytest.mark.parametrize(("counts", "options"), [([1, np.nan], {}), ([1, 2], {"baseline": 2}), ([1, 2], {"alpha": 1})])
def test_what_ears_cannot_judge_is_refused(counts: list[float], options: dict[str, float]) -> None:
    with pytest.raises(MethodError, match="EARS needs"):
        ears(counts, "C1", **options)

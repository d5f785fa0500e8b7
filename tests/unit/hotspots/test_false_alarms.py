"""The budget of false signals holds on years that were not simulated by it, whatever the method."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.false_alarms import YEAR, budget_of, last_year, usual_months
from geointel.hotspots.watch import MONTHS, watch

Counts = np.ndarray[tuple[int, int], np.dtype[np.int64]]
MEANS = np.random.default_rng(9).gamma(0.7, 5.0, 300)


def drawn(months: int, seed: int, dispersion: float = 0.15) -> Counts:
    size = 1 / dispersion
    return np.random.default_rng(seed).negative_binomial(size, (size / (size + MEANS))[:, None], (len(MEANS), months))


def groups() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.zeros(len(MEANS), dtype=np.int64)


@pytest.mark.parametrize("months", [12, 20, 36])
def test_the_budget_holds_on_new_years(months: int) -> None:
    budget = budget_of(drawn(months, 1), groups(), accepted=6, years=40, seed=1)
    assert budget is not None
    assert budget.expected <= 6.01
    steps = last_year(months, MONTHS)
    each = [
        watch(drawn(months, seed), groups(), steps).signals(budget.levels).sum() * YEAR / len(steps)
        for seed in range(100, 140)
    ]
    assert 1.5 < np.mean(each) < 8.5
    assert budget.usual[0] <= np.median(each) <= budget.usual[1]


def test_more_accepted_false_signals_mean_weaker_levels() -> None:
    few, many = (budget_of(drawn(24, 1), groups(), accepted=a, years=20, seed=1) for a in (2, 20))
    assert few is not None
    assert many is not None
    assert few.levels["count"] < many.levels["count"]
    assert few.levels["ears"] < many.levels["ears"]
    assert many.expected > 5 * few.expected


def test_every_method_has_its_share() -> None:
    budget = budget_of(drawn(36, 1), groups(), accepted=20, years=40, seed=1)
    assert budget is not None
    shares = {name: budget.by_method[name] / tests for name, tests in budget.tests.items() if tests > 500}
    assert {"count", "farrington"} <= set(shares)
    assert max(shares.values()) < 2 * min(shares.values())


def test_a_seed_gives_the_same_levels() -> None:
    first, again, other = (budget_of(drawn(20, 1), groups(), accepted=6, years=10, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_budget_that_cannot_be_used_up_has_the_weakest_level() -> None:
    budget = budget_of(drawn(12, 1)[:3], groups()[:3], accepted=50, years=10, seed=1)
    assert budget is not None
    assert set(budget.levels.values()) == {0.05}
    assert budget.expected < 50


def test_without_a_past_there_is_no_budget() -> None:
    assert budget_of(drawn(5, 1), groups(), accepted=6, years=5, seed=1) is None
    assert budget_of(np.zeros((0, 24)), np.empty(0), accepted=6, years=5, seed=1) is None
    assert budget_of(np.full((3, 7), 90), np.zeros(3), accepted=6, years=5, seed=1) is None


def test_simulated_months_have_the_means_and_the_dispersion() -> None:
    real = drawn(36, 1)
    model = usual_months(real, groups())
    random = np.random.default_rng(2)
    many = np.concatenate([model.draw(random) for _ in range(30)], axis=1)
    np.testing.assert_allclose(many.mean(axis=1), real.mean(axis=1), rtol=0.15, atol=0.15)
    spread = many.var(axis=1) / np.maximum(many.mean(axis=1), 0.2)
    expected = 1 + 0.15 * MEANS
    assert np.median(spread / expected) == pytest.approx(1.0, abs=0.25)


def test_areas_that_rise_together_do_so_in_simulated_months() -> None:
    random = np.random.default_rng(5)
    shared = random.gamma(4, 0.25, 36)
    real = random.poisson(30 * shared, (50, 36))
    model = usual_months(real, np.zeros(50, dtype=np.int64))
    together = np.corrcoef(model.draw(random, 400))
    assert together[np.triu_indices(50, 1)].mean() > 0.6
    alone = usual_months(random.poisson(30, (50, 36)), np.zeros(50, dtype=np.int64))
    assert abs(np.corrcoef(alone.draw(random, 400))[np.triu_indices(50, 1)].mean()) < 0.1


def test_a_series_without_events_stays_so() -> None:
    model = usual_months(np.zeros((2, 12), dtype=np.int64), np.zeros(2, dtype=np.int64))
    assert not model.draw(np.random.default_rng(1)).any()


@pytest.mark.parametrize("wrong", [{"accepted": 0, "years": 5}, {"accepted": 5, "years": 0}])
def test_an_impossible_budget_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(MethodError, match="budget"):
        budget_of(drawn(12, 1), groups(), seed=1, **wrong)

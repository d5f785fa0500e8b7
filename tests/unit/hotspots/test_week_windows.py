"""The busiest windows are the exact optimum on the circle of the week."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from geointel.errors import MethodError
from geointel.hotspots import Plan, best_windows
from geointel.hotspots.week_windows import AT_ONCE, NONE, inside

WEEK = 168


def week(**hours: float) -> np.ndarray:
    """A week with values at some hours, written ``h118=3``."""
    found = np.zeros(WEEK)
    for name, value in hours.items():
        found[int(name[1:])] = value
    return found.reshape(7, 24)


def by_integer_programme(values: np.ndarray, plan: Plan) -> float:
    """The most that windows hold: a choice of starts, no hour in two windows. Solved by HiGHS."""
    covers = np.array([[(hour - start) % WEEK < plan.hours for start in range(WEEK)] for hour in range(WEEK)])
    gain = values.ravel() @ covers
    rules = [LinearConstraint(covers, ub=1), LinearConstraint(np.ones((1, WEEK)), ub=plan.windows)]
    solved = milp(-gain, constraints=rules, bounds=Bounds(0, 1), integrality=np.ones(WEEK))
    assert solved.success
    return float(-solved.fun)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([1, 2, 3, 4, 8, 12, 24]))
@settings(max_examples=25, deadline=None)
def test_no_choice_holds_more(seed: int, windows: int, hours: int) -> None:
    random = np.random.default_rng(seed)
    values = random.poisson(random.choice([0.05, 0.5, 3.0]), (7, 24)).astype(float)
    plan = Plan(windows, hours)
    found = best_windows(values, plan)
    assert found.held.sum() == pytest.approx(by_integer_programme(values, plan), abs=1e-6)
    covered = inside(found)
    chosen = found.start[found.start != NONE]
    assert covered.sum() == hours * len(chosen)  # so no two overlap
    assert values.ravel()[covered].sum() == pytest.approx(found.held.sum())
    assert (np.diff(found.held) <= 0).all()


def test_the_busiest_first_and_then_the_busiest_of_the_rest_is_not_the_optimum() -> None:
    values = week(h10=2, h12=3, h13=3, h15=2)
    found = best_windows(values, Plan(2, 3))
    assert found.held.sum() == 10
    assert np.sort(found.start).tolist() == [10, 13]


def test_a_window_runs_past_midnight_and_past_sunday() -> None:
    found = best_windows(week(h166=5, h167=5, h0=5, h1=5, h47=2, h48=2), Plan(2, 4))
    assert found.start[0] == 166
    assert found.held.tolist() == [20, 4]
    assert inside(found)[[166, 167, 0, 1]].all()


def test_windows_that_would_hold_nothing_are_none() -> None:
    assert best_windows(week(h118=3)).start.tolist()[1:] == [NONE, NONE]
    assert best_windows(week(h118=3)).held.tolist() == [3, 0, 0]
    nothing = best_windows(week())
    assert nothing.start.tolist() == [NONE] * 3
    assert not inside(nothing).any()


def test_many_weeks_are_chosen_as_one_by_one() -> None:
    weeks = np.random.default_rng(3).poisson(0.3, (AT_ONCE + 5, 7, 24)) * 0.5
    every = best_windows(weeks)
    for place in (0, AT_ONCE - 1, AT_ONCE, AT_ONCE + 4):
        alone = best_windows(weeks[place])
        assert (alone.start.tolist(), alone.held.tolist()) == (every.start[place].tolist(), every.held[place].tolist())
    assert best_windows(weeks.reshape(-1, 5, 7, 24)).start.shape == ((AT_ONCE + 5) // 5, 5, 3)
    assert best_windows(weeks[:0]).start.shape == (0, 3)


@pytest.mark.parametrize("bad", [np.zeros((24, 7)), np.zeros(168), -week(h3=1), week(h3=np.nan), week(h3=np.inf)])
def test_what_is_no_week_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(MethodError, match="A week needs 7 days of 24 hours"):
        best_windows(bad)


@pytest.mark.parametrize(("windows", "hours"), [(0, 4), (3, 0), (1, 25), (42, 4), (7, 24)])
def test_a_plan_that_does_not_fit_is_refused(windows: int, hours: int) -> None:
    with pytest.raises(MethodError, match="no plan for a week"):
        Plan(windows, hours)


def test_the_fullest_plan_is_found() -> None:
    values = np.random.default_rng(4).poisson(2.0, (7, 24)).astype(float)
    plan = Plan(41, 4)
    assert best_windows(values, plan).held.sum() == pytest.approx(by_integer_programme(values, plan), abs=1e-6)

"""Controls and spread: by brute force, and on interventions that did nothing and that worked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from geointel.errors import MethodError
from geointel.hotspots import Adjustment, comparison, displacement_difference

HISTORY = np.array([[9, 8, 2, 1, 0], [7, 9, 3, 1, 0], [8, 5, 1, 2, 0], [6, 7, 4, 0, 0], [9, 6, 2, 1, 0]])


def test_controls_are_nearest_in_the_count_before_then_in_history() -> None:
    found = comparison([10, 4, 4, 2, 0], [0], history=HISTORY)
    assert found.controls.tolist() == [1]  # as near as place 2, and nearer in history
    assert comparison([10, 4, 4, 2, 0], [0], history=HISTORY, apart=[1]).controls.tolist() == [2]
    two = comparison([10, 9, 8, 2, 0], [0, 1], history=HISTORY)
    assert two.controls.tolist() == [2, 3]  # each place once
    assert two.adjustment.weight == 19 / 10


def test_spread_is_that_of_the_weighted_difference() -> None:
    found = comparison([10, 5, 0, 0, 0], [0], history=HISTORY * 3)
    treated, control = (HISTORY[:, place] * 3 for place in (0, 1))
    changes = [(treated[i + 1] - treated[i]) - 2 * (control[i + 1] - control[i]) for i in range(4)]
    poisson = [treated[i + 1] + treated[i] + 4 * (control[i + 1] + control[i]) for i in range(4)]
    assert found.adjustment.weight == 2
    assert found.adjustment.dispersion == pytest.approx(max(1, sum(c**2 for c in changes) / sum(poisson)))
    assert found.adjustment.freedom == pytest.approx(16 / 5.5)


def test_the_difference_takes_weight_dispersion_and_freedom() -> None:
    found = displacement_difference((40, 30), (20, 18), adjustment=Adjustment(weight=2, dispersion=1.5, freedom=7))
    assert found.local == -10 - 2 * -2
    assert found.local_error == pytest.approx(np.sqrt(1.5 * (40 + 30 + 4 * 38)))
    assert found.upper == pytest.approx(found.total + student.ppf(0.95, 7) * found.total_error)
    # The variance is that of simulated counts.
    random = np.random.default_rng(5)
    drawn = random.poisson(40, (2, 20000)), random.poisson(20, (2, 20000))
    assert displacement_difference(*drawn, adjustment=Adjustment(weight=2)).local.std() == pytest.approx(
        np.sqrt(80 + 160), rel=0.02
    )


def interventions(cut: float, seeds: int = 300) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """How often the busiest ten of bursty places, treated because they were, succeed: plain with any others, and compared."""
    found = []
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        rate = random.gamma(0.5, 4.0, 300)
        counts = random.poisson(rate * random.gamma(1 / 0.2, 0.2, (12, 300)))
        history, before, after = counts[:10], counts[10], counts[11]
        treated = np.argsort(-before, kind="stable")[:10]
        after[treated] = random.binomial(after[treated], 1 - cut)
        by = comparison(before, treated, history=history)
        others = random.choice(np.setdiff1d(np.arange(300), treated), 10, replace=False)
        pairs = [np.array([before[places].sum(), after[places].sum()]) for places in (treated, others, by.controls)]
        plain = displacement_difference(pairs[0], pairs[1])
        fair = displacement_difference(pairs[0], pairs[2], adjustment=by.adjustment)
        found.append((plain.upper < 0, fair.upper < 0))
    return np.array(found)


def test_null_interventions_work_at_most_one_time_in_ten() -> None:
    plain, fair = interventions(0.0).mean(axis=0)
    assert plain > 0.5  # regression to the mean alone
    assert fair <= 0.10


def test_what_worked_is_found() -> None:
    assert interventions(0.8, seeds=60)[:, 1].mean() > 0.6


def test_without_history_controls_or_events_it_is_refused() -> None:
    with pytest.raises(MethodError, match="earlier periods"):
        comparison([3, 2, 1, 0, 0], [0], history=HISTORY[:3])
    with pytest.raises(MethodError, match="left as controls"):
        comparison([3, 2, 1, 0, 0], [0, 1, 2], history=HISTORY)
    with pytest.raises(MethodError, match="left as controls"):
        comparison([3, 2, 1, 0, 0], [], history=HISTORY)
    with pytest.raises(MethodError, match="had an event"):
        comparison([3, 0, 0, 0, 0], [0], history=HISTORY)
    quiet = comparison([3, 3, 0, 0, 0], [0], history=np.zeros((5, 5)))
    assert (quiet.adjustment.dispersion, quiet.adjustment.weight) == (1, 1)
    with pytest.raises(MethodError, match="dispersion of at least 1"):
        Adjustment(dispersion=0.5)

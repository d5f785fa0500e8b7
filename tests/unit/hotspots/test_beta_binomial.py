"""Many beta-binomials at once against scipy, one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geointel.hotspots import beta_binomial
from geointel.hotspots.beta_binomial import BetaBinomial


def reference(trials: int, share: float, correlation: float) -> Any:
    if correlation == 0:
        return stats.binom(trials, share)
    scale = 1 / correlation - 1
    return stats.betabinom(trials, share * scale, (1 - share) * scale)


def compare(trials: list[int], share: float, correlation: list[float], totals: list[int]) -> None:
    cells = BetaBinomial(np.array(trials), share, np.array(correlation))
    seen = []
    for block in cells.blocks(np.array(totals)):
        lower, upper = block.tails(np.array(totals)[block.rows])
        low, high = block.quantiles(0.025, 0.975)
        for i, (t, r, s) in enumerate(
            zip(trials[block.rows], correlation[block.rows], totals[block.rows], strict=True)
        ):
            law = reference(t, share, r)
            assert lower[i] == pytest.approx(law.cdf(s), rel=1e-8, abs=1e-14)
            # scipy takes P(S > s) of the beta-binomial as 1 − P(S ≤ s): right to 1e-13 at best.
            above = law.pmf(np.arange(s, t + 1)).sum()
            assert upper[i] == pytest.approx(above, rel=1e-8, abs=1e-300)
            for found, level in ((low[i], 0.025), (high[i], 0.975)):
                assert law.cdf(found) >= level * (1 - 1e-9)
                assert found == 0 or law.cdf(found - 1) < level * (1 + 1e-9)
        seen += list(range(len(trials)))[block.rows]
    assert seen == list(range(len(trials)))


@settings(deadline=None, max_examples=60)
@given(st.data(), st.floats(0.001, 0.999), st.integers(1, 6))
def test_tails_and_quantiles_are_scipys(data: st.DataObject, share: float, n: int) -> None:
    trials = data.draw(st.lists(st.integers(0, 300), min_size=n, max_size=n))
    correlation = data.draw(st.lists(st.sampled_from([0.0, 1e-6, 0.01, 0.3, 0.9]), min_size=n, max_size=n))
    totals = [data.draw(st.integers(0, t)) for t in trials]
    compare(trials, share, correlation, totals)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.98])
@pytest.mark.parametrize("correlation", [0.0, 1e-5, 0.002, 0.05, 0.5, 0.999])
def test_large_cells_are_cut_off_without_harm(share: float, correlation: float) -> None:
    trials = [30_000, 0, 1, 2, 8_000, 0]
    totals = [int(30_000 * share * 1.2), 0, 1, 0, 0, 0]
    compare(trials, share, [correlation] * 6, totals)


def test_cutting_off_saves_most_of_a_large_binomial() -> None:
    cells = BetaBinomial(np.array([30_000]), 0.02, np.array([0.0]))
    (block,) = cells.blocks(np.array([600]))
    assert block.sizes[0] < 1_500


def test_a_total_beyond_the_cut_has_no_tail() -> None:
    cells = BetaBinomial(np.array([30_000]), 0.02, np.array([0.0]))
    (block,) = cells.blocks(np.array([600]))
    np.testing.assert_array_equal(block.tails(np.array([29_000])), [[1.0], [0.0]])


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    trials = rng.integers(0, 400, 300)
    totals = rng.binomial(trials, 0.1)
    cells = BetaBinomial(trials, 0.1, rng.choice([0.0, 0.01], 300))
    whole = [block.tails(totals[block.rows]) for block in cells.blocks(totals)]
    monkeypatch.setattr(beta_binomial, "BLOCK", 1_000)
    parts = [block.tails(totals[block.rows]) for block in cells.blocks(totals)]
    assert len(whole) == 1
    assert len(parts) > 20
    np.testing.assert_allclose(np.hstack(parts), whole[0], rtol=1e-11)
    assert list(cells[:0].blocks(totals[:0])) == []

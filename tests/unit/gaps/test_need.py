"""Need draws: they add up, and they are as wide as what is not known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps import draws
from geointel.gaps.need import NeedDraws, need_draws, unmet_draws

SHARE = csr_array([[1, 0], [1, 0], [0.25, 0.5], [0, 1], [0, 0], [0, 1]])
PEOPLE = np.array([100.0, 300, 400, 50, 70, 0])
POOR = PEOPLE * [0.4, 0.1, 0.1, 0.3, 0.2, 0]
KNOWN = [True, True, True, True, False, True]


def town(*, seed: int = 1, count: int = 200, spread: float = 1.3, poor: np.ndarray = POOR) -> NeedDraws:
    estimate = np.array([80.0, 30.0])
    limits = {"lower": estimate / spread, "upper": estimate * spread}
    return need_draws([PEOPLE, poor], SHARE, estimate=estimate, **limits, seed=seed, draws=count)


@settings(max_examples=40)
@given(some.integers(0, 2**32 - 1), some.integers(1, 4), some.integers(1, 5), some.integers(5, 60))
def test_every_draw_adds_up_to_its_totals(seed: int, weightings: int, authorities: int, cells: int) -> None:
    random = np.random.default_rng(seed)
    code = np.append(np.arange(authorities), random.integers(-1, authorities, cells))
    share = csr_array((code[:, None] == np.arange(authorities)).astype(float))
    weights = random.gamma(0.5, size=(weightings, code.size))
    estimate = random.gamma(2, 500, size=authorities) + 1
    need = need_draws(weights, share, estimate=estimate, lower=estimate * 0.7, upper=estimate * 2, seed=seed, draws=7)
    drawn = need.cells()
    for at in range(authorities):
        np.testing.assert_allclose(drawn[:, code == at].sum(axis=1), need.totals[:, at], rtol=1e-12)
        assert need.expected[code == at].sum() == pytest.approx(estimate[at], rel=1e-12)
    assert np.isnan(drawn[:, code < 0]).all()
    assert (drawn[:, code >= 0] >= 0).all()


def test_a_cell_on_the_border_has_its_part_of_either_authority() -> None:
    need = town(count=3)
    inside = np.array([[100, 300, 100, 0, 0, 0], [0, 0, 200, 50, 0, 0.0]])
    weights = np.stack([inside, inside * np.array([0.4, 0.1, 0.1, 0.3, 0.2, 0])])
    parts = weights / weights.sum(axis=2, keepdims=True)
    by_hand = np.einsum("dk,da,kan->dn", need.mix, need.totals, parts)
    np.testing.assert_allclose(need.cells()[:, KNOWN], by_hand[:, KNOWN], rtol=1e-12)
    np.testing.assert_allclose(need.cells().sum(axis=1, where=KNOWN), need.totals.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(need.between_weightings[:, KNOWN], ([80, 30] @ parts)[:, KNOWN], rtol=1e-12)
    np.testing.assert_array_equal(need.cells(slice(1, 3)), need.cells()[1:])


def test_totals_have_the_published_median_and_interval() -> None:
    need = town(count=40_000, spread=1.5)
    ends = np.quantile(need.totals, [0.025, 0.5, 0.975], axis=0)
    np.testing.assert_allclose(ends, np.outer([1 / 1.5, 1, 1.5], [80, 30]), rtol=0.02)
    assert abs(np.corrcoef(need.totals.T)[0, 1]) < 0.02


def test_every_mixture_is_as_likely() -> None:
    mix = town(count=40_000).mix
    np.testing.assert_allclose(mix.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(np.quantile(mix[:, 0], [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.01)


def test_expected_is_near_the_mean_of_the_draws() -> None:
    need = town(count=20_000, spread=1.1)
    np.testing.assert_allclose(need.cells().mean(axis=0), need.expected, rtol=0.01)


def test_the_interval_is_that_of_the_draws_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    need = town()
    whole = need.interval
    np.testing.assert_allclose(whole, np.quantile(need.cells(), [0.025, 0.975], axis=0), rtol=1e-12)
    monkeypatch.setattr(draws, "NUMBERS_AT_ONCE", 400)
    np.testing.assert_allclose(need.interval, whole, rtol=1e-12)


def test_the_interval_widens_with_the_estimate_s_and_with_disagreement() -> None:
    def width(need: NeedDraws) -> np.ndarray:
        return np.diff(np.log(need.interval[:, :4]), axis=0)[0]

    agreed = town(poor=PEOPLE * 7)
    assert np.ptp(agreed.between_weightings[:, KNOWN], axis=0).max() < 1e-12
    assert (width(town(spread=2)) > width(town(spread=1.2))).all()
    assert (width(town(spread=1.05))[[0, 1, 3]] > 2 * width(town(spread=1.05, poor=PEOPLE))[[0, 1, 3]]).all()
    np.testing.assert_allclose(width(agreed)[:2], 2 * np.log(1.3), rtol=0.2)


def test_the_same_seed_gives_the_same_draws() -> None:
    np.testing.assert_array_equal(town().cells(), town().cells())
    assert (town(seed=2).totals != town().totals).any()


def test_unmet_need_is_what_treatment_leaves_of_each_total() -> None:
    need = town()
    unmet = unmet_draws(need, [60, 90])
    assert (unmet.totals[:, 1] == 0).all()
    assert unmet.expected[:2].sum() < 20  # the third cell has some of the 20, too
    fraction = np.maximum(0, 1 - 60 / need.totals[:, 0])
    np.testing.assert_allclose(unmet.cells()[:, :2], need.cells()[:, :2] * fraction[:, None], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(unmet.expected[[0, 1]], need.expected[[0, 1]] / 4, rtol=1e-12)
    with pytest.raises(MethodError, match="treatment"):
        unmet_draws(need, [1])


@pytest.mark.parametrize(
    ("weights", "share", "message"),
    [
        ([PEOPLE], SHARE[:, :1], "2 authorities"),
        ([PEOPLE], SHARE * 2, "parts of cells"),
        ([PEOPLE], SHARE * -1, "negative"),
        ([PEOPLE[:3]], SHARE, "weighting has shape"),
        ([-PEOPLE], SHARE, "weighting is negative"),
        ([PEOPLE, PEOPLE * [1, 1, 0, 0, 1, 1]], SHARE, "Weighting 1 has nothing in authority 1"),
    ],
)
def test_what_cannot_be_spread_is_refused(weights: list, share: csr_array, message: str) -> None:
    with pytest.raises(MethodError, match=message):
        need_draws(weights, share, estimate=[8, 3], lower=[7, 2], upper=[9, 4], seed=1)


def test_no_draws_are_refused() -> None:
    with pytest.raises(MethodError, match="draws are none"):
        town(count=0)

"""The measures of a map against each function on its own, and their intervals against the known error of a mean."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps import draws
from geointel.gaps.equity import equity_of_need, equity_summary
from geointel.gaps.inequality import concentration_index, gini
from geointel.gaps.need import need_draws
from geointel.gaps.palma import palma
from geointel.gaps.poverty import poverty
from geointel.gaps.theil import theil

RANDOM = np.random.default_rng(11)
CELLS = 400
ACCESS = RANDOM.gamma(2, size=CELLS)
PEOPLE = RANDOM.poisson(30, (CELLS, 10)) * (RANDOM.random((CELLS, 10)) < 0.25)


def test_units_are_the_people_of_a_cell_in_a_decile() -> None:
    found = equity_summary(ACCESS, PEOPLE, line=1.0, seed=1, draws=20).value
    x = np.repeat(np.repeat(ACCESS, 10), PEOPLE.ravel())
    decile = np.repeat(np.tile(np.arange(10), CELLS), PEOPLE.ravel())
    one = np.ones(x.size)
    assert float(found.gini) == pytest.approx(gini(x, one), abs=1e-12)
    assert float(found.concentration) == pytest.approx(concentration_index(x, one, rank=decile), abs=1e-12)
    assert float(found.below) == pytest.approx((x < 1).mean(), abs=1e-12)
    np.testing.assert_allclose(found.mean_by_decile, [x[decile == level].mean() for level in range(10)], rtol=1e-12)
    corrected = concentration_index(x, one, rank=decile, kind="corrected")
    assert float(found.concentration_corrected) == pytest.approx(corrected, abs=1e-12)
    assert float(found.palma) == pytest.approx(palma(x, one, rank=decile, boundary="split"), rel=1e-12)
    parts, below = theil(x, one, group=decile), poverty(x, one, line=1.0)
    assert [float(found.theil), float(found.theil_within), float(found.theil_between)] == pytest.approx(
        [float(parts.total), float(parts.within), float(parts.between)], abs=1e-12
    )
    np.testing.assert_allclose([found.below_gap, found.below_severity], [below.gap, below.severity], atol=1e-12)
    assert float(found.theil) == pytest.approx(float(found.theil_within + found.theil_between), abs=1e-12)


def test_planted_favour_of_the_less_deprived_is_seen() -> None:
    people = np.kron(np.eye(10), np.ones((40, 1))) * 50
    access = np.repeat(np.linspace(1, 3, 10), 40) * RANDOM.gamma(20, 0.05, CELLS)
    found = equity_summary(access, people, line=1.0, seed=1)
    assert found.lower.concentration > 0
    assert found.lower.palma > 1
    assert found.upper.theil_within < found.lower.theil_between
    fair = equity_summary(RANDOM.permutation(access), people, line=1.0, seed=1)
    assert fair.lower.concentration < 0 < fair.upper.concentration


def test_the_interval_is_as_wide_as_the_error_of_a_mean_of_cells() -> None:
    found = equity_summary(ACCESS, PEOPLE, line=1.0, seed=3, draws=2000)
    mean = found.value.mean_by_decile
    error = np.sqrt(((PEOPLE * (ACCESS[:, None] - mean)) ** 2).sum(axis=0)) / PEOPLE.sum(axis=0)
    width = found.upper.mean_by_decile - found.lower.mean_by_decile
    np.testing.assert_allclose(width, 2 * 1.96 * error, rtol=0.12)
    assert found.lower.gini < found.value.gini < found.upper.gini


def test_a_seed_fixes_the_draws_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    first = equity_summary(ACCESS, PEOPLE, line=1.0, seed=5, draws=30)
    monkeypatch.setattr(draws, "NUMBERS_AT_ONCE", 5000)
    again = equity_summary(ACCESS, PEOPLE, line=1.0, seed=5, draws=30)
    np.testing.assert_allclose(again.draws.gini, first.draws.gini, rtol=1e-12)
    np.testing.assert_allclose(again.draws.concentration_corrected, first.draws.concentration_corrected, rtol=1e-12)


def test_equity_of_need_weighs_by_need_and_draws_it() -> None:
    residents = PEOPLE.sum(axis=1).astype(float)
    share = csr_array((residents > 0).astype(float)[:, None])
    one = {"estimate": [500.0], "lower": [400.0], "upper": [600.0], "seed": 1}
    alike = equity_of_need(ACCESS, PEOPLE, need=need_draws([residents], share, **one), line=1.0)
    as_residents = equity_summary(ACCESS, PEOPLE, line=1.0, seed=1, draws=2).value
    np.testing.assert_allclose(alike.value.mean_by_decile, as_residents.mean_by_decile, rtol=1e-12)
    assert float(alike.upper.gini - alike.lower.gini) == pytest.approx(0, abs=1e-12)
    disputed = need_draws([residents, residents * RANDOM.random(CELLS) ** 4], share, **one)
    found = equity_of_need(ACCESS, PEOPLE, need=disputed, line=1.0)
    assert found.upper.gini > found.lower.gini
    drawn = disputed.cells()[3]
    units = np.nan_to_num(drawn / residents)[:, None] * PEOPLE
    assert float(found.draws.gini[3]) == pytest.approx(gini(np.repeat(ACCESS, 10), units.ravel()), abs=1e-12)


def test_a_decile_of_nobody_is_not_known_and_a_map_of_nobody_has_no_measure() -> None:
    people = PEOPLE.copy()
    people[:, 9] = 0
    found = equity_summary(ACCESS, people, line=1.0, seed=1, draws=10)
    assert np.isnan(found.value.mean_by_decile).tolist() == [False] * 9 + [True]
    assert np.isnan(found.lower.mean_by_decile[9])
    empty = equity_summary(ACCESS, people * 0, line=1.0, seed=1, draws=3)
    assert np.isnan([empty.value.gini, empty.value.palma, empty.value.below, empty.upper.theil]).all()


def test_the_same_access_for_all_is_equal() -> None:
    found = equity_summary(np.full(CELLS, 0.3), PEOPLE, line=0.3, seed=1, draws=10)
    assert float(np.abs([found.upper.gini, found.upper.concentration, found.upper.theil]).max()) < 1e-12
    assert float(found.value.palma) == pytest.approx(1)
    assert float(found.value.below) == 0


@pytest.mark.parametrize(("access", "people"), [(ACCESS[:5], PEOPLE), (ACCESS, PEOPLE[:, :9]), (ACCESS[None], PEOPLE)])
def test_maps_that_do_not_fit_are_refused(access: np.ndarray, people: np.ndarray) -> None:
    with pytest.raises(MethodError, match="shape"):
        equity_summary(access, people, line=1.0, seed=1)


def test_need_of_another_map_is_refused() -> None:
    more = need_draws(
        [np.ones(CELLS + 1)], csr_array(np.ones((CELLS + 1, 1))), estimate=[9], lower=[8], upper=[9], seed=1
    )
    with pytest.raises(MethodError, match="401 cells"):
        equity_of_need(ACCESS, PEOPLE, need=more, line=1.0)


def test_two_maps_of_a_seed_are_drawn_together() -> None:
    before = equity_summary(ACCESS, PEOPLE, line=1.0, seed=4)
    after = equity_summary(np.where(PEOPLE[:, 0] > 0, ACCESS + 0.2, ACCESS), PEOPLE, line=1.0, seed=4)
    change = after.draws.mean_by_decile[:, 0] - before.draws.mean_by_decile[:, 0]
    np.testing.assert_allclose(change, 0.2, rtol=1e-9)


def test_no_draws_are_refused() -> None:
    with pytest.raises(MethodError, match="draws are none"):
        equity_summary(ACCESS, PEOPLE, line=1.0, seed=1, draws=0)

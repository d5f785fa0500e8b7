"""The randomisation tail against enumeration with exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.errors import MethodError
from geointel.hotspots import convolution, randomisation_tail
from geointel.hotspots.convolution import convolution_powers


def enumerate_tails(counts: list[int], weight: int, total: int) -> tuple[Fraction, Fraction]:
    """P(S ≤ total) and P(S ≥ total) over all n^W equally likely draws."""
    sums = [sum(draw) for draw in product(counts, repeat=weight)]
    return (
        Fraction(sum(s <= total for s in sums), len(sums)),
        Fraction(sum(s >= total for s in sums), len(sums)),
    )


def two_sided(lower: Fraction, upper: Fraction) -> Fraction:
    return min(Fraction(1), 2 * min(lower, upper))


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.data())
def test_it_is_the_enumeration_of_all_draws(counts: list[int], data: st.DataObject) -> None:
    n = len(counts)
    weight = data.draw(st.lists(st.integers(1, min(n, 4)), min_size=n, max_size=n))
    total = [sum(data.draw(st.permutations(counts))[:w]) for w in weight]
    found = randomisation_tail(counts, total=total, weight=weight)
    for i, (s, w) in enumerate(zip(total, weight, strict=True)):
        lower, upper = enumerate_tails(counts, w, s)
        assert found.lower[i] == pytest.approx(float(lower), rel=1e-13)
        assert found.upper[i] == pytest.approx(float(upper), rel=1e-13)
        assert found.p[i] == pytest.approx(float(two_sided(lower, upper)), rel=1e-13)
        best = two_sided(*enumerate_tails(counts, w, sum(sorted(counts)[-w:])))
        assert found.insufficient[i] == (best > Fraction(1, 20))


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=3, max_size=60), st.integers(1, 3))
def test_tails_overlap_in_the_total_itself(counts: list[int], weight: int) -> None:
    weights = np.full(len(counts), weight)
    total = np.convolve(counts, np.ones(weight, dtype=int), mode="same")
    found = randomisation_tail(counts, total=total, weight=weights)
    assert (found.lower + found.upper >= 1 - 1e-12).all()
    assert ((found.p > 0) & (found.p <= 1)).all()
    order = np.argsort(total)
    assert (np.diff(found.lower[order]) >= 0).all()
    assert (np.diff(found.upper[order]) <= 0).all()


@pytest.mark.parametrize("value", [0, 3])
def test_a_map_without_variation_is_insufficient_throughout(value: int) -> None:
    found = randomisation_tail([value] * 50, total=[7 * value] * 50, weight=[7] * 50)
    assert found.insufficient.all()
    np.testing.assert_array_equal(found.p, 1)


def test_one_incident_can_never_be_a_hotspot_of_many_cells_but_of_one() -> None:
    counts = np.zeros(100, dtype=int)
    counts[0] = 1
    found = randomisation_tail(counts, total=counts, weight=np.where(np.arange(100) < 50, 1, 7))
    assert not found.insufficient[:50].any()
    assert found.p[0] == pytest.approx(0.02)
    assert found.insufficient[50:].all()


def test_reaching_exactly_five_per_cent_is_sufficient() -> None:
    counts = np.zeros(40, dtype=int)
    counts[0] = 1
    found = randomisation_tail(counts, total=counts, weight=np.ones(40, dtype=int))
    assert found.p[0] == pytest.approx(0.05)
    assert not found.insufficient.any()


def heavy(n: int, top: int) -> np.ndarray:
    counts: np.ndarray = np.minimum(np.random.default_rng(n).lognormal(np.log(top) - 3, 1.1, n).astype(int), top)
    counts[0] = top
    return counts


@pytest.mark.parametrize(("n", "top"), [(60, 4000), (400, 700)])
def test_all_ways_of_convolving_agree(monkeypatch: pytest.MonkeyPatch, n: int, top: int) -> None:
    counts = heavy(n, top)
    pmf = np.bincount(counts) / n
    direct = convolution_powers(pmf, [2, 5])
    by_numpy = np.convolve(pmf, pmf)
    np.testing.assert_allclose(direct[0], by_numpy, rtol=1e-12)
    monkeypatch.setattr(convolution, "DIRECT_STEPS", 0)
    for one, other in zip(direct, convolution_powers(pmf, [2, 5]), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(np.cumsum(other[::-1]), np.cumsum(one[::-1]), rtol=1e-6, atol=1e-14)


def test_a_fourier_tail_is_right_at_every_threshold_and_never_below_what_is_possible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = heavy(150, 2000)
    weight = np.full(150, 7)
    total = np.sort(counts)[::-1].cumsum()[np.minimum(np.arange(150) // 4, 6)]
    exact = randomisation_tail(counts, total=total, weight=weight)
    monkeypatch.setattr(convolution, "DIRECT_STEPS", 0)
    fourier = randomisation_tail(counts, total=total, weight=weight)
    matters = exact.p > 1e-9
    assert matters.sum() > 20
    np.testing.assert_allclose(fourier.p[matters], exact.p[matters], rtol=1e-5)
    np.testing.assert_allclose(fourier.p, exact.p, atol=1e-12)
    assert (fourier.p >= 150.0**-7).all()
    np.testing.assert_array_equal(fourier.insufficient, exact.insufficient)


def test_small_chances_keep_their_relative_accuracy() -> None:
    """All W draws on the one largest of n cells: exactly n^-W."""
    counts = np.arange(1000)
    found = randomisation_tail(counts, total=np.full(1000, 7 * 999), weight=np.full(1000, 7))
    assert found.upper[0] == pytest.approx(1000.0**-7, rel=1e-12)
    assert found.p[0] == pytest.approx(2 * 1000.0**-7, rel=1e-12)


def test_no_cells_have_no_tail() -> None:
    found = randomisation_tail([], total=[], weight=[])
    assert found.p.shape == found.insufficient.shape == (0,)
    assert found.insufficient.dtype == bool


@pytest.mark.parametrize(
    ("counts", "total", "weight", "words"),
    [
        ([1.5, 2], [1, 2], [1, 1], "count is not a whole number"),
        ([-1, 2], [1, 2], [1, 1], "count is not a whole number"),
        ([np.nan, 2], [1, 2], [1, 1], "count is not a whole number"),
        ([1, 2], [1, 0.5], [1, 1], "total is not a whole number"),
        ([1, 2], [1, 3], [1, 1], "not sums over neighbourhoods"),
        ([1, 2], [1, 2], [0, 1], "not sums over neighbourhoods"),
        ([1, 2], [1, 2], [1, 3], "not sums over neighbourhoods"),
        ([1, 2], [1, 2], [1], "not sums over neighbourhoods"),
        ([1, 2], [1, 2], [1, 1, 1], "not sums over neighbourhoods"),
        ([0, 60_000_000], [0, 0], [1, 1], "too large"),
    ],
)
def test_what_is_not_a_map_of_counts_is_refused(
    counts: list[float], total: list[float], weight: list[int], words: str
) -> None:
    with pytest.raises(MethodError, match=words):
        randomisation_tail(counts, total=total, weight=weight)

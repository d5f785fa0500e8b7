"""Bounds from every sum, against all counts that fit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geointel.audit.additivity import noise_of
from geointel.audit.estimate import best_estimate, leverages
from geointel.audit.intervals import narrowed
from geointel.audit.lattice import Lattice, Sums
from geointel.audit.programme import system_of, widths
from geointel.errors import MethodError


def lattice(values: list[list[float]]) -> Lattice:
    """Places: a total and its parts; windows: parts and, last, their total; one category."""
    table = np.array(values, dtype=float)[:, :, None]
    places, windows = table.shape[:2]
    sums = (
        Sums.of([(0, range(1, places))], size=places),
        Sums.of([(windows - 1, range(windows - 1))], size=windows),
        Sums.of([], size=1),
    )
    names = tuple(f"p{n}" for n in range(places)), tuple(f"w{n}" for n in range(windows)), ("all",)
    return Lattice(names[0], names[1], names[2], table, sums, np.zeros(places, dtype=np.int64))


def all_that_fit(values: list[list[float]], noise: int) -> tuple[np.ndarray, np.ndarray]:
    """Least and largest count of each number over every whole table that fits, by trying them all."""
    shown = np.array(values, dtype=float)
    places, windows = shown.shape
    found = []
    for atoms in itertools.product(range(6), repeat=(places - 1) * (windows - 1)):
        inner = np.array(atoms).reshape(places - 1, windows - 1)
        inner = np.column_stack([inner, inner.sum(axis=1)])
        whole = np.vstack([inner.sum(axis=0), inner])
        near = np.isnan(shown) | (np.abs(whole - shown) <= noise)
        if (near & ~((shown > 0) & (whole == 0))).all():
            found.append(whole)
    return np.min(found, axis=0), np.max(found, axis=0)


TABLES = (
    [[5, 4, 9], [2, 1, 3], [1, 3, 4]],
    [[2, 0, 3], [1, 0, 2], [2, 1, 1]],
    [[4, 2, 5], [np.nan, 1, 2], [2, np.nan, 4]],
)


@pytest.mark.parametrize("values", TABLES)
@pytest.mark.parametrize("noise", [1, 2])
def test_bounds_hold_and_programmes_are_as_narrow(values: list[list[float]], noise: int) -> None:
    table = lattice(values)
    try:
        least, most = all_that_fit(values, noise)
    except ValueError:
        with pytest.raises(MethodError):
            widths(system_of(table, noise), np.arange(table.value.size), enough=99.0, seed=1)
        return
    bounds = narrowed(table, noise)
    assert (bounds.least[:, :, 0] <= least).all()
    assert (bounds.most[:, :, 0] >= most).all()
    found = widths(system_of(table, noise), np.arange(table.value.size), enough=99.0, seed=1)
    assert found.solved.all()
    assert (found.width >= (most - least).ravel() - 1e-6).all()
    assert (found.width <= bounds.width.ravel() + 1e-6).all()


def test_hiding_one_of_exact_numbers_gives_it_back() -> None:
    bounds = narrowed(lattice([[5, 4, 9], [np.nan, 1, 3], [3, 3, 6]]), 0.0)
    assert (bounds.least[1, 0, 0], bounds.most[1, 0, 0]) == (2, 2)


def test_numbers_that_cannot_be_are_refused() -> None:
    with pytest.raises(MethodError, match="No count fits"):
        narrowed(lattice([[0, 0, 0], [9, 9, 18], [9, 9, 18]]), 2.0)


def test_leverage_of_a_margin_is_k_over_k_plus_one() -> None:
    for k in (2, 3, 7, 12):
        found = leverages(Sums.of([(k, range(k))], size=k + 1), np.ones(k + 1, dtype=bool))
        assert found[0] == pytest.approx(k / (k + 1), abs=1e-6)


def test_three_levels_twelve_months_and_four_categories_keep_half() -> None:
    """The figure of the method's own note: .873 for three levels, .513 for all."""
    places = [(49 + n, range(7 * n, 7 * n + 7)) for n in range(7)] + [(56, range(49, 56))]
    windows = [(12 + n, range(3 * n, 3 * n + 3)) for n in range(4)] + [(16, range(12, 16))]
    sums = Sums.of(places, size=57), Sums.of(windows, size=17), Sums.of([(4, range(4))], size=5)
    names = tuple(tuple(map(str, range(each.size))) for each in sums)
    table = Lattice(names[0], names[1], names[2], np.ones((57, 17, 5)), sums, np.zeros(57, dtype=np.int64))
    found = best_estimate(table, 3.0)
    assert found.factors[0] == pytest.approx(0.873, abs=5e-4)
    assert found.share == pytest.approx(0.513, abs=5e-4)
    assert found.deviation == pytest.approx(1.24, abs=5e-3)
    assert found.least <= found.share


def test_a_total_of_one_part_says_nothing_new() -> None:
    found = leverages(Sums.of([(1, [0])], size=2), np.ones(2, dtype=bool))
    assert found == pytest.approx([1.0, 1.0])


def test_noise_is_seen_and_its_absence_too() -> None:
    draw = np.random.default_rng(5)
    parts = draw.integers(20, 60, (7, 400)).astype(float)
    sums = Sums.of([(7, range(7))], size=8), Sums.of([], size=400), Sums.of([], size=1)
    names = tuple(tuple(map(str, range(each.size))) for each in sums)
    true = np.vstack([parts, parts.sum(axis=0)])[:, :, None]
    noisy = true + draw.choice([-1.0, 0.0, 1.0], true.shape, p=[0.25, 0.5, 0.25])
    exact, changed = (
        noise_of(Lattice(names[0], names[1], names[2], value, sums, np.zeros(8, dtype=np.int64)), least=4)
        for value in (true, noisy)
    )
    assert exact.variance == 0
    assert changed.variance == pytest.approx(0.5, rel=0.2)
    assert abs(changed.mean) < 4 * changed.error

"""The most even chances against conditions of an optimum that are checked from outside, and against cases worked by hand."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize

from geointel.disclosure.maximum_entropy import maximum_entropy
from geointel.errors import MethodError


def entropy(p):
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())


def test_without_a_binding_rule_all_are_equal():
    np.testing.assert_allclose(maximum_entropy(np.arange(-2, 3), variance=5), np.full(5, 0.2), atol=1e-9)


def test_two_changes_have_one_answer():
    np.testing.assert_allclose(maximum_entropy(np.array([-1, 2]), variance=3), [2 / 3, 1 / 3], atol=1e-9)


def test_a_bound_variance_gives_a_normal_shape():
    """With mean and variance alone the logarithm of the chances is a parabola in the change."""
    p = maximum_entropy(np.arange(-3, 4), variance=1.5)
    assert p @ np.arange(-3, 4) ** 2 == pytest.approx(1.5, abs=1e-9)
    np.testing.assert_allclose(np.diff(np.log(p), n=3), 0, atol=1e-7)


def test_where_rising_chances_bind_twelve_places_are_right():
    """A count of 1 with changes of at most 2: a, a, b, c with a = b + 2c and 2a + b + c = 1 leave one number, c, to find."""

    def slope(c):
        return 2 / 3 * np.log((1 + c) / 3) - 5 / 3 * np.log((1 - 5 * c) / 3) + np.log(c)

    c = brentq(slope, 1e-6, 0.199, xtol=1e-15)
    expected = [(1 + c) / 3, (1 + c) / 3, (1 - 5 * c) / 3, c]
    np.testing.assert_allclose(maximum_entropy(np.arange(-1, 3), variance=1.0), expected, atol=1e-12)


def test_where_no_change_has_its_least_chance_twelve_places_are_right():
    """The other half falls as a normal curve on both sides, with the variance that is asked for."""
    v = np.arange(-5, 6)
    rest = v[v != 0]

    def too_wide(rate):
        p = np.exp(-rate * rest**2)
        return 0.5 * (p @ rest**2) / p.sum() - 3.0

    p = np.exp(-brentq(too_wide, 0.0, 1.0, xtol=1e-16) * v**2) * (v != 0)
    expected = np.where(v == 0, 0.5, 0.5 * p / p.sum())
    np.testing.assert_allclose(maximum_entropy(v, variance=3.0, stay=0.5), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "variance", "stay"),
    [(-1, 2, 1.0, 0.0), (-5, 5, 3.0, 0.5), (-3, 5, 2.0, 0.3), (-4, 6, 6.0, 0.0), (-1, 5, 3.0, 0.0)],
)
def test_no_neighbour_that_keeps_the_rules_is_more_even(low, high, variance, stay):
    v = np.arange(low, high + 1)
    p = maximum_entropy(v, variance=variance, stay=stay)
    zero = -low
    other = minimize(
        lambda q: float((q * np.log(np.maximum(q, 1e-300))).sum()),
        np.full(v.size, 1 / v.size),
        bounds=[(1e-9, 1)] * v.size,
        constraints=[
            {"type": "eq", "fun": lambda q: [q.sum() - 1, q @ v]},
            {"type": "ineq", "fun": lambda q: [variance - q @ v**2, q[zero] - stay, *np.diff(q[: zero + 1])]},
        ],
        method="SLSQP",
        options={"ftol": 1e-13, "maxiter": 500},
    )
    assert other.success
    np.testing.assert_allclose(p, other.x, atol=1e-5)
    assert entropy(p) >= entropy(other.x) - 1e-9
    assert (np.diff(p[: zero + 1]) > -1e-9).all()
    assert p[zero] > stay - 1e-9


def test_too_small_a_variance_is_named():
    with pytest.raises(MethodError, match=r"at least 2; the bound is 1\.5.*above 2"):
        maximum_entropy(np.array([-1, 2, 3]), variance=1.5)


def test_changes_of_one_sign_have_no_mean_of_zero():
    with pytest.raises(MethodError, match="have mean 0"):
        maximum_entropy(np.array([1, 2]), variance=3)

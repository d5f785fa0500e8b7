"""The most even chances against conditions of an optimum that are checked from outside, and against cases worked by hand."""

import numpy as np
import pytest
from scipy.optimize import minimize

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

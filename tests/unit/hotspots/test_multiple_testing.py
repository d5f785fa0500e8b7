"""Adjusted p-values and signed classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from geointel.errors import MethodError
from geointel.hotspots import benjamini_hochberg, benjamini_yekutieli, class_names, signed_bins
from geointel.model import SIGNED_CLASSES

probabilities = arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1))


@settings(deadline=None)
@given(probabilities)
def test_they_are_scipys_adjusted_values(p: np.ndarray) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p), rtol=1e-12)
    np.testing.assert_allclose(benjamini_yekutieli(p), stats.false_discovery_control(p, method="by"), rtol=1e-12)


@settings(deadline=None)
@given(probabilities, st.integers(0, 2**32 - 1))
def test_a_test_that_was_not_made_is_not_counted(p: np.ndarray, seed: int) -> None:
    places = np.random.default_rng(seed).integers(0, len(p) + 1, 5)
    found = benjamini_hochberg(np.insert(p, places, np.nan))
    assert np.isnan(found).sum() == 5
    np.testing.assert_array_equal(found[~np.isnan(found)], benjamini_hochberg(p))


@settings(deadline=None)
@given(probabilities)
def test_q_is_never_below_p_and_keeps_its_order(p: np.ndarray) -> None:
    q = benjamini_hochberg(p)
    assert (q >= p).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p)]) >= 0).all()


def test_no_test_has_no_result() -> None:
    assert benjamini_hochberg([]).shape == (0,)
    assert np.isnan(benjamini_yekutieli([np.nan, np.nan])).all()


@pytest.mark.parametrize("p", [-1e-9, 1.0001, np.inf])
def test_what_is_not_a_probability_is_refused(p: float) -> None:
    with pytest.raises(MethodError, match="between 0 and 1"):
        benjamini_hochberg([0.5, p])


def test_classes_include_their_level_and_take_the_sign_of_z() -> None:
    q = np.array([0.0, 0.01, 0.0100001, 0.05, 0.050001, 0.1, 0.100001, 1.0, np.nan])
    levels = [3, 3, 2, 2, 1, 1, 0, 0, 0]
    np.testing.assert_array_equal(signed_bins(np.ones(9), q), levels)
    np.testing.assert_array_equal(signed_bins(np.full(9, -0.1), q), np.negative(levels))
    np.testing.assert_array_equal(signed_bins([0.0, np.nan], [0.0, 0.0]), [0, 0])
    assert signed_bins(np.ones(9), q).dtype == np.int8


def test_every_class_has_its_name() -> None:
    names = class_names(np.arange(-3, 4, dtype=np.int8))
    assert tuple(names.tolist()) == SIGNED_CLASSES
    assert class_names(np.array([3, -1], dtype=np.int8)).tolist() == ["hot-99", "cold-90"]

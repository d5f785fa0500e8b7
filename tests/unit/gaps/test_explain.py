"""Where access comes from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps.catchment import modified, squared, two_step
from geointel.gaps.explain import mean_ratio, parts, parts_of, shares
from geointel.gaps.impedance import E2SFCA_STEPS, steps, weighted

from .trips import dense, hand, made


def test_by_hand() -> None:
    demand, supply, times = hand()
    weights = weighted(times, steps(E2SFCA_STEPS))
    catchment = two_step(demand, supply, weights)
    found = shares(weights, catchment)
    mean = 32.2 / 211
    assert mean_ratio(catchment) == pytest.approx(mean)
    np.testing.assert_array_equal(found.service, [1, 1, -1])
    np.testing.assert_allclose(found.share, [2 / 3, 1, np.nan])
    np.testing.assert_allclose(found.crowded, [mean / 0.2, mean / 0.2, np.nan])
    service, given_ = parts_of(weights, catchment.ratio, origin=0)
    np.testing.assert_array_equal(service, [1, 0])
    np.testing.assert_allclose(given_, [0.2, 0.1])
    assert not parts_of(weights, catchment.ratio, origin=2)[0].size


@settings(deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_parts_add_up_to_access_and_the_largest_is_named(seed: int, twice: bool) -> None:
    demand, supply, times = made(seed)
    weights = weighted(times, steps(E2SFCA_STEPS))
    catchment = (modified if twice else two_step)(demand, supply, weights)
    taken = squared(weights) if twice else weights
    full = dense(parts(taken, catchment.ratio))
    np.testing.assert_allclose(full.sum(axis=1), catchment.access, rtol=1e-12)
    found = shares(taken, catchment)
    some = full.sum(axis=1) > 0
    np.testing.assert_array_equal(found.service, np.where(some, full.argmax(axis=1), -1))
    np.testing.assert_allclose(found.share[some], full.max(axis=1)[some] / full.sum(axis=1)[some], rtol=1e-12)
    assert np.isnan(found.share[~some]).all()
    assert np.isnan(found.crowded[~some]).all()
    for origin in range(len(demand)):
        services, given_ = parts_of(taken, catchment.ratio, origin=origin)
        np.testing.assert_array_equal(services, np.argsort(-full[origin], kind="stable")[: (full[origin] > 0).sum()])
        assert given_.sum() == pytest.approx(catchment.access[origin], rel=1e-12)


def test_equal_services_are_as_crowded_as_the_mean_and_closed_ones_do_not_count() -> None:
    weights = csr_array(np.array([[1.0, 1, 1], [0, 1, 1]]))
    catchment = two_step([0, 8], [0, 4, 4], weights)
    found = shares(weights, catchment)
    np.testing.assert_array_equal(found.service, [1, 1])
    np.testing.assert_allclose(found.crowded, [1, 1])
    nothing = two_step([0, 8], [0, 0, 0], weights)
    assert np.isnan(mean_ratio(nothing))
    np.testing.assert_array_equal(shares(weights, nothing).service, [-1, -1])


def test_nothing_in_reach() -> None:
    weights = csr_array((2, 1))
    found = shares(weights, two_step([1, 1], [1], weights))
    np.testing.assert_array_equal(found.service, [-1, -1])


def test_what_does_not_fit_is_refused() -> None:
    weights = csr_array(np.ones((1, 2)))
    with pytest.raises(MethodError, match="ratio of services has shape"):
        parts(weights, np.ones(1))
    for origin in (-1, 1):
        with pytest.raises(MethodError, match="no origin"):
            parts_of(weights, np.ones(2), origin=origin)

"""Closing a service, by hand and by what must be kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geointel.errors import MethodError
from geointel.gaps.siting import closure, spare_places

from .instances import in_range, instances, sparse

NONE = np.nan
MINUTES = np.array([[5, 10, 20], [5, 12, NONE], [6, NONE, NONE], [30, 2, 9]], dtype=float)
PEOPLE = [10, 20, 5, 40]


def test_by_hand_without_limits():
    found = closure(sparse(MINUTES), PEOPLE, radius=20, closing=0)
    assert found.displaced.tolist() == [10, 20, 5, 0]
    assert found.alternative.tolist() == [1, 1, -1, -1]
    assert found.minutes[:2].tolist() == [10, 12]
    assert found.added[:2].tolist() == [5, 7]
    assert np.isnan(found.minutes[2:]).all()
    assert found.unserved.tolist() == [0, 0, 5, 0]
    assert found.arriving.tolist() == [0, 30, 0]


def test_by_hand_with_room():
    """Service 1 has 45 places of which 40 are taken: the nearer cell takes 5 and shares the rest to service 2."""
    spare = spare_places(sparse(MINUTES), PEOPLE, radius=20, capacity=[50, 45, 3])
    assert spare.tolist() == [15, 5, 3]
    found = closure(sparse(MINUTES), PEOPLE, radius=20, closing=0, spare=spare)
    assert found.alternative.tolist() == [1, -1, -1, -1]
    assert found.unserved.tolist() == [2, 20, 5, 0]
    assert found.arriving.tolist() == [0, 5, 3]


@settings(max_examples=150, deadline=None)
@given(instances(), st.data())
def test_nobody_is_lost_and_nobody_overfills(instance, data):
    minutes, people, _ = instance
    m = minutes.shape[1]
    closing = data.draw(st.integers(0, m - 1))
    spare = np.array([data.draw(st.integers(0, 9)) for _ in range(m)], dtype=float)
    found = closure(sparse(minutes), people, radius=3, closing=closing, spare=spare)
    assert found.displaced.sum() == pytest.approx(found.unserved.sum() + found.arriving.sum())
    assert (found.arriving <= spare).all()
    assert found.arriving[closing] == 0
    assert (found.added[~np.isnan(found.added)] >= 0).all()
    free = closure(sparse(minutes), people, radius=3, closing=closing)
    others = in_range(minutes, [site for site in range(m) if site != closing], 3)
    assert np.array_equal(free.unserved, np.where(others, 0, free.displaced))


def test_unknown_service():
    with pytest.raises(MethodError, match="Service 3 is not among the 3"):
        closure(sparse(MINUTES), PEOPLE, radius=20, closing=3)

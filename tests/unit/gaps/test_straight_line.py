"""Straight lines with a detour."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geointel.errors import MethodError
from geointel.gaps.straight_line import straight_minutes


def places(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.uniform(53.4, 54.2, size), random.uniform(-3.1, -2.0, size)


def test_minutes_are_those_of_the_ellipsoid_within_six_in_a_thousand() -> None:
    origins, services = places(1, 40), places(2, 7)
    found = straight_minutes(origins, services, kmh=40, detour=1.3, limit=1000).toarray()
    for place in range(7):
        _, _, metres = Geod(ellps="WGS84").inv(origins[1], origins[0], *(np.full(40, s[place]) for s in services[::-1]))
        assert found[:, place] == pytest.approx(metres / 1000 * 1.3 / 40 * 60, rel=6e-3)


def test_pairs_beyond_the_limit_are_not_stored_and_the_limit_itself_is() -> None:
    origins, services = places(1, 200), places(2, 9)
    every = straight_minutes(origins, services, kmh=40, detour=1.3, limit=1e4)
    limit = float(np.sort(every.data)[500])
    some = straight_minutes(origins, services, kmh=40, detour=1.3, limit=limit)
    assert every.nnz == 1800
    assert some.nnz == 501
    assert some.data.max() == limit


def test_a_service_at_the_origin_is_a_time_of_zero_and_stays() -> None:
    here = np.array([53.8]), np.array([-3.0])
    found = straight_minutes(here, here, kmh=40, detour=1.3, limit=10)
    assert found.nnz == 1
    assert found.data[0] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("wrong", [{"kmh": 0.0}, {"detour": 0.9}, {"kmh": float("nan")}])
def test_a_speed_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(MethodError):
        straight_minutes(places(1, 3), places(2, 3), **{"kmh": 40.0, "detour": 1.3, "limit": 30.0, **wrong})

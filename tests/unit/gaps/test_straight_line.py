"""Straight lines against every pair worked out one by one, and what is no place."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.straight_line import straight_minutes


def haversine(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat, lng), (lat2, lng2) = (map(math.radians, place) for place in (one, other))
    half = math.sin((lat - lat2) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lng - lng2) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def places(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(53.5, 54.1, size), rng.uniform(-3.0, -2.2, size)


def test_every_pair_within_the_limit_is_there_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geointel.gaps.straight_line.BLOCK", 17)
    start, end = places(50, 1), places(9, 2)
    found = straight_minutes(start, end, kmh=40.0, detour=1.3, limit=30.0)
    expected = np.array(
        [[haversine(a, b) * 1.3 / 40 * 60 for b in zip(*end, strict=True)] for a in zip(*start, strict=True)]
    )
    stored = np.zeros(found.shape, dtype=bool)
    stored[found.nonzero()] = True
    assert (stored == (expected <= 30.0)).all()
    assert 0 < stored.sum() < stored.size
    assert found.toarray()[stored] == pytest.approx(expected[stored], rel=1e-9)


def test_times_are_the_same_both_ways() -> None:
    start, end = places(20, 3), places(30, 4)
    there = straight_minutes(start, end, kmh=12.0, limit=90.0)
    back = straight_minutes(end, start, kmh=12.0, limit=90.0)
    assert there.toarray() == pytest.approx(back.T.toarray(), rel=1e-12)


def test_the_service_s_own_place_is_no_minutes_away_and_stored() -> None:
    found = straight_minutes(([53.8, 53.9], [-2.7, -2.7]), ([53.8], [-2.7]), kmh=3.6, limit=10.0)
    assert found.nnz == 1
    assert found.data.tolist() == [0.0]
    assert found.indices.tolist() == [0]


def test_a_pair_at_the_limit_is_within_it() -> None:
    a, b = ([53.8], [-2.7]), ([53.85], [-2.71])
    exact = straight_minutes(a, b, kmh=40.0, limit=60.0).data[0]
    assert straight_minutes(a, b, kmh=40.0, limit=float(exact)).nnz == 1
    assert straight_minutes(a, b, kmh=40.0, limit=float(exact) * (1 - 1e-6)).nnz == 0


def test_without_services_or_origins_nothing_is_within_reach() -> None:
    assert straight_minutes(places(3, 5), ([], []), kmh=40.0, limit=30.0).shape == (3, 0)
    assert straight_minutes(([], []), places(3, 5), kmh=40.0, limit=30.0).shape == (0, 3)


@pytest.mark.parametrize(
    ("origins", "services", "named"),
    [
        (([np.nan], [0.0]), ([53.0], [0.0]), "origins"),
        (([53.0], [0.0]), ([91.0], [0.0]), "services"),
        (([53.0], [0.0, 1.0]), ([53.0], [0.0]), "origins"),
    ],
)
def test_what_is_no_place_is_named(origins: tuple, services: tuple, named: str) -> None:
    with pytest.raises(MethodError, match=named):
        straight_minutes(origins, services, kmh=40.0, limit=30.0)


@pytest.mark.parametrize("wrong", [{"kmh": 0.0}, {"detour": -1.0}, {"limit": np.nan}])
def test_numbers_must_be_above_nothing(wrong: dict[str, float]) -> None:
    with pytest.raises(MethodError, match="not a number above 0"):
        straight_minutes(([53.0], [0.0]), ([53.0], [0.0]), **{"kmh": 40.0, "limit": 30.0, **wrong})

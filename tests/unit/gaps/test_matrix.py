"""Pairs of a matrix find their cells and services, in any order."""

from __future__ import annotations

import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.gaps.matrix import matrix_minutes

CELLS = np.array([30, 10, 20])
SERVICES = ("b:2", "a:1")


def test_pairs_find_their_places_and_strangers_are_left_out() -> None:
    origin = np.array([10, 20, 30, 99, 20, 5])
    named = ["a:1", "b:2", "c:3", "a:1", "a:1", "a:1"]
    found = matrix_minutes((origin, named, [4.0, 0.0, 1.0, 1.0, 61.0, 1.0]), cells=CELLS, services=SERVICES, limit=60.0)
    assert {(int(i), int(j), float(m)) for i, j, m in zip(*_triples(found), strict=True)} == {(1, 1, 4.0), (2, 0, 0.0)}


def test_no_pairs_are_no_times() -> None:
    assert matrix_minutes(([], [], []), cells=CELLS, services=SERVICES, limit=60.0).nnz == 0
    assert matrix_minutes(([10], ["a:1"], [1.0]), cells=CELLS[:0], services=(), limit=60.0).shape == (0, 0)


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_bad_times_are_refused(bad: float) -> None:
    with pytest.raises(MethodError, match="minutes"):
        matrix_minutes(([10], ["a:1"], [bad]), cells=CELLS, services=SERVICES, limit=60.0)


def _triples(found):
    return np.repeat(np.arange(found.shape[0]), np.diff(found.indptr)), found.indices, found.data

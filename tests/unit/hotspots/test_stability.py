"""Stability over resolutions and ring sizes."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest

from geointel.errors import MethodError
from geointel.hotspots.stability import stability

PARENT = h3.latlng_to_cell(53.76, -2.7, 7)
CELLS = sorted(h3.cell_to_children(PARENT, 8))
FINE = sorted(h3.cell_to_children(PARENT, 9))


def test_every_scale_has_one_vote() -> None:
    one_child = np.array([h3.cell_to_parent(cell, 8) == CELLS[0] for cell in FINE])
    one_child[np.flatnonzero(one_child)[1:]] = False
    settings = [
        (CELLS, [3, 0, 0, 0, 0, 0, -1]),
        (CELLS, [1, 1, 0, 0, 0, 0, 0]),
        ([PARENT], [2]),
        (FINE, one_child.astype(int)),
    ]
    found = stability(CELLS, settings)
    np.testing.assert_array_equal(found.hot, [1, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25])
    np.testing.assert_array_equal(found.cold, [0, 0, 0, 0, 0, 0, 0.25])
    np.testing.assert_array_equal(found.settings, 4)


def test_a_setting_that_did_not_judge_a_cell_has_no_vote() -> None:
    found = stability(CELLS, [(CELLS[:2], [1, 0]), ([], []), (CELLS[:1], [1])])
    np.testing.assert_array_equal(found.settings, [2, 1, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(found.hot[:3], [1, 0, np.nan])


def test_no_cells_have_no_stability() -> None:
    assert stability([], [(CELLS, np.ones(7))]).hot.shape == (0,)


def test_mixed_resolutions_and_missing_classes_are_refused() -> None:
    with pytest.raises(MethodError, match="resolutions 7, 8"):
        stability(CELLS, [([PARENT, CELLS[0]], [1, 1])])
    with pytest.raises(MethodError, match="do not fit"):
        stability(CELLS, [(CELLS, [1])])

"""The outline of several cells together."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from geointel.errors import GridError
from geointel.grid import boundaries, outline

MIDDLE = h3.latlng_to_cell(53.76, -2.7, 8)


def test_a_ring_has_a_hole_and_two_groups_are_two_parts() -> None:
    ring = np.array(h3.grid_ring(MIDDLE, 1), dtype=np.int64)
    shape = outline(ring)
    assert [len(part.interiors) for part in shape.geoms] == [1]
    rings = boundaries(ring)
    each = [shapely.Polygon(rings.lnglat[a:b]) for a, b in zip(rings.offsets[:-1], rings.offsets[1:], strict=True)]
    assert shape.area == pytest.approx(sum(one.area for one in each))
    apart = np.array([MIDDLE, h3.grid_ring(MIDDLE, 4)[0]], dtype=np.int64)
    assert len(outline(apart).geoms) == 2
    assert outline(apart[:0]).is_empty


def test_what_is_no_cell_has_no_outline() -> None:
    with pytest.raises(GridError, match="no common outline"):
        outline(np.array([7], dtype=np.int64))

"""Outlines and centres: every kind of cell, against the H3 library one cell at a time."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from geointel.errors import GridError
from geointel.grid import boundaries, centres


def test_rings_are_those_of_h3_end_to_end() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.8, -2.6, 8), 3)), dtype=np.int64)
    rings = boundaries(cells)
    assert rings.offsets.dtype == np.int64
    assert rings.lengths.tolist() == [6] * len(cells)
    for index, cell in enumerate(cells.tolist()):
        ring = rings.lnglat[rings.offsets[index] : rings.offsets[index + 1]]
        assert [(lat, lng) for lng, lat in ring.tolist()] == list(h3.cell_to_boundary(cell))


@pytest.mark.parametrize(("resolution", "points"), [(2, 5), (8, 5), (3, 10), (9, 10)])
def test_pentagons_have_five_points_or_ten(resolution: int, points: int) -> None:
    pentagons = np.array(sorted(h3.get_pentagons(resolution)), dtype=np.int64)
    assert boundaries(pentagons).lengths.tolist() == [points] * 12


def test_ring_lengths_vary_over_an_edge_of_the_icosahedron() -> None:
    cells = np.array(sorted(h3.cell_to_children(sorted(h3.get_res0_cells())[20], 3)), dtype=np.int64)
    lengths = boundaries(cells).lengths
    assert set(lengths.tolist()) > {6}
    assert lengths.tolist() == [len(h3.cell_to_boundary(cell)) for cell in cells.tolist()]


def test_a_centre_lies_inside_its_outline_and_is_longitude_first() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.8, -2.6, 7), 2)), dtype=np.int64)
    rings, points = boundaries(cells), centres(cells)
    assert points.shape == (len(cells), 2)
    assert np.allclose(points.mean(axis=0), [-2.6, 53.8], atol=0.05)
    for index, point in enumerate(points):
        ring = rings.lnglat[rings.offsets[index] : rings.offsets[index + 1]]
        assert shapely.Polygon(ring).contains(shapely.Point(point))


def test_no_cells_give_no_rings() -> None:
    none = np.empty(0, dtype=np.int64)
    assert boundaries(none).offsets.tolist() == [0]
    assert boundaries(none).lnglat.shape == (0, 2)
    assert centres(none).shape == (0, 2)


@pytest.mark.parametrize("function", [boundaries, centres])
def test_an_index_that_is_not_a_cell_is_refused(function: object) -> None:
    with pytest.raises(GridError, match="Not every index"):
        function(np.array([12345], dtype=np.int64))  # type: ignore[operator]

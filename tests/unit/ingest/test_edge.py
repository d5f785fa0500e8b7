"""Land around the study area: which cells are neighbours whole."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from pyproj import Geod

from geointel.ingest.edge import covered, with_edge

from ...street import EAST, NORTH, SOUTH, WEST, square

GLOBE = Geod(ellps="WGS84")
SLACK = 0.01
"""The national grid is up to so much longer or shorter than the ground."""


def km_from_square(lat: float, lng: float) -> float:
    """Distance of a point from the square of land."""
    near = min(max(lng, WEST), EAST), min(max(lat, SOUTH), NORTH)
    return float(GLOBE.inv(lng, lat, *near)[2]) / 1000


@pytest.mark.parametrize("km", [0.0, 3.0, 20.0])
def test_a_cell_is_in_the_edge_when_all_of_it_is_near_and_two_rings_reach_it(km: float) -> None:
    study = with_edge(square(), (6, 7, 8), km=km)
    assert set(study.beyond) == {6, 7, 8}
    for resolution, found in study.beyond.items():
        own = set(study.cells(resolution).tolist())
        rings = {other for cell in own for other in h3.grid_disk(cell, 2)} - own
        furthest = {cell: max(km_from_square(*corner) for corner in h3.cell_to_boundary(cell)) for cell in rings}
        surely = {cell for cell, far in furthest.items() if far < km * (1 - SLACK)}
        never = {cell for cell, far in furthest.items() if far > km * (1 + SLACK)}
        assert found.tolist() == sorted(found.tolist())
        assert surely <= set(found.tolist()) <= rings - never
        assert bool(len(found)) == bool(surely)
    assert bool(len(study.beyond[8])) == (km > 0)


def test_the_edge_is_whole_rings_where_the_distance_allows() -> None:
    study = with_edge(square(), (8,), km=20)
    own = set(study.cells(8).tolist())
    assert set(study.beyond[8].tolist()) == {other for cell in own for other in h3.grid_disk(cell, 2)} - own


def test_a_cell_of_which_a_corner_is_elsewhere_is_not_covered() -> None:
    cell = h3.latlng_to_cell(53.8, -3.3, 8)
    corners = [(lng, lat) for lat, lng in h3.cell_to_boundary(cell)]
    whole = shapely.Polygon(corners).buffer(1e-6)
    cut = shapely.difference(whole, shapely.Point(corners[2]).buffer(1e-4))
    assert covered(np.array([cell]), whole).tolist() == [True]
    assert covered(np.array([cell]), cut).tolist() == [False]
    assert covered(np.empty(0, dtype=np.int64), whole).tolist() == []

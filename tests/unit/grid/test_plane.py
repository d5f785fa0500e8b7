"""Cells on a plane: distances and areas against those of the ellipsoid."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
from pyproj import Geod

from geointel.grid import centres, middle, on_plane, spacing

EARTH = Geod(ellps="WGS84")


@pytest.mark.parametrize("origin", [(-2.7, 53.8), (-5.1, 50.2), (1.6, 52.6), (-2.0, 55.6)])
def test_distances_within_100_km_are_those_of_the_ellipsoid(origin: tuple[float, float]) -> None:
    random = np.random.default_rng(2)
    lng, lat, _ = EARTH.fwd(
        *(np.full(300, part) for part in origin), random.uniform(0, 360, 300), random.uniform(0, 1e5, 300)
    )
    points = on_plane(np.column_stack([lng, lat]), np.array(origin))
    for one, other in ((0, slice(1, None)), (7, slice(8, None))):
        known = EARTH.inv(
            np.full_like(lng[other], lng[one]), np.full_like(lat[other], lat[one]), lng[other], lat[other]
        )[2]
        np.testing.assert_allclose(np.hypot(*(points[other] - points[one]).T), known, rtol=2e-3)


def test_east_and_north_are_where_they_belong() -> None:
    origin = np.array([-2.7, 53.8])
    found = on_plane(np.array([[-2.7, 53.8], [-2.6, 53.8], [-2.7, 53.9]]), origin)
    np.testing.assert_allclose(found[0], 0, atol=1e-9)
    assert found[1, 0] == pytest.approx(6590, rel=2e-3)
    assert found[2, 1] == pytest.approx(11130, rel=2e-3)


@pytest.mark.parametrize("resolution", [6, 7, 8])
def test_spacing_is_about_the_distance_of_neighbours(resolution: int) -> None:
    cells = np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(53.8, -2.7, resolution), 4), dtype=np.int64))
    plane = on_plane(centres(cells), middle(cells))
    distance = np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1))
    near = np.sort(distance, axis=1)[:, 1:7]
    inner = near[np.argsort(distance.sum(axis=1))[:20]]
    assert spacing(cells) == pytest.approx(inner.mean(), rel=0.02)
    assert np.isnan(spacing(cells[:0]))
    assert spacing(cells[:1]) == pytest.approx(spacing(cells), rel=0.02)

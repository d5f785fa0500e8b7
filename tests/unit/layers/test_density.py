"""``density``: kernel density of the cells' counts, with a bandwidth that is never too small and always said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from geointel import content
from geointel.errors import MethodError
from geointel.grid import centres, spacing
from geointel.hotspots import kernel_weights
from geointel.layers.cube import Cube
from geointel.layers.density import LAYER, Options
from geointel.layers.lattice import Lattice
from geointel.model import ALL, Layer

from .conftest import RESOLUTIONS, WINDOWS, drawn, request

YEAR = WINDOWS[-1]
EARTH = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def layer(cube: Cube) -> Layer:
    return LAYER.compute(cube, request("density"))


def rows(layer: Layer, resolution: int = 8, category: str = "drugs") -> list[dict[str, Any]]:
    key = {"resolution": resolution, "window": YEAR.id, "category": category}
    return [row for row in layer.cells.to_pylist() if all(row[name] == value for name, value in key.items())]


def apart(cells: np.ndarray[Any, Any], points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Metres on the ellipsoid between the middles of two sets of cells."""
    a, b = centres(cells), centres(points)
    grid = np.broadcast_arrays(a[:, None, 0], a[:, None, 1], b[None, :, 0], b[None, :, 1])
    return EARTH.inv(*(part.ravel() for part in grid))[2].reshape(len(a), len(b))


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_it_is_the_quartic_sum_over_geodesics(cube: Cube, layer: Layer, resolution: int) -> None:
    """Brute force: every cell against every cell, on the ellipsoid instead of the plane."""
    h = layer.spec.parameters["bandwidth"][str(resolution)]
    cells = cube.lattices[RESOLUTIONS.index(resolution)].cells
    distance = apart(cells, cube.lattices[1].cells)
    mass = drawn().total(8, YEAR, "drugs")
    height = 3 / (np.pi * h**2) * np.maximum(1 - (distance / h) ** 2, 0) ** 2
    for row, value, there in zip(rows(layer, resolution), 1e6 * height @ mass, drawn().seen(resolution), strict=True):
        assert row["status"] == ("shown" if there else "no-support")
        if there:
            assert row["value"] == pytest.approx(value, rel=0.01)
    near = (distance < h) @ mass
    assert [row["support"] for row in rows(layer, resolution) if row["value"] is not None] == near[
        drawn().seen(resolution)
    ].tolist()


def test_density_over_the_plane_adds_up_to_the_incidents(cube: Cube) -> None:
    """Sum of density times area of the cells, all supported; the edge is empty, so nothing spills over it."""
    lattice = cube.lattices[1]
    full = Lattice(8, lattice.cells, np.ones(len(lattice.cells), dtype=bool))
    inner = np.argsort(apart(lattice.cells, lattice.cells).max(axis=1))[:40]
    slices = {("incidents", YEAR.id, "drugs"): (inner, np.arange(1.0, 41.0))}
    planted = replace(cube, lattices=(full,), cells={8: replace(cube.cells[8], slices=slices)})
    asked = replace(request("density", "drugs", windows=("year",)), options=Options(bandwidth_m=3000))
    found = rows(LAYER.compute(planted, asked))
    area = np.sqrt(3) / 2 * spacing(lattice.cells) ** 2 / 1e6
    assert area * sum(row["value"] for row in found) == pytest.approx(820, rel=0.01)


def test_classes_are_bands_of_what_is_not_zero(layer: Layer) -> None:
    bounds = layer.spec.breaks["8"]["drugs"]["year"]
    assert bounds == sorted(set(bounds))
    for row in rows(layer):
        if row["value"] is not None:
            expected = 0 if row["value"] == 0 else 1 + sum(row["value"] > bound for bound in bounds)
            assert row["class"] == str(expected)


def test_a_share_is_the_category_s_density_over_all(cube: Cube, layer: Layer) -> None:
    asked = replace(request("density", "drugs"), options=Options(against="all"))
    share = LAYER.compute(cube, asked)
    for row, own, every in zip(rows(share), rows(layer), rows(layer, category=ALL), strict=True):
        if own["value"] is None:
            assert row["status"] == "no-support"
        elif every["value"] == 0:
            assert (row["status"], row["value"], row["class"]) == ("insufficient", None, None)
        else:
            assert row["value"] == pytest.approx(own["value"] / every["value"])
            assert 0 <= row["value"] <= 1
    assert "share" in share.spec.unit
    assert share.spec.notes["variant"] == "all"
    said = content.sentence("density", rows(share)[0] | {"status": "shown"}, slug="drugs", window="x", variant="all")
    assert "%" in said


def test_nothing_near_at_all_has_no_share(cube: Cube) -> None:
    empty = replace(cube, cells={r: replace(counts, slices={}) for r, counts in cube.cells.items()})
    asked = replace(request("density", "drugs"), options=Options(against="all"))
    assert set(LAYER.compute(empty, asked).cells["status"].to_pylist()) == {"insufficient", "no-support"}
    plain = LAYER.compute(empty, request("density", "drugs")).cells
    assert {row["class"] for row in plain.to_pylist() if row["status"] == "shown"} == {"0"}


def test_a_bandwidth_below_the_spacing_is_raised_and_said(cube: Cube) -> None:
    asked = replace(request("density", "drugs", windows=("year",)), options=Options(bandwidth_m=1500))
    spec = LAYER.compute(cube, asked).spec
    fine, coarse = (cube.lattices[number].cells for number in (1, 0))
    assert spacing(fine) < 1500 < spacing(coarse)
    assert spec.parameters["bandwidth"] == {"7": round(spacing(coarse), 1), "8": 1500.0}
    assert spec.parameters["bandwidth_asked"] == 1500
    assert "1,500 m at resolution 8" in spec.method
    assert "at resolution 7, so that distance is used there" in spec.method
    with pytest.raises(MethodError, match="below the spacing"):
        kernel_weights([[0, 0]], [[0, 0]], bandwidth=99, spacing=100)


def test_the_usual_bandwidth_is_said_and_is_no_column(cube: Cube, layer: Layer) -> None:
    for lattice in cube.lattices:
        expected = 1.5 * spacing(lattice.cells)
        assert layer.spec.parameters["bandwidth"][str(lattice.resolution)] == pytest.approx(expected, abs=0.1)
        assert f"{content.number(expected)} m at resolution {lattice.resolution}" in layer.spec.method
    assert "not a test" in layer.spec.method
    assert layer.spec.tests == ""
    assert "density" in layer.spec.caveats
    assert layer.areas is None


def test_everything_of_everything_is_refused(cube: Cube) -> None:
    assert list(LAYER.refused(Options(against="all"))) == [ALL]
    assert LAYER.refused(Options()) == {}
    with pytest.raises(MethodError, match="everything"):
        LAYER.compute(cube, replace(request("density", ALL), options=Options(against="all")))

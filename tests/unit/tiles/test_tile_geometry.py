"""Cells on the map's square: projection, antimeridian, poles, and which tiles they reach."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pyproj
import pytest

from geointel.grid import boundaries
from geointel.tiles import Tile, TileGeometry, cover_of, tiles_of
from geointel.tiles.geometry import areas, project

EDGE = 85.0511287798066
FIJI = (-17.0, 180.0)


def world_cells(resolution: int) -> np.ndarray:
    return np.array(sorted(c for base in h3.get_res0_cells() for c in h3.cell_to_children(base, resolution)))


def test_projection_is_web_mercator() -> None:
    lnglat = np.array([[-180.0, EDGE], [180.0, -EDGE], [0.0, 0.0], [-2.6, 53.8], [151.2, -33.9]])
    transform = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    east, north = transform.transform(lnglat[:, 0], lnglat[:, 1])
    half = 20037508.342789244
    assert np.allclose(project(lnglat), np.column_stack((east / half + 1, 1 - north / half)) / 2, atol=1e-12)


@pytest.mark.parametrize("resolution", [0, 1, 2])
def test_all_cells_of_the_world_fill_the_square_exactly_once(resolution: int) -> None:
    geometry = TileGeometry.of(world_cells(resolution))
    sizes = areas(geometry.offsets, geometry.xy) / 2
    top, bottom = project(np.array([[0.0, 89.9], [0.0, -89.9]]))[:, 1]
    assert (sizes > 0).all()
    assert sizes.sum() == pytest.approx(bottom - top, rel=1e-9)


@pytest.mark.parametrize("resolution", [0, 1, 2])
def test_no_ring_jumps_over_the_map(resolution: int) -> None:
    geometry = TileGeometry.of(world_cells(resolution))
    width = geometry.high[:, 0] - geometry.low[:, 0]
    round_a_pole = np.isclose(width, 1.0)
    assert round_a_pole.sum() == 2
    assert width[~round_a_pole].max() < 0.6


def test_a_cell_over_the_antimeridian_is_in_the_tiles_at_both_edges() -> None:
    cell = h3.latlng_to_cell(*FIJI, 5)
    cover = tiles_of(TileGeometry.of(np.array([cell])), 7)
    assert {0, 127} <= set(cover.xy[:, 0].tolist())
    assert set(cover.shift[np.isin(np.repeat(cover.xy[:, 0], cover.counts), [0, 1])].tolist()) <= {-1, 0}
    assert len(set(cover.shift.tolist())) == 2


@pytest.mark.parametrize("resolution", [0, 1, 2])
@pytest.mark.parametrize("zoom", [1, 2, 3])
def test_every_cell_over_the_antimeridian_is_at_both_edges(resolution: int, zoom: int) -> None:
    cells = world_cells(resolution)
    rings = boundaries(cells)
    starts = rings.offsets[:-1]
    lng, lat = rings.lnglat.T
    crossing = np.maximum.reduceat(lng, starts) - np.minimum.reduceat(lng, starts) > 180
    on_map = (np.minimum.reduceat(lat, starts) < EDGE) & (np.maximum.reduceat(lat, starts) > -EDGE)
    cover = tiles_of(TileGeometry.of(cells), zoom)
    column = np.repeat(cover.xy[:, 0], cover.counts)
    assert crossing.sum() >= 8
    for edge in (0, (1 << zoom) - 1):
        assert set(np.flatnonzero(crossing & on_map).tolist()) <= set(cover.rows[column == edge].tolist())


@pytest.mark.parametrize("resolution", [0, 1, 2])
@pytest.mark.parametrize("zoom", [0, 1, 2, 3])
def test_every_cell_that_reaches_the_map_is_in_a_tile(resolution: int, zoom: int) -> None:
    geometry = TileGeometry.of(world_cells(resolution))
    reaching = (geometry.high[:, 1] > 0) & (geometry.low[:, 1] < 1)
    found = np.isin(np.arange(geometry.cells.size), tiles_of(geometry, zoom).rows)
    assert (found | ~reaching).all()


@pytest.mark.parametrize("zoom", [0, 4, 9, 13])
def test_one_tile_alone_has_what_it_has_among_all(geometry: TileGeometry, zoom: int) -> None:
    cover = tiles_of(geometry, zoom)
    ends = np.cumsum(cover.counts)
    for index, tile in enumerate(cover.tiles):
        alone = cover_of(geometry, tile)
        own = slice(ends[index] - cover.counts[index], ends[index])
        assert alone.tiles == [tile]
        assert alone.rows.tolist() == cover.rows[own].tolist()
        assert alone.shift.tolist() == cover.shift[own].tolist()


def test_a_tile_takes_cells_within_its_buffer(geometry: TileGeometry) -> None:
    zoom, side = 12, 4096
    low, high = geometry.low * side, geometry.high * side
    buffer = 64 / 4096
    for tile in tiles_of(geometry, zoom).tiles[::5]:
        near = (high >= np.array([tile.x, tile.y]) - buffer) & (low <= np.array([tile.x + 1, tile.y + 1]) + buffer)
        assert cover_of(geometry, tile).rows.tolist() == np.flatnonzero(near.all(axis=1)).tolist()


@pytest.mark.parametrize("tile", [Tile(8, 0, 0), Tile(8, 300, 10), Tile(8, -1, 83), Tile(3, 3, 9)])
def test_a_tile_without_cells_or_off_the_map_is_no_tile(geometry: TileGeometry, tile: Tile) -> None:
    cover = cover_of(geometry, tile)
    assert cover.tiles == []
    assert cover.rows.size == cover.counts.size == 0


def test_no_cells_are_in_no_tile() -> None:
    geometry = TileGeometry.of(np.empty(0, dtype=np.int64))
    assert tiles_of(geometry, 5).tiles == []
    assert cover_of(geometry, Tile(5, 1, 1)).tiles == []

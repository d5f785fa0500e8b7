"""Tiles as another program reads them: every cell, every value, sound outlines."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import Polygon, shape

from geointel.errors import GridError
from geointel.grid import format_cells, parse_cell
from geointel.tiles import (
    MAXZOOM,
    MINZOOM,
    Columns,
    Tile,
    TileGeometry,
    Words,
    columns_from_table,
    compact_ids,
    encode_layers,
    encode_tile,
    prepare,
    resolution_for_zoom,
    tiles_of,
)

if TYPE_CHECKING:
    from geointel.tiles import Frame

NONE: dict[str, Any] = {}


def features(tile: bytes, name: str = "drugs") -> list[dict[str, Any]]:
    """Features with coordinates as they are in the tile, y down."""
    layer = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})[name]
    assert layer["extent"] == 4096
    assert layer["version"] == 2
    return layer["features"]


def pyramid(geometry: TileGeometry, zoom: int, columns: dict[str, Any] = NONE) -> dict[Tile, list[dict[str, Any]]]:
    cover = tiles_of(geometry, zoom)
    layers = encode_layers(prepare(geometry, cover), Columns.of(columns, geometry.cells.size), name="drugs")
    return {tile: features(layer) for tile, layer in zip(cover.tiles, layers, strict=True)}


def signed_area(ring: list[list[int]]) -> float:
    """Surveyor's formula as it stands in the specification: positive for an exterior ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def assert_sound(feature: dict[str, Any]) -> Polygon:
    polygon = shape(feature["geometry"])
    assert polygon.geom_type == "Polygon"
    assert polygon.is_valid, shapely.is_valid_reason(polygon)
    (ring,) = feature["geometry"]["coordinates"]
    assert signed_area(ring) > 0
    assert all(a != b for a, b in pairwise(ring))
    return polygon


@pytest.mark.parametrize("zoom", range(MINZOOM, MAXZOOM + 1))
def test_every_zoom_shows_every_cell_once_by_id_and_the_same_total(frames: dict[int, Frame], zoom: int) -> None:
    frame = frames[resolution_for_zoom(zoom, frames)]
    tiles = pyramid(TileGeometry.of(frame.cells), zoom, dict(frame.categories["drugs"]))
    counts: dict[int, float] = {}
    for found in tiles.values():
        assert len({feature["id"] for feature in found}) == len(found)
        for feature in found:
            counts[feature["id"]] = feature["properties"]["count"]
            assert compact_ids(np.array([parse_cell(feature["properties"]["cell"])])).tolist() == [feature["id"]]
    assert sorted(counts) == compact_ids(frame.cells).tolist()
    assert sum(counts.values()) == float(np.sum(frames[8].categories["drugs"]["count"]))


@pytest.mark.parametrize("zoom", range(MINZOOM, MAXZOOM + 1))
def test_outlines_are_sound_at_every_zoom(frames: dict[int, Frame], zoom: int) -> None:
    geometry = TileGeometry.of(frames[resolution_for_zoom(zoom, frames)].cells)
    for found in pyramid(geometry, zoom).values():
        for feature in found:
            assert_sound(feature)


@pytest.mark.parametrize("zoom", [5, 8, 10, 12])
def test_a_cell_has_the_same_shape_in_every_tile(frames: dict[int, Frame], zoom: int) -> None:
    geometry = TileGeometry.of(frames[resolution_for_zoom(zoom, frames)].cells)
    seen: dict[int, Polygon] = {}
    copies = 0
    for tile, found in pyramid(geometry, zoom).items():
        for feature in found:
            here = translate(shape(feature["geometry"]), tile.x * 4096, tile.y * 4096)
            copies += feature["id"] in seen
            assert seen.setdefault(feature["id"], here).equals(here)
    assert copies > 0 or zoom == 5


@pytest.mark.parametrize(("resolution", "zoom"), [(8, 10), (8, 13), (7, 8), (6, 5)])
def test_neighbours_leave_no_gap_and_do_not_overlap(resolution: int, zoom: int) -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, resolution), 6)), dtype=np.int64)
    for found in pyramid(TileGeometry.of(cells), zoom).values():
        polygons = [shape(feature["geometry"]) for feature in found]
        whole = shapely.union_all(polygons)
        assert whole.area == sum(polygon.area for polygon in polygons)
        assert all(not part.interiors for part in shapely.get_parts(whole))


@pytest.mark.parametrize(("resolution", "points"), [(2, 5), (3, 10), (8, 5), (9, 10)])
def test_pentagons(resolution: int, points: int) -> None:
    cells = np.array(sorted(h3.get_pentagons(resolution)), dtype=np.int64)
    geometry = TileGeometry.of(cells)
    zoom = resolution + 3
    on_map = np.flatnonzero((geometry.high[:, 1] > 0) & (geometry.low[:, 1] < 1))
    seen: set[int] = set()
    for row in on_map.tolist():
        x, y = (geometry.low[row] * (1 << zoom)).astype(int)
        found = features(encode_tile(geometry, Tile(zoom, int(x), int(y)), NONE, name="drugs"))
        for feature in found:
            assert len(assert_sound(feature).exterior.coords) == points + 1
            seen.add(feature["id"])
    assert seen == set(compact_ids(cells[on_map]).tolist())


@pytest.mark.parametrize("resolution", [0, 1, 2])
@pytest.mark.parametrize("zoom", [0, 1, 2, 3])
def test_the_whole_world_is_sound_at_low_zooms(resolution: int, zoom: int) -> None:
    cells = np.array(sorted(c for base in h3.get_res0_cells() for c in h3.cell_to_children(base, resolution)))
    geometry = TileGeometry.of(cells)
    for tile in tiles_of(geometry, zoom).tiles[:: 1 + zoom]:
        world = 4096 << zoom
        for feature in features(encode_tile(geometry, tile, NONE, name="drugs")):
            west, _, east, _ = assert_sound(feature).bounds
            assert east - west <= world
            assert east >= -64
            assert west <= 4096 + 64


def test_a_cell_over_the_antimeridian_is_whole_in_both_tiles() -> None:
    cells = np.array([h3.latlng_to_cell(-17.0, 180.0, 6)])
    geometry = TileGeometry.of(cells)
    edges = [tile for tile in tiles_of(geometry, 9).tiles if tile.x in (0, 511)]
    assert {tile.x for tile in edges} == {0, 511}
    shapes = []
    for tile in edges:
        (feature,) = features(encode_tile(geometry, tile, NONE, name="drugs"))
        assert feature["id"] == int(compact_ids(cells)[0])
        shapes.append(translate(assert_sound(feature), -4096 if tile.x else 0, tile.y * 4096))
    assert all(one.equals(shapes[0]) for one in shapes)


@settings(max_examples=60, deadline=None)
@given(st.floats(-84, 84), st.floats(-180, 180), st.integers(1, 12), st.integers(0, 14))
def test_anywhere_at_any_zoom_no_cell_is_lost_or_broken(lat: float, lng: float, resolution: int, zoom: int) -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(lat, lng, resolution), 1)), dtype=np.int64)
    geometry = TileGeometry.of(cells)
    middle = geometry.cells.tolist().index(h3.latlng_to_cell(lat, lng, resolution))
    side = 1 << zoom
    x, y = ((geometry.low[middle] + geometry.high[middle]) / 2 * side).astype(int)
    tile = Tile(zoom, int(x) % side, int(np.clip(y, 0, side - 1)))
    found = features(encode_tile(geometry, tile, NONE, name="drugs"))
    assert int(compact_ids(cells[[middle]])[0]) in {feature["id"] for feature in found}
    for feature in found:
        assert_sound(feature)


@pytest.mark.parametrize("resolution", [8, 9, 10, 12, 14])
def test_cells_too_small_to_draw_are_kept_as_boxes(resolution: int) -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, resolution), 4)), dtype=np.int64)
    geometry = TileGeometry.of(cells)
    found = [feature for part in pyramid(geometry, 5).values() for feature in part]
    assert {feature["id"] for feature in found} == set(compact_ids(cells).tolist())
    for feature in found:
        assert assert_sound(feature).area >= 1


def test_a_null_is_left_out_and_a_zero_is_not() -> None:
    cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 1)), dtype=np.int64)
    columns = {
        "value": np.array([0.0, np.nan, 1.5, -2.25, np.nan, 0.0, 1.5]),
        "class": np.array(["none", None, "hot-99", "cold-90", None, "none", "hot-99"], dtype=object),
        "status": Words(np.array([0, 1, 0, 0, -1, 0, 0]), ("shown", "suppressed")),
        "count": np.array([0.0, np.nan, 3.0, 300.0, np.nan, 0.0, 70000.0]),
        "change": np.array([0, -1, 1, -64, 64, -65, 8191]),
        "empty": np.full(7, np.nan),
    }
    (tile,) = pyramid(TileGeometry.of(cells), 8, columns).values()
    expected = [
        {"cell": "", "value": 0.0, "class": "none", "status": "shown", "count": 0, "change": 0},
        {"cell": "", "status": "suppressed", "change": -1},
        {"cell": "", "value": 1.5, "class": "hot-99", "status": "shown", "count": 3, "change": 1},
        {"cell": "", "value": -2.25, "class": "cold-90", "status": "shown", "count": 300, "change": -64},
        {"cell": "", "change": 64},
        {"cell": "", "value": 0.0, "class": "none", "status": "shown", "count": 0, "change": -65},
        {"cell": "", "value": 1.5, "class": "hot-99", "status": "shown", "count": 70000, "change": 8191},
    ]
    for row, text in zip(expected, format_cells(cells), strict=True):
        row["cell"] = text
    assert [feature["properties"] for feature in tile] == expected
    assert {type(feature["properties"].get("count", 0)) for feature in tile} == {int}
    assert {type(feature["properties"].get("value", 0.0)) for feature in tile} == {float}


def test_a_column_has_one_type_in_every_tile(frames: dict[int, Frame]) -> None:
    cells = frames[8].cells
    values = np.arange(cells.size, dtype=float)
    values[-1] = 0.5  # one fraction anywhere makes the whole column double
    tiles = pyramid(TileGeometry.of(cells), 12, {"value": values})
    assert {type(feature["properties"]["value"]) for found in tiles.values() for feature in found} == {float}


def test_numbers_come_back_exactly(geometry: TileGeometry) -> None:
    values = np.random.default_rng(3).normal(size=geometry.cells.size) * 10.0 ** np.arange(-300, 331)[:631].clip(
        -300, 300
    )
    by_id = dict(zip(compact_ids(geometry.cells).tolist(), values.tolist(), strict=True))
    for found in pyramid(geometry, 9, {"value": values}).values():
        assert {feature["id"]: feature["properties"]["value"] for feature in found} == {
            feature["id"]: by_id[feature["id"]] for feature in found
        }


def test_the_same_input_gives_the_same_bytes_alone_or_among_all(frames: dict[int, Frame]) -> None:
    columns = frames[8].categories["drugs"]
    geometry = TileGeometry.of(frames[8].cells)
    coded = Columns.of(columns, geometry.cells.size)
    cover = tiles_of(geometry, 11)
    layers = encode_layers(prepare(geometry, cover), coded, name="drugs")
    assert layers == encode_layers(prepare(geometry, tiles_of(geometry, 11)), coded, name="drugs")
    for tile, layer in zip(cover.tiles, layers, strict=True):
        assert encode_tile(geometry, tile, columns, name="drugs") == layer


def test_features_stand_in_the_order_of_the_cells(geometry: TileGeometry) -> None:
    for found in pyramid(geometry, 10).values():
        cells = [feature["properties"]["cell"] for feature in found]
        assert cells == sorted(cells)


def test_nothing_is_empty_bytes(geometry: TileGeometry) -> None:
    assert encode_tile(geometry, Tile(10, 0, 0), NONE, name="drugs") == b""


def test_resolution_15_is_refused() -> None:
    geometry = TileGeometry.of(np.array([h3.latlng_to_cell(53.76, -2.7, 15)]))
    tile = tiles_of(geometry, 13).tiles[0]
    with pytest.raises(GridError, match="resolution 15"):
        encode_tile(geometry, tile, NONE, name="drugs")


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="'value' has 3 rows for 4 cells"):
        Columns.of({"value": np.zeros(3)}, 4)


def test_columns_of_an_arrow_table() -> None:
    word = pa.dictionary(pa.int32(), pa.string())
    table = pa.table({
        "value": pa.array([1.5, None, 0.0]),
        "class": pa.array(["hot-99", None, "none"], word),
        "support": pa.array([1, 2, 3], pa.int32()),
        "gaps": pa.array([1, None, 3], pa.int32()),
        "name": pa.array(["a", None, "b"]),
    })  # fmt: skip
    columns = columns_from_table(table, ("value", "class", "support", "gaps", "name", "missing"))
    assert list(columns) == ["value", "class", "support", "gaps", "name"]
    coded = Columns.of(columns, 3)
    assert coded.nulls == {"value": 1, "class": 1, "support": 0, "gaps": 1, "name": 1}
    cells = np.array(sorted(h3.grid_ring(h3.latlng_to_cell(53.76, -2.7, 8), 1))[:3], dtype=np.int64)
    (found,) = pyramid(TileGeometry.of(cells), 7, dict(columns)).values()
    properties = [{key: value for key, value in f["properties"].items() if key != "cell"} for f in found]
    assert properties == [
        {"value": 1.5, "class": "hot-99", "support": 1, "gaps": 1, "name": "a"},
        {"support": 2},
        {"value": 0.0, "class": "none", "support": 3, "gaps": 3, "name": "b"},
    ]

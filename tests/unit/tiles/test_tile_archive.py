"""The archive: written once, read by us and by the format's own library."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import mapbox_vector_tile
import numpy as np
import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from geointel.errors import SnapshotCorruptError, SnapshotError, SnapshotNotFoundError
from geointel.tiles import (
    MAXZOOM,
    MINZOOM,
    Frame,
    TileArchive,
    TileGeometry,
    bounds,
    category_layer,
    compact_ids,
    encode_tile,
    layer_names,
    resolution_for_zoom,
    tiles_of,
    write_archive,
)

if TYPE_CHECKING:
    from pathlib import Path

METADATA = {"name": "Hotspots", "attribution": "police.uk", "window": "12m:2025-12", "fields": {"value": "z score"}}


@pytest.fixture(scope="module")
def archive(frames: dict[int, Frame], tmp_path_factory: pytest.TempPathFactory) -> TileArchive:
    path = tmp_path_factory.mktemp("tiles") / "hotspot.pmtiles"
    written = write_archive(path, frames, metadata=METADATA)
    opened = TileArchive.open(path)
    assert len(opened.places) == written
    return opened


def test_the_formats_own_reader_finds_every_cell_at_every_zoom(archive: TileArchive, frames: dict[int, Frame]) -> None:
    source = MemorySource(archive.path.read_bytes())
    header = Reader(source).header()
    assert header["clustered"]
    assert header["tile_type"] is TileType.MVT
    assert header["tile_compression"] is Compression.GZIP
    assert (header["min_zoom"], header["max_zoom"]) == (MINZOOM, MAXZOOM)
    counts: dict[int, dict[int, float]] = {}
    for (zoom, _, _), stored in all_tiles(source):
        layers = mapbox_vector_tile.decode(gzip.decompress(stored))
        assert list(layers) == ["all", "drugs"]
        found = counts.setdefault(zoom, {})
        found |= {feature["id"]: feature["properties"]["count"] for feature in layers["drugs"]["features"]}
    total = float(np.sum(frames[8].categories["drugs"]["count"]))
    assert sorted(counts) == list(range(MINZOOM, MAXZOOM + 1))
    for zoom, found in counts.items():
        assert sorted(found) == compact_ids(frames[resolution_for_zoom(zoom, frames)].cells).tolist()
        assert sum(found.values()) == total


def test_metadata_says_what_is_inside(archive: TileArchive, frames: dict[int, Frame]) -> None:
    metadata: dict[str, Any] = Reader(MemorySource(archive.path.read_bytes())).metadata()
    assert metadata == archive.metadata
    assert metadata["window"] == "12m:2025-12"
    assert [layer["id"] for layer in metadata["vector_layers"]] == ["all", "drugs"]
    layer = metadata["vector_layers"][1]
    assert (layer["minzoom"], layer["maxzoom"]) == (MINZOOM, MAXZOOM)
    assert layer["fields"]["cell"] == layer["fields"]["class"] == layer["fields"]["status"] == "String"
    assert layer["fields"]["value"] == "Number"
    assert layer["descriptions"] == {"value": "z score"}
    assert metadata["resolutions"] == {str(zoom): resolution_for_zoom(zoom, frames) for zoom in range(5, 14)}
    assert metadata["cells"] == {str(resolution): frame.cells.size for resolution, frame in frames.items()}


def test_bounds_hold_whole_cells(archive: TileArchive, frames: dict[int, Frame]) -> None:
    west, south, east, north = bounds(TileGeometry.of(frames[8].cells))
    header = Reader(MemorySource(archive.path.read_bytes())).header()
    edges = [header[key] / 1e7 for key in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
    assert edges == pytest.approx([west, south, east, north], abs=1e-6)
    assert west < -2.7 < east
    assert south < 53.76 < north


def test_our_reader_gives_what_theirs_gives(archive: TileArchive, geometry: TileGeometry) -> None:
    theirs = Reader(MemorySource(archive.path.read_bytes()))
    for tile in tiles_of(geometry, 11).tiles:
        assert archive.get(*tile) == theirs.get(*tile)


def test_one_category_is_cut_out_without_decoding(archive: TileArchive, frames: dict[int, Frame]) -> None:
    geometry = TileGeometry.of(frames[8].cells)
    tile = tiles_of(geometry, 10).tiles[0]
    raw = archive.raw(*tile)
    assert raw is not None
    assert layer_names(raw) == ["all", "drugs"]
    for category in ("all", "drugs"):
        cut = category_layer(raw, category)
        assert cut == encode_tile(geometry, tile, frames[8].categories[category], name=category)
    assert category_layer(raw, "burglary") == b""
    assert category_layer(b"", "all") == b""


@pytest.mark.parametrize("broken", [b"\x1a\x05ab", b"\x1a\xff", b"\x1f", b"\x1a\x03\x0a\x09a"])
def test_bytes_that_are_not_a_tile_are_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a vector tile|ends inside"):
        category_layer(broken, "all")


def test_layers_written_by_others_are_found() -> None:
    feature = {"geometry": "POINT(1 1)", "properties": {"a": 1.5, "b": True, "c": "x"}}
    tile = mapbox_vector_tile.encode([{"name": "one", "features": [feature]}, {"name": "two", "features": []}])
    assert layer_names(tile) == ["one", "two"]
    assert list(mapbox_vector_tile.decode(category_layer(tile, "one"))) == ["one"]


@pytest.mark.parametrize("place", [(5, 0, 0), (4, 7, 5), (14, 8000, 5000), (10, 5000, 1), (99, 0, 0)])
def test_a_tile_that_is_not_there_is_none(archive: TileArchive, place: tuple[int, int, int]) -> None:
    assert archive.get(*place) is None
    assert archive.raw(*place) is None


def test_the_same_input_gives_the_same_bytes(archive: TileArchive, frames: dict[int, Frame], tmp_path: Path) -> None:
    write_archive(tmp_path / "again.pmtiles", frames, metadata=METADATA)
    assert (tmp_path / "again.pmtiles").read_bytes() == archive.path.read_bytes()


def test_the_same_bytes_in_another_process_with_another_hash_seed(tmp_path: Path) -> None:
    script = (
        "import sys, numpy as np, h3.api.basic_int as h3\n"
        "from pathlib import Path\n"
        "from geointel.tiles import Frame, write_archive\n"
        "cells = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(53.76, -2.7, 8), 4)))\n"
        "columns = {'class': np.array(['b', 'a', None] * 21, dtype=object)[: len(cells)]}\n"
        "write_archive(Path(sys.argv[1]), {8: Frame(cells, {'all': columns})}, metadata={'name': 'x'})\n"
    )
    written = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.pmtiles"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", script, str(path)], check=True, env=environment, timeout=60)
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_leaf_directories_and_runs_are_expanded(tmp_path: Path) -> None:
    path = tmp_path / "many.pmtiles"
    numbers = sorted(zxy_to_tileid(9, x, y) for x in range(200) for y in range(200))
    random = np.random.default_rng(5)
    bodies = [random.bytes(int(length)) for length in random.integers(1, 400, len(numbers) // 2)]
    with path.open("wb") as file:
        writer: Any = Writer(file)
        for index, number in enumerate(numbers):
            writer.write_tile(number, bodies[index // 2])  # two in a row are the same: a run
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})
    theirs = Reader(MemorySource(path.read_bytes()))
    assert theirs.header()["leaf_directory_length"] > 0
    opened = TileArchive.open(path)
    assert sorted(opened.places) == numbers
    for x, y in ((0, 0), (149, 149), (77, 3), (12, 140)):
        assert opened.get(9, x, y) == theirs.get(9, x, y) is not None
    opened.close()


def test_a_layer_without_cells_is_refused(tmp_path: Path) -> None:
    empty = {8: Frame(np.empty(0, dtype=np.int64), {"all": {}})}
    with pytest.raises(SnapshotError, match="without cells"):
        write_archive(tmp_path / "empty.pmtiles", empty, metadata={})
    assert not (tmp_path / "empty.pmtiles").exists()


def test_a_missing_archive_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SnapshotNotFoundError, match=r"gone\.pmtiles"):
        TileArchive.open(tmp_path / "gone.pmtiles")


@pytest.mark.parametrize("content", [b"", b"nonsense" * 50, b"PMTiles\x02" + bytes(200), b"PMTiles\x03" + bytes(40)])
def test_a_file_that_is_no_archive_is_corrupt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.pmtiles"
    path.write_bytes(content)
    with pytest.raises(SnapshotCorruptError, match="not a PMTiles archive"):
        TileArchive.open(path)


def test_a_cut_archive_is_corrupt(archive: TileArchive, tmp_path: Path) -> None:
    path = tmp_path / "cut.pmtiles"
    path.write_bytes(archive.path.read_bytes()[:150])
    with pytest.raises(SnapshotCorruptError):
        TileArchive.open(path)


def test_the_tiles_package_is_light() -> None:
    script = "import sys, geointel.tiles; print([m for m in sys.modules if '.' not in m])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    out = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment, timeout=60
    ).stdout
    heavy = {"pandas", "geopandas", "scipy", "shapely", "duckdb", "pydantic", "mapbox_vector_tile"}
    assert not heavy & set(eval(out))  # noqa: S307 - a list of names that this test printed

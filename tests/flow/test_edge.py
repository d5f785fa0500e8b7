"""A partnership built with and without the land beyond its border."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import mapbox_vector_tile
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from geointel.build import build
from geointel.config import load
from geointel.snapshot import layout
from geointel.tiles.reader import TileArchive

from ..street import EAST, MIDDLE, NORTH, SOUTH, WEST, halves, row, text, write
from .small_partnership import CONFIG

LEAF, RESOLUTIONS, MONTHS = 9, (7, 8), tuple(f"2025-{month:02d}" for month in range(1, 7))
PLACES, ROWS, APART = 1500, 1500, 0.12
TYPES = {"Drugs": "drugs", "Burglary": "burglary", "Anti-social behaviour": "anti-social-behaviour"}
LAYERS = """
[[layer]]
id = "counts"
kind = "count"
categories = ["drugs", "all"]

[[layer]]
id = "hot"
kind = "hotspot"
categories = ["drugs", "all"]

[[layer]]
id = "more"
kind = "excess"
categories = ["drugs"]

[[layer]]
id = "rise"
kind = "change"
categories = ["drugs"]
"""
OF_RINGS = ("hot", "more")
"""Layers that look around a cell."""
Key = tuple[int, int, str, str]


@dataclass(frozen=True)
class Built:
    """The open edition of one build: its folder, its manifest, and rows by resolution, cell, window and category."""

    folder: Path
    manifest: dict[str, Any]

    def rows(self, layer: str) -> dict[Key, dict[str, Any]]:
        table = pq.read_table(self.folder / "layers" / f"{layer}.parquet").to_pylist()
        return {(r["resolution"], r["cell"], r["window"], r["category"]): r for r in table}

    def edge_of(self, layer: str) -> Any:
        return next(one for one in self.manifest["layers"] if one["id"] == layer)["parameters"]["edge"]


Builder = Callable[..., Built]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Street files with as many records beyond the square as in it, busiest over its eastern border."""
    draw = random.Random(5)  # noqa: S311 - not for secrets
    points = [
        (f"{draw.uniform(WEST - APART, EAST + APART):.6f}", f"{draw.uniform(SOUTH - APART, NORTH + APART):.6f}")
        for _ in range(PLACES)
    ]
    weights = [9 if abs(float(lng) - EAST) < 0.02 else draw.choice((0.3, 1, 2)) for lng, _ in points]
    files = {"area.geojson": halves()}
    west = {"type": "Polygon", "coordinates": [[[-4, 53], [MIDDLE, 53], [MIDDLE, 55], [-4, 55], [-4, 53]]]}
    files["west.geojson"] = json.dumps(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": west}]}
    )
    for month in MONTHS:
        chosen = zip(draw.choices(points, weights, k=ROWS), draw.choices(list(TYPES), k=ROWS), strict=True)
        rows = [row(f"{month} {n}", month=month, point=p, crime_type=kind) for n, (p, kind) in enumerate(chosen)]
        files[f"street/{month}-square-street.csv"] = text(*rows)
    return write(tmp_path_factory.mktemp("edge"), files)


@pytest.fixture(scope="module")
def made(data: Path) -> Builder:
    """Build with an edge of some km, and an extent; each once."""
    done: dict[tuple[float, str], Built] = {}

    def make(km: float, extent: str = "") -> Built:
        if (km, extent) not in done:
            config = CONFIG.format(publish=list(RESOLUTIONS), layers=LAYERS, more="")
            config = config.replace("[[area.level]]", f"[area]\nedge_km = {km}\n\n[[area.level]]", 1)
            if extent:
                config = config.replace('covers = "small"', f'covers = "small"\nextent = "{extent}"')
            folder = data / f"{km} {extent}"
            write(folder, {"partnership.toml": config})
            report = build(load(folder / "partnership.toml"), data=data, out=folder / "snapshots")
            opened = report.path / "open"
            done[km, extent] = Built(opened, json.loads((opened / layout.MANIFEST).read_text()))
        return done[km, extent]

    return make


def study_leaves() -> set[int]:
    """Leaves that touch the square, found without the ingest: outlines of cells against the outline of the land."""
    land = shapely.box(WEST, SOUTH, EAST, NORTH)
    around = h3.grid_disk(h3.latlng_to_cell((SOUTH + NORTH) / 2, (WEST + EAST) / 2, LEAF), 60)
    return {c for c in around if land.intersects(shapely.Polygon([p[::-1] for p in h3.cell_to_boundary(c)]))}


@pytest.fixture(scope="module")
def leaves() -> set[int]:
    return study_leaves()


def study(leaves: set[int], resolution: int) -> set[int]:
    return {h3.cell_to_parent(leaf, resolution) for leaf in leaves}


def border(leaves: set[int], resolution: int, rings: int) -> set[int]:
    """Study cells within so many rings of a cell that is none."""
    own = study(leaves, resolution)
    return {cell for cell in own if not own.issuperset(h3.grid_disk(cell, rings))}


@pytest.mark.parametrize("layer", ["counts", "rise"])
def test_layers_that_do_not_look_around_are_the_same(made: Builder, layer: str) -> None:
    assert made(20).rows(layer) == made(0).rows(layer)


@pytest.mark.parametrize("layer", OF_RINGS)
def test_only_cells_within_a_ring_of_the_border_change(made: Builder, leaves: set[int], layer: str) -> None:
    """``q`` and class may move elsewhere: all cells of a map are adjusted together.

    ``p`` of an excess is summed for many cells in one run, so its last digit may depend on the others.
    """
    without, with_edge = made(0).rows(layer), made(20).rows(layer)
    own = {"hot": ("p_normal", "raw_class"), "more": ("lower", "upper")}[layer]
    changed: Counter[str] = Counter()
    near = {resolution: border(leaves, resolution, 1) for resolution in RESOLUTIONS}
    assert without.keys() == with_edge.keys()
    for key, before in without.items():
        after = with_edge[key]
        assert (before["count"], before["status"] == "no-support") == (after["count"], after["status"] == "no-support")
        for column in ("value", "support", "expected", "p", "status", *own):
            if not same(before[column], after[column], exactly=column != "p"):
                assert key[1] in near[key[0]], (key, column)
                changed[column] += 1
    assert min(changed[column] for column in ("value", "support", "expected", "p", *own)) > 50


def same(one: Any, other: Any, *, exactly: bool) -> bool:
    if exactly or one is None or other is None:
        return bool(one == other)
    return bool(one == pytest.approx(other, rel=1e-12))


def test_stability_looks_beyond_the_border_too(made: Builder, leaves: set[int]) -> None:
    """It counts classes, which are adjusted over a whole map, so it may move anywhere; mostly it does near the border."""
    without, with_edge = made(0).rows("hot"), made(20).rows("hot")
    near = {r: border(leaves, r, 2) for r in RESOLUTIONS}
    moved = [k for k in without if without[k]["stability"] != with_edge[k]["stability"]]
    assert len(moved) > 50
    assert sum(k[1] in near[k[0]] or h3.cell_to_parent(k[1], 7) in near[7] for k in moved) > len(moved) / 2


def test_a_border_cell_s_sums_are_those_of_all_records_around_it(made: Builder, data: Path, leaves: set[int]) -> None:
    """Counted again from the files; a straddling cell's rows outside the area are no records of the area."""
    built, rows = made(20), []
    for path in sorted((data / "street").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows += [
                (
                    r["Month"],
                    TYPES[r["Crime type"]],
                    h3.latlng_to_cell(float(r["Latitude"]), float(r["Longitude"]), LEAF),
                )
                for r in csv.DictReader(stream)
            ]
    for resolution in RESOLUTIONS:
        own = study(leaves, resolution)
        counts: Counter[tuple[int, str]] = Counter()
        seen = set()
        for month, category, leaf in rows:
            cell = h3.cell_to_parent(leaf, resolution)
            seen.add(cell)
            if month == "2025-03" and (cell not in own or leaf in leaves):
                counts.update([(cell, category), (cell, "all")])
        seen_inside = own & seen
        mean = {c: sum(counts[cell, c] for cell in seen_inside) / len(seen_inside) for c in ("drugs", "all")}
        outer = 0
        for cell in border(leaves, resolution, 1) & seen_inside:
            ring = [other for other in h3.grid_disk(cell, 1) if other in seen]
            outer += sum(other not in own for other in ring)
            for category in ("drugs", "all"):
                found = built.rows("hot")[resolution, cell, "2025-03", category]
                assert found["support"] == sum(counts[other, category] for other in ring)
                assert found["count"] == counts[cell, category]
                assert found["expected"] == pytest.approx(len(ring) * mean[category])
            more = built.rows("more")[resolution, cell, "2025-03", "drugs"]
            records = sum(counts[other, "all"] for other in ring)
            assert more["support"] == sum(counts[other, "drugs"] for other in ring)
            assert more["expected"] == pytest.approx(records * mean["drugs"] / mean["all"])
        assert outer > 10


def test_what_lies_beyond_is_in_no_published_file(made: Builder, leaves: set[int]) -> None:
    """Every cell of every table and tile is one of the area, and all but the layers that look around are as without it."""
    with_edge, without = made(20), made(0)
    own = set().union(*(study(leaves, resolution) for resolution in range(LEAF))) | leaves
    tables, cells = 0, set()
    for path in sorted(with_edge.folder.rglob("*.parquet")):
        table = pq.read_table(path)
        tables += 1
        if "cell" in table.column_names:
            cells |= set(table["cell"].to_pylist())
    assert tables > 6
    assert cells <= own
    tiles = sorted(with_edge.folder.rglob("*.pmtiles"))
    assert len(tiles) == 4
    for path in tiles:
        assert {int(cell, 16) for cell in cells_of_tiles(path)} <= own
    names = {path.relative_to(with_edge.folder).as_posix() for path in layout.files_in(with_edge.folder)}
    assert names == {path.relative_to(without.folder).as_posix() for path in layout.files_in(without.folder)}
    others = {name for name in names if Path(name).stem not in {*OF_RINGS, "manifest"}}
    assert {"facts.parquet", "unmapped.parquet", "areas.parquet", "places.parquet"} <= others
    for name in others:
        assert (with_edge.folder / name).read_bytes() == (without.folder / name).read_bytes(), name
    outside = {cell for resolution in RESOLUTIONS for own in [study(leaves, resolution)] for cell in beyond(own)}
    told = (with_edge.folder / layout.MANIFEST).read_text()
    assert not any(f"{cell:x}" in told or str(cell) in told for cell in outside)


def beyond(own: set[int]) -> set[int]:
    return {other for cell in own for other in h3.grid_disk(cell, 2)} - own


def cells_of_tiles(path: Path) -> set[str]:
    archive = TileArchive.open(path)
    found = set()
    for z in range(15):
        for x, y in {(x, y) for x in range(2**z) for y in range(2**z)} if z < 6 else around_square(z):
            tile = archive.raw(z, x, y)
            if tile is not None:
                layers = mapbox_vector_tile.decode(tile).values()
                found |= {feature["properties"]["cell"] for layer in layers for feature in layer["features"]}
    archive.close()
    assert found
    return found


def around_square(z: int) -> list[tuple[int, int]]:
    """Tiles of a zoom over the square and well around it."""

    def at(lng: float, lat: float) -> tuple[int, int]:
        y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
        return int((lng + 180) / 360 * 2**z), int(y * 2**z)

    (left, top), (right, bottom) = at(WEST - 0.3, NORTH + 0.3), at(EAST + 0.3, SOUTH - 0.3)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def test_layers_say_how_far_they_looked(made: Builder, leaves: set[int]) -> None:
    for layer in OF_RINGS:
        assert made(0).edge_of(layer) == {"km": 0, "cells": {"7": 0, "8": 0}}
        told = made(20).edge_of(layer)
        assert told["km"] == 20
        assert all(10 < told["cells"][str(r)] <= len(beyond(study(leaves, r))) for r in RESOLUTIONS)


def test_a_short_edge_takes_only_whole_cells(made: Builder) -> None:
    assert made(3).edge_of("hot")["cells"]["7"] < made(20).edge_of("hot")["cells"]["7"]
    assert made(0.2).rows("hot") == made(0).rows("hot")


def test_land_that_a_source_does_not_cover_has_no_neighbours(made: Builder, leaves: set[int]) -> None:
    """The source covers the west: there all is as with the whole edge, in the east as without any."""
    half, whole, none = made(20, "west.geojson").rows("hot"), made(20).rows("hot"), made(0).rows("hot")
    sides = {"west": whole, "east": none}
    seen: Counter[str] = Counter()
    for key, found in half.items():
        ring = [h3.cell_to_latlng(cell)[1] for cell in h3.grid_disk(key[1], 3)]
        side = "west" if max(ring) < MIDDLE else "east" if min(ring) > MIDDLE else None
        if side is not None:
            expected = sides[side][key]
            assert all(found[name] == expected[name] for name in ("value", "support", "expected", "p"))
            seen[side] += whole[key]["support"] != none[key]["support"]
    assert min(seen["west"], seen["east"]) > 10

"""The land beyond the border: what a force's file has of it, and which cells it changes.

Run from the repository's root where the real files of the examples are to hand::

    python benchmarks/edge.py ../shared/data --out docs/validation/edge.md

Each example is built three times from its street files alone: without the 20 km beyond the border, with all of them, and
with those that the source covers (``extent``).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from geointel.build import build
from geointel.build.build import levels_of
from geointel.config import load
from geointel.ingest import files
from geointel.ingest.areas import read_polygons, read_study_area
from geointel.ingest.edge import covered, with_edge
from geointel.ingest.points import cell_of_points
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geointel.config import Partnership

EXAMPLES = {"Pan-Lancashire": "pan-lancashire", "Herefordshire and Worcestershire": "herefordshire-worcestershire"}
SOURCE, LAYERS, WINDOW = "police", ("hotspot", "excess"), "12m:2025-12"
EXACT, ADJUSTED = ("value", "support", "expected", "p"), "class"
INTRO = """# The land beyond the border

A cell on the border has neighbours beyond it. With `area.edge_km` these count in its sums ([how](../methods.md#beyond-the-border)). Here the two examples
are built from their street files alone: without the land beyond the border, with all of the 20 km (`edge_km = 20`), and with the part of it that the
source covers (`extent`). Run it again with:

```
python benchmarks/edge.py ../shared/data --out docs/validation/edge.md
```

## What a force's file has of it

Records of all months by cell: those of the study area, and those outside it within two rings, 20 km and the source's `extent`, or not in the latter.
Only cells with a record. The 10th, 50th and 90th of 100 cells in order.

| example | resolution | cells | how many | records | 10th | 50th | 90th |
|---|--:|---|--:|--:|--:|--:|--:|
"""
MIDDLE = """
A force covers its own area. Of the land of its neighbours its file has a few stray records: taken for all that happens there they would make border cells
look quieter than they are. So both examples have an `extent`. Pan-Lancashire is all of its force's area, and no land beyond it counts.

## What it changes

Cells of the map of {window}: study cells, those within one ring of a cell that is not one, and those with another value, support, expected number
or p than without the land beyond. `class` counts cells with another class, anywhere: q is adjusted over all cells of a map. Hot cells are those at 95 % or more.

| example | layer | category | resolution | land beyond | cells beyond | study cells | at the border | value | support | expected | p | class | hot before | hot after |
|---|---|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""
END = """
Over all windows, resolutions and categories {changed:,} rows of {rows:,} have another value, support, expected number or p (more than 10⁻¹² of it), and
{away} of these lie further than one ring from the border. Counts are the same in each: `facts.parquet` does not differ by a byte.
"""


@dataclass(frozen=True)
class Map:
    """Columns of one layer, as arrays; ``border`` says which cells are within a ring of one that is no study cell."""

    columns: dict[str, NDArray[Any]]
    border: NDArray[np.bool_]
    beyond: dict[str, int]


def main() -> None:
    """Build, compare, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    support, changes = [], []
    totals = np.zeros(3, dtype=np.int64)
    for title, name in EXAMPLES.items():
        partnership = _reduced(load(Path("examples") / name / "partnership.toml"))
        support += _support(title, partnership, asked.data)
        lines, counted = _changes(title, partnership, asked.data)
        changes += lines
        totals += counted
    rows, changed, away = totals.tolist()
    page = [INTRO, *support, MIDDLE.format(window=WINDOW), *changes, END.format(rows=rows, changed=changed, away=away)]
    asked.out.write_text("".join(page), encoding="utf-8")


def _reduced(whole: Partnership) -> Partnership:
    """The partnership with its street files, and the layers that look around a cell, in its first edition."""
    first = next(iter(whole.editions))
    return replace(
        whole,
        sources=tuple(source for source in whole.sources if source.id == SOURCE),
        layers=tuple(layer for layer in whole.layers if layer.kind in LAYERS),
        editions={first: whole.editions[first]},
        roles=dict.fromkeys(whole.roles, (first,)),
    )


def _support(title: str, partnership: Partnership, data: Path) -> Iterator[str]:
    """Lines on how many records the cells of the area, and those around it, have."""
    source, grid = partnership.sources[0], partnership.grid
    study = read_study_area(levels_of(partnership), data, grid.leaf)
    study = with_edge(study, grid.publish, km=partnership.area.edge_km)
    land = read_polygons(data / str(source.extent)).union_all()
    leaves, number = _leaves(data, source.id, source.files, grid.leaf)
    for resolution in grid.publish:
        cells, place = np.unique([h3.cell_to_parent(leaf, resolution) for leaf in leaves.tolist()], return_inverse=True)
        records = np.bincount(place, weights=number).astype(np.int64)
        beyond = study.beyond[resolution]
        of = {
            "study area": np.isin(cells, study.cells(resolution)),
            "beyond, covered": np.isin(cells, beyond[covered(beyond, land)]),
            "beyond, not covered": np.isin(cells, beyond[~covered(beyond, land)]),
        }
        for word, chosen in of.items():
            some = records[chosen]
            spread = [f"{one:.0f}" for one in np.percentile(some, [10, 50, 90])] if len(some) else ["", "", ""]
            yield f"| {title} | {resolution} | {word} | {len(some):,} | {some.sum():,} | {' | '.join(spread)} |\n"


def _leaves(
    data: Path, source: str, patterns: tuple[str, ...], leaf: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Leaves of all rows with a place, and how many rows each has."""
    found = []
    for raw in files.find(source, patterns, data):
        with raw.path.open("rb") as stream:
            table = pyarrow.csv.read_csv(
                pa.CompressedInputStream(stream, "gzip") if raw.path.suffix == ".gz" else stream
            )
        found.append(table.select(["Longitude", "Latitude"]).drop_null())
    points = pa.concat_tables(found).group_by(["Longitude", "Latitude"]).aggregate([([], "count_all")])
    given = pa.table({"x": points["Longitude"], "y": points["Latitude"], "osgb": pa.array([False] * points.num_rows)})
    return np.asarray(cell_of_points(given, leaf)), points["count_all"].to_numpy()


def _changes(title: str, partnership: Partnership, data: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Lines on what the land beyond changes; rows compared, changed, and changed away from the border."""
    source = partnership.sources[0]
    assert kinds()[source.kind].snapped  # noqa: S101 - a script
    plain = replace(partnership, sources=(replace(source, extent=None),))
    with tempfile.TemporaryDirectory() as folder:
        runs = {
            "none": replace(plain, area=plain.area.model_copy(update={"edge_km": 0})),
            "all": plain,
            "covered": partnership,
        }
        opened = {word: built(run, data, Path(folder) / word) for word, run in runs.items()}
        counts = {(path / "facts.parquet").read_bytes() for path in opened.values()}
        assert len(counts) == 1  # noqa: S101 - a script
        lines, totals = [], np.zeros(3, dtype=np.int64)
        for layer in partnership.layers:
            maps = {word: _map(path, layer.id) for word, path in opened.items()}
            for word in ("all", "covered"):
                changed = np.any([_differ(maps["none"], maps[word], column) for column in EXACT], axis=0)
                totals += (len(changed), changed.sum(), (changed & ~maps[word].border).sum())
                lines += _lines(f"{title} | {layer.kind}", word, maps["none"], maps[word])
    return lines, totals


def built(partnership: Partnership, data: Path, out: Path) -> Path:
    """Folder of the only edition."""
    return build(partnership, data=data, out=out).path / next(iter(partnership.editions))


def _map(folder: Path, layer: str) -> Map:
    table = pq.read_table(folder / "layers" / f"{layer}.parquet")
    words = {name: np.array(table[name].to_pylist(), dtype=object) for name in ("window", "category", ADJUSTED)}
    numbers = {name: pc.cast(table[name], pa.float64()).to_numpy() for name in EXACT}
    cells = table["cell"].to_numpy()
    every, place = np.unique(cells, return_inverse=True)
    own = set(every.tolist())
    border = np.array([not own.issuperset(h3.grid_disk(cell, 1)) for cell in every.tolist()])
    specs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["layers"]
    edge = next(spec for spec in specs if spec["id"] == layer)["parameters"]["edge"]
    return Map({**words, **numbers, "resolution": table["resolution"].to_numpy()}, border[place], edge["cells"])


def _differ(one: Map, other: Map, column: str) -> NDArray[np.bool_]:
    """Rows in which a column differs; sums of chances only count as different beyond their last digits."""
    a, b = one.columns[column], other.columns[column]
    if a.dtype == object:
        return np.asarray(a != b)
    return ~np.isclose(a, b, rtol=1e-12 if column == "p" else 0.0, atol=0.0, equal_nan=True)


def _lines(head: str, word: str, one: Map, other: Map) -> Iterator[str]:
    columns = one.columns
    for category in dict.fromkeys(columns["category"].tolist()):
        for resolution in np.unique(columns["resolution"]).tolist():
            here = columns["resolution"] == resolution
            here &= (columns["category"] == category) & (columns["window"] == WINDOW)
            moved = [int(_differ(one, other, column)[here].sum()) for column in (*EXACT, ADJUSTED)]
            hot = [
                int(np.isin(m.columns[ADJUSTED][here].astype(str), ("hot-95", "hot-99")).sum()) for m in (one, other)
            ]
            numbers = (other.beyond[str(resolution)], here.sum(), one.border[here].sum(), *moved, *hot)
            told = " | ".join(f"{number:,}" for number in numbers)
            yield f"| {head} | {category} | {resolution} | {word} | {told} |\n"


if __name__ == "__main__":
    main()

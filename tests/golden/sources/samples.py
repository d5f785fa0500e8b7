"""A sample of every source kind: files as they come (``in/``), and the canonical table they give.

A kind's folder holds ``in/``, ``area.json`` (west, south, east, north of the study area in degrees, and the
months of the period) and ``canonical.csv``. The samples are made up, in the real format.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geointel.build.roads import reconcile
from geointel.build.roads import table as edge_table
from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cells import format_cell
from geointel.grid.cover import touching_cells
from geointel.ingest import files, incidents, roads
from geointel.ingest.areas import StudyArea
from geointel.model import format_month, parse_month
from geointel.sources.base import RoadKind, kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
LEAF = 9
COLUMNS = ("reason", "month", "category", "cell", "special", "area_code", "area_name")


def canonical(kind: str) -> str:
    """The canonical table of a kind's sample as CSV, sorted; the last lines count what was no row."""
    return _roads(kind) if kinds()[kind].grain == RoadKind.grain else _events(kind)


def _roads(kind: str) -> str:
    """Edges, then the ways that are none."""
    folder = HERE / kind
    bounds = tuple(json.loads((folder / "area.json").read_text(encoding="utf-8"))["bounds"])
    study = StudyArea(leaf=LEAF, leaves=np.asarray(touching_cells(shapely.box(*bounds), LEAF)), levels=())
    with tempfile.TemporaryDirectory() as scratch:
        raws = files.find("sample", ("**/*",), folder / "in")
        network = roads.read(raws, kinds()[kind], box=bounds, scratch=Path(scratch))
    found, unmapped = reconcile(network, study)
    edges = edge_table(found, "sample", LEAF).drop(["source", "geometry"])
    columns = ("reason", *edges.column_names)
    lines = [("", *(_edge_word(name, row[name]) for name in edges.column_names)) for row in edges.to_pylist()]
    lines += [(reason, str(number), *[""] * (len(columns) - 2)) for reason, number in unmapped.items()]
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([columns, *lines])
    return held.getvalue()


def _edge_word(name: str, value: object) -> str:
    if name == "cell":
        return format_cell(int(str(value)))
    return f"{value:.1f}" if isinstance(value, float) else "" if value is None else str(value)


def _events(kind: str) -> str:
    folder = HERE / kind
    about = json.loads((folder / "area.json").read_text(encoding="utf-8"))
    leaves = touching_cells(shapely.box(*about["bounds"]), LEAF)
    study = StudyArea(leaf=LEAF, leaves=np.asarray(leaves), levels=())
    first, after = (parse_month(month) for month in about["period"])
    with tempfile.TemporaryDirectory() as scratch:
        engine = DuckDBEngine(Path(scratch), threads=1)
        try:
            raws = files.find("sample", ("**/*",), folder / "in")
            staged = incidents.stage(engine, kinds()[kind], raws, Path(scratch))
            table = engine.collect(incidents.canonical(engine, staged, study=study, period=range(first, after)))
        finally:
            engine.close()
    lines = sorted(_words(row) for row in table.to_pylist())
    lines += [("bad-row", file.raw.name, str(file.bad_lines), *[""] * 4) for file in staged if file.bad_lines]
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([COLUMNS, *lines])
    return held.getvalue()


def _words(row: dict[str, object]) -> tuple[str, ...]:
    written = {
        "month": lambda month: format_month(int(str(month))),
        "cell": lambda cell: format_cell(int(str(cell))),
    }
    return tuple("" if row[name] is None else written.get(name, str)(row[name]) for name in COLUMNS)


def expected() -> Iterator[tuple[Path, str]]:
    """The canonical table of every kind that has a sample, and the file it belongs to: what `make bless` writes."""
    for folder in sorted(HERE.iterdir()):
        if (folder / "in").is_dir():
            yield folder / "canonical.csv", canonical(folder.name)

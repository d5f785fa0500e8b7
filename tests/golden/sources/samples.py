"""A sample of every source kind: files as they come (``in/``), and the canonical table they give.

A kind's folder holds ``in/``, ``area.json`` (west, south, east, north of the study area in degrees, the months of
the period; where needed, codes of its areas, the reasons that the sample can show, and the kind's own keys) and
``canonical.csv``. The samples are made up, in the real format.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel.build.roads import reconcile
from geointel.build.roads import table as edge_table
from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cells import format_cell
from geointel.grid.cover import touching_cells
from geointel.ingest import files, incidents, outcomes, roads
from geointel.ingest.areas import Level, StudyArea
from geointel.model import format_month, parse_month
from geointel.sources.base import EventKind, OutcomeKind, RoadKind, kinds

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
    codes = tuple(about.get("codes", ()))
    outlines = np.empty(len(codes), dtype=object)
    level = Level("lad", "District", codes, codes, outlines, np.zeros(len(leaves), dtype=np.int32))
    study = StudyArea(leaf=LEAF, leaves=np.asarray(leaves), levels=(level,))
    plain = kinds()[kind]
    made = plain.configured(plain.options.model_validate(about.get("options", {})))
    first, after = (parse_month(month) for month in about["period"])
    with tempfile.TemporaryDirectory() as scratch:
        engine = DuckDBEngine(Path(scratch), threads=1)
        try:
            staged, rows = _read(engine, made, folder / "in", Path(scratch), study=study, span=range(first, after))
            table = engine.collect(rows)
        finally:
            engine.close()
    columns = (*COLUMNS, *(name for name in table.column_names if name not in COLUMNS))
    lines = sorted(_words(row, columns) for row in table.to_pylist())
    lines += [
        ("bad-row", file.raw.name, str(file.bad_lines), *[""] * (len(columns) - 3)) for file in staged if file.bad_lines
    ]
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([columns, *lines])
    return held.getvalue()


def _read(engine: DuckDBEngine, kind: EventKind, folder: Path, scratch: Path, *, study: StudyArea, span: range) -> Any:
    """Staged files and canonical rows of a kind. Outcomes stand beside the files that they belong to."""
    if isinstance(kind, OutcomeKind):
        crimes = incidents.stage(engine, kinds()[kind.joins], files.find("crimes", ("*-street.csv",), folder), scratch)
        known = incidents.canonical(engine, crimes, study=study, period=span, keep_keys=True)
        engine.write(known, scratch / "known.parquet")
        staged = incidents.stage(engine, kind, files.find("sample", ("*-outcomes.csv",), folder), scratch)
        known, groups = engine.read([scratch / "known.parquet"]), tuple(kind.measures.values())
        return staged, outcomes.canonical(engine, staged, known, study=study, period=span, groups=groups)
    staged = incidents.stage(engine, kind, files.find("sample", ("**/*",), folder), scratch)
    return staged, incidents.canonical(engine, staged, study=study, period=span, by_code=kind.by_code)


def _words(row: dict[str, object], columns: tuple[str, ...]) -> tuple[str, ...]:
    written = {
        "month": lambda month: format_month(int(str(month))),
        "cell": lambda cell: format_cell(int(str(cell))),
    }
    return tuple("" if row[name] is None else written.get(name, str)(row[name]) for name in columns)


def expected() -> Iterator[tuple[Path, str]]:
    """The canonical table of every kind that has a sample, and the file it belongs to: what `make bless` writes."""
    for folder in sorted(HERE.iterdir()):
        if (folder / "in").is_dir():
            yield folder / "canonical.csv", canonical(folder.name)

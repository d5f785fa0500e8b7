"""A sample of every source kind: files as they come (``in/``), and the canonical table they give.

A kind's folder holds ``in/``, ``area.json`` (west, south, east, north of the study area in degrees; the months of
the period for events; reasons that the kind can never give) and ``canonical.csv``. The samples are made up, in the
real format. Services are placed by the sample of ``postcodes``.
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

from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cells import format_cell
from geointel.grid.cover import touching_cells
from geointel.ingest import files, incidents, postcodes, services
from geointel.ingest.areas import Level, StudyArea
from geointel.model import format_month, parse_month
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from geointel.ingest.text import StagedFile

    Sample = tuple[ir.Table, list[StagedFile]]

HERE = Path(__file__).parent
LEAF = 9
EDGE_KM = 5
EVENTS = ("reason", "month", "category", "cell", "special", "area_code", "area_name")
PLACES = ("reason", "postcode", "x", "y", "osgb")
SERVICES = (
    "reason", "id", "name", "category", "address", "postcode", "cell", "near", "capacity", "hours", "substances",
    "min_age", "max_age", "nsp_level", "supervised", "naloxone", "eligible_areas", "as_of", "fault",
)  # fmt: skip
COLUMNS = {"events": EVENTS, "postcodes": PLACES, "services": SERVICES}
WRITTEN: dict[str, Any] = {
    "month": lambda month: format_month(int(month)),
    "cell": lambda cell: format_cell(int(cell)),
}


def canonical(kind: str) -> str:
    """The canonical table of a kind's sample as CSV, sorted; the last lines count what was no row."""
    columns = COLUMNS[kinds()[kind].grain]
    with tempfile.TemporaryDirectory() as scratch:
        engine = DuckDBEngine(Path(scratch), threads=1)
        try:
            table, staged = _READ[kinds()[kind].grain](engine, kind, Path(scratch))
            rows = engine.collect(table.select(*columns)).to_pylist()
        finally:
            engine.close()
    lines = sorted(tuple(_word(name, row[name]) for name in columns) for row in rows)
    blank = [""] * (len(columns) - 3)
    lines += [("bad-row", file.raw.name, str(file.bad_lines), *blank) for file in staged if file.bad_lines]
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([columns, *lines])
    return held.getvalue()


def about(kind: str) -> dict[str, Any]:
    """What ``area.json`` says."""
    found: dict[str, Any] = json.loads((HERE / kind / "area.json").read_text(encoding="utf-8"))
    return found


def _study(kind: str) -> StudyArea:
    box = shapely.box(*about(kind)["bounds"])
    leaves = np.asarray(touching_cells(box, LEAF))
    level = Level("lad", "District", ("S",), ("Square",), np.array([box]), np.zeros(len(leaves), np.int32))
    return StudyArea(leaf=LEAF, leaves=leaves, levels=(level,))


def _events(engine: DuckDBEngine, kind: str, scratch: Path) -> Sample:
    first, after = (parse_month(month) for month in about(kind)["period"])
    staged = incidents.stage(engine, kinds()[kind], _raws(kind), scratch)
    return incidents.canonical(engine, staged, study=_study(kind), period=range(first, after)), staged


def _places(engine: DuckDBEngine, kind: str, scratch: Path) -> Sample:
    staged = postcodes.stage(engine, kinds()[kind], _raws(kind), scratch)
    path = scratch / f"places-{kind}.parquet"
    engine.write(postcodes.canonical(engine, staged, None), path)
    return engine.read([path]), staged


def _services(engine: DuckDBEngine, kind: str, scratch: Path) -> Sample:
    places, _ = _places(engine, "postcodes", scratch)
    staged = services.stage(engine, kinds()[kind], _raws(kind), scratch)
    known = postcodes.places(places)
    source: Any = kinds()[kind]
    table = services.canonical(engine, source, staged, places=known, study=_study(kind), edge_km=EDGE_KM)
    return table, staged


_READ = {"events": _events, "postcodes": _places, "services": _services}


def _raws(kind: str) -> list[Any]:
    return files.find(f"sample-{kind}", ("**/*",), HERE / kind / "in")


def _word(name: str, value: object) -> str:
    return "" if value is None else str(WRITTEN.get(name, str)(value))


def expected() -> Iterator[tuple[Path, str]]:
    """The canonical table of every kind that has a sample, and the file it belongs to: what `make bless` writes."""
    for folder in sorted(HERE.iterdir()):
        if (folder / "in").is_dir():
            yield folder / "canonical.csv", canonical(folder.name)

"""A sample of every source kind: files as they come (``in/``), and the canonical table they give.

A kind's folder holds ``in/``, ``area.json`` (west, south, east, north of the study area in degrees, and the
months of the period) and ``canonical.csv``. The samples are made up, in the real format.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cells import format_cell
from geointel.grid.cover import touching_cells
from geointel.ingest import figures, files, incidents, raster
from geointel.ingest.areas import Level, StudyArea
from geointel.model import format_month, parse_month
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.ingest.text import StagedFile
    from geointel.sources.base import RawFile

HERE = Path(__file__).parent
LEAF = 9
INCIDENT = ("reason", "month", "category", "cell", "special", "area_code", "area_name")
FIGURE = ("reason", "code", "period", "method", "indicator", "group", "value", "lower", "upper", "count", "status")
PIXELS = ("reason", "cell", "value")

Lines = tuple[tuple[str, ...], list[tuple[str, ...]]]


def canonical(kind: str) -> str:
    """The canonical table of a kind's sample as CSV, sorted; the last lines count what was no row."""
    folder = HERE / kind
    about = json.loads((folder / "area.json").read_text(encoding="utf-8"))
    found = kinds()[kind]
    found = found.configured(found.options.model_validate(about.get("options", {})))
    raws = files.find("sample", ("**/*",), folder / "in")
    columns, lines = OF_GRAIN[found.grain](found, raws, about)
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([columns, *lines])
    return held.getvalue()


def _events(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    first, after = (parse_month(month) for month in about["period"])
    with _engine() as (engine, scratch):
        staged = incidents.stage(engine, kind, raws, scratch)
        table = engine.collect(incidents.canonical(engine, staged, study=_study(about), period=range(first, after)))
    return INCIDENT, _with_bad_lines(sorted(_words(row, INCIDENT) for row in table.to_pylist()), staged, INCIDENT)


def _figures(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    """Rows without a figure, then the figures; ``known`` in ``area.json`` says which codes are where."""
    known = figures.Known(**{name: frozenset(codes) for name, codes in about["known"].items()})
    with _engine() as (engine, scratch):
        staged = figures.stage(engine, kind, raws, scratch)
        rows, each = figures.canonical(engine, staged, known, kind=kind, scratch=scratch)
        lost = engine.collect(rows.filter(rows.reason.notnull())).to_pylist()
        found = engine.collect(each).to_pylist()
    lines = sorted(_words(row, FIGURE) for row in lost) + sorted(_words(row, FIGURE) for row in found)
    return FIGURE, _with_bad_lines(lines, staged, FIGURE)


def _raster(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    """People of each leaf, to a tenth, and the pixels without any by reason."""
    study = _study(about)
    lines = []
    for raw in raws:
        reading = raster.read(raw, kind, study)
        people = zip(study.leaves.tolist(), reading.leaves.tolist(), strict=True)
        lines += [("", format_cell(cell), f"{value:.1f}") for cell, value in people if value]
        lines += [(reason, raw.name, str(n)) for reason, n in sorted(reading.unmapped.items())]
    return PIXELS, lines


OF_GRAIN = {"events": _events, "figures": _figures, "raster": _raster}


@contextmanager
def _engine() -> Iterator[tuple[DuckDBEngine, Path]]:
    with tempfile.TemporaryDirectory() as scratch:
        engine = DuckDBEngine(Path(scratch), threads=1)
        try:
            yield engine, Path(scratch)
        finally:
            engine.close()


def _study(about: dict[str, Any]) -> StudyArea:
    """The cells of a box, which is one area."""
    box = shapely.box(*about["bounds"])
    leaves = np.asarray(touching_cells(box, LEAF))
    level = Level("box", "Box", ("B",), ("Box",), np.array([box], dtype=object), np.zeros(len(leaves), np.int32))
    return StudyArea(leaf=LEAF, leaves=leaves, levels=(level,))


def _with_bad_lines(
    lines: list[tuple[str, ...]], staged: list[StagedFile], columns: tuple[str, ...]
) -> list[tuple[str, ...]]:
    blank = [""] * (len(columns) - 3)
    return lines + [("bad-row", file.raw.name, str(file.bad_lines), *blank) for file in staged if file.bad_lines]


def _words(row: dict[str, object], columns: tuple[str, ...]) -> tuple[str, ...]:
    written = {
        "month": lambda month: format_month(int(str(month))),
        "cell": lambda cell: format_cell(int(str(cell))),
    }
    return tuple("" if row.get(name) is None else written.get(name, str)(row[name]) for name in columns)


def expected() -> Iterator[tuple[Path, str]]:
    """The canonical table of every kind that has a sample, and the file it belongs to: what `make bless` writes."""
    for folder in sorted(HERE.iterdir()):
        if (folder / "in").is_dir():
            yield folder / "canonical.csv", canonical(folder.name)

"""A sample of every source kind: files as they come (``in/``), and the canonical table they give.

A kind's folder holds ``in/``, ``area.json`` and ``canonical.csv``. The first says the ``bounds`` of the study area
(west, south, east, north in degrees) and, where needed, the ``period`` of events, ``codes`` of the areas, the kind's
``options``, the codes that are ``known``, the ``reasons`` that the sample shows, and those that it ``never`` can. The
samples are made up, in the real format. Services are placed by the sample of ``postcodes``.
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

from geointel.build.roads import reconcile
from geointel.build.roads import table as edge_table
from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cells import format_cell
from geointel.grid.cover import touching_cells
from geointel.ingest import (
    figures,
    files,
    incidents,
    outcomes,
    postcodes,
    raster,
    roads,
    services,
    travel,
    travel_files,
)
from geointel.ingest.areas import Level, StudyArea
from geointel.model import format_month, parse_month
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geointel.ingest.text import StagedFile
    from geointel.sources.base import RawFile

HERE = Path(__file__).parent
LEAF = 9
EDGE_KM = 5
INCIDENT = ("reason", "month", "category", "cell", "special", "area_code", "area_name")
FIGURE = ("reason", "code", "period", "method", "indicator", "group", "value", "lower", "upper", "count", "status")
PIXELS = ("reason", "cell", "value")
PLACES = ("reason", "postcode", "x", "y", "osgb")
SERVICES = (
    "reason", "id", "name", "category", "address", "postcode", "cell", "near", "capacity", "hours", "substances",
    "min_age", "max_age", "nsp_level", "supervised", "naloxone", "eligible_areas", "as_of", "fault",
)  # fmt: skip
TRAVEL = ("reason", "from_id", "to_id", "origin", "destination", "minutes", "near")
WRITTEN: dict[str, Any] = {
    "month": lambda month: format_month(int(month)),
    "cell": lambda cell: format_cell(int(cell)),
    "origin": lambda cell: format_cell(int(cell)),
}

Lines = tuple[tuple[str, ...], list[tuple[str, ...]]]


def canonical(kind: str) -> str:
    """The canonical table of a kind's sample as CSV, sorted; the last lines count what was no row."""
    about = json.loads((HERE / kind / "area.json").read_text(encoding="utf-8"))
    found = kinds()[kind]
    found = found.configured(found.options.model_validate(about.get("options", {})))
    columns, lines = OF_GRAIN[found.grain](found, _raws(kind), about)
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows([columns, *lines])
    return held.getvalue()


def expected() -> Iterator[tuple[Path, str]]:
    """The canonical table of every kind that has a sample, and the file it belongs to: what `make bless` writes."""
    for folder in sorted(HERE.iterdir()):
        if (folder / "in").is_dir():
            yield folder / "canonical.csv", canonical(folder.name)


def _events(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    with _engine() as (engine, scratch):
        staged = incidents.stage(engine, kind, raws, scratch)
        rows = incidents.canonical(
            engine, staged, study=_study(about), period=_period(about), wanted=incidents.Wanted(by_code=kind.by_code)
        )
        return _incidents(engine.collect(rows), staged)


def _outcomes(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    """Outcomes stand beside the files of the crimes that they belong to."""
    study, span = _study(about), _period(about)
    with _engine() as (engine, scratch):
        crimes = incidents.stage(engine, kinds()[kind.joins], [r for r in raws if "-street" in r.name], scratch)
        engine.write(
            incidents.canonical(engine, crimes, study=study, period=span, wanted=incidents.Wanted(keep_keys=True)),
            scratch / "known",
        )
        staged = incidents.stage(engine, kind, [raw for raw in raws if "-outcomes" in raw.name], scratch)
        known, groups = engine.read([scratch / "known"]), tuple(kind.measures.values())
        rows = outcomes.canonical(engine, staged, known, study=study, period=span, groups=groups)
        return _incidents(engine.collect(rows), staged)


def _incidents(table: Any, staged: list[StagedFile]) -> Lines:
    """Keys of persons and places are left out: they are made with a secret of this run alone."""
    more = (name for name in table.column_names if name not in INCIDENT and not name.endswith("_key"))
    columns = (*INCIDENT, *more)
    return columns, _with_bad_lines(sorted(_words(row, columns) for row in table.to_pylist()), staged, columns)


def _figures(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    """Rows without a figure, then the figures; ``known`` says which codes are where."""
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


def _postcodes(kind: Any, raws: list[RawFile], _: dict[str, Any]) -> Lines:
    with _engine() as (engine, scratch):
        staged = postcodes.stage(engine, kind, raws, scratch)
        found = engine.collect(postcodes.canonical(engine, staged, None).select(*PLACES)).to_pylist()
    return PLACES, _with_bad_lines(sorted(_words(row, PLACES) for row in found), staged, PLACES)


def _services(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    with _engine() as (engine, scratch):
        listed = postcodes.stage(engine, kinds()["postcodes"], _raws("postcodes"), scratch)
        engine.write(postcodes.canonical(engine, listed, None), scratch / "places")
        known = postcodes.places(engine.read([scratch / "places"]))
        staged = services.stage(engine, kind, raws, scratch)
        rows = services.canonical(engine, kind, staged, places=known, study=_study(about), edge_km=EDGE_KM)
        found = engine.collect(rows.select(*SERVICES)).to_pylist()
    return SERVICES, _with_bad_lines(sorted(_words(row, SERVICES) for row in found), staged, SERVICES)


def _roads(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    """Edges, then the ways that are none."""
    with tempfile.TemporaryDirectory() as scratch:
        network = roads.read(raws, kind, box=tuple(about["bounds"]), scratch=Path(scratch))
    found, unmapped = reconcile(network, _study(about))
    edges = edge_table(found, "sample", LEAF).drop(["source", "geometry"])
    columns = ("reason", *edges.column_names)
    rounded = [{k: f"{v:.1f}" if isinstance(v, float) else v for k, v in row.items()} for row in edges.to_pylist()]
    lines = [_words(row, columns) for row in rounded]
    return columns, lines + [(why, str(number), *[""] * (len(columns) - 2)) for why, number in unmapped.items()]


def _travel(kind: Any, raws: list[RawFile], about: dict[str, Any]) -> Lines:
    """Rows, then what goes on: means by cell of resolution 8. ``known`` says which services there are."""
    texts = travel_files.read(raws, kind)
    rows = travel.canonical(
        texts.rows, study=_study(about), resolution=8, edge_km=EDGE_KM, destinations=about["known"], file=raws[0].name
    )
    lines = sorted(_words(row, TRAVEL) for row in rows.to_pylist())
    lines += [_words({**row, "from_id": "mean"}, TRAVEL) for row in travel.means(rows).to_pylist()]
    blank = [""] * (len(TRAVEL) - 3)
    return TRAVEL, lines + [("bad-row", name, str(number), *blank) for name, number in texts.bad_lines.items()]


OF_GRAIN = {
    "events": _events, "outcomes": _outcomes, "figures": _figures, "raster": _raster, "postcodes": _postcodes,
    "services": _services, "roads": _roads, "traffic": _events, "travel": _travel,
}  # fmt: skip


@contextmanager
def _engine() -> Iterator[tuple[DuckDBEngine, Path]]:
    with tempfile.TemporaryDirectory() as scratch:
        engine = DuckDBEngine(Path(scratch), threads=1)
        try:
            yield engine, Path(scratch)
        finally:
            engine.close()


def _study(about: dict[str, Any]) -> StudyArea:
    """The cells of a box, which is one area; further ``codes`` name areas that have none."""
    box = shapely.box(*about["bounds"])
    leaves = np.asarray(touching_cells(box, LEAF))
    codes = tuple(about.get("codes", ("S",)))
    outlines = np.array([box] * len(codes), dtype=object)
    level = Level("lad", "District", codes, codes, outlines, np.zeros(len(leaves), np.int32))
    return StudyArea(leaf=LEAF, leaves=leaves, levels=(level,))


def _period(about: dict[str, Any]) -> range | None:
    if "period" not in about:
        return None
    first, after = (parse_month(month) for month in about["period"])
    return range(first, after)


def _raws(kind: str) -> list[RawFile]:
    return files.find(f"sample-{kind}", ("**/*",), HERE / kind / "in")


def _with_bad_lines(
    lines: list[tuple[str, ...]], staged: list[StagedFile], columns: tuple[str, ...]
) -> list[tuple[str, ...]]:
    blank = [""] * (len(columns) - 3)
    return lines + [("bad-row", file.raw.name, str(file.bad_lines), *blank) for file in staged if file.bad_lines]


def _words(row: dict[str, Any], columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("" if row.get(name) is None else str(WRITTEN.get(name, str)(row[name])) for name in columns)

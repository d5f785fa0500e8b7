"""A partner's file written by hand, the same rows in every format that is read."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import files, incidents
from geointel.sources.base import EventKind, kinds

from .street import square

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

KIND = "incidents"
HEADER = ("Call ID", "Call time", "Latitude", "Longitude", "Kind", "LSOA", "Notes")
OPTIONS: dict[str, Any] = {
    "columns": {
        "id": "Call ID", "date": "Call time", "lat": "Latitude", "lng": "Longitude", "category": "Kind", "area": "LSOA",
    },
    "categories": {"Naloxone given": "naloxone-callout", "Overdose": "overdose"},
}  # fmt: skip
SECRET_IDS = ("AMB-4411", "AMB-4412", "AMB-4413", "AMB-4414", "AMB-4415", "AMB-4416")
ROWS: tuple[tuple[str, ...], ...] = (
    (SECRET_IDS[0], "2025-01-05T10:20:00", "53.82", "-3.05", "Naloxone given", "E01012683", "seen by a friend"),
    (SECRET_IDS[1], "2025-01-06T23:05:00", "53.81", "-3.04", "Overdose", "E01012683", ""),
    (SECRET_IDS[2], "2025-02-07T00:00:30", "53.80", "-2.95", "Naloxone given", "", ""),
    (SECRET_IDS[3], "2025-02-08T12:00:00", "", "", "Naloxone given", "", ""),
    (SECRET_IDS[4], "2025-03-09T12:30:00", "50.86", "-1.42", "Overdose", "", ""),
    (SECRET_IDS[5], "2025-03-10T01:30:00", "53.82", "-3.05", "Something else", "", ""),
)
EXPECTED = {None: 3, "no-location": 1, "outside-area": 1, "bad-row": 1}


def kind_of(**options: Any) -> EventKind:
    """The kind as a source's keys make it."""
    kind = kinds()[KIND]
    found = kind.configured(kind.options.model_validate({**OPTIONS, **options}))
    assert isinstance(found, EventKind)
    return found


def canonical(folder: Path, scratch: Path, *, kind: EventKind | None = None) -> list[dict[str, Any]]:
    """The canonical rows of every file of a folder; lines that were no rows stand among them, as bad-row."""
    engine = DuckDBEngine(scratch, threads=1)
    try:
        raws = files.find("partner", ("**/*",), folder)
        staged = incidents.stage(engine, kind or kind_of(), raws, scratch)
        table = incidents.canonical(engine, staged, study=square(), period=None)
        rows: list[dict[str, Any]] = engine.collect(table).to_pylist()
        counted = engine.collect(facts.reconciliation(table)).to_pylist()
    finally:
        engine.close()
    assert sum(row["n"] for row in counted) == len(rows)
    return [*rows, *({"reason": "bad-row"} for file in staged for _ in range(file.bad_lines))]


def fates(rows: Sequence[Mapping[str, Any]]) -> dict[str | None, int]:
    """How many rows have each reason; None is mapped."""
    return dict(Counter(row["reason"] for row in rows))


def csv_text(header: Sequence[str] = HEADER, rows: Sequence[Sequence[str]] = ROWS, end: str = "\n") -> bytes:
    held = io.StringIO()
    csv.writer(held, lineterminator=end).writerows([header, *rows])
    return held.getvalue().encode()


def write_csv(path: Path, header: Sequence[str] = HEADER) -> None:
    path.write_bytes(csv_text(header))


def write_gz(path: Path, header: Sequence[str] = HEADER) -> None:
    path.write_bytes(gzip.compress(csv_text(header), mtime=0))


def write_zip(path: Path, header: Sequence[str] = HEADER) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/calls.csv", csv_text(header))


def write_parquet(path: Path, header: Sequence[str] = HEADER) -> None:
    columns: dict[str, Any] = {name: [row[n] or None for row in ROWS] for n, name in enumerate(header)}
    for name in ("Latitude", "Longitude"):
        columns[name] = [None if value is None else float(value) for value in columns[name]]
    columns["Call time"] = pa.array(columns["Call time"]).cast(pa.timestamp("ms"))
    columns["Kind"] = pa.array(columns["Kind"]).dictionary_encode()
    pq.write_table(pa.table(columns), path)


def points(crs: str = "EPSG:4326", header: Sequence[str] = HEADER) -> geopandas.GeoDataFrame:
    """The rows with their places as points."""
    shapes = [shapely.Point(float(row[3]), float(row[2])) if row[2] else None for row in ROWS]
    keep = [n for n, name in enumerate(header) if name not in ("Latitude", "Longitude")]
    columns = {header[n]: [row[n] or None for row in ROWS] for n in keep}
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_crs(crs)


def write_gpkg(path: Path, header: Sequence[str] = HEADER) -> None:
    points("EPSG:27700", header).to_file(path, layer="calls", driver="GPKG", engine="pyogrio")


def write_xlsx(path: Path, header: Sequence[str] = HEADER) -> None:
    """Dates as serials with a format, numbers as numbers."""
    rows = [(*row[:1], serial(row[1]), *(float(text) if text else "" for text in row[2:4]), *row[4:]) for row in ROWS]
    path.write_bytes(workbook([header, *rows]))


WITH_COORDINATES: Mapping[str, Callable[..., None]] = {
    "calls.csv": write_csv,
    "calls.csv.gz": write_gz,
    "calls.zip": write_zip,
    "calls.parquet": write_parquet,
    "calls.xlsx": write_xlsx,
}
FORMATS: Mapping[str, Callable[..., None]] = {**WITH_COORDINATES, "calls.gpkg": write_gpkg}


def options_for(name: str) -> dict[str, Any]:
    """The keys of a source for a file of this format: a file of points names no coordinates."""
    if name in WITH_COORDINATES:
        return OPTIONS
    columns = {role: column for role, column in OPTIONS["columns"].items() if role not in ("lat", "lng")}
    return {**OPTIONS, "columns": columns}


class Serial(float):
    """A number that a sheet shows as a date and time."""

    __slots__ = ()


def serial(text: str) -> Serial:
    """A date and time as days since the end of 1899."""
    import datetime as dt

    return Serial((dt.datetime.fromisoformat(text) - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1))  # noqa: DTZ001 - a sheet has no zone


def workbook(rows: Sequence[Sequence[object]], *more: tuple[str, Sequence[Sequence[object]]], first: int = 1) -> bytes:
    """A workbook of plain XML with the sheet ``Calls`` and ``more``; ``first`` is the row in which it begins."""
    sheets = [("Calls", rows, first), *((name, other, 1) for name, other in more)]
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        + "".join(f'<Override PartName="/xl/s{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(f'<Relationship Id="r{n}" Type="{relation}/worksheet" Target="s{n}.xml"/>' for n in numbers)
        + f'<Relationship Id="r0" Type="{relation}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>'
        + "".join(f'<sheet name="{sheets[n - 1][0]}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
        + "</sheets></workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
        "</styleSheet>",
    }
    for n, (_, table, begin) in zip(numbers, sheets, strict=True):
        parts[f"xl/s{n}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{_rows(table, begin)}</sheetData></worksheet>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return held.getvalue()


def _rows(table: Sequence[Sequence[object]], begin: int) -> str:
    return "".join(
        f'<row r="{number}">{"".join(_cell(value, number, column) for column, value in enumerate(row))}</row>'
        for number, row in enumerate(table, start=begin)
    )


def _cell(value: object, number: int, column: int) -> str:
    where = f"{chr(ord('A') + column)}{number}"
    if value in ("", None):
        return ""
    if isinstance(value, Serial):
        return f'<c r="{where}" s="1"><v>{float(value)!r}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value!r}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

"""Street files written by hand, in the real format, and a square of land to map them on."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.grid.cover import touching_cells
from geointel.ingest import files, incidents
from geointel.ingest.areas import Level, StudyArea
from geointel.model import format_month
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KIND = "police-uk-street"
NAME = "2025-01-lancashire-street.csv"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
OLD_HEADER = "Month,Reported by,Falls within,Easting,Northing,Location,Crime type,Context"
FORCE = "Lancashire Constabulary"
WEST, SOUTH, EAST, NORTH = -3.10, 53.75, -2.90, 53.87
MIDDLE = -3.0
INSIDE = ("-3.05", "53.82")
ELSEWHERE = ("-1.42", "50.86")
PLACEHOLDER = ("-6.890259", "54.460576")
LEAF = 9


def row(
    crime_id: str = "",
    *,
    month: str = "2025-01",
    point: tuple[str, str] = INSIDE,
    location: str = "On or near High Street",
    area: tuple[str, str] = ("E01012683", "Blackpool 006A"),
    crime_type: str = "Drugs",
    outcome: str = "Under investigation",
) -> str:
    """One row of today's format."""
    fields = (crime_id, month, FORCE, FORCE, *point, location, *area, crime_type, outcome, "")
    return ",".join(fields)


def old_row(point: tuple[str, str], crime_type: str = "Violent crime", *, month: str = "2010-12") -> str:
    """One row of the format of 2010 to 2012."""
    return ",".join((month, FORCE, FORCE, *point, "On or near High Street", crime_type, ""))


def text(*rows: str, header: str = HEADER, end: str = "\n") -> str:
    """A file of these rows."""
    return "".join(line + end for line in (header, *rows))


def gzipped(content: str) -> bytes:
    """The content as a gzip file, the same bytes every time."""
    return gzip.compress(content.encode(), mtime=0)


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as outside:
        for name, content in members.items():
            outside.writestr(name, content)
    return held.getvalue()


def write(folder: Path, contents: Mapping[str, str | bytes]) -> Path:
    """Write files under a folder; text as UTF-8 with its line ends as they are."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def halves() -> str:
    """Outlines of the square's two halves as GeoJSON: ``code``, ``name``."""
    boxes = {"W": (WEST, SOUTH, MIDDLE, NORTH), "E": (MIDDLE, SOUTH, EAST, NORTH)}
    names = {"W": "Westside", "E": "Eastside"}
    return geojson({code: (names[code], shapely.box(*box)) for code, box in boxes.items()})


def geojson(areas: Mapping[str, tuple[str, Any]], *, crs: str | None = None) -> str:
    """Outlines as GeoJSON with the properties ``code`` and ``name``."""
    found: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": shapely.geometry.mapping(shape)}
            for code, (name, shape) in areas.items()
        ],
    }
    if crs is not None:
        found["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(found)


@cache
def square() -> StudyArea:
    """The square as a study area with one level of one area."""
    box = shapely.box(WEST, SOUTH, EAST, NORTH)
    leaves = touching_cells(box, LEAF)
    owner = np.zeros(len(leaves), dtype=np.int32)
    level = Level("lad", "District", ("S",), ("Square",), np.array([box], dtype=object), owner)
    return StudyArea(leaf=LEAF, leaves=leaves, levels=(level,))


@dataclass(frozen=True)
class Ingested:
    """What became of every row. ``rows`` are the canonical ones, in no order."""

    rows: tuple[dict[str, Any], ...]
    bad_lines: Mapping[str, int]
    months: tuple[str, ...]
    words: tuple[tuple[str, int], ...]
    facts: Mapping[str, list[dict[str, Any]]]

    @property
    def mapped(self) -> list[dict[str, Any]]:
        """Rows without a reason."""
        return [row for row in self.rows if row["reason"] is None]

    @property
    def unmapped(self) -> dict[str, int]:
        """How many rows each reason took."""
        found = Counter(row["reason"] for row in self.rows if row["reason"] is not None)
        found["bad-row"] += sum(self.bad_lines.values())
        return {reason: n for reason, n in found.items() if n}

    @property
    def read(self) -> int:
        """All rows."""
        return len(self.rows) + sum(self.bad_lines.values())

    def one(self) -> dict[str, Any]:
        """The only mapped row, its month in words."""
        (only,) = self.mapped
        return {**only, "month": format_month(only["month"])}


def ingest(
    folder: Path,
    contents: Mapping[str, str | bytes],
    *,
    patterns: tuple[str, ...] = ("**/*",),
    period: range | None = None,
    study: StudyArea | None = None,
) -> Ingested:
    """Write files to ``folder/data`` and read them with the real engine."""
    root, scratch = write(folder / "data", contents), folder / "scratch"
    scratch.mkdir()
    engine = DuckDBEngine(scratch, threads=1)
    try:
        staged = incidents.stage(engine, kinds()[KIND], files.find("police", patterns, root), scratch)
        table = incidents.canonical(engine, staged, study=study or square(), period=period)
        rows = tuple(engine.collect(table).to_pylist())
        return Ingested(
            rows=rows,
            bad_lines={file.raw.name: file.bad_lines for file in staged if file.bad_lines},
            months=tuple(format_month(month) for month in sorted(incidents.months_of(engine, kinds()[KIND], staged))),
            words=tuple(incidents.unknown_words(engine, staged)),
            facts={"support": engine.collect(facts.support(table, (LEAF,))).to_pylist()},
        )
    finally:
        engine.close()

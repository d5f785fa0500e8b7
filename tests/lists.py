"""Lists of services and postcodes written by hand, read with the real engine on the square of ``street``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import files, postcodes, services
from geointel.ingest.nearest import not_found
from geointel.sources.base import kinds

from .street import square, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POSTCODES = "FY1 1AN,10,330711,436623\nFY1 1AP,10,330548,436189\nFY4 2BL,20,331500,433000\nPR1 2AB,10,353600,429500\n"
"""Three inside the square and one 13 km east of it; the eastings are about right."""


@dataclass(frozen=True)
class Read:
    """What became of every row; ``bad_lines`` were none."""

    rows: tuple[dict[str, Any], ...]
    bad_lines: int
    lost: tuple[str, ...] = ()

    @property
    def reasons(self) -> dict[str | None, int]:
        """How many rows each reason took; None for those that are mapped."""
        return dict(Counter(row["reason"] for row in self.rows))

    def by(self, key: str) -> dict[str, dict[str, Any]]:
        """Rows by one of their columns."""
        return {row[key]: row for row in self.rows}


def read_postcodes(folder: Path, contents: Mapping[str, str | bytes]) -> Read:
    """Write files of postcodes and read them."""
    engine, scratch = _engine(folder)
    try:
        root = write(folder / "postcodes", contents)
        staged = postcodes.stage(engine, kinds()["postcodes"], files.find("codes", ("**/*",), root), scratch)
        rows = engine.collect(postcodes.canonical(engine, staged, None)).to_pylist()
        return Read(tuple(rows), sum(file.bad_lines for file in staged))
    finally:
        engine.close()


def read_services(
    folder: Path,
    kind: str,
    contents: Mapping[str, str | bytes],
    *,
    options: Mapping[str, Any] | None = None,
    codes: str = POSTCODES,
    edge_km: float = 0,
) -> Read:
    """Write lists of services and read them, with ``codes`` as what is known of postcodes."""
    engine, scratch = _engine(folder)
    source: Any = kinds()[kind]
    source = source.configured(source.options.model_validate(dict(options or {})))
    try:
        root = write(folder / "codes", {"codes.csv": codes})
        known = postcodes.stage(engine, kinds()["postcodes"], files.find("codes", ("*",), root), scratch)
        places = postcodes.places(postcodes.canonical(engine, known, None))
        raws = files.find("list", ("**/*",), write(folder / "data", contents))
        staged = services.stage(engine, source, raws, scratch)
        table = services.canonical(engine, source, staged, places=places, study=square(), edge_km=edge_km)
        path = scratch / "list.parquet"
        engine.write(table, path)
        table = engine.read([path])
        wanted = table.filter(table.lost_postcode.notnull()).group_by(postcode="lost_postcode")
        lost = not_found(engine, wanted.agg(n=ibis._.count()), places, most=9)
        rows = engine.collect(table.order_by("file", "line")).to_pylist()
        return Read(tuple(rows), sum(file.bad_lines for file in staged), tuple(str(found) for found in lost))
    finally:
        engine.close()


def _engine(folder: Path) -> tuple[DuckDBEngine, Path]:
    scratch = folder / "scratch"
    scratch.mkdir()
    return DuckDBEngine(scratch, threads=1), scratch

"""Postcodes to places: files and the ONS Postcode Directory to one table, and addresses joined to it.

A place is ``postcode`` (capital letters, no space), ``x, y, osgb`` as in ``ingest.points``. Every row of every
file stands in the canonical table, with a place or with the first reason that applies.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import Transformer

from geointel.errors import EngineError
from geointel.ingest import text
from geointel.ingest.incidents import BAD_COORDINATES, BAD_ROW
from geointel.ingest.points import is_place
from geointel.ingest.text import parts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geointel.engine.base import Engine
    from geointel.ingest.text import StagedFile
    from geointel.sources.base import Package, PostcodeKind, RawFile

NOT_GEOCODED, DUPLICATE = "not-geocoded", "duplicate"
REASONS = (BAD_ROW, NOT_GEOCODED, BAD_COORDINATES, DUPLICATE)
"""In the order in which they apply."""

SHAPE = "^([A-Z]{1,2}[0-9][A-Z0-9]?|NPT|GIR)[0-9][A-Z]{2}$"
"""NPT was retired, and GIR had one address."""
INWARD = 3
"""Characters after the space."""
LAST = np.iinfo(np.int32).max
"""The number of the directory among files: it comes after all."""
DIRECTORY_ENDING = ".msgpack.br"
IRISH_GRID = "EPSG:29903"
NORTHERN_IRELAND = "N"
"""First letter of its district codes."""
PLACE = pa.schema(
    [
        pa.field("file", pa.int32()),
        pa.field("postcode", pa.string()),
        pa.field("x", pa.float64()),
        pa.field("y", pa.float64()),
        pa.field("osgb", pa.bool_()),
        pa.field("blank", pa.bool_()),
    ]
)


def normal(postcode: ir.StringValue) -> ir.StringValue:
    """Any spelling → capital letters without a space."""
    return postcode.upper().re_replace(r"\s+", "")


def spelt(postcode: str) -> str:
    """A normal postcode as people write it: ``FY1 1AN``."""
    return f"{postcode[:-INWARD]} {postcode[-INWARD:]}"


def stage(engine: Engine, kind: PostcodeKind, raws: Sequence[RawFile], scratch: Path) -> list[StagedFile]:
    """Read every file into Parquet of ``PLACE``, in the order given; see ``text.stage``."""
    return text.stage(engine, kind, raws, scratch, typed=_typed)


def read_directory(package: Package, target: Path) -> int:
    """Write the postcodes of the installed directory as ``PLACE``; return how many there are.

    Raises ``EngineError`` when the package is missing; it names the extra. Northern Ireland stands in the Irish
    Grid, and is moved to degrees here.
    """
    try:
        import brotli  # noqa: PLC0415 - of the extra
        import msgpack  # noqa: PLC0415

        folder = files(package.module)
    except ImportError as error:
        message = f"The ONS Postcode Directory needs the extra `{package.extra}`, and {error.name} is not installed."
        raise EngineError(message, remedy=package.remedy) from error
    to_degrees = Transformer.from_crs(IRISH_GRID, "EPSG:4326", always_xy=True)
    rows = 0
    with pq.ParquetWriter(target, PLACE) as writer:
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(DIRECTORY_ENDING):
                columns = msgpack.unpackb(brotli.decompress(file.read_bytes()), raw=False)["data"]
                table = _places(columns, to_degrees)
                writer.write_table(table)
                rows += table.num_rows
    return rows


def canonical(engine: Engine, staged: Sequence[StagedFile], directory: Path | None) -> ir.Table:
    """Staged rows → ``postcode, x, y, osgb, reason``. The first row of a postcode that has a place stands for it.

    Files come in their order, the directory last.
    """
    known = [*parts(staged), *([directory] if directory else [])]
    rows = engine.read_numbered(known)
    right = rows.postcode.re_search(SHAPE).fill_null(False)  # noqa: FBT003 - ibis has no keyword
    nowhere = rows.blank | ((rows.x == 0) & (rows.y == 0))
    placed = is_place(rows.x, rows.y, rows.osgb).fill_null(False)  # noqa: FBT003
    early = ibis.cases((~right, BAD_ROW), (nowhere.fill_null(False), NOT_GEOCODED), (~placed, BAD_COORDINATES))  # noqa: FBT003
    rows = rows.mutate(early=early)
    turn = ibis.window(group_by=["postcode", rows.early.isnull()], order_by=["file", "row"])
    rows = rows.mutate(again=rows.early.isnull() & (ibis.row_number().over(turn) > 0))
    current = rows.file != LAST
    return rows.select("postcode", "x", "y", "osgb", current=current, reason=rows.again.ifelse(DUPLICATE, rows.early))


def places(table: ir.Table) -> ir.Table:
    """Canonical rows → those that have a place, each postcode once: ``postcode, x, y, osgb, current``."""
    return table.filter(table.reason.isnull()).select("postcode", "x", "y", "osgb", "current")


def _typed(rows: ir.Table) -> ir.Table:
    blank = ibis.literal("")
    x, y = rows.x.fill_null(blank).strip(), rows.y.fill_null(blank).strip()
    return rows.select(
        "file",
        postcode=normal(rows.postcode),
        x=x.try_cast("float64"),
        y=y.try_cast("float64"),
        osgb=ibis.literal(True),  # noqa: FBT003 - ibis has no keyword
        blank=(x == "") & (y == ""),
    )


def _places(columns: dict[str, list[object]], to_degrees: Transformer) -> pa.Table:
    """Columns of the directory (``pcd, laua, oseast1m, osnrth1m``) → ``PLACE``."""
    x = np.array(columns["oseast1m"], dtype=np.float64)
    y = np.array(columns["osnrth1m"], dtype=np.float64)
    irish = np.array([str(code).startswith(NORTHERN_IRELAND) for code in columns["laua"]])
    blank = np.isnan(x) & np.isnan(y)
    move = irish & ~blank
    x[move], y[move] = to_degrees.transform(x[move], y[move])
    postcode = pa.array(["".join(str(name).split()) for name in columns["pcd"]])
    file = pa.array(np.full(len(x), LAST, np.int32))
    return pa.Table.from_arrays(
        [file, postcode, pa.array(x), pa.array(y), pa.array(~irish), pa.array(blank)], schema=PLACE
    )

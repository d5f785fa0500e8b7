"""Files for the ingest benchmark, and the proof that both sides counted the same.

::

    python benchmarks/ingest_data.py write FOLDER MONTHS      # street files of a made-up nation, and its study area
    python benchmarks/ingest_data.py compare OURS THEIRS      # exit 1 unless the counts are equal
"""

from __future__ import annotations

import sys
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from geointel.demo import write_demo
from geointel.grid.cover import touching_cells

RESOLUTION = 9
KEYS = ("cell", "month", "category")
SPECIAL = "incidents-special-points"


def main(command: str, first: str, second: str) -> int:
    """Run one of the two commands."""
    if command == "write":
        write(Path(first), int(second))
        return 0
    return compare(Path(first), Path(second))


def write(folder: Path, months: int) -> None:
    """Write the files, and ``leaves.npy``: sorted cells of the study area, which both sides are given."""
    made = write_demo(folder, scale="nation", seed=1, months=months)
    outlines = pyogrio.read_dataframe(folder / "boundaries" / "districts.geojson").geometry
    leaves = np.unique(np.concatenate([touching_cells(outline, RESOLUTION) for outline in outlines]))
    np.save(folder / "leaves.npy", leaves)
    (folder / "rows").write_text(str(made.rows), encoding="ascii")


def compare(ours: Path, theirs: Path) -> int:
    """Whether two tables of counts are the same, whatever their order and types."""
    one, other = _sorted(pq.read_table(ours)), _sorted(pq.read_table(theirs))
    if not one.equals(other):
        print(f"the counts differ: {one.num_rows} and {other.num_rows} rows", file=sys.stderr)
        return 1
    return 0


def _sorted(counts: pa.Table) -> pa.Table:
    cells = counts["cell"]
    if not pa.types.is_integer(cells.type):
        cells = pa.array([h3.str_to_int(cell) for cell in cells.to_pylist()], pa.int64())
    types = {"month": pa.int32(), "category": pa.string(), "incidents": pa.int64(), SPECIAL: pa.int64()}
    same = pa.table({"cell": cells} | {name: counts[name].cast(kind) for name, kind in types.items()})
    return same.sort_by([(key, "ascending") for key in KEYS]).combine_chunks()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

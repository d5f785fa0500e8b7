"""Street-level files to counts by cell, month and category, as a build does it.

Runs as a process of its own::

    python benchmarks/ingest_ours.py FOLDER LEAVES.npy RESULT.parquet
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import files, incidents
from geointel.ingest.areas import StudyArea
from geointel.sources.base import kinds

RESOLUTION = 9


def main(folder: Path, leaves: Path, result: Path) -> None:
    """Count the street-level files under a folder and write the counts."""
    kind = kinds()["police-uk-street"]
    study = StudyArea(leaf=RESOLUTION, leaves=np.load(leaves), levels=())
    with tempfile.TemporaryDirectory(dir=result.parent) as name:
        scratch = Path(name)
        engine = DuckDBEngine(scratch)
        raw = files.find("police", ["police/**/*-street.csv"], folder)
        staged = incidents.stage(engine, kind, raw, scratch)
        rows = scratch / "rows.parquet"
        engine.write(incidents.canonical(engine, staged, study=study, period=None), rows)
        counts = engine.collect(facts.by_leaf(engine.read([rows])))
        engine.close()
    pq.write_table(counts, result)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))

"""Street-level files to counts by cell, month and category, with the functions that a build uses.

Runs as a process of its own::

    python benchmarks/ingest_ours.py FOLDER LEAVES.npy RESULT.parquet
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geointel import facts
from geointel.engine.duckdb import DuckDBEngine
from geointel.ingest import files, incidents
from geointel.sources.base import kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Study:
    """What ingest asks of a study area: the resolution of its leaves, and the leaves, sorted."""

    leaf: int
    leaves: NDArray[np.int64]


def main(folder: Path, leaves: Path, result: Path) -> None:
    """Count the street-level files under a folder and write the counts."""
    study = Study(9, np.load(leaves))
    with tempfile.TemporaryDirectory(dir=result.parent) as name:
        scratch = Path(name)
        engine = DuckDBEngine(scratch)
        raw = files.find("police", ["police/**/*-street.csv"], folder)
        staged = incidents.stage(engine, kinds()["police-uk-street"], raw, scratch)
        rows = incidents.canonical(engine, staged, study=study, period=None)
        engine.write(facts.by_leaf(rows), result)
        engine.close()


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))

"""Speed and memory of ingest, against pandas with h3pandas.

The job, the same on both sides: text files of police.uk rows → SHA-256 of each file; months, crime types and
coordinates checked; one row per Crime ID with month, category, special point, code and name of its LSOA, and cell at
resolution 9; study area → counts by cell, month and category, written as Parquet.
Each run is a process of its own; the two take turns, and their counts must be equal. ``run.py`` calls this.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROWS_A_MONTH = 560_000
MOST_MONTHS = 36
KEPT_MONTHS = 6
"""Files of up to so many months stay in the temporary folder for the next run."""


@dataclass(frozen=True)
class Spent:
    """What a process took: wall and CPU seconds, and its peak of resident memory in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Pair:
    """The two sides, run one after the other."""

    ours: Spent
    theirs: Spent


def run(rows: int, *, repeats: int, peer: Path) -> tuple[int, list[Pair]]:
    """Measure both sides in turns; return how many rows there were, and what each run took."""
    months = min(MOST_MONTHS, max(1, round(rows / ROWS_A_MONTH)))
    folder = Path(tempfile.gettempdir()) / f"geointel-bench-{months}-months"
    if not (folder / "rows").is_file():
        print(f"writing {months} months of made-up street files to {folder}", file=sys.stderr)
        _python(sys.executable, "ingest_data.py", "write", folder, months)
    try:
        return int((folder / "rows").read_text(encoding="ascii")), _pairs(folder, repeats, peer)
    finally:
        if months > KEPT_MONTHS:
            shutil.rmtree(folder)


def median(pairs: list[Pair], what: str) -> tuple[float, float, float]:
    """Medians of ``wall``, ``cpu`` or ``memory``: ours, theirs, and their ratio."""
    ours = [getattr(pair.ours, what) for pair in pairs]
    theirs = [getattr(pair.theirs, what) for pair in pairs]
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def _pairs(folder: Path, repeats: int, peer: Path) -> list[Pair]:
    pairs = []
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "ours.parquet", Path(name) / "theirs.parquet"
        for turn in range(repeats):
            pair = Pair(
                _measure(sys.executable, "ingest_ours.py", folder, folder / "leaves.npy", ours),
                _measure(peer, "ingest_peer.py", folder, folder / "leaves.npy", theirs),
            )
            print(f"ingest, turn {turn + 1}: {pair}", file=sys.stderr)
            pairs.append(pair)
        _python(sys.executable, "ingest_data.py", "compare", ours, theirs)
    return pairs


def _measure(python: str | Path, script: str, *arguments: object) -> Spent:
    start = time.perf_counter()
    process = subprocess.Popen(_command(python, script, arguments))
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{script} failed")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Spent(round(wall, 2), round(used.ru_utime + used.ru_stime, 2), round(used.ru_maxrss / unit))


def _python(python: str | Path, script: str, *arguments: object) -> None:
    if subprocess.run(_command(python, script, arguments), check=False).returncode:
        sys.exit(f"{script} failed")


def _command(python: str | Path, script: str, arguments: tuple[object, ...]) -> list[str]:
    return [str(python), str(HERE / script), *(str(argument) for argument in arguments)]

"""Peak memory of ingest: one source of each kind with ten million rows, in a process that may hold 2 GiB.

::

    python benchmarks/memory.py                       # every kind; prints a table; 1 where one does not fit
    python benchmarks/memory.py police-uk-street cqc --rows 1000000

Every kind is a process of its own, and its files are removed before those of the next are written. The limit is
``RLIMIT_DATA``: what a process allocates. ``RLIMIT_AS`` would count libraries and files that are mapped but not held
too. A sheet of a workbook has at most 1,048,576 rows; the pixels of a grid are its rows, and the ways of a road network.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import memory_data

from geointel.build.build import levels_of
from geointel.build.gather import in_turn, take
from geointel.build.taken import Site
from geointel.config import load
from geointel.demo import write_demo
from geointel.engine.duckdb import DuckDBEngine
from geointel.errors import GeointelError
from geointel.ingest.areas import read_study_area
from geointel.sources.base import kinds

LIMIT = 2 << 30
ROWS = 10_000_000
BYTES_A_ROW = 4_000
"""Of disk: the file, a plain copy of it, and what the engine writes. More than any kind needs."""
ENDINGS = {"population-raster": ".tif", "roads": ".osm"}
WORKBOOK = "incidents.xlsx"
MEGABYTE = 1 << 20
SYSTEM_POOL = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Arrow's own pool reserves a GiB of addresses at once, which counts as allocated though nothing is held."""


@dataclass(frozen=True)
class Peak:
    """What one take needed: seconds, and the most memory that was resident, in bytes; what went wrong, or blank.

    ``mapped`` are those of its ``rows`` that count.
    """

    rows: int
    mapped: int
    seconds: float
    bytes: int
    fault: str = ""


def cases() -> list[str]:
    """Every kind, and workbooks."""
    return [*sorted(kinds()), WORKBOOK]


def measure(case: str, rows: int, folder: Path) -> Peak:
    """Write the files of a case into a demonstration, take them in a process of its own, and remove them."""
    kind = case.partition(".")[0]
    ending = "." + case.partition(".")[2] if "." in case else ENDINGS.get(kind, ".csv")
    partnership = load(folder / "partnership.toml")
    source = next(source for source in partnership.sources if source.kind == kind)
    originals = sorted(folder.glob(source.files[0]))
    if kind not in memory_data.LINKED:
        originals = originals[-1:]
    large = folder / "large"
    large.mkdir()
    try:
        targets = [large / f"{original.name.partition('.')[0]}{ending}" for original in originals]
        each = rows // len(targets)
        pairs = zip(originals, targets, strict=True)
        rows = sum(memory_data.write(kind, ending, original, target, each) for original, target in pairs)
        names = [str(target.relative_to(folder)) for target in targets]
        command = [sys.executable, __file__, "take", kind, str(folder), *names]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, **SYSTEM_POOL})
        if done.returncode:
            return Peak(rows, 0, 0, 0, (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1])
        return Peak(**json.loads(done.stdout.splitlines()[-1]))
    finally:
        shutil.rmtree(large)


def take_one(kind: str, folder: Path, files: tuple[str, ...]) -> Peak:
    """Take a source within the limit. Postcodes, and the crimes that outcomes belong to, are taken before."""
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
    partnership = load(folder / "partnership.toml")
    source = next(source for source in partnership.sources if source.kind == kind)
    study = read_study_area(levels_of(partnership), folder, partnership.grid.leaf)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        engine = DuckDBEngine(Path(scratch))
        site = Site(partnership, study, engine, folder, Path(scratch), None, lambda _: None)
        before = {"postcodes", getattr(kinds()[kind], "joins", "postcodes")} - {kind}
        for other in in_turn(partnership.sources):
            if other.kind in before:
                site = replace(site, taken={**site.taken, other.id: take(other, site)})
        started = time.monotonic()
        report = take(replace(source, files=files), site).report
        seconds = time.monotonic() - started
        engine.close()
    unit = 1 if sys.platform == "darwin" else 1024
    return Peak(
        report.read, report.mapped, round(seconds, 1), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    )


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[*cases(), []], help="kinds; all when left out")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--json", action="store_true", help="one line of JSON a case")
    asked = parser.parse_args()
    worst = 0
    with tempfile.TemporaryDirectory() as name:
        folder = write_demo(Path(name) / "demo", scale="town", seed=3, months=3).directory
        for case in asked.cases or cases():
            if not memory_data.room_for(folder, asked.rows * BYTES_A_ROW):
                sys.exit("there is not enough disk")
            peak = measure(case, asked.rows, folder)
            what = peak.fault or f"{peak.bytes / MEGABYTE:,.0f} MB, {peak.seconds:.0f} s"
            print(
                json.dumps(vars(peak))
                if asked.json
                else f"{case:<24} {peak.rows:>12,} rows, {peak.mapped:>12,} mapped  {what}",
                flush=True,
            )
            worst = max(worst, bool(peak.fault) or peak.bytes >= LIMIT)
    return int(worst)


if __name__ == "__main__":
    if sys.argv[1:2] == ["take"]:
        try:
            print(json.dumps(vars(take_one(sys.argv[2], Path(sys.argv[3]), tuple(sys.argv[4:])))))
        except (GeointelError, MemoryError) as error:
            sys.exit(repr(error)[:500])
    else:
        sys.exit(main())

"""Write docs/validation/utility.md: real recorded drug offences, treated as if they were private.

    python scripts/utility.py --data ../shared/data --force lancashire

Counts of resolution 8 over the last twelve months of the data are changed with random keys, as in an open and in a partner edition, a few
hundred times for each set of parameters, and compared with the true counts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import Counter
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from geointel.audit.utility import Utility, utility
from geointel.disclosure.perturbation import PerturbationTable, perturb, perturbation_table
from geointel.grid.cells import parents
from geointel.model.period import YEAR

ROOT = Path(__file__).parents[1]
DRAWS = 200
Cells = NDArray[np.int64]
SETS: tuple[tuple[str, int, float, int, float | None, int], ...] = (
    ("partner", 2, 1.0, 0, None, 0),
    ("partner", 5, 1.0, 0, None, 0),
    ("partner", 5, 2.0, 0, None, 0),
    ("open", 5, 3.0, 2, 0.5, 10),
    ("open", 8, 3.0, 2, 0.5, 10),
    ("open", 8, 3.0, 2, 0.5, 5),
    ("open", 8, 3.0, 2, 0.5, 0),
)

HEAD = (
    "Written by `scripts/utility.py`: {n:,} drug offences of {force}, {months} months, in {cells:,} hexagons of resolution 8, treated as if "
    "they were private. Means over {draws} sets of keys. These are public data."
)
NOTE = (
    "The top 20 are those with the highest counts. A hexagon that is coarsened has an equal part of the one that is shown instead. "
    "Residents are left out: a least number of residents hides more. The open edition is changed in one step here; the gate changes it upon the "
    "partners' numbers, with the same variance in all. `max_noise` moves no figure on this page, and decides how narrow an intruder's bounds can get."
)


def counts(data: Path, force: str) -> tuple[Cells, Cells, int]:
    """Cells of resolution 8, and their drug offences; the number of months."""
    found: Counter[int] = Counter()
    months = 0
    cells: dict[tuple[str, str], int] = {}
    for path in sorted((data / "police-street").rglob(f"*-{force}-street.csv*"))[-YEAR:]:
        months += 1
        reader = gzip.open if path.suffix == ".gz" else open
        with reader(path, "rt", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["Crime type"] == "Drugs" and row["Latitude"]:
                    point = row["Latitude"], row["Longitude"]
                    if point not in cells:
                        cells[point] = h3.cell_to_parent(h3.latlng_to_cell(float(point[0]), float(point[1]), 9), 8)
                    found[cells[point]] += 1
    ordered = np.array(sorted(found), dtype=np.int64)
    return ordered, np.array([found[cell] for cell in ordered.tolist()], dtype=np.int64), months


def drawn(cells: Cells, true: Cells, table: PerturbationTable, *, below: int, seed: int) -> Utility:
    """One change of all counts; a family with a small count is replaced by equal parts of its parent."""
    draw = np.random.default_rng(seed)
    shown = perturb(true, draw.integers(0, 2**64, len(true), dtype=np.uint64), table).astype(float)
    hidden, size = np.zeros(len(true), dtype=bool), np.ones(len(true))
    for resolution in (7, 6):
        family = np.unique(parents(cells, resolution), return_inverse=True)[1]
        total = np.bincount(family, weights=true).astype(np.int64)
        changed = perturb(total, draw.integers(0, 2**64, len(total), dtype=np.uint64), table)
        small = (shown > 0) & (shown < below) if resolution == 7 else hidden & (shown * size < below)
        broken = np.bincount(family, weights=small)[family] > 0
        hidden |= broken
        size = np.bincount(family)[family]
        shown = np.where(broken, changed[family] / size, shown)
    return utility(true.astype(float), shown, hidden=hidden)


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--force", default="lancashire")
    given = parser.parse_args()
    cells, true, months = counts(given.data, given.force)
    lines = [
        "# What changed counts are still good for",
        "",
        HEAD.format(n=int(true.sum()), force=given.force.title(), months=months, cells=len(cells), draws=DRAWS),
        "",
        NOTE,
        "",
        "| edition | max_noise | variance | never_show | coarsen_below | top 20 kept | rank correlation | mean error | Gini moved | incidents in coarsened hexagons |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for edition, noise, variance, never, stay, below in SETS:
        table = perturbation_table(noise, variance, never_show=never, stay=stay)
        found = [drawn(cells, true, table, below=below, seed=seed) for seed in range(DRAWS)]
        mean = {name: float(np.mean([getattr(each, name) for each in found])) for name in Utility.__annotations__}
        lines.append(
            f"| {edition} | {noise} | {variance:g} | {never} | {below} | {mean['overlap']:.1%} | {mean['rank']:.3f} "
            f"| {mean['error']:.2f} | {mean['gini']:+.3f} | {mean['hidden']:.1%} |"
        )
    page = ROOT / "docs" / "validation" / "utility.md"
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Agreement with, and speed against, other software in one run: ``docs/validation/peers.md``.

Run from the root of the repository, with the environment of the package; peers live in ``.bench-venv`` (``run.py``)::

    python benchmarks/peers.py --out docs/validation/peers.md

The measurements run in a process of their own with one thread (``peers_measure.py``). The reference values of R and other
programs are those of the golden cases, where ``$GEOINTEL_GOLDEN`` names them. Returns 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
ROOT = HERE.parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
PRODUCERS = {
    "alerts_farrington_ears": "R surveillance: Farrington flexible, EARS",
    "areas": "esda; R spdep `localG`, `EBest`, `EBlocal`",
    "eb_h3": "esda; R spdep `EBest`",
    "fdr": "statsmodels; R `p.adjust`",
    "gistar_h3": "esda",
    "kde": "closed forms",
    "knox_nearrepeat": "R NearRepeat",
    "local_moran_h3": "esda; R spdep `localmoran`",
    "mann_kendall": "pymannkendall",
    "moran_global": "esda",
    "pai_pei": "exact fractions",
    "poisson_change": "statsmodels",
    "scan_llr": "closed form",
    "scan_poisson": "SaTScan",
    "scan_stp": "SaTScan",
    "sfhotspot": "R sfhotspot",
    "spacetime": "esda, pymannkendall",
    "wdd_naus": "R ptools",
}
HEAD = """\
# Peers: agreement and speed

What do other programs answer on the same input, and how long do they take? One thread, one process, both sides in turns; CPU seconds. A ratio is the
peer's time divided by ours in one turn, so above 1 we are faster: median, and least and most of all turns. Adjacency is made
before, for both. The difference is the largest of all results. Local Moran has a page of its own.

Run it again with:

```
python benchmarks/peers.py --out docs/validation/peers.md
```

"""


@dataclass(frozen=True)
class Target:
    """The median that a comparison means to reach: at least, or at most."""

    id: str
    text: str
    bound: float
    at_most: bool = False


TARGETS = (
    Target("gi-esda", "Gi* + p + BH, times as fast as esda", 40.0),
    Target("gi-bare", "Gi* + p + BH, times as long as bare scipy", 1.5, at_most=True),
    Target("gi-tail", "with the randomisation tail, times as fast as esda", 15.0),
    Target("knox", "Knox with 99 permutations, times as fast as pointpats", 200.0),
    Target("cube", "empirical Bayes, change and Mann-Kendall, CPU seconds", 2.0, at_most=True),
)


def measured(python: Path) -> list[dict[str, Any]]:
    """Every comparison, from a process with the peers and one thread."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *_more_paths()])}
    command = [str(python), str(HERE / "peers_measure.py")]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _more_paths() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def expected_values() -> dict[str, dict[str, Any]]:
    """Largest differences of the golden tests by case; none where the cases are not there."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "golden.json"
        paths = os.pathsep.join([str(HERE), str(ROOT / "src"), *_more_paths()])
        environment = {**os.environ, "PEERS_GOLDEN": str(out), "PYTHONPATH": paths}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "peers_golden", "-p", "no:cacheprovider"]
        subprocess.run(
            [*command, "tests/golden/hotspots"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )
        found: dict[str, dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
    return found


def verdicts(rows: Iterable[dict[str, Any]]) -> list[tuple[Target, float, bool]]:
    """Each target with what was reached; "times as long" is the inverse of the ratio."""
    by_id = {row["id"]: row for row in rows}
    reached = []
    for target in TARGETS:
        row = by_id[target.id]
        value = float(np.median(row["ratios"]))
        if target.id == "gi-bare":
            value = 1 / value
        reached.append((target, value, value <= target.bound if target.at_most else value >= target.bound))
    return reached


def page(rows: list[dict[str, Any]], golden: dict[str, dict[str, Any]]) -> str:
    """The whole document."""
    lines = [HEAD + "## Targets\n", "| what | target | reached | |", "|---|--:|--:|---|"]
    for target, value, ok in verdicts(rows):
        sign = "≤" if target.at_most else "≥"
        lines.append(f"| {target.text} | {sign} {target.bound:g} | {value:.2f} | {'ok' if ok else 'MISSED'} |")
    lines += ["\n## Side by side\n", "| method | peer | size | ours, s | peer, s | ratio | least, most | difference |"]
    lines.append("|---|---|---|--:|--:|--:|--:|--:|")
    lines += [_row(row) for row in rows if row["peer"]]
    lines += [
        "",
        "pymannkendall and statsmodels take one series or one pair at a time; esda's `Empirical_Bayes` gives rates alone, without intervals,",
    ]
    lines += [
        'weights and checks. "Bare" is the formula, the normal p and `scipy.stats.false_discovery_control`, without a check.',
        "",
    ]
    if golden:
        lines += [
            "## Expected values of other programs\n",
            "The golden cases hold input and results of these programs; the difference is relative to the larger of 1 and the value.",
        ]
        lines += [
            "Values from draws, and those that a program rounds, stand apart.\n",
            "| case | by | numbers | largest difference |",
            "|---|---|--:|--:|",
        ]
        lines += [
            f"| {case} | {_producer(case)} | {entry['numbers']:,} | {entry['difference']:.1e} |"
            for case, entry in sorted(golden.items())
        ]
        lines.append("")
    return "\n".join(lines)


def _row(row: dict[str, Any]) -> str:
    ratios = row["ratios"]
    apart = "–" if row["difference"] is None else f"{row['difference']:.1e}"
    cells = (
        row["what"], row["peer"], row["size"], f"{row['ours']:.4f}", f"{row['theirs']:.4f}",
        f"{float(np.median(ratios)):.1f}", f"{min(ratios):.1f}, {max(ratios):.1f} of {len(ratios)}", apart,
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _producer(case: str) -> str:
    return next((by for prefix, by in PRODUCERS.items() if case.startswith(prefix)), "")


def main() -> int:
    """Measure, print the targets, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--python", type=Path, default=ROOT / ".bench-venv" / "bin" / "python", help="peers' Python")
    parser.add_argument("--out", type=Path, help="file to write; default: the targets alone, printed")
    options = parser.parse_args()
    rows = measured(options.python)
    for target, value, ok in verdicts(rows):
        print(f"{target.text:<58}{value:>8.2f}{target.bound:>8g}  {'ok' if ok else 'MISSED'}")
    if options.out is not None:
        options.out.write_text(page(rows, expected_values()), encoding="utf-8")
    return int(not all(ok for *_, ok in verdicts(rows)))


if __name__ == "__main__":
    sys.exit(main())

"""Global and local Moran's I beside esda, on real maps: how far they agree, and how fast each is.

Run with the peers' environment, from the repository's root, with a folder that holds police.uk archives and boundaries::

    PYTHONPATH=src .bench-venv/bin/python benchmarks/moran_peers.py ../shared/data --out docs/validation/peers-moran.md

Both sides get the weights ready made, so only the statistics are timed: the least CPU time of several runs.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import esda
import gi_star
import libpysal
import noise
import noise_data
import numpy as np
from libpysal.graph import Graph

from geointel.grid import neighbours
from geointel.hotspots import global_moran, local_moran, moran_gate, moran_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Counts = NDArray[np.int64]
    Adjacency = csr_array[np.float64, tuple[int, int]]

PERMUTATIONS = 999
CATEGORY = "drugs"
LEVEL = 0.05
REPEATS = 5
HEAD = """# Local Moran

Global and local Moran's I beside [esda](https://pysal.org/esda) {esda} (libpysal {libpysal}), with row-standardised weights, on recorded drug offences
of real maps of 2025 (the year, and July). Cells without neighbours are left out on both sides. The page of the other methods is
`peers.md`.

Run it again with:

```
{command}
```

## Agreement

The largest difference on each map. *I* is `Moran.I` and *z* `Moran.z_rand`; *local I* is `Moran_Local.Is`. esda multiplies local I by (n − 1)/Σz², as we do, but
gives its conditional moments for n/Σz²: *local z* is compared after its I is multiplied by n/(n − 1). *Same quadrant* says in how many cells it is the same. *p* is the largest
difference of the two-sided conditional permutation p of {permutations} permutations, from esda's own draws with the rule of `local_moran`: draws equal to what was observed
count on both sides. Both p are random, so the largest of so many differs.

esda's own `p_sim` compares without slack and counts equal draws on the high side alone. On counts most draws can be equal to what was observed (no record in the
cell, none around it), and a difference of 1e-17 then puts all of them on one side: `p_sim` is .001 for a cell like any other. *Low by ties* says how many
cells have 2 · `p_sim` ≤ .05 for such a reason alone. The normal p of esda's z is not touched by it.

{agreement}

## Speed

Least CPU time of {repeats} runs, in milliseconds. *Statistic* is local I with its moments, without p; *permutations* adds {permutations} conditional ones; *published* is all that
the layer `moran` does for a map: local I, exact p, adjustment, classes, and the gate of {permutations} shuffled maps. *Gate* is that alone, beside `Moran` with as many permutations. The last
column is published beside what it replaces: `Moran_Local` and `Moran` with permutations.

{speed}
"""


@dataclass(frozen=True)
class Row:
    """One real map: largest differences, and CPU seconds by what was timed, ours and esda's."""

    place: tuple[str, int, str]
    cells: int
    differences: dict[str, float]
    same_quadrant: int
    by_ties: int
    seconds: dict[str, tuple[float, float]]

    @property
    def agreement(self) -> str:
        """Line of the first table."""
        parts = [f"{value:.1e}" if name != "p" else f"{value:.3f}" for name, value in self.differences.items()]
        return _line([*map(str, self.place), f"{self.cells:,}", *parts, f"{self.same_quadrant:,}", f"{self.by_ties:,}"])

    @property
    def speed(self) -> str:
        """Line of the second table."""
        pairs = [f"{1e3 * own:.1f} · {1e3 * peer:.1f} ({peer / own:.1f}×)" for own, peer in self.seconds.values()]
        return _line([*map(str, self.place), f"{self.cells:,}", *pairs])


def _line(parts: list[str]) -> str:
    return f"| {' | '.join(parts)} |"


def connected_maps(data: Path) -> Iterator[tuple[tuple[str, int, str], Counts, Adjacency]]:
    """Real counts of the cells that have neighbours, and their adjacency."""
    for geography in (noise_data.GEOGRAPHIES[0], noise_data.GEOGRAPHIES[2]):
        records = noise_data.load(geography, data)
        for resolution in (7, 8):
            cells = noise_data.supported(records, resolution)
            kept = np.diff(neighbours(cells).indptr) > 0
            ring = neighbours(cells[kept])
            for window, (first, last) in noise.WINDOWS.items():
                own = records[records["month"].between(first, last) & (records["category"] == CATEGORY)]
                yield (
                    (geography.name, resolution, window),
                    noise_data.counts(own, cells, resolution)[kept],
                    ring,
                )


def measure(place: tuple[str, int, str], counts: Counts, ring: Adjacency) -> Row:
    """Both sides on one map."""
    graph, n = Graph.from_sparse(ring).transform("r"), len(counts)
    found = local_moran(counts, ring, permutations=PERMUTATIONS, seed=1)
    their = _local(counts, graph, PERMUTATIONS, keep=True)
    whole, their_whole = global_moran(counts, ring), esda.Moran(counts, graph, permutations=0)
    with np.errstate(all="ignore"):
        z = (found.i - found.expected) / np.sqrt(found.variance)
        their_z = (their.Is * n / (n - 1) - their.EIc) / np.sqrt(their.VIc)
    differences = {
        "I": abs(whole.i - their_whole.I),
        "z": abs(whole.z - their_whole.z_rand),
        "local I": float(np.abs(found.i - their.Is).max()),
        "local z": float(np.nanmax(np.abs(z - their_z))),
        "p": float(np.abs(found.p - _doubled(their)).max()),
    }
    ties = int(((2 * their.p_sim <= LEVEL) & (_doubled(their) > LEVEL)).sum())
    return Row(place, n, differences, int((found.quadrant == their.q).sum()), ties, timed(counts, ring, graph))


def _doubled(their: Any) -> NDArray[np.float64]:
    """Two-sided p of esda's own draws, those equal to what was observed counted on both sides."""
    draws = their.rlisas.T
    slack = 1e-9 * np.abs(draws).max()
    extreme = np.minimum((draws <= their.Is + slack).sum(axis=0), (draws >= their.Is - slack).sum(axis=0))
    return np.minimum(1.0, 2 * (extreme + 1) / (len(draws) + 1))


def timed(counts: Counts, ring: Adjacency, graph: Graph) -> dict[str, tuple[float, float]]:
    """Least CPU seconds of both sides, by what is computed."""

    def both(counts: Counts, graph: Graph) -> Any:
        return _local(counts, graph, PERMUTATIONS), esda.Moran(counts, graph, permutations=PERMUTATIONS)

    calls = {
        "statistic": ((local_moran, {}), (_local, {"permutations": 0})),
        "permutations": ((local_moran, {"permutations": PERMUTATIONS}), (_local, {"permutations": PERMUTATIONS})),
        "gate": ((moran_gate, {"permutations": PERMUTATIONS}), (esda.Moran, {"permutations": PERMUTATIONS})),
        "published": ((moran_map, {"permutations": PERMUTATIONS}), (both, {})),
    }
    return {
        name: (_least(ours, (counts, ring), own), _least(theirs, (counts, graph), given))
        for name, ((ours, own), (theirs, given)) in calls.items()
    }


def _least(call: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> float:
    return gi_star.least(lambda: call(*arguments, **options), (), repeats=REPEATS)[0]


def _local(counts: Counts, graph: Graph, permutations: int, *, keep: bool = False) -> Any:
    return esda.Moran_Local(counts, graph, permutations=permutations, seed=1, keep_simulations=keep)


def main() -> int:
    """Write the page; return 1 if a statistic differs by more than rounding, or a quadrant at all."""
    warnings.simplefilter("ignore")  # the peers' deprecations
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = []
    for place, counts, ring in connected_maps(options.data):
        rows.append(measure(place, counts, ring))
        print(rows[-1].agreement, rows[-1].speed, sep="\n", flush=True)
    options.out.write_text(_page(rows), encoding="utf-8")
    exact = ("I", "z", "local I", "local z")
    return int(any(row.differences[name] > 1e-8 for row in rows for name in exact))


def _page(rows: list[Row]) -> str:
    head = ["area", "resolution", "window", "cells"]
    ruler = "|---|--:|---|--:|"
    first = [
        _line([*head, *rows[0].differences, "same quadrant", "low by ties"]),
        ruler + "--:|" * (len(rows[0].differences) + 2),
    ]
    titles = [f"{name}: ours · esda" for name in rows[0].seconds]
    second = [_line([*head, *titles]), ruler + "--:|" * len(titles)]
    return HEAD.format(
        esda=esda.__version__,
        libpysal=libpysal.__version__,
        permutations=PERMUTATIONS,
        repeats=REPEATS,
        command="PYTHONPATH=src python " + " ".join(sys.argv),
        agreement="\n".join([*first, *(row.agreement for row in rows)]),
        speed="\n".join([*second, *(row.speed for row in rows)]),
    )


if __name__ == "__main__":
    sys.exit(main())

"""False rises and falls on noise, and how strong a rise must be to be found: the layer ``change``.

Run from the repository's root, with a folder that holds police.uk archives and boundaries::

    python benchmarks/noise_change.py ../shared/data --out docs/validation/noise-change.md

Every map is simulated on the totals of two real windows. Nothing changes but by chance: of each cell's total, the part
of the second window is binomial, or beta-binomial with the dispersion that the real pair shows. The exact test of two
counts, which knows of chance alone, stands beside it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import noise_data
import numpy as np

from geointel.hotspots import benjamini_hochberg, change, dispersed_change
from geointel.layers.change import CAUTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

PAIRS = {
    "month": (("2025-06",), ("2025-07",)),
    "quarter": (("2025-04", "2025-05", "2025-06"), ("2025-07", "2025-08", "2025-09")),
}
RESOLUTIONS = (6, 7, 8)
CATEGORIES = ("drugs", "all")
FALSE = 0.05
BAR = 16
PLANTED = (2, 4, 8)
BUSIEST = 20
"""A rise is planted in one of so many busiest cells."""
HEAD = """# Rises and falls on noise

How often does the layer `change` show a rise or a fall where nothing changed? Maps are simulated on the totals of two
real windows of 2025 (July after June; July to September after April to June): of each cell's total, the part of the second
window is drawn from a binomial, or a beta-binomial with the dispersion (ρ) of the real pair; the layer reckons with 1.3 times what it sees. A **false class** is one at 95 %
or stronger (q ≤ .05). The bar is at most 16 of 200 maps.

"Exact" is the conditional test of two counts, with the same adjustment: it knows of chance alone, and on bursts it finds
changes where there are none. It is not used.

The last columns say how often a true rise is found, among beta-binomial noise: the second window of one cell, chosen from
the 20 busiest, is so many times as large.

Run it again with:

```
{command}
```

| area | resolution | window | category | cells | ρ | binomial | beta-binomial | beta-binomial, exact | ×2 | ×4 | ×8 |
|---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class Row:
    """One real pair of windows: how many of the simulated maps had a false class, or showed the rise."""

    place: tuple[str, int, str, str]
    cells: int
    rho: float
    maps: int
    false: tuple[int, int, int]
    found: tuple[int, ...]

    def __str__(self) -> str:
        shares = (f"{n / self.maps:.0%}" for n in self.found)
        words = (*map(str, self.place), f"{self.cells:,}", f"{self.rho:.4f}", *map(str, self.false), *shares)
        return f"| {' | '.join(words)} |"


def study(before: Counts, after: Counts, place: tuple[str, int, str, str], seeds: range) -> Row:
    """Simulate the maps of one real pair."""
    total, rho = before + after, dispersed_change(before, after).rho
    false, found = np.zeros(3, dtype=int), np.zeros(len(PLANTED), dtype=int)
    busiest = np.argsort(-total)[:BUSIEST]
    for seed in seeds:
        random = np.random.default_rng(seed)
        plain, bursts = random.binomial(total, 0.5), random.binomial(total, _shares(random, len(total), rho))
        false += [_any(total - plain, plain), _any(total - bursts, bursts), _any(total - bursts, bursts, exact=True)]
        cell = random.choice(busiest)
        for place_of, times in enumerate(PLANTED):
            raised = bursts.copy()
            raised[cell] = round(max(total[cell] - bursts[cell], 1) * times)
            found[place_of] += _classes(total - bursts, raised)[cell]
    return Row(place, len(total), rho, len(seeds), (int(false[0]), int(false[1]), int(false[2])), tuple(found.tolist()))


def _shares(random: np.random.Generator, n: int, rho: float) -> NDArray[np.float64]:
    half = (1 - rho) / rho / 2 if rho else np.inf
    return random.beta(half, half, n) if rho else np.full(n, 0.5)


def _any(before: Counts, after: Counts, *, exact: bool = False) -> bool:
    if exact:
        return bool((benjamini_hochberg(change(before, after).p) <= FALSE).any())
    return bool(_classes(before, after).any())


def _classes(before: Counts, after: Counts) -> NDArray[np.bool_]:
    found = dispersed_change(before, after, caution=CAUTION)
    clear: NDArray[np.bool_] = benjamini_hochberg(np.where(found.insufficient, np.nan, found.p)) <= FALSE
    return clear


def rows(data: Path, seeds: range) -> Iterator[Row]:
    """Every geography, resolution, length of window and category."""
    for geography in noise_data.GEOGRAPHIES:
        records = noise_data.load(geography, data)
        for resolution in RESOLUTIONS:
            cells = noise_data.supported(records, resolution)
            for window, months in PAIRS.items():
                for category in CATEGORIES:
                    own = records if category == "all" else records[records["category"] == category]
                    before, after = (noise_data.counts(own[own["month"].isin(m)], cells, resolution) for m in months)
                    yield study(before, after, (geography.name, resolution, window, category), seeds)


def main() -> int:
    """Write the table; return 1 if a map of the layer's own test is above the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=200)
    options = parser.parse_args()
    found = []
    for row in rows(options.data, range(options.seeds)):
        print(row, flush=True)
        found.append(row)
    head = HEAD.replace("{command}", "python " + " ".join(sys.argv))
    options.out.write_text(head + "\n".join(map(str, found)) + "\n", encoding="utf-8")
    return int(any(n > BAR * row.maps / 200 for row in found for n in row.false[:2]))


if __name__ == "__main__":
    sys.exit(main())

"""The page of the noise study of clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

FALSE = 0.05
BAR = 16
POWER = 7
OWN = ("plain", "dispersed", "dispersed more", "long tails")

HEAD = """# Clusters on noise

How often does the layer `cluster` find a cluster where there is none? Maps are simulated on the cells of a real map (drugs,
2025; quarter: October to December). A **false cluster** is a map with any cluster at p ≤ .05. The bar is at most 16 of 200 maps. p comes
from {replicas} replicas, of which at most one may be as strong: the level is that of the layer, which draws more of them.

The program writes this page after every row: a map that is not in a table has not been measured yet, and a dash is a test that was not run
because it is not the layer's.

Run it again with:

```
{command}
```
"""
TEXTS = {
    "share": """
## Share of all recorded incidents (`given = "all"`)

Of each cell's real total, the part of the category is binomial ("plain"), or beta-binomial with the dispersion of the real map: by moments ("dispersed"), or
the likeliest ("dispersed more", because it is larger on most of these maps). In "long tails" the shares have the same variance as in "dispersed more" but are log-normal, so some cells stand out
further. The layer draws beta-binomial replicas with the upper 90 % limit of the likelihood of the dispersion that the simulated map shows, or 1.3 times the dispersion by moments where that is more, each window by
itself, and divides each ratio by the variance inflation of its circle. "Multinomial" is the usual test on the "dispersed" maps: it is not used.

Why both. With 1.3 times the estimate by moments alone, 19 of 200 maps of Herefordshire and Worcestershire (resolution 7, year, "dispersed") had a cluster; 17 of them were among
the half of the maps that by chance showed least dispersion. With the true dispersion in the replicas it was 12. Dividing each replica by its own estimate did not help (19). The estimate by moments is
wrong by 61 % of the truth there (standard deviation), the likeliest value by 29 %. But the likelihood makes little of cells that stand out: with its limit alone, Lancashire (resolution 7, year, "long tails") had 34 of 200,
and log-normal odds fit that real map a little better than a beta-binomial does. With the larger of the limit and the estimate by moments it was 7 of 100, and with the factor 1.3 on the latter 3 of 100.
These choices were made on maps with other seeds than those of the tables.
""",
    "count": """
## Counts (`given = "cells"`)

Counts are Poisson, or negative binomial with the mean and the variance of the real map, in every cell alike. The layer
deals the map's own counts to other cells, which is exact: 10 of 200 maps are expected. "Multinomial" is the usual test on the negative binomial maps.
""",
    "begin": """
## Something began (`method = "space-time-permutation"`)

Each cell has its part of each of the twelve months: Poisson, or negative binomial with the bursts of the real months. In the
layer's replicas each cell shuffles its own months. "Events" is the usual permutation of single events, "bundles" lets all that happened
in one cell and month exchange its month with any other bundle. Neither is used: the first breaks bursts up, and the second can pile up the bundles of a
busy cell in one month, so that it hardly finds anything.
""",
    "power": """
## Planted clusters

Beta-binomial noise as above, with the incidents of all cells within so many rings of one of the 20 busiest cells multiplied. Found: a
cluster at p ≤ .05, a false one too, shares a cell with it; ×1 is how often that happens where nothing was planted. Covered: the share of the planted cells in that cluster. Right: the share of the cluster's
cells that were planted.
""",
}
COLUMNS = {
    "share": ("plain", "dispersed", "dispersed more", "long tails", "dispersed, multinomial"),
    "count": ("plain", "dispersed", "dispersed, multinomial"),
    "begin": ("plain", "dispersed", "dispersed, events", "dispersed, bundles"),
}


@dataclass(frozen=True)
class Row:
    """One real map: how many of the simulated maps had a cluster, by column; None for a column that was not run."""

    name: tuple[str, int, str]
    cells: int
    events: int
    maps: int
    false: dict[str, int | None]

    @property
    def above_the_bar(self) -> bool:
        """Whether the layer's own test finds too many."""
        return any((self.false.get(column) or 0) > BAR * self.maps / 200 for column in OWN)

    def __str__(self) -> str:
        words = (
            *map(str, self.name),
            f"{self.cells:,}",
            f"{self.events:,}",
            str(self.maps),
            *("–" if number is None else str(number) for number in self.false.values()),
        )
        return f"| {' | '.join(words)} |"


@dataclass(frozen=True)
class Power:
    """One size of cluster: ``found`` holds the share covered and the share that is right of each that was found."""

    name: tuple[str, int, str]
    radius: int
    times: float
    maps: int
    found: tuple[tuple[float, float], ...]

    above_the_bar = False

    def __str__(self) -> str:
        covered, right = np.mean(self.found, axis=0) if self.found else (np.nan, np.nan)
        shares = [len(self.found) / self.maps, covered, right]
        words = [
            *map(str, self.name),
            str(self.radius),
            f"×{self.times:g}",
            *("–" if np.isnan(s) else f"{s:.0%}" for s in shares),
        ]
        return f"| {' | '.join(words)} |"


@dataclass
class Page:
    """The page so far."""

    path: Path
    command: str
    rows: dict[str, list[Row | Power]] = field(default_factory=dict)

    @property
    def above_the_bar(self) -> bool:
        """Whether any row is."""
        return any(row.above_the_bar for rows in self.rows.values() for row in rows)

    def add(self, part: str, row: Row | Power) -> None:
        """Take a row in, and write the page."""
        print(part, row, flush=True)
        self.rows.setdefault(part, []).append(row)
        text = HEAD.replace("{command}", self.command).replace("{replicas}", "39")
        for name, words in TEXTS.items():
            if name in self.rows:
                text += words + _header(name) + "\n".join(map(str, self.rows[name])) + "\n"
        self.path.write_text(text, encoding="utf-8")


def _header(part: str) -> str:
    if part == "power":
        names = ["area", "resolution", "window", "rings", "planted", "found", "covered", "right"]
    else:
        names = ["area", "resolution", "window", "cells", "incidents", "maps", *COLUMNS[part]]
    left = {"area", "window", "planted"}
    rule = "|".join("---" if name in left else "--:" for name in names)
    return f"\n| {' | '.join(names)} |\n|{rule}|\n"

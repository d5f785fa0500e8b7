"""What each method of signals can do with the real months: 13 of 2021 and 2022, and 12 of 2025."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import noise_data
import numpy as np
import shapely

from geointel.errors import MethodError
from geointel.grid import centres, parents
from geointel.hotspots import MONTHS, budget_of, burst_scan, farrington, last_year, watch
from geointel.hotspots.scan_zones import Search
from geointel.hotspots.watch import METHODS, MONTHLY, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from geointel.hotspots import Budget, Watched

RUNS = {
    "2021-03 to 2022-03": [*(f"2021-{month:02d}" for month in range(3, 13)), "2022-01", "2022-02", "2022-03"],
    "2025-01 to 2025-12": [f"2025-{month:02d}" for month in range(1, 13)],
}
OUTLINES = {
    "Lancashire": "lancashire-msoa21.geojson.gz",
    "Herefordshire and Worcestershire": "west-mercia-msoa21.geojson.gz",
}
RESOLUTION = 7
ACCEPTED, YEARS, LONGEST, SCAN_REPLICAS = 12, 40, 3, 499
HEAD = """
## The real months

The files of both examples have two runs of months with nothing between them: 13 months (March 2021 to March 2022) and 12 (2025). A gap cuts the history off, so each run stands alone. Watched are
all categories and all together in middle-layer areas and hexagons of resolution 7, with 12 false signals a year accepted. "Judged" counts the series and months that the method gave an answer for, "expected" the
false signals of a whole year; the months that can be judged are 7 of the first run and 6 of the second. What is refused says what it needs. There are more signals than years without a rise would have: operations, changes of recording and true rises are in the real months, and only a
person can tell which is which.

| area | months | method | series and months judged | signals | false signals expected in 12 months | refused |
|---|---|---|--:|--:|--:|---|
"""


@dataclass(frozen=True)
class Real:
    """Series of one area and run, and the categories' hexagons for the scan."""

    counts: NDArray[np.int64]
    groups: NDArray[np.int64]
    cells: NDArray[np.int64]
    drugs: NDArray[np.int64]


def section(data: Path) -> str:
    """The table for both areas."""
    rows = [row for geography in noise_data.GEOGRAPHIES if geography.name in OUTLINES for row in _area(geography, data)]
    return HEAD + "\n".join(rows) + "\n"


def _area(geography: noise_data.Geography, data: Path) -> Iterator[str]:
    records = noise_data.load(geography, data)
    middle = _middle_layer(records["cell"].to_numpy(), data / "boundaries" / OUTLINES[geography.name])
    for name, months in RUNS.items():
        yield from _lines(geography.name, name, _series(records, middle, months))


def _middle_layer(leaves: NDArray[np.int64], path: Path) -> NDArray[np.int64]:
    """Number of the middle-layer area in which each record's leaf has its centre; −1 for none."""
    distinct, place = np.unique(leaves, return_inverse=True)
    outlines = gpd.read_file(f"/vsigzip/{path.resolve()}").to_crs(4326).geometry.to_numpy()
    hits, areas = shapely.STRtree(outlines).query(shapely.points(centres(distinct)), predicate="within")
    found = np.full(len(distinct), -1)
    found[hits] = np.unique(areas, return_inverse=True)[1]
    return found[place]


def _series(records: pd.DataFrame, middle: NDArray[np.int64], months: list[str]) -> Real:
    """Counts of every category, and of all together, by middle-layer area and by hexagon."""
    hexagon = parents(records["cell"].to_numpy(), RESOLUTION)
    cells = np.unique(hexagon)
    month = records["month"].map({name: number for number, name in enumerate(months)}).to_numpy()
    inside = ~np.isnan(month)
    category, names = records["category"].factorize()
    parts, groups = [], []
    for place, size in ((middle, middle.max() + 1), (np.searchsorted(cells, hexagon), len(cells))):
        own = inside & (place >= 0)
        table = np.zeros((len(names) + 1, size, len(months)), dtype=np.int64)
        np.add.at(table, (category[own], place[own], month[own].astype(np.int64)), 1)
        table[-1] = table[:-1].sum(axis=0)
        parts.append(table.reshape(-1, len(months)))
        groups.append(np.repeat(np.arange(len(names) + 1) + len(groups) * 100, size))
    drugs = parts[1].reshape(len(names) + 1, len(cells), -1)[list(names).index("drugs")]
    return Real(np.concatenate(parts), np.concatenate(groups), cells, drugs)


def _lines(area: str, run: str, real: Real) -> Iterator[str]:
    length = real.counts.shape[1]
    steps = last_year(length, MONTHS)
    budget = budget_of(real.counts, real.groups, accepted=ACCEPTED, years=YEARS, seed=1)
    if budget is None:
        message = f"No series of {area} can be judged: the files of {run} are not there."
        raise SystemExit(message)
    found = watch(real.counts, real.groups, steps)
    for method in ("count", "ears"):
        yield _line(area, run, method, found=found, budget=budget)
    try:
        farrington(real.counts, [length - 1], MONTHLY)
    except MethodError as error:
        yield f"| {area} | {run} | farrington | 0 | – | – | {error.message} There are {length - 1} months. |"
    clusters = _scan(real)
    strong = sum(p <= 0.05 for p in clusters)
    yield f"| {area} | {run} | scan (drugs, newest month) | 1 | {strong} | 0.05 | – |"


def _line(area: str, run: str, method: str, *, found: Watched, budget: Budget) -> str:
    own = found.method == METHODS.index(method)
    signals = int((found.signals(budget.levels) & own).sum())
    needs = MONTHS.least if method == "count" else MONTHS.ears_needs
    refused = int(((found.method == REFUSED) & (found.needs == needs)).sum())
    told = f"{refused:,} series and months: {needs} months needed before them" if refused else "–"
    return f"| {area} | {run} | {method} | {int(own.sum()):,} | {signals} | {budget.by_method[method]:.1f} | {told} |"


def _scan(real: Real) -> list[float]:
    """Chances (p) of the clusters in the newest month."""
    lnglat = centres(real.cells)
    search = Search(share=0.25, most=5, replicas=SCAN_REPLICAS)
    found = burst_scan(real.drugs, (lnglat[:, 1], lnglat[:, 0]), longest=LONGEST, seed=1, search=search)
    return [cluster.p for cluster in found or []]

"""How many signals are false a year, and which rises are found how soon: the layer ``signals``.

Run from the repository's root, with a folder that holds police.uk archives and boundaries::

    python benchmarks/signals_power.py ../shared/data --out docs/validation/signals.md

Years are drawn from the demonstration's county without anything planted, with its seasons: districts, middle-layer areas and
hexagons of all categories. Thresholds come from other draws of the same 36 months, as a partnership's come from its history.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import signals_real
from signals_county import KINDS, MONTHS, County, county

from geointel.demo import mix
from geointel.hotspots import budget_of, watch
from geointel.hotspots.watch import METHODS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.hotspots import Budget

YEAR = 12
HISTORIES, FEWER = 12, 3
OTHERS = (4, 36)
"""Further budgets, from fewer histories."""
ACCEPTED = 12
SIMULATED = 20
SIZES = (1.5, 2.0, 3.0, 5.0)
BANDS = ((0.2, 1), (1, 5), (5, 20), (20, 100), (100, 1e9))
EACH = 12
"""Rises of every size planted in a year in series of every band."""
WITHIN = (1, 3, 6)
PLANTED_DRAWS = 12
HEAD = """# Signals

How many signals of the layer `signals` are false in a year, which rises does it find, and how soon? The county of the demonstration is drawn again and again **without anything planted**: {series:,} series of 14 categories and all together, in
{kinds}, Poisson by map point and month with the seasons of each category. Thresholds come from {histories} draws of its 36 months, as a partnership's come from its own history, each from {simulated} years that are simulated from it; they are then used on {years} other years,
each judged by the 24 months before it. The seasons are in the county and not in the simulated years, so they count as false signals where they make some. Clusters have a [page of their own](noise-cluster.md).

Run it again with:

```
{command}
```

## False signals

| accepted a year | expected by the simulation | found in a year, mean | 95 % interval of the mean | nine years of ten |
|--:|--:|--:|---|---|
"""
BY = """
Fewer are found than are accepted: the simulated years give each series of five or more a month its own dispersion, and an estimate that is never below none is a little too high for these Poisson counts. The thresholds err on the safe side.

With {accepted} accepted, by kind of place and by method:

| | false signals a year | of all judgements |
|---|--:|--:|
"""
POWER = """
## Rises of a known size

In {years} of these years {each} rises of each size are planted in series of each usual count, from a random month of the first six on, and last to the end. A cell holds the share found **in the first month / within 3 months / within 6 months**, and the
median delay in months of those found within six (0 is the first month). Thresholds are those for {accepted} false signals a year.

| usual count in a month | ×1.5 | ×2 | ×3 | ×5 |
|---|---|---|---|---|
"""
PLANTED = """
## What the demonstration plants

The county with its planted places, drawn {draws} times; all months with a history are judged. Shown are the places that appear after the sixth month: how often there is a signal of their own category in the hexagon, the middle-layer area or the district of the middle within six
months of their start, and the median delay where there is one. They grow over months, and the months before, with which each is compared, grow with them: slow rises are for the scan and for maps of longer windows.

| category | course | from month | full in month | peak | hexagon | middle-layer area | district |
|---|---|--:|--:|--:|---|---|---|
"""


@dataclass
class Tally:
    """What was counted in the simulated years."""

    false: list[int] = field(default_factory=list)
    by: dict[str, list[int]] = field(default_factory=dict)
    delays: dict[tuple[int, int], list[int]] = field(default_factory=dict)


def budget(counts: NDArray[np.int64], groups: NDArray[np.int64], accepted: float) -> Budget:
    """Thresholds from one history."""
    found = budget_of(counts, groups, accepted=accepted, years=SIMULATED, seed=1)
    if found is None:
        message = "The county has no series that can be judged."
        raise SystemExit(message)
    return found


def quiet_years(where: County, levels: dict[int, list[Budget]], years: int, *, seed: int) -> dict[int, Tally]:
    """False signals of years without a rise, for each number that is accepted; the thresholds take turns."""
    groups, kinds = where.groups, where.kinds
    tallies = {accepted: Tally() for accepted in levels}
    steps = list(range(MONTHS - YEAR, MONTHS))
    for year in range(years):
        found = watch(where.draw(np.random.default_rng([seed, year])), groups, steps)
        for accepted, tally in tallies.items():
            signals = found.signals(levels[accepted][year % len(levels[accepted])].levels)
            tally.false.append(int(signals.sum()))
            for number, name in enumerate(KINDS):
                own = kinds == number
                _add(tally, name, int(signals[own].sum()), int(own.sum()) * len(steps))
            for number, name in enumerate(METHODS[1:], 1):
                judged = found.method == number
                _add(tally, f"`{name}`", int((signals & judged).sum()), int(judged.sum()))
    return tallies


def _add(tally: Tally, name: str, signals: int, judged: int) -> None:
    known = tally.by.setdefault(name, [0, 0])
    known[0], known[1] = known[0] + signals, known[1] + judged


def rises(where: County, levels: list[Budget], years: int, *, seed: int) -> Tally:
    """Delays of planted rises, by band and size; −1 where there is no signal to the end."""
    tally, groups, expected = Tally(), where.groups, where.expected()
    usual = expected.mean(axis=1)
    steps = list(range(MONTHS - YEAR, MONTHS))
    for year in range(years):
        random = np.random.default_rng([seed, year])
        counts = where.draw(random)
        planted: list[tuple[int, int, int, int]] = []
        for band, (low, high) in enumerate(BANDS):
            able = np.flatnonzero((usual >= low) & (usual < high))
            chosen = random.choice(able, min(len(able), EACH * len(SIZES)), replace=False)
            for number, row in enumerate(chosen.tolist()):
                size, start = number % len(SIZES), int(random.integers(6))
                more = (SIZES[size] - 1) * expected[row, MONTHS - YEAR + start :]
                counts[row, MONTHS - YEAR + start :] += random.poisson(more)
                planted.append((row, band, size, start))
        signals = watch(counts, groups, steps).signals(levels[year % len(levels)].levels)
        for row, band, size, start in planted:
            after = np.flatnonzero(signals[row, start:])
            tally.delays.setdefault((band, size), []).append(int(after[0]) if len(after) else -1)
    return tally


def demonstration(where: County, levels: list[Budget], *, seed: int) -> list[str]:
    """Rows of the table of planted places."""
    steps = list(range(6, MONTHS))
    plants = [(number, plant) for number, plant in enumerate(where.plants) if plant.start > steps[0]]
    delays: dict[tuple[int, int], list[int]] = {}
    for number in range(PLANTED_DRAWS):
        counts = where.draw(np.random.default_rng([seed, number]), planted=True)
        signals = watch(counts, where.groups, steps).signals(levels[number % len(levels)].levels)
        for which, plant in plants:
            category = next(i for i, kind in enumerate(mix.CATEGORIES) if plant.concerns(kind.slug))
            for kind in range(len(KINDS)):
                own = signals[where.rows_of(which, category, kind), plant.start - steps[0] :].any(axis=0)
                first = np.flatnonzero(own[: WITHIN[-1]])
                delays.setdefault((which, kind), []).append(int(first[0]) if len(first) else -1)
    return [
        f"| {plant.category} | {plant.course} | {plant.start + 1} | {plant.full + 1} | ×{plant.peak:.1f} | "
        + " | ".join(_found(delays[which, kind]) for kind in (2, 1, 0))
        + " |"
        for which, plant in plants
    ]


def _found(delays: list[int]) -> str:
    seen = [delay for delay in delays if delay >= 0]
    return f"{len(seen)} of {len(delays)}, {np.median(seen):.0f}" if seen else f"0 of {len(delays)}"


def _cell(delays: list[int]) -> str:
    each = np.array(delays)
    shares = " / ".join(f"{((each >= 0) & (each < months)).mean():.0%}" for months in WITHIN)
    seen = each[(each >= 0) & (each < WITHIN[-1])]
    return f"{shares}; {np.median(seen):.0f}" if len(seen) else shares


def _row(accepted: float, levels: list[Budget], false: list[int]) -> str:
    mean, error = float(np.mean(false)), float(np.std(false, ddof=1) / np.sqrt(len(false)))
    low, high = np.quantile(false, (0.05, 0.95))
    expected = np.mean([one.expected for one in levels])
    return f"| {accepted} | {expected:.1f} | {mean:.1f} | {mean - 1.96 * error:.1f} to {mean + 1.96 * error:.1f} | {low:.0f} to {high:.0f} |"


def report(where: County, years: int) -> str:
    """The page up to the real data."""
    groups = where.groups
    histories = [where.draw(np.random.default_rng([11, number])) for number in range(HISTORIES)]
    levels = {ACCEPTED: [budget(counts, groups, ACCEPTED) for counts in histories]}
    levels |= {accepted: [budget(counts, groups, accepted) for counts in histories[:FEWER]] for accepted in OTHERS}
    usual, quiet = levels[ACCEPTED], quiet_years(where, levels, years, seed=12)
    text = "\n".join(_row(accepted, levels[accepted], quiet[accepted].false) for accepted in sorted(levels)) + "\n"
    text += BY.format(accepted=ACCEPTED)
    by = quiet[ACCEPTED].by.items()
    text += "\n".join(f"| {name} | {n / years:.1f} | {n / max(judged, 1):.5%} |" for name, (n, judged) in by) + "\n"
    found = rises(where, usual, max(1, years // 5), seed=13)
    text += POWER.format(each=EACH, accepted=ACCEPTED, years=max(1, years // 5))
    for band, (low, high) in enumerate(BANDS):
        name = f"{low:g} to {high:g}" if high < 1e9 else f"{low:g} or more"
        text += f"| {name} | " + " | ".join(_cell(found.delays[band, size]) for size in range(len(SIZES))) + " |\n"
    return text + PLANTED.format(draws=PLANTED_DRAWS) + "\n".join(demonstration(where, usual, seed=14)) + "\n"


def main() -> int:
    """Write the page, or print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="folder with police.uk archives and boundaries")
    parser.add_argument("--out", type=Path, help="page to write")
    parser.add_argument("--years", type=int, default=200, help="simulated years")
    parser.add_argument("--seed", type=int, default=1, help="of the county")
    options = parser.parse_args()
    where = county(options.seed)
    more = "" if options.years == 200 else f" --years {options.years}"
    sizes = [f"{size} {kind}" for size, kind in zip(where.sizes, KINDS, strict=True)]
    head = HEAD.format(
        series=len(where.groups),
        kinds=", ".join(sizes[:-1]) + f" and {sizes[-1]}",
        histories=HISTORIES,
        simulated=SIMULATED,
        years=options.years,
        command=f"python benchmarks/signals_power.py ../shared/data --out docs/validation/signals.md{more}",
    )
    page = head + report(where, options.years) + signals_real.section(options.data)
    if options.out:
        options.out.write_text(page, encoding="utf-8")
    else:
        print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())

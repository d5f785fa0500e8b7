"""Tables of the power study, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from power_planted import Demonstration, Elsewhere, Found

METHODS = ("randomisation", "normal", "excess")
FOUND = 0.8
"""Share of planted places from which on a strength counts as found."""

KINDS = {"year": "12 months", "quarter": "quarters", "month": "months"}


@dataclass(frozen=True)
class Power:
    """Shares of planted places found, by method.

    ``level`` is the least usual records a year, ``usual`` what is usual in the window in the mean of the places.
    """

    level: int
    usual: float
    factor: int
    shares: dict[str, float]


@dataclass(frozen=True)
class FalseHotspots:
    """Share of maps without a pattern that have a hot cell, and their mean number of hot cells."""

    maps: float
    cells: float


@dataclass(frozen=True)
class Study:
    """Everything about one real map: hot cells and the least records in cell and ring of one, by method."""

    area: str
    resolution: int
    window: str
    cells: int
    records: int
    hot: dict[str, int]
    least: dict[str, int | None]
    power: tuple[Power, ...]
    false: dict[str, FalseHotspots]

    @property
    def name(self) -> str:
        """Area and resolution."""
        return f"{self.area}, resolution {self.resolution}"

    @property
    def levels(self) -> list[int]:
        """Levels that the map has places of."""
        return list(dict.fromkeys(row.level for row in self.power))

    def share(self, level: int, factor: int, method: str) -> float:
        """Share found of one kind of place."""
        return next(row.shares[method] for row in self.power if (row.level, row.factor) == (level, factor))


@dataclass(frozen=True)
class Settings:
    """What the study was run with: ``places`` for each level of usual records, ``noise`` maps, the demo's folder."""

    command: str
    demo: str
    places: int
    noise: int
    factors: tuple[int, ...]
    spread: float


INTRODUCTION = """# Power: which planted hotspots are found

A test that makes no false hotspots can also miss true ones. Here we plant hotspots of known strength and count how
many the published classes find. *Found* means that a hexagon is classed hot at 95 % or stronger (q ≤ .05).

Run it again with:

```
geointel demo {demo} --scale {scale} --seed {seed} --no-serve
{command}
```

Without the folder of police.uk archives (`--data`) only the demonstration's map is used. `--seeds` and
`--first-seed` choose the simulated places.
"""

PLACES = """## The demonstration's planted places

`geointel demo` writes made-up records with places where more is recorded than usual, and says in `truth.json` and
`truth.csv` where they are. *Factor* is how many times the usual records the middle hexagon has; four fifths of the
growth reach the six around it. *Records a month* are what all seven expect, before and when the place is full.

An entry is the number of windows in which the middle hexagon or one around it is classed, out of the windows that lie
wholly in the full time. Where no twelve months lie wholly in it, the window with the most full months is judged,
and its full months are given. Places of category `all` are busy with everything: `excess` must not find them.
"""

ELSEWHERE = """## Hot hexagons that were not planted

Counted over windows that do not overlap. *Planted*: a planted hexagon is among the hexagon and those around it
while more is recorded there. *Elsewhere*: all other hot hexagons. The demonstration has town centres, and `hotspot` is
meant to find them. *True level* is, for `hotspot`, what hexagon and ring expect over the mean of as many hexagons; for
`excess`, the true share of drug offences there over the area's. At a true level of 1 or less the class is false.
"""

SIMULATION = """## Planted on whole maps

The map keeps its counts, except in one hexagon drawn at random and the hexagons around it. There, drug offences are
drawn anew around the usual number (that of the year 2025, scaled to the window) times the factor: negative binomial,
with variance mean + mean² / {spread:.0f} for the whole place, which is about how much real places vary from month to month.
All other records stay. ×1 is the place as it usually is; a share under ×1 means that such places are
hotspots already. An entry is the percentage of {places} such places whose middle hexagon is classed, so the margin of
sampling is up to about {margin:.0f} points either way.

Rows are usual records of drug offences a year in hexagon and ring, then the mean of that in the window.

### In one table: the smallest factor found in at least {found:.0f} % of places

"–": not even ×{most}. "already": found at ×1.
"""

COST = """## What the normal tail costs

The normal tail finds more, and it finds as much where there is nothing. Maps without a pattern, with the mean and the
variance of the real one (for `excess`: the real records, with shares that vary as much as the real ones):
"""

BESIDE = """## Hotspot: the randomisation tail, and the normal tail beside it

The left half is what the `hotspot` layer does. The right half is what most software would do; read it with the table
of its false hotspots above. Percentages of places found.
"""

EXCESS = """## Excess

`excess` asks another question: are drug offences a larger share of all records than in the area? A place with many other
records hides more drug offences. Percentages of places found.
"""


def report(
    demo: Demonstration, places: list[Found], elsewhere: list[Elsewhere], studies: list[Study], *, settings: Settings
) -> str:
    """Return the whole page."""
    margin = 100 * 1.96 * (0.25 / settings.places) ** 0.5
    parts = [
        INTRODUCTION.format(demo=settings.demo, scale=demo.scale, seed=demo.seed, command=settings.command),
        _in_short(places, elsewhere, studies),
        PLACES,
        *(_places(places, resolution) for resolution in dict.fromkeys(found.resolution for found in places)),
        ELSEWHERE,
        _elsewhere(elsewhere),
        SIMULATION.format(
            spread=settings.spread,
            places=settings.places,
            margin=margin,
            found=100 * FOUND,
            most=settings.factors[-1],
        ),
        _smallest(studies, settings.factors),
        "### What is hot on these maps as they are\n",
        _as_they_are(studies),
        COST,
        _cost(studies),
        BESIDE,
        *(_power(study, METHODS[:2], settings.factors) for study in studies),
        EXCESS,
        *(_power(study, METHODS[2:], settings.factors) for study in studies),
    ]
    return "\n".join(parts)


def _in_short(places: list[Found], elsewhere: list[Elsewhere], studies: list[Study]) -> str:
    return "## In short\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]], *, words: int) -> str:
    """Markdown table whose first ``words`` columns are text and the others numbers."""
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * words + "--:|" * (len(heads) - words)]
    lines += ["| " + " | ".join(str(entry) for entry in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _places(found: list[Found], resolution: int) -> str:
    """One line for each planted place, the strongest first."""
    here = {(row.place.name, row.kind, row.layer): row for row in found if row.resolution == resolution}
    places = sorted({row.place.name: row.place for row in found}.values(), key=lambda place: -place.factor)
    columns = [(kind, layer) for kind in KINDS for layer in ("hotspot", "excess")]
    heads = ["place", "course", "category", "factor", "records a month"]
    rows = [
        [place.name, place.course, place.category, f"{place.factor:.1f}", f"{place.usual:.1f} → {place.when_full:.1f}"]
        + [_windows(here[place.name, *column]) for column in columns]
        for place in places
    ]
    heads += [f"{layer}, {KINDS[kind]}" for kind, layer in columns]
    return f"### Resolution {resolution}\n\n" + _table(heads, rows, words=3)


def _windows(row: Found) -> str:
    whole = row.kind != "year" or row.full == 12
    return f"{row.near} of {row.windows}" if whole else f"{row.near} of {row.windows} ({row.full} months)"


def _elsewhere(found: list[Elsewhere]) -> str:
    heads = ["resolution", "windows", "layer", "maps", "hot cells", "planted", "elsewhere", "true level at most 1"]
    heads.append("lowest true level")
    rows = [
        [row.resolution, KINDS[row.kind], row.layer, row.maps, row.planted + len(row.level), row.planted]
        + [len(row.level), int((row.level <= 1).sum()), f"{row.level.min():.1f}" if len(row.level) else ""]
        for row in found
    ]
    return _table(heads, rows, words=3)


def _smallest(studies: list[Study], factors: tuple[int, ...]) -> str:
    """Smallest factor found often enough, by map and level, for each method and window."""
    heads = ["map", "usual a year", *(f"{method}, {window}" for method in METHODS for window in KINDS)]
    by_name: dict[str, dict[str, Study]] = {}
    for study in studies:
        by_name.setdefault(study.name, {})[study.window] = study
    rows = []
    for name, windows in by_name.items():
        levels = next(iter(windows.values())).levels
        for level in levels:
            entries = [
                _least_factor(windows[window], level, method, factors) for method in METHODS for window in KINDS
            ]
            rows.append([name, _level(level, levels), *entries])
    return _table(heads, rows, words=2)


def _least_factor(study: Study, level: int, method: str, factors: tuple[int, ...]) -> str:
    found = next((factor for factor in factors if study.share(level, factor, method) >= FOUND), None)
    if found is None:
        return "–"
    return "already" if found == 1 else f"×{found}"


def _level(level: int, levels: list[int]) -> str:
    """The range of usual records that begins at a level."""
    after = [other for other in levels if other > level]
    return f"{level} to {after[0] - 1}" if after else f"{level} or more"


def _as_they_are(studies: list[Study]) -> str:
    heads = ["map", "window", "cells", "recorded drug offences"]
    heads += [f"hot, {method}" for method in METHODS]
    heads += [f"least records in cell and ring of a hot cell, {method}" for method in METHODS]
    rows = [
        [study.name, study.window, f"{study.cells:,}", f"{study.records:,}"]
        + [study.hot[method] for method in METHODS]
        + ["" if study.least[method] is None else study.least[method] for method in METHODS]
        for study in studies
    ]
    return _table(heads, rows, words=2)


def _cost(studies: list[Study]) -> str:
    heads = ["map", "window", *(f"% of maps with a false hotspot, {method}" for method in METHODS)]
    heads += [f"false hot cells a map, {method}" for method in METHODS]
    rows = [
        [study.name, study.window]
        + [f"{100 * study.false[method].maps:.0f}" for method in METHODS]
        + [f"{study.false[method].cells:.2f}" for method in METHODS]
        for study in studies
    ]
    return _table(heads, rows, words=2)


def _power(study: Study, methods: tuple[str, ...], factors: tuple[int, ...]) -> str:
    """One line for each level; the factors of the methods side by side."""
    heads = ["usual a year", "in the window"]
    heads += [f"×{factor}" if method != "normal" else f"normal ×{factor}" for method in methods for factor in factors]
    rows = []
    for level in study.levels:
        usual = next(row.usual for row in study.power if row.level == level)
        entries = [f"{100 * study.share(level, factor, method):.0f}" for method in methods for factor in factors]
        rows.append([_level(level, study.levels), f"{usual:.1f}", *entries])
    return f"### {study.name}, {study.window}\n\n" + _table(heads, rows, words=1)

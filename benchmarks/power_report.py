"""Tables of the power study, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import power_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from power_planted import Demonstration, Elsewhere, Found

METHODS = ("randomisation", "normal", "excess")
FOUND = 0.8
"""Share of planted places from which on a strength counts as found."""

KINDS = {"year": "12 months", "quarter": "quarters", "month": "months"}
"""Kinds of window, in words."""


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


def report(
    demo: Demonstration, places: list[Found], elsewhere: list[Elsewhere], studies: list[Study], *, settings: Settings
) -> str:
    """Return the whole page."""
    margin = 100 * 1.96 * (0.25 / settings.places) ** 0.5
    simulation = {"spread": settings.spread, "places": settings.places, "margin": margin, "found": 100 * FOUND}
    parts = [
        power_texts.INTRODUCTION.format(demo=settings.demo, scale=demo.scale, seed=demo.seed, command=settings.command),
        _in_short(places, elsewhere, studies),
        power_texts.MEANING,
        power_texts.PLACES,
        *(_places(places, resolution) for resolution in dict.fromkeys(found.resolution for found in places)),
        power_texts.ELSEWHERE,
        _elsewhere(elsewhere),
        power_texts.SIMULATION.format(**simulation, most=settings.factors[-1]),
        _smallest(studies, settings.factors),
        power_texts.AS_THEY_ARE,
        _as_they_are(studies),
        power_texts.COST.format(noise=settings.noise),
        _cost(studies),
        power_texts.BESIDE,
        *(_power(study, METHODS[:2], settings.factors) for study in studies),
        power_texts.EXCESS,
        *(_power(study, METHODS[2:], settings.factors) for study in studies),
    ]
    return "\n".join(parts)


def _in_short(places: list[Found], elsewhere: list[Elsewhere], studies: list[Study]) -> str:
    """Return the figures that one should know, in sentences."""
    finest = places[0].resolution
    lines = ["## In short\n", f"The demonstration, resolution {finest}:\n"]
    lines += [_sentence(layer, [row for row in places if row.resolution == finest]) for layer in ("hotspot", "excess")]
    for layer in ("hotspot", "excess"):
        rows = [row for row in elsewhere if row.layer == layer]
        hot, false = (sum(int(count(row)) for row in rows) for count in (_hot, _false))
        lines.append(f"- `{layer}`, both resolutions: {hot:,} hot cells on all maps, {false} of them false.")
    year = [study for study in studies if study.name == studies[0].name]
    mean = 7 * year[0].records / year[0].cells
    lines.append(f"\n{year[0].name}, where seven cells have {mean:.0f} recorded drug offences a year in the mean:\n")
    for study in year:
        least, normal = study.least["randomisation"], study.false["normal"]
        lines.append(
            f"- {study.window}: a hot cell and its ring have at least {least}. By the normal tail "
            f"{study.least['normal']} are enough; it shows {normal.cells:.0f} false hot cells in the mean of maps without a "
            f"pattern, and the randomisation tail {study.false['randomisation'].cells:.2f}."
        )
    return "\n".join(lines) + "\n"


def _sentence(layer: str, found: list[Found]) -> str:
    """Say how many windows find the places that the layer looks for, the factors, and the busy places."""
    rows = [row for row in found if row.layer == layer]
    sought = [row for row in rows if layer == "hotspot" or row.place.category != "all"]
    sums = [
        f"{words} {sum(row.near for row in sought if row.kind == kind)} of "
        f"{sum(row.windows for row in sought if row.kind == kind)}"
        for kind, words in KINDS.items()
    ]
    year = [row for row in sought if row.kind == "year"]
    hit = [row.place.factor for row in year if row.near == row.windows]
    missed = [row.place.factor for row in year if row.near < row.windows]
    text = f"- `{layer}` finds {len(hit)} of {len(year)} planted places in each of their windows of 12 months"
    if missed and hit:
        text += f" (factors found from {min(hit):.1f}; missed up to {max(missed):.1f})"
    text += f". By windows: {', '.join(sums)}."
    busy = sum(row.near for row in rows if row not in sought)
    return text if layer == "hotspot" else f"{text} It classes a busy place in {busy} windows."


def _hot(row: Elsewhere) -> int:
    return row.planted + len(row.level)


def _false(row: Elsewhere) -> int:
    return int((row.level <= 1).sum())


def _true_level(row: Elsewhere) -> tuple[int, str]:
    return _false(row), f"{row.level.min():.1f}" if len(row.level) else "–"


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
        (
            row.resolution,
            KINDS[row.kind],
            row.layer,
            row.maps,
            _hot(row),
            row.planted,
            len(row.level),
            *_true_level(row),
        )
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
            entries = [_least_factor(windows[window], level, method, factors) for method in METHODS for window in KINDS]
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
    heads += [f"least, {method}" for method in METHODS[:2]]
    rows = [
        [study.name, study.window, f"{study.cells:,}", f"{study.records:,}"]
        + [study.hot[method] for method in METHODS]
        + [study.least[method] or "–" for method in METHODS[:2]]
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

"""Released facts of a small map, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pydantic
import pytest
import shapely

from geointel.grid import format_cells, parents
from geointel.layers.base import LayerRequest, kinds
from geointel.layers.cube import Cube, make_cube
from geointel.model import (
    ALL,
    AREA_FACTS,
    FACTS,
    INCIDENTS,
    NAMES,
    POSITIVES,
    PROFILE,
    ROAD_COUNTS,
    SPECIAL,
    STRETCHES,
    SUPPORT,
    TESTS,
    UNMAPPED,
    ReleasedFacts,
    Window,
    parse_month,
    windows_over,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAVES = np.sort(np.array(h3.grid_disk(h3.latlng_to_cell(53.82, -3.05, 8), 9), dtype=np.int64))
RESOLUTIONS = (7, 8)
CATEGORIES = ("drugs", "robbery")
MONTHS = tuple(range(parse_month("2024-11"), parse_month("2026-01")))
WINDOWS = windows_over(MONTHS, rolling=True)
AREAS = ("E", "W", "X")
CHANGED = 2
"""Months after which tests are recorded in another way."""


@dataclass(frozen=True)
class Drawn:
    """Counts by category, special ones among them, tests and positive ones, shape ``(cell, month)``; which leaves have support."""

    counts: dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]
    special: dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]
    supported: np.ndarray[tuple[int], np.dtype[np.bool_]]
    area: np.ndarray[tuple[int], np.dtype[np.int64]]
    tests: dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]] = field(default_factory=dict)
    positives: dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]] = field(default_factory=dict)

    def months(self, window: Window) -> list[int]:
        return [MONTHS.index(month) for month in window.months]

    def of(self, measure: str) -> dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
        named = {INCIDENTS: self.counts, SPECIAL: self.special, TESTS: self.tests, POSITIVES: self.positives}
        return named[measure]

    def total(
        self, resolution: int, window: Window, category: str, *, measure: str = INCIDENTS
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Counts over the study cells of a resolution."""
        given = self.of(measure)
        each = given[category][:, self.months(window)].sum(axis=1)
        _, place = np.unique(parents(LEAVES, resolution), return_inverse=True)
        return np.bincount(place, weights=each)

    def seen(self, resolution: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        _, place = np.unique(parents(LEAVES, resolution), return_inverse=True)
        return np.bincount(place, weights=self.supported) > 0


@cache
def drawn() -> Drawn:
    """A busy middle, empty fringes, a few leaves where nothing ever fell."""
    random = np.random.default_rng(11)
    shape = (len(LEAVES), len(MONTHS))
    supported = random.random(len(LEAVES)) < 0.85
    near = np.array([h3.grid_distance(int(cell), int(LEAVES[100])) for cell in LEAVES])
    mean = {"drugs": 0.05 + 3.0 * (near < 3), "robbery": np.full(len(LEAVES), 0.6)}
    counts = {c: random.poisson(mean[c][:, None], shape) * supported[:, None] for c in CATEGORIES}
    special = {c: random.binomial(counts[c], 0.3) for c in CATEGORIES}
    tests, positives = tested(random, counts)
    return Drawn(
        tests=tests,
        positives=positives,
        counts={**counts, ALL: counts["drugs"] + counts["robbery"]},
        special={**special, ALL: special["drugs"] + special["robbery"]},
        supported=supported,
        area=(near % 2).astype(np.int64),
    )


def tested(
    random: np.random.Generator, counts: dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]
) -> tuple[dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]], ...]:
    """Tests and positive ones: those of robbery in the first two months, then those of drugs; more are positive in the middle."""
    both = []
    for category in CATEGORIES:
        tests = counts[category].copy()
        tests[:, : CHANGED if category == "drugs" else len(MONTHS)] *= 0 if category == "drugs" else 1
        tests[:, CHANGED:] *= 3 if category == "drugs" else 0
        both.append((tests, random.binomial(tests, np.where(counts["drugs"].sum(axis=1) > 14, 0.6, 0.3)[:, None])))
    named = [dict(zip(CATEGORIES, each, strict=True)) for each in zip(*both, strict=True)]
    return tuple({**one, ALL: one["drugs"] + one["robbery"]} for one in named)


def released(made: Drawn) -> ReleasedFacts:
    rows, areas = [], []
    for window in WINDOWS:
        for category in (*CATEGORIES, ALL):
            for measure in (INCIDENTS, SPECIAL, *((TESTS, POSITIVES) if made.tests else ())):
                shared = {"window": window.id, "source": "police", "measure": measure, "category": category}
                shared["status"] = "shown"
                for resolution in RESOLUTIONS:
                    cells = np.unique(parents(LEAVES, resolution)).tolist()
                    values = made.total(resolution, window, category, measure=measure).tolist()
                    rows += [
                        {**shared, "resolution": resolution, "cell": cell, "value": value}
                        for cell, value in zip(cells, values, strict=True)
                        if value
                    ]
                own = np.bincount(made.area, weights=made.total(8, window, category, measure=measure))
                areas += [
                    {**shared, "level": "lad", "code": code, "value": value}
                    for code, value in zip(AREAS, own.tolist(), strict=False)
                    if value
                ]
    support = [
        {"source": "police", "resolution": resolution, "cell": int(cell)}
        for resolution in RESOLUTIONS
        for cell in np.unique(parents(LEAVES[made.supported], resolution))
    ]
    return ReleasedFacts(
        edition="open",
        windows=WINDOWS,
        cells=pa.Table.from_pylist(rows, FACTS),
        areas=pa.Table.from_pylist(areas, AREA_FACTS),
        unmapped=pa.Table.from_pylist([], UNMAPPED),
        support=pa.Table.from_pylist(support, SUPPORT),
        names=pa.Table.from_pylist([], NAMES),
        profile=pa.Table.from_pylist(list(_moments(made)), PROFILE),
        stretches=_stretches(made),
        road_counts=pa.Table.from_pylist(list(_on_roads(made)), ROAD_COUNTS),
    )


def _stretches(made: Drawn) -> pa.Table:
    """A stretch in every leaf with support; ten after one another are a road, of one of two classes."""
    leaves = LEAVES[made.supported]
    corners = [h3.cell_to_latlng(int(leaf)) for leaf in leaves]
    rows = [
        {
            "source": "police",
            "stretch": number,
            "road": f"A{number // 10}",
            "road_class": ("primary", "secondary")[number // 10 % 2],
            "metres": 200.0 + number % 7 * 20,
            "start": number + number // 10,
            "end": number + number // 10 + 1,
            "geometry": shapely.to_wkb(shapely.LineString([(lng, lat), (lng + 0.001, lat)])),
            "cell": int(leaf),
        }
        for number, (leaf, (lat, lng)) in enumerate(zip(leaves, corners, strict=True))
    ]
    return pa.Table.from_pylist(rows, STRETCHES)


def _on_roads(made: Drawn) -> Iterator[dict[str, object]]:
    """Every incident on the stretch of its leaf, at three in the morning of a Saturday or at no known time."""
    for window in (window for window in WINDOWS if window.kind == "year"):
        for category in (*CATEGORIES, ALL):
            shared = {"source": "police", "roads": "police", "window": window.id, "category": category}
            values = made.total(8, window, category)[made.supported]
            for stretch, value in enumerate(values.tolist()):
                own = {**shared, "stretch": stretch, "measure": INCIDENTS, "status": "shown"}
                timed = value // 2
                if timed:
                    yield {**own, "weekday": 5, "hour": 3, "value": timed}
                if value - timed:
                    yield {**own, "weekday": None, "hour": None, "value": value - timed}


def _moments(made: Drawn) -> Iterator[dict[str, object]]:
    """Each incident of the coarsest cells and of the areas at some hour; of one in eight only the day is known."""
    random = np.random.default_rng(12)
    cells = format_cells(np.unique(parents(LEAVES, RESOLUTIONS[0])))
    for window in (window for window in WINDOWS if window.kind == "year"):
        for category in (*CATEGORIES, ALL):
            shared = {"window": window.id, "source": "police", "category": category, "status": "shown"}
            own = np.bincount(made.area, weights=made.total(8, window, category))
            totals = {"cells": (cells, made.total(RESOLUTIONS[0], window, category)), "lad": (AREAS, own)}
            for level, (codes, values) in totals.items():
                for code, value in zip(codes, values.tolist(), strict=False):
                    moments, many = np.unique(random.integers(0, 7 * 27, int(value)), return_counts=True)
                    for moment, count in zip(moments.tolist(), many.tolist(), strict=True):
                        weekday, hour = divmod(moment, 27)
                        yield {
                            **shared,
                            "level": level,
                            "code": code,
                            "weekday": weekday,
                            "value": float(count),
                            "hour": hour if hour < 24 else None,
                        }


def cube_of(facts: ReleasedFacts, *, snapped: bool = True) -> Cube:
    study = {resolution: np.unique(parents(LEAVES, resolution)) for resolution in RESOLUTIONS}
    made = {
        name: make_cube(given, study, area_codes={"lad": AREAS}, snapped=snapped)
        for name, given in (("police", facts), ("residents", census()))
    }
    return replace(made["police"], beside={"residents": made["residents"]})


def residents() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """People of each leaf: many in most, half a person in some, nobody in a few of which some have incidents."""
    random = np.random.default_rng(5)
    people = random.gamma(2.0, 300.0, len(LEAVES))
    people[random.random(len(LEAVES)) < 0.1] = 0.5
    people[random.random(len(LEAVES)) < 0.1] = 0.0
    return people


def census() -> ReleasedFacts:
    """Residents by cell and area, in a window of their own, as a source of residents has them."""
    shared = {"window": "2021-03", "source": "residents", "measure": "residents", "category": ALL, "status": "shown"}
    people, rows = residents(), []
    for resolution in RESOLUTIONS:
        cells, place = np.unique(parents(LEAVES, resolution), return_inverse=True)
        values = np.bincount(place, weights=people).tolist()
        rows += [
            {**shared, "resolution": resolution, "cell": cell, "value": value}
            for cell, value in zip(cells.tolist(), values, strict=True)
            if value
        ]
    own = np.bincount(drawn().area, weights=people).tolist()
    areas = [{**shared, "level": "lad", "code": code, "value": value} for code, value in zip(AREAS, own, strict=False)]
    return ReleasedFacts(
        edition="open",
        windows=(),
        cells=pa.Table.from_pylist(rows, FACTS),
        areas=pa.Table.from_pylist(areas, AREA_FACTS),
        unmapped=pa.Table.from_pylist([], UNMAPPED),
        support=pa.Table.from_pylist([], SUPPORT),
        names=pa.Table.from_pylist([], NAMES),
    )


def request(kind: str, *categories: str, windows: tuple[str, ...] = ("month", "quarter", "year")) -> LayerRequest:
    return LayerRequest(
        id=f"a-{kind}",
        kind=kind,
        title="",
        categories=categories or (*CATEGORIES, ALL),
        default_resolution=8,
        window_kinds=windows,
        options=options_of(kind),
    )


def options_of(kind: str) -> pydantic.BaseModel:
    """The kind's own options as they are without any key, or with those that it cannot do without."""
    needed = {"rate": {"residents": "residents"}}
    return kinds()[kind].options.model_validate(needed.get(kind, {}))


@pytest.fixture(scope="session")
def facts() -> ReleasedFacts:
    return released(drawn())


@pytest.fixture(scope="session")
def cube(facts: ReleasedFacts) -> Cube:
    return cube_of(facts)

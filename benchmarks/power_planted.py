"""What the published layers make of the places that a demonstration plants.

The truth says which cells draw more records and when. What a cell expects without planting follows from
the demonstration's seed, so it is drawn again here, without its records.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel import open_snapshot
from geointel.demo.copies import prepare
from geointel.demo.geography import load
from geointel.demo.mix import CATEGORIES
from geointel.demo.scale import SCALES
from geointel.errors import GeointelError
from geointel.grid import format_cells, neighbours, parents, parse_cell
from geointel.model import parse_month, windows_over

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel import SnapshotEdition
    from geointel.model import Window

CATEGORY = "drugs"
LAYERS = ("hotspot", "excess")
RESOLUTIONS = (8, 7)
HOT = ("hot-95", "hot-99")
"""Classes that count as found: q ≤ .05."""

Counts = dict[tuple[int, str, str], "NDArray[np.float64]"]


@dataclass(frozen=True)
class Place:
    """One planted place: the middle cell first, then those around it.

    ``start``, ``full``, ``fade`` and ``end`` are month numbers: it appears, is full, begins to fade, is gone.
    ``usual`` and ``when_full`` are the records of its category that all its cells expect in a month, without
    planting and when it is full.
    """

    name: str
    category: str
    course: str
    factor: float
    cells: NDArray[np.int64]
    start: int
    full: int
    fade: int
    end: int
    usual: float
    when_full: float

    def full_months(self, window: Window) -> int:
        """How many months of a window lie in the time in which the place is full."""
        return sum(self.full <= month < self.fade for month in window.months)

    def concerns(self, window: Window, layer: str) -> bool:
        """Whether anything is planted in a window that the layer looks for."""
        sought = layer == "hotspot" or self.category == CATEGORY
        return sought and window.months[0] < self.end and window.months[-1] >= self.start


@dataclass(frozen=True)
class PublishedMap:
    """The supported cells of one resolution, with ring and what they expect without planting.

    ``hot`` is bool (n,) by layer and window id; ``counts`` by category and window id. ``concentration`` is
    what cell and ring expect over the mean of as many cells, ``ratio`` the category's expected share in cell and
    ring over that of the area.
    """

    resolution: int
    cells: NDArray[np.int64]
    ring: csr_array[np.float64, tuple[int, int]]
    hot: dict[tuple[str, str], NDArray[np.bool_]]
    counts: dict[tuple[str, str], NDArray[np.int64]]
    concentration: NDArray[np.float64]
    ratio: NDArray[np.float64]


@dataclass(frozen=True)
class Demonstration:
    """A built demonstration, its planted places and its published maps."""

    scale: str
    seed: int
    windows: tuple[Window, ...]
    places: tuple[Place, ...]
    maps: tuple[PublishedMap, ...]


@dataclass(frozen=True)
class Found:
    """In how many windows of one kind a place is classed, with ``full`` months of each in its full time.

    ``near`` counts windows in which the middle cell or one around it is hot, ``middle`` the middle cell alone.
    """

    place: Place
    resolution: int
    kind: str
    layer: str
    windows: int
    full: int
    near: int
    middle: int


@dataclass(frozen=True)
class Elsewhere:
    """Hot cells of all maps of one kind of window; ``level`` is the true concentration (or ratio) of those elsewhere.

    ``planted`` are cells that have a planted cell in cell and ring, at a time when more is recorded there.
    """

    resolution: int
    kind: str
    layer: str
    maps: int
    planted: int
    level: NDArray[np.float64]


def read(directory: Path) -> Demonstration:
    """Read a demonstration written and built by this version of ``geointel demo``."""
    truth = json.loads((directory / "truth.json").read_text(encoding="utf-8"))
    months = [parse_month(month) for month in truth["months"]]
    with (directory / "truth.csv").open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    places = tuple(_place(described, figures, after=months[-1] + 1) for described in truth["hotspots"])
    leaf_cells, drugs, every = _expected(truth, places)
    edition = open_snapshot(directory / "snapshots")
    windows = windows_over(months, rolling=True)
    maps = tuple(_published(edition, r, windows, (parents(leaf_cells, r), drugs, every)) for r in RESOLUTIONS)
    return Demonstration(truth["scale"], truth["seed"], windows, places, maps)


def _place(described: dict[str, Any], figures: list[dict[str, str]], *, after: int) -> Place:
    start, full = (parse_month(described[key]) for key in ("start", "full"))
    fade, end = (parse_month(described[key]) if described[key] else after for key in ("fade", "end"))
    cells = np.array([parse_cell(cell) for cell in (described["cell"], *described["around"])], dtype=np.int64)
    name, category, course = (described[key] for key in ("hotspot", "category", "course"))
    own = [row for row in figures if row["hotspot"] == name and full <= parse_month(row["month"]) < fade]
    usual, when_full = (sum(float(row[key]) for row in own) / (fade - full) for key in ("background", "expected"))
    factor = described["peak_factor"]
    return Place(name, category, course, factor, cells, start, full, fade, end, usual, when_full)


def _expected(
    truth: dict[str, Any], places: tuple[Place, ...]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Resolution-8 cell of every map point, and what it expects of the category and of all records."""
    scale = SCALES[truth["scale"]]
    copy = prepare(load(scale.districts), scale, 0, seed=truth["seed"], months=len(truth["months"]))
    drawn = [format_cells(plant.cells) for plant in copy.recording.plants]
    if drawn != [format_cells(place.cells) for place in places]:
        message = "The demonstration was written by another version: its planted places come out elsewhere."
        raise GeointelError(message, remedy="Write it again with geointel demo.")
    share = np.array([category.share for category in CATEGORIES])
    number = next(i for i, category in enumerate(CATEGORIES) if category.slug == CATEGORY)
    weights = copy.recording.points.weights
    return copy.recording.points.cell, weights[number] * share[number], share @ weights


def _published(
    edition: SnapshotEdition,
    resolution: int,
    windows: tuple[Window, ...],
    expected: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
) -> PublishedMap:
    hot, counts = {}, {}
    cells = np.empty(0, dtype=np.int64)
    for layer in LAYERS:
        for window in windows:
            rows = edition.layer(layer).to_arrow(window=window.id, category=CATEGORY, resolution=resolution)
            frame = rows.select(["cell", "class", "count", "status"]).to_pandas()
            frame = frame[frame["status"] != "no-support"]
            cells = frame["cell"].to_numpy()
            hot[layer, window.id] = frame["class"].isin(HOT).to_numpy()
            if layer == "hotspot":
                counts[CATEGORY, window.id] = frame["count"].to_numpy().astype(np.int64)
                everything = edition.layer(layer).to_arrow(window=window.id, category="all", resolution=resolution)
                totals = everything.select(["cell", "count"]).to_pandas().set_index("cell")["count"]
                counts["all", window.id] = totals.loc[cells].to_numpy().astype(np.int64)
    ring = neighbours(cells)
    concentration, ratio = _levels(cells, ring, *expected)
    return PublishedMap(resolution, cells, ring, hot, counts, concentration, ratio)


def _levels(
    cells: NDArray[np.int64],
    ring: csr_array[np.float64, tuple[int, int]],
    point_cells: NDArray[np.int64],
    drugs: NDArray[np.float64],
    every: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Concentration and ratio of each cell and ring, without planting."""
    at = np.searchsorted(cells, point_cells)
    # A point at which nothing was ever recorded may stand in a cell without support.
    known = cells[np.minimum(at, len(cells) - 1)] == point_cells
    own, total = (np.bincount(at[known], weights=values[known], minlength=len(cells)) for values in (drugs, every))
    own_sum, total_sum = own + ring @ own, total + ring @ total
    weight = np.diff(ring.indptr) + 1
    return own_sum / (weight * own.mean()), own_sum / (total_sum * own.sum() / total.sum())


def judge_places(demo: Demonstration) -> list[Found]:
    """Whether each place is found, by resolution, kind of window and layer, in windows wholly in its full time.

    Where no twelve months lie wholly in it, the one window that has the most of them is judged instead.
    """
    return [
        _found(place, published, kind, layer, windows)
        for published in demo.maps
        for place in demo.places
        for kind in ("year", "quarter", "month")
        for layer in LAYERS
        if (windows := _best(place, [window for window in demo.windows if window.kind == kind]))
    ]


def _best(place: Place, windows: list[Window]) -> list[Window]:
    whole = [window for window in windows if place.full_months(window) == len(window.months)]
    return whole or [max(windows, key=place.full_months)]


def _found(place: Place, published: PublishedMap, kind: str, layer: str, windows: list[Window]) -> Found:
    middle, *_ = around = np.searchsorted(published.cells, parents(place.cells, published.resolution))
    maps = [published.hot[layer, window.id] for window in windows]
    return Found(
        place=place,
        resolution=published.resolution,
        kind=kind,
        layer=layer,
        windows=len(windows),
        full=place.full_months(windows[0]),
        near=sum(bool(hot[around].any()) for hot in maps),
        middle=sum(bool(hot[middle]) for hot in maps),
    )


def judge_elsewhere(demo: Demonstration) -> list[Elsewhere]:
    """Hot cells near planted places and elsewhere, over windows that do not overlap."""
    found = []
    for published in demo.maps:
        for kind, length in (("year", 12), ("quarter", 3), ("month", 1)):
            windows = [w for w in demo.windows if w.kind == kind and (w.months[-1] + 1) % length == 0]
            for layer in LAYERS:
                planted, level = 0, []
                for window in windows:
                    hot = published.hot[layer, window.id]
                    near = _near(published, [place for place in demo.places if place.concerns(window, layer)])
                    planted += int((hot & near).sum())
                    true = published.concentration if layer == "hotspot" else published.ratio
                    level.append(true[hot & ~near])
                found.append(Elsewhere(published.resolution, kind, layer, len(windows), planted, np.concatenate(level)))
    return found


def _near(published: PublishedMap, places: list[Place]) -> NDArray[np.bool_]:
    """Cells that have a planted cell among cell and ring."""
    planted = np.zeros(len(published.cells))
    for place in places:
        planted[np.searchsorted(published.cells, parents(place.cells, published.resolution))] = 1.0
    near: NDArray[np.bool_] = planted + published.ring @ planted > 0
    return near

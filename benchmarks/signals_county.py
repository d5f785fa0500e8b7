"""The demonstration's county without anything planted, drawn month by month: the series that signals are looked for in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import mix
from geointel.demo.copies import prepare
from geointel.demo.geography import load
from geointel.demo.map_points import AREAS_PER_GROUP, POINTS_PER_AREA
from geointel.demo.scale import SCALES
from geointel.grid import parents
from geointel.model import parse_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.demo.plant import Plant

MONTHS = 36
LAST = parse_month("2025-12")
RESOLUTION = 7
KINDS = ("districts", "middle-layer areas", "hexagons")


@dataclass(frozen=True)
class County:
    """Shares of a category's records by point, and the place of each point in each kind of place.

    ``weights`` has shape ``(categories, points)``, each row summing to 1; ``usual`` are the records of a category that a month
    expects, shape ``(categories, MONTHS)``; ``places`` and ``sizes`` are by kind of place, and ``plants`` are the demonstration's.
    """

    weights: NDArray[np.float64]
    usual: NDArray[np.float64]
    places: tuple[NDArray[np.int64], ...]
    sizes: tuple[int, ...]
    plants: tuple[Plant, ...]

    @property
    def groups(self) -> NDArray[np.int64]:
        """Number of the family, kind of place and category, of each series; with all categories together as the last."""
        families = len(self.usual) + 1
        return np.concatenate(
            [np.repeat(np.arange(families) + kind * families, size) for kind, size in enumerate(self.sizes)]
        )

    @property
    def kinds(self) -> NDArray[np.int64]:
        """Number of the kind of place of each series."""
        return self.groups // (len(self.usual) + 1)

    def expected(self) -> NDArray[np.float64]:
        """Records that every series expects in each month, shape ``(series, MONTHS)``."""
        return self._stacked(self.weights[:, :, None] * self.usual[:, None, :])

    def draw(self, random: np.random.Generator) -> NDArray[np.int64]:
        """Counts of every series and month, shape ``(series, MONTHS)``: Poisson by point, so that kinds of places agree."""
        rows = random.poisson(self.weights[:, :, None] * self.usual[:, None, :])
        return self._stacked(rows).astype(np.int64)

    def draw_planted(self, random: np.random.Generator) -> NDArray[np.int64]:
        """The same with the places that the demonstration plants."""
        mean = self.weights[:, :, None] * self.usual[:, None, :]
        for plant in self.plants:
            own = [number for number, kind in enumerate(mix.CATEGORIES) if plant.concerns(kind.slug)]
            factors = np.stack([plant.factors(month)[plant.owner] for month in range(MONTHS)], axis=1)
            for category in own:
                mean[category, plant.points] *= factors
        return self._stacked(random.poisson(mean)).astype(np.int64)

    def rows_of(self, plant: Plant, category: int, kind: int) -> NDArray[np.int64]:
        """Series of the places of a kind that hold the middle of a planted place."""
        middle = plant.points[plant.owner == 0]
        before = sum(self.sizes[:kind]) * (len(self.usual) + 1) + category * self.sizes[kind]
        return before + np.unique(self.places[kind][middle])

    def _stacked(self, by_point: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Sums of ``(categories, points, MONTHS)`` over places, and over categories as the last family of each kind."""
        flat = by_point.transpose(1, 0, 2).reshape(by_point.shape[1], -1).astype(np.float64)
        parts = []
        for place, size in zip(self.places, self.sizes, strict=True):
            order = np.argsort(place, kind="stable")
            starts = np.searchsorted(place[order], np.arange(size))
            sums = np.add.reduceat(flat[order], starts, axis=0).reshape(size, *by_point.shape[::2])
            parts += [*sums.transpose(1, 0, 2), sums.sum(axis=1)]
        return np.concatenate(parts)


def county(seed: int) -> County:
    """The county of ``geointel demo --seed SEED``, with its seasons, before anything is planted."""
    scale = SCALES["county"]
    copy = prepare(load(scale.districts), scale, 0, seed=seed, months=MONTHS)
    recording = copy.recording
    points = recording.points
    run = range(LAST - MONTHS + 1, LAST + 1)
    usual = np.array([[recording.usual(number, month) for month in run] for number in range(len(mix.CATEGORIES))])
    groups = np.arange(len(points.cell)) // (POINTS_PER_AREA * AREAS_PER_GROUP)
    places, sizes = [], []
    for names in (points.district, groups, parents(points.cell, RESOLUTION)):
        distinct, place = np.unique(names, return_inverse=True)
        places.append(place)
        sizes.append(len(distinct))
    return County(points.weights, usual, tuple(places), tuple(sizes), recording.plants)

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
    """What each piece of the county expects; a piece is what lies in one place of every kind.

    ``mean`` are records by category, piece and month, shape ``(categories, pieces, MONTHS)``, and ``planted`` the same with what the
    demonstration plants. ``places`` are the place of each piece, and ``sizes`` how many places there are, by kind of place; ``middles``
    the pieces in the middle of each of the ``plants``.
    """

    mean: NDArray[np.float64]
    planted: NDArray[np.float64]
    places: tuple[NDArray[np.int64], ...]
    sizes: tuple[int, ...]
    plants: tuple[Plant, ...]
    middles: tuple[NDArray[np.int64], ...]

    @property
    def groups(self) -> NDArray[np.int64]:
        """Number of the family, kind of place and category, of each series; with all categories together as the last."""
        families = len(self.mean) + 1
        return np.concatenate(
            [np.repeat(np.arange(families) + kind * families, size) for kind, size in enumerate(self.sizes)]
        )

    @property
    def kinds(self) -> NDArray[np.int64]:
        """Number of the kind of place of each series."""
        return self.groups // (len(self.mean) + 1)

    def expected(self) -> NDArray[np.float64]:
        """Records that every series expects in each month, shape ``(series, MONTHS)``."""
        return self._stacked(self.mean)

    def draw(self, random: np.random.Generator, *, planted: bool = False) -> NDArray[np.int64]:
        """Counts of every series and month, shape ``(series, MONTHS)``: Poisson by piece, so that kinds of places agree."""
        return self._stacked(random.poisson(self.planted if planted else self.mean)).astype(np.int64)

    def rows_of(self, number: int, category: int, kind: int) -> NDArray[np.int64]:
        """Series of the places of a kind that hold the middle of a planted place."""
        before = sum(self.sizes[:kind]) * (len(self.mean) + 1) + category * self.sizes[kind]
        return before + np.unique(self.places[kind][self.middles[number]])

    def _stacked(self, by_piece: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Sums of ``(categories, pieces, MONTHS)`` over places, and over categories as the last family of each kind."""
        parts = []
        for place, size in zip(self.places, self.sizes, strict=True):
            sums = summed(by_piece, place, size)
            parts += [*sums, sums.sum(axis=0)]
        return np.concatenate(parts)


def summed(values: NDArray[np.float64] | NDArray[np.int64], place: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Sums over the middle axis by place, shape ``(categories, size, MONTHS)``; every place has something."""
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(size))
    return np.add.reduceat(values[:, order].astype(np.float64), starts, axis=1)


def county(seed: int) -> County:
    """The county of ``geointel demo --seed SEED``, with its seasons."""
    scale = SCALES["county"]
    recording = prepare(load(scale.districts), scale, 0, seed=seed, months=MONTHS).recording
    points = recording.points
    run = range(LAST - MONTHS + 1, LAST + 1)
    usual = np.array([[recording.usual(number, month) for month in run] for number in range(len(mix.CATEGORIES))])
    middle_layer = np.arange(len(points.cell)) // (POINTS_PER_AREA * AREAS_PER_GROUP)
    names = np.column_stack([points.district, middle_layer, parents(points.cell, RESOLUTION)])
    pieces, piece = np.unique(names, axis=0, return_inverse=True)
    piece = piece.reshape(-1)
    kinds = [np.unique(column, return_inverse=True) for column in pieces.T]
    mean = points.weights[:, :, None] * usual[:, None, :]
    return County(
        mean=summed(mean, piece, len(pieces)),
        planted=summed(_planted(mean, recording.plants), piece, len(pieces)),
        places=tuple(place for _, place in kinds),
        sizes=tuple(len(distinct) for distinct, _ in kinds),
        plants=recording.plants,
        middles=tuple(np.unique(piece[plant.points[plant.owner == 0]]) for plant in recording.plants),
    )


def _planted(mean: NDArray[np.float64], plants: tuple[Plant, ...]) -> NDArray[np.float64]:
    """The same by map point with the places that the demonstration plants."""
    more = mean.copy()
    for plant in plants:
        factors = np.stack([plant.factors(month)[plant.owner] for month in range(MONTHS)], axis=1)
        for category, kind in enumerate(mix.CATEGORIES):
            if plant.concerns(kind.slug):
                more[category, plant.points] *= factors
    return more

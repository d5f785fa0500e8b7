"""Stretches of road with what was counted on them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geointel.errors import MethodError
from geointel.model import POSITIVES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.layers.cube import Cube

DAYS, HOURS = 7, 24


@dataclass(frozen=True)
class Network:
    """Stretches of one source of roads, shape ``(n,)`` each, and the counts of a layer's sources on them.

    ``road`` numbers roads by their number or name, −1 where it is not known; ``of_class`` numbers the classes in ``classes``.
    """

    source: str
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    metres: NDArray[np.float64]
    cell: NDArray[np.int64]
    road: NDArray[np.int64]
    names: tuple[str, ...]
    of_class: NDArray[np.int64]
    classes: tuple[str, ...]
    lines: pa.ChunkedArray
    table: pa.Table

    def counts(self, measure: str, window: str, category: str) -> NDArray[np.float64]:
        """Counts of each stretch."""
        own = self._rows(measure, window, category)
        stretch, value = own["stretch"].to_numpy(), own["value"].to_numpy()
        return np.bincount(stretch, weights=value, minlength=len(self.metres)).astype(np.float64)

    def week(self, stretches: NDArray[np.int64], measure: str, window: str, category: str) -> NDArray[np.float64]:
        """Counts on some stretches by weekday and hour, shape ``(7, 24)``, without those whose hour is not known."""
        own = self._rows(measure, window, category)
        own = own.filter(pc.and_(pc.is_in(own["stretch"], value_set=pa.array(stretches)), own["hour"].is_valid()))
        found = np.zeros((DAYS, HOURS))
        np.add.at(
            found, (own["weekday"].to_numpy().astype(int), own["hour"].to_numpy().astype(int)), own["value"].to_numpy()
        )
        return found

    def by_class(self, count: NDArray[np.float64]) -> NDArray[np.float64]:
        """Count for each metre of the stretch's class, of every stretch."""
        total = np.bincount(self.of_class, weights=count, minlength=len(self.classes))
        metres = np.bincount(self.of_class, weights=self.metres, minlength=len(self.classes))
        rate: NDArray[np.float64] = np.divide(total, metres, out=np.zeros(len(total)), where=metres > 0)[self.of_class]
        return rate

    def usual(self, count: NDArray[np.float64], trials: NDArray[np.float64] | None) -> dict[str, float]:
        """What is usual: count for each kilometre by class of road, or the share of positive tests."""
        if trials is not None:
            return {POSITIVES: float(count.sum() / trials.sum())} if trials.sum() > 0 else {}
        _, first = np.unique(self.of_class, return_index=True)
        return dict(zip(self.classes, (1000 * self.by_class(count)[first]).round(3).tolist(), strict=True))

    def _rows(self, measure: str, window: str, category: str) -> pa.Table:
        return self._by_key.get((measure, window, category), self.table.slice(0, 0))

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], pa.Table]:
        names = ("measure", "window", "category")
        keys = list(zip(*(self.table[name].cast(pa.string()).to_pylist() for name in names), strict=True))
        order: dict[tuple[str, str, str], list[int]] = {}
        for place, key in enumerate(keys):
            order.setdefault(key, []).append(place)
        return {key: self.table.take(pa.array(places)) for key, places in order.items()}


def network_of(cube: Cube, roads: str) -> Network:
    """Stretches of the source of roads that is named, or else of the layer's own sources, with their counts.

    There are none where an edition knows no source of them. Raises ``MethodError`` where events were counted on other stretches.
    """
    stretches = cube.beside[roads].stretches if roads in cube.beside else cube.stretches
    told = sorted(set(cube.road_counts["roads"].cast(pa.string()).to_pylist()))
    owner = sorted(set(stretches["source"].cast(pa.string()).to_pylist()))
    if told and told != owner:
        message = f"Events were counted on the roads of {' and '.join(told)}, and the layer has those of {' and '.join(owner) or 'no source'}."
        raise MethodError(message, remedy=f'Write roads = "{told[0]}", and name one source of events.')
    names, road = _numbered(stretches["road"])
    classes, of_class = _numbered(stretches["road_class"])
    blank = names.index("") if "" in names else -1
    return Network(
        source=owner[0] if owner else "",
        start=stretches["start"].to_numpy(),
        end=stretches["end"].to_numpy(),
        metres=stretches["metres"].to_numpy(),
        cell=stretches["cell"].to_numpy(),
        road=np.where(road == blank, -1, road),
        names=names,
        of_class=of_class,
        classes=classes,
        lines=stretches["geometry"],
        table=cube.road_counts,
    )


def _numbered(words: pa.ChunkedArray) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    names, place = np.unique(
        np.array(words.cast(pa.string()).to_pylist(), dtype=object).astype(str), return_inverse=True
    )
    return tuple(names.tolist()), place.astype(np.int64)

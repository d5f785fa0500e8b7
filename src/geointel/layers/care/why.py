"""Why is there a gap here? Access is a sum over services, so each place can say where its own comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc
from scipy.sparse import csr_array

from geointel import content
from geointel.gaps import SLOTS
from geointel.layers.care import catchments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.layers.care.catchments import Shared
    from geointel.layers.care.ways import Columns, Way

CROWDED = 1.2
"""A service is called crowded from this many times the usual on."""
LEAST_PEOPLE = 0.5


@dataclass(frozen=True)
class Reasons:
    """What the explanation of each finest cell is made of.

    ``parts`` has what each service (column) gives each finest cell (row): places shared, or 1 for the nearest. ``crowding`` is
    that of each service, 1 the usual; NaN where places are not shared.
    """

    names: tuple[str, ...]
    parts: csr_array
    crowding: NDArray[np.float64]
    journeys: Columns
    weight: NDArray[np.float64]
    within: float

    def of(self, up: csr_array, short: NDArray[np.float64]) -> list[str | None]:
        """The explanation of each coarser place; ``short`` are the people there without a place, shape ``(p,)``.

        Services are named by their share of what the people of a place have in reach.
        """
        size = up.shape[1]
        weighted = csr_array((np.maximum(self.weight, 1e-9), (np.arange(size), np.arange(size))), shape=(size, size))
        given = csr_array(up @ (weighted @ self.parts))
        number = _largest(up, self.journeys["services"])
        late, saturday, sunday = (
            _largest(up, (self.journeys[f"minutes_{slot}"] <= self.within).astype(np.float64)) for slot in SLOTS
        )
        weekend = np.maximum(saturday, sunday)
        return [
            self._say(
                given,
                place,
                services=int(number[place]),
                late=bool(late[place]),
                weekend=bool(weekend[place]),
                short=float(short[place]),
            )
            for place in range(up.shape[0])
        ]

    def _say(
        self, given: csr_array, place: int, *, services: int, late: bool, weekend: bool, short: float
    ) -> str | None:
        own = slice(given.indptr[place], given.indptr[place + 1])
        share, service = given.data[own], given.indices[own]
        if not len(share) or share.sum() <= 0:
            return content.notice("why_unreached")
        best = int(share.argmax())
        name, crowded = self.names[service[best]], self.crowding[service[best]]
        part = f"{share[best] / share.sum():.0%}"
        words = [
            content.notice("why_one", service=name)
            if services <= 1
            else content.notice("why_many", services=services, share=part, service=name)
        ]
        words += [content.notice("why_crowded", times=f"{crowded:.1f}")] if crowded >= CROWDED else []
        words += [] if late else [content.notice("why_evening")]
        words += [] if weekend else [content.notice("why_weekend")]
        words += (
            [content.notice("why_people", people=f"{short:,.0f}")]
            if short >= LEAST_PEOPLE and np.isfinite(crowded)
            else []
        )
        return " ".join(words)


def reasons_of(way: Way, category: str, found: Columns, *, shared: Shared | None, within: float) -> Reasons:
    """Parts of every explanation, of one kind of service; ``within`` are the minutes within which one is in reach."""
    own = way.offered.of(category)
    minutes = way.to(category)
    names = tuple(pc.take(way.offered.services["name"], own).to_pylist())
    if shared is not None:
        return Reasons(names, shared.parts, shared.service_crowding, found, way.ground.residents, within)
    nearest = catchments.nearest_service(minutes)
    some = np.flatnonzero(nearest >= 0)
    parts = csr_array((np.ones(len(some)), (some, nearest[some])), shape=minutes.shape)
    return Reasons(names, parts, np.full(len(names), np.nan), found, way.ground.residents, within)


def _largest(up: csr_array, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest value among the finest cells of each coarser place; 0 where it has none."""
    each = np.repeat(np.arange(up.shape[0]), np.diff(up.indptr))
    found = np.zeros(up.shape[0])
    np.maximum.at(found, each, np.nan_to_num(values[up.indices]))
    return found

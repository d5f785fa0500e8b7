"""Why is there a gap here? Access is a sum over services, so each place can say where its own comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from geointel import content
from geointel.gaps import SLOTS
from geointel.layers.care import catchments
from geointel.layers.care.ground import mean_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.layers.care.catchments import Shared
    from geointel.layers.care.ways import Columns, Way

CROWDED = 1.2
"""A service is called crowded from this many times the usual on."""
LEAST_PEOPLE = 0.5
LEAST_WEIGHT = 1e-9
"""Of a cell where nobody lives, so that it can explain itself."""


@dataclass(frozen=True)
class Reasons:
    """What the explanation of each finest cell is made of.

    ``parts`` has what each service (column) gives each finest cell (row): places shared, or 1 for the nearest. ``crowding`` is
    that of each service, 1 the usual; None where places are not shared. ``hours`` says whether any service gives its own.
    """

    names: tuple[str, ...]
    parts: csr_array
    crowding: NDArray[np.float64] | None
    journeys: Columns
    weight: NDArray[np.float64]
    within: float
    hours: bool

    def of(self, up: csr_array, short: NDArray[np.float64]) -> list[str]:
        """The explanation of each coarser place; ``short`` are the people there without a place, shape ``(p,)``.

        Services are named by their share of what the people of a place have in reach, or of those to whom they are the nearest.
        """
        size = up.shape[1]
        weighted = csr_array(
            (np.maximum(self.weight, LEAST_WEIGHT), (np.arange(size), np.arange(size))), shape=(size, size)
        )
        given = csr_array(up @ (weighted @ self.parts))
        minutes = mean_of(up, self.journeys["minutes_1"], self.weight)
        number = _largest(up, self.journeys["services"])
        open_then = {slot: _largest(up, self.journeys[f"minutes_{slot}"] <= self.within) > 0 for slot in SLOTS}
        places = range(up.shape[0])
        first = [self._services(given, place, int(number[place]), float(minutes[place])) for place in places]
        when = [self._when({slot: bool(then[place]) for slot, then in open_then.items()}) for place in places]
        more = [self._people(float(people)) for people in short]
        alone = [content.notice("why_unreached")]
        return [" ".join(a if a == alone else (*a, *b, *c)) for a, b, c in zip(first, when, more, strict=True)]

    def _services(self, given: csr_array, place: int, services: int, minutes: float) -> list[str]:
        """Which service is in reach, or would be."""
        own = slice(given.indptr[place], given.indptr[place + 1])
        share, service = given.data[own], given.indices[own]
        if not len(share) or share.sum() <= 0:
            return [content.notice("why_unreached")]
        best = int(share.argmax())
        name = self.names[service[best]]
        if self.crowding is None:
            words = [content.notice("why_unreached")] if services == 0 else []
            return [*words, content.notice("why_nearest", service=name, minutes=f"{minutes:.0f}")]
        part = f"{share[best] / share.sum():.0%}"
        words = [content.notice("why_one", service=name)]
        if services > 1:
            words = [content.notice("why_many", services=services, share=part, service=name)]
        crowded = self.crowding[service[best]]
        return words + ([content.notice("why_crowded", times=f"{crowded:.1f}")] if crowded >= CROWDED else [])

    def _when(self, then: Mapping[str, bool]) -> list[str]:
        if not self.hours:
            return [content.notice("why_hours")]
        words = [] if then["evening"] else [content.notice("why_evening")]
        return words + ([] if then["saturday"] or then["sunday"] else [content.notice("why_weekend")])

    def _people(self, short: float) -> list[str]:
        if self.crowding is None or short < LEAST_PEOPLE:
            return []
        return [content.notice("why_people", people=f"{short:,.0f}")]


def reasons_of(way: Way, category: str, found: Columns, *, shared: Shared | None, within: float) -> Reasons:
    """Parts of every explanation, of one kind of service; ``within`` are the minutes within which one is in reach."""
    own = way.offered.of(category)
    minutes = way.to(category)
    listed = way.offered.services.take(own)
    names, hours = tuple(listed["name"].to_pylist()), listed["hours"].null_count < listed.num_rows
    parts, crowding = (None, None) if shared is None else (shared.parts, shared.service_crowding)
    if parts is None:
        nearest = catchments.nearest_service(minutes)
        some = np.flatnonzero(nearest >= 0)
        parts = csr_array((np.ones(len(some)), (some, nearest[some])), shape=minutes.shape)
    return Reasons(names, parts, crowding, found, way.ground.residents, within, hours)


def _largest(up: csr_array, values: NDArray[Any]) -> NDArray[np.float64]:
    """Largest value among the finest cells of each coarser place; 0 where it has none."""
    each = np.repeat(np.arange(up.shape[0]), np.diff(up.indptr))
    found = np.zeros(up.shape[0])
    np.maximum.at(found, each, np.nan_to_num(np.asarray(values, dtype=np.float64)[up.indices]))
    return found

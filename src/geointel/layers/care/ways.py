"""The way to help: people, the services that count for them, the journeys between them, and the places in reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pydantic

from geointel.gaps import SLOTS
from geointel.layers.care import catchments
from geointel.layers.care.ground import Ground, ground_of
from geointel.layers.care.offers import Offered, OfferOptions, commissioned, offered
from geointel.layers.care.reach import Reach, ReachOptions, reach

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geointel.layers.care.catchments import Shared
    from geointel.layers.cube import Cube

    Columns = dict[str, NDArray[np.float64]]


class WayOptions(ReachOptions, OfferOptions):
    """What access is, for whom, and to which services."""

    residents: str = pydantic.Field(min_length=1)
    """Id of the source of residents."""
    ages: tuple[str, ...] = ()
    """Age bands of the residents who count; everybody when left out."""
    deprivation: str = ""
    """Id of a source of the kind `area-index` with outlines: access is then compared between deprived and other areas, and need shared out by income."""
    measure: Literal["minutes", "places"] = "minutes"
    """Minutes to the nearest service, or places for every 1,000 residents, which needs the capacity of every service."""
    sharing: Literal["2sfca", "e2sfca", "m2sfca", "3sfca"] = "e2sfca"
    """How places are shared among the people in reach of them."""
    standard: float = pydantic.Field(default=30.0, gt=0, le=240, allow_inf_nan=False)
    """Minutes that the partnership finds acceptable."""

    @property
    def named(self) -> tuple[str, ...]:
        """Sources that access cannot be computed without."""
        return tuple(name for name in (self.residents, self.deprivation, self.roads, self.matrix) if name)


@dataclass(frozen=True)
class Way:
    """All that a layer of access is computed from. ``minutes`` are those of the pairs that are commissioned."""

    ground: Ground
    offered: Offered
    reach: Reach
    minutes: csr_array

    def to(self, category: str) -> csr_array:
        """Travel times to the services of one kind that count."""
        return catchments.columns(self.minutes, self.offered.of(category))


def way_of(cube: Cube, options: WayOptions) -> Way:
    """Ground, services and travel times of a cube. Raises ``MethodError`` where a source has not what is asked of it."""
    ground = ground_of(cube, options.residents, ages=options.ages, deprivation=options.deprivation)
    found = offered(cube.services, options)
    times = reach(cube, ground, cube.services, options)
    allowed = times.minutes if options.borders == "open" else commissioned(times.minutes, ground, cube.services)
    return Way(ground, found, times, allowed)


def journeys(way: Way, category: str, options: WayOptions) -> Columns:
    """Minutes and numbers of services of one kind, of each finest cell; NaN where none is found."""
    minutes, own = way.to(category), way.offered.of(category)
    first, second = catchments.two_nearest(minutes)
    then = {
        f"minutes_{slot}": catchments.two_nearest(
            catchments.columns(minutes, np.flatnonzero(way.offered.open(slot)[own]))
        )
        for slot in SLOTS
    }
    return {
        "minutes_1": first,
        "minutes_2": second,
        "services": catchments.number_within(minutes, options.within),
        **{name: both[0] for name, both in then.items()},
        "within": (first <= options.standard).astype(np.float64),
    }


def places(way: Way, category: str, people: NDArray[np.float64], options: WayOptions) -> Shared | None:
    """Places of one kind of service shared among people, shape ``(n,)``; None unless asked for and every capacity is known."""
    own = way.offered.of(category)
    capacity = way.offered.capacity[own]
    if options.measure != "places" or not len(own) or np.isnan(capacity).any():
        return None
    return catchments.shared(way.to(category), people, capacity, method=options.sharing, within=options.within)

"""People, services and journeys as one layer of a snapshot knows them: what a scenario changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.sparse import csc_array, csr_array

from geointel.answers.before import Before
from geointel.errors import QuestionError
from geointel.gaps import binary, open_in, scaled_steps, straight_minutes, travel_minutes
from geointel.grid import centres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geointel.gaps import Network

    Journeys = tuple[NDArray[np.int64], NDArray[np.float64]]

ADDITIVE = {"2sfca": 1, "e2sfca": 1, "m2sfca": 2}
"""Ways of sharing places in which what a service gives hangs on itself and on the people in reach of it alone.

The number is the power of the weight with which it gives: M2SFCA weighs the journey twice.
"""
PLACES, MINUTES = "places", "minutes"


@dataclass(frozen=True)
class Areas:
    """One level of areas: their codes, and the share of each cell in each, shape ``(a, n)``."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    share: csr_array

    @cached_property
    def by_cell(self) -> csr_array:
        """The same shares, one row a cell."""
        return csr_array(self.share.T)


@dataclass(frozen=True)
class World:
    """What one layer of access or gaps was computed from, for one kind of service.

    Attributes
    ----------
    spec
        The layer in the manifest.
    help
        Kind of service.
    group
        Group of people in need, or blank where the layer knows residents only.
    cells, residents
        Finest published cells, sorted, and the people in them, shape ``(n,)``.
    deciles
        Residents by decile of deprivation, shape ``(n, 10)``; None where not supplied.
    need
        Draws of people in need, shape ``(d, n)``, cell by cell in memory; None for a layer without need.
    services
        Those that count, in the order of the columns of ``minutes``, shape ``(n, m)``.
    others
        Every service of the snapshot that the layer knows: one of another kind can be contracted.
    """

    spec: Mapping[str, Any]
    help: str
    group: str
    cells: NDArray[np.int64]
    residents: NDArray[np.float64]
    deciles: NDArray[np.float64] | None
    need: NDArray[np.float32] | None
    services: pa.Table
    others: pa.Table
    minutes: csr_array
    areas: Mapping[str, Areas]
    network: Network | None

    @property
    def options(self) -> Mapping[str, Any]:
        """Options that the layer was computed with."""
        found: Mapping[str, Any] = self.spec["parameters"]
        return found

    @property
    def estimated(self) -> bool:
        """Whether need comes from an estimate; without one it is residents, weighted by deprivation."""
        return self.need is not None and self.spec["notes"].get("variant") != "residents"

    @cached_property
    def spots(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitude and longitude of the cells' centres."""
        points = centres(self.cells)
        return points[:, 1], points[:, 0]

    @cached_property
    def people(self) -> NDArray[np.float64]:
        """Those among whom places are shared: people in need, or residents; shape ``(n,)``."""
        return self.residents if self.need is None else self.need.mean(axis=0, dtype=np.float64)

    @cached_property
    def column(self) -> dict[str, int]:
        """Column of each service that counts, by its id ``source:id``."""
        return {name: number for number, name in enumerate(ids_of(self.services))}

    @cached_property
    def listed(self) -> dict[str, int]:
        """Row of each service in ``others``, by its id."""
        return {name: number for number, name in enumerate(ids_of(self.others))}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the services that count, by column."""
        return tuple(self.column)

    @cached_property
    def capacity(self) -> NDArray[np.float64]:
        """Places of each service that counts; NaN where not supplied."""
        found: NDArray[np.float64] = self.services["capacity"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def shares_places(self) -> bool:
        """Whether the answer is about places; else about minutes alone."""
        return self.options["measure"] == PLACES and not np.isnan(self.capacity).any()

    @property
    def measure(self) -> str:
        """What the answer is about."""
        return PLACES if self.shares_places else MINUTES

    @cached_property
    def by_service(self) -> csc_array:
        """``minutes`` by column."""
        return csc_array(self.minutes)

    def journeys_to(self, column: int) -> Journeys:
        """Cells from which a service that counts can be reached, and minutes."""
        own = slice(self.by_service.indptr[column], self.by_service.indptr[column + 1])
        return self.by_service.indices[own].astype(np.int64), self.by_service.data[own]

    def weight(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of a journey in a catchment."""
        within = float(self.options["within"])
        spelt = binary(within) if self.options["sharing"] == "2sfca" else scaled_steps(within)
        found: NDArray[np.float64] = spelt(minutes)
        return found

    @property
    def power(self) -> int:
        """Power of the weight with which a service gives its places."""
        return ADDITIVE[self.options["sharing"]]

    @cached_property
    def before(self) -> Before:
        """The world as it is, counted once for every scenario."""
        return Before(self)

    @property
    def hours_known(self) -> bool:
        """Whether any service says when it is open."""
        column = self.services["hours"]
        return bool(column.null_count < len(column))

    def open_then(self, hours: Sequence[str | None], slot: Any) -> NDArray[np.bool_]:
        """Whether services with such hours are known to be open in a part of the week; ``any`` is always."""
        return np.ones(len(hours), dtype=bool) if slot == "any" else open_in(hours, slot) == 1

    def journeys(self, lat: float, lng: float, *, at: str) -> Journeys:
        """Cells from which another place can be reached, and minutes, found as the layer's own were.

        ``at`` is the field of the question that names the place. Raises ``QuestionError`` where times came from a table of the
        partnership's own.
        """
        options, there = self.options, (np.array([lat]), np.array([lng]))
        if options["times"] == "matrix":
            message = "The times of this layer are the partnership's own table, which has none to another place."
            raise QuestionError(message, field=at, remedy="Ask a layer with modelled times.")
        if self.network is not None:
            found = travel_minutes(self.network, self.spots, there, limit=float(options["longest"])).minutes
        else:
            speed = options["kmh"] or options["usual_kmh"]
            found = straight_minutes(
                self.spots, there, kmh=float(speed), detour=float(options["detour"]), limit=float(options["longest"])
            )
        column = found.tocsc()
        return column.indices.astype(np.int64), column.data

    def eligible(self, codes: Sequence[str] | None) -> NDArray[np.float64] | None:
        """Share of each cell's residents for whom a service is; None where it is for everybody, or borders are open."""
        if codes is None or self.options["borders"] == "open":
            return None
        return share_of(self.areas, codes, size=len(self.cells))


def ids_of(services: pa.Table) -> tuple[str, ...]:
    """Ids of services that are unique in a snapshot."""
    pairs = zip(services["source"].cast(pa.string()).to_pylist(), services["id"].to_pylist(), strict=True)
    return tuple(f"{source}:{name}" for source, name in pairs)


def share_of(areas: Mapping[str, Areas], codes: Sequence[str], *, size: int) -> NDArray[np.float64]:
    """Share of each cell that lies in any of some areas."""
    found = np.zeros(size)
    for level in areas.values():
        own = [number for number, code in enumerate(level.codes) if code in codes]
        if own:
            found = np.maximum(found, np.asarray(level.share[own].sum(axis=0)).ravel())
    return np.minimum(found, 1.0)

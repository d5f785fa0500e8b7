"""Places where a service could be opened, beside those of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array, hstack

from geointel.answers.world import ids_of
from geointel.errors import GridError, QuestionError
from geointel.gaps import straight_minutes
from geointel.grid import centres, format_cell, parents, parse_cell, resolutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geointel.answers.places_wanted import SitesRequest
    from geointel.answers.world import World

MOST_BY_ROAD = 600
"""Most candidates for which routes are looked for."""


@dataclass(frozen=True)
class Candidates:
    """Services of today, which come first, and places for new ones. ``minutes`` has a column for each, shape ``(n, k)``."""

    existing: int
    names: tuple[str, ...]
    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    minutes: csr_array
    services: bool

    def told(self, site: int) -> dict[str, Any]:
        """A site for people and programs: a hexagon, or a place that is there already."""
        place = {"lat": round(float(self.lat[site]), 6), "lng": round(float(self.lng[site]), 6)}
        return {"service" if self.services else "cell": self.names[site], **place}

    def action(self, site: int, capacity: float | None) -> dict[str, Any]:
        """What ``POST /v1/scenarios`` takes to carry it out."""
        size = {} if capacity is None else {"capacity": capacity}
        if self.services:
            return {"do": "contract", "service": self.names[site], **size}
        return {"do": "open", "lat": float(self.lat[site]), "lng": float(self.lng[site]), **size}


def candidates_of(world: World, request: SitesRequest) -> Candidates:
    """Candidates of a question. Raises ``QuestionError`` where there is none, or too many to route."""
    names, lat, lng = _services(world, request) if request.among == "services" else _cells(world, request)
    if request.costs is not None and len(request.costs) != len(names):
        message = f"There are {len(request.costs)} costs for {len(names)} candidates."
        raise QuestionError(message, field="costs", remedy="Give `cells`, and one cost for each, in the same order.")
    own = _times(world, lat, lng)
    today = world.services["lat"].to_numpy(), world.services["lng"].to_numpy()
    return Candidates(
        existing=len(world.ids),
        names=(*world.ids, *names),
        lat=np.concatenate([today[0], lat]),
        lng=np.concatenate([today[1], lng]),
        minutes=csr_array(hstack([world.minutes, own], format="csr")),
        services=request.among == "services",
    )


def _services(world: World, request: SitesRequest) -> tuple[Sequence[str], NDArray[np.float64], NDArray[np.float64]]:
    """Places that are there already and do not give this help yet."""
    others = world.others.filter(world.others["inside"])
    if request.kind is not None:
        others = others.filter(pc.equal(others["category"].cast(pa.string()), request.kind))
    names = ids_of(others)
    keep = [place for place, name in enumerate(names) if name not in set(world.ids)]
    if not keep:
        message = f"There is no other place of the kind {request.kind!r} to choose among."
        raise QuestionError(message, field="kind", remedy="Choose another kind, or ask `among` cells.")
    some = others.take(keep)
    return [names[place] for place in keep], some["lat"].to_numpy(), some["lng"].to_numpy()


def _cells(world: World, request: SitesRequest) -> tuple[Sequence[str], NDArray[np.float64], NDArray[np.float64]]:
    """Hexagons that were listed; else of every next larger one the hexagon where most people live."""
    chosen = _listed(world, request.cells) if request.cells is not None else _usual(world)
    points = centres(chosen)
    return [format_cell(int(cell)) for cell in chosen], points[:, 1], points[:, 0]


def _listed(world: World, cells: Sequence[str]) -> NDArray[np.int64]:
    found = []
    for place, text in enumerate(cells):
        try:
            cell = parse_cell(text)
        except GridError as error:
            raise QuestionError(error.message, field=f"cells.{place}", remedy=error.remedy) from error
        if cell not in set(world.cells.tolist()):
            message = f"The hexagon {text} is none of the study area at its finest published resolution."
            raise QuestionError(message, field=f"cells.{place}", remedy="GET /v1/layers/LAYER/values lists them.")
        found.append(cell)
    return np.array(found, dtype=np.int64)


def _usual(world: World) -> NDArray[np.int64]:
    larger = parents(world.cells, int(resolutions(world.cells[:1])[0]) - 1)
    order = np.lexsort((world.cells, -world.residents, larger))
    first = np.append(True, larger[order][1:] != larger[order][:-1])
    chosen = order[first]
    return np.sort(world.cells[chosen[world.residents[chosen] > 0]])


def _times(world: World, lat: NDArray[np.float64], lng: NDArray[np.float64]) -> csr_array:
    options = world.options
    if options["times"] == "straight-line":
        speed = float(options["usual_kmh"])
        return straight_minutes(
            world.spots, (lat, lng), kmh=speed, detour=float(options["detour"]), limit=float(options["longest"])
        )
    if len(lat) > MOST_BY_ROAD:
        message = f"There are {len(lat):,} candidates, and routes are looked for to {MOST_BY_ROAD} at most."
        raise QuestionError(
            message, field="cells", remedy="List fewer `cells`, or choose `among` services of one kind."
        )
    columns = [world.journeys(float(y), float(x), at="among") for y, x in zip(lat, lng, strict=True)]
    sizes = [len(cells) for cells, _ in columns]
    rows = np.concatenate([cells for cells, _ in columns])
    data = np.concatenate([minutes for _, minutes in columns])
    return csr_array((data, (rows, np.repeat(np.arange(len(columns)), sizes))), shape=(len(world.cells), len(columns)))

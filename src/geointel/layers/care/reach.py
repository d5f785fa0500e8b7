"""How long it takes from each finest cell to each service: by a matrix of the partnership's own, by road, or as the crow flies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import pyarrow as pa
import pydantic

from geointel.errors import MethodError
from geointel.gaps import DETOUR, matrix_minutes, road_network, road_pieces, straight_minutes, travel_minutes
from geointel.layers.base import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scipy.sparse import csr_array

    from geointel.layers.care.ground import Ground
    from geointel.layers.cube import Cube

Mode = Literal["drive", "walk", "cycle", "public-transport"]
How = Literal["matrix", "roads", "straight-line"]

USUAL_KMH: Mapping[str, float] = {"drive": 40.0, "walk": 3.6, "cycle": 12.0}
"""Speed over the ground where no road network is given: R5's for walking and cycling; for driving an assumption."""


class ReachOptions(pydantic.BaseModel):
    """How people travel, and how far a service may be to count."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    mode: Mode = "drive"
    """How people travel: `drive`, `walk`, `cycle`, or `public-transport`, which needs a `matrix` made from timetables."""
    roads: str = ""
    """Id of a source of the kind `roads`; without it, and without a matrix, times are straight lines with a detour."""
    matrix: str = ""
    """Id of a source of the kind `travel-matrix`: the partnership's own travel times, used in place of all others."""
    within: float = pydantic.Field(default=30.0, gt=0, le=240, allow_inf_nan=False)
    """Minutes within which a service is in reach."""
    longest: float = pydantic.Field(default=120.0, gt=0, le=480, allow_inf_nan=False)
    """Minutes beyond which no journey is looked for."""
    detour: float = pydantic.Field(default=DETOUR, ge=1, le=3, allow_inf_nan=False)
    """How much longer a way is than the straight line, where there is no road network."""
    kmh: float | None = pydantic.Field(default=None, gt=0, le=130, allow_inf_nan=False)
    """Speed over the ground where there is no road network; a usual one for the mode when left out."""

    @pydantic.model_validator(mode="after")
    def _has_its_times(self) -> Self:
        if self.mode == "public-transport" and not self.matrix:
            refuse(
                "Times by public transport need a matrix made from timetables.",
                'Write matrix = "<id of a source of the kind travel-matrix>", or choose another mode.',
            )
        if self.within > self.longest:
            refuse(
                "No journey is looked for beyond `longest`, and `within` is more.",
                "Give a `longest` of at least `within`.",
            )
        return self

    @property
    def usual_kmh(self) -> float | None:
        """``speed``, or None where there is none because a matrix has the times."""
        return None if self.mode == "public-transport" else self.speed

    @property
    def speed(self) -> float:
        """Kilometres an hour over the ground without a road network."""
        return USUAL_KMH[self.mode] if self.kmh is None else self.kmh


@dataclass(frozen=True)
class Reach:
    """Minutes from finest cells to services, shape ``(n, m)``, and how they were found.

    ``inputs`` are tables from which times to another place can be found in the same way. ``facts`` is what must be said of them.
    """

    minutes: csr_array
    how: How
    facts: Mapping[str, Any]
    inputs: Mapping[str, pa.Table] = field(default_factory=dict)


def reach(cube: Cube, ground: Ground, services: pa.Table, options: ReachOptions) -> Reach:
    """Travel times to each service of a table. Raises ``MethodError`` where a source that is named has none."""
    places = services["lat"].to_numpy(), services["lng"].to_numpy()
    if options.matrix:
        return _by_matrix(cube, ground, services, options)
    if options.roads:
        return _by_road(cube, ground, places, options)
    minutes = straight_minutes(ground.places, places, kmh=options.speed, detour=options.detour, limit=options.longest)
    return Reach(minutes, "straight-line", {"mode": options.mode, "kmh": options.speed, "detour": options.detour})


def _by_matrix(cube: Cube, ground: Ground, services: pa.Table, options: ReachOptions) -> Reach:
    facts = cube.beside.get(options.matrix)
    if facts is None or not facts.travel.num_rows:
        message = f"The source {options.matrix!r} has no travel times."
        raise MethodError(message, remedy="Name a source of the kind `travel-matrix` as `matrix`.")
    own = facts.travel
    known = [
        f"{source}:{name}" for source, name in zip(*(services[c].to_pylist() for c in ("source", "id")), strict=True)
    ]
    minutes = matrix_minutes(
        (own["origin"].to_numpy(), own["destination"].to_pylist(), own["minutes"].to_numpy()),
        cells=ground.cells,
        services=known,
        limit=options.longest,
    )
    said = {
        name: next((word for word in own[name].to_pylist() if word is not None), None)
        for name in ("mode", "departure", "percentile")
    }
    return Reach(
        minutes,
        "matrix",
        {**said, "services_with_times": int((np.bincount(minutes.indices, minlength=len(known)) > 0).sum())},
    )


def _by_road(cube: Cube, ground: Ground, places: tuple[Any, Any], options: ReachOptions) -> Reach:
    facts = cube.beside.get(options.roads)
    if facts is None or not facts.roads.num_rows:
        message = f"The source {options.roads!r} has no roads."
        raise MethodError(message, remedy="Name a source of the kind `roads`, or leave `roads` out.")
    if options.mode == "public-transport":
        message = "Buses and trains have no times on a road network."
        raise MethodError(
            message, remedy="Name a source of the kind `travel-matrix` as `matrix`, made from timetables."
        )
    network = road_network(road_pieces(facts.roads), mode=options.mode)
    found = travel_minutes(network, ground.places, places, limit=options.longest)
    lost = {"cells_off_network": int(found.origins_off.sum()), "services_off_network": int(found.services_off.sum())}
    nodes = pa.table({"lat": network.lat, "lng": network.lng})
    row = np.repeat(np.arange(len(network.lat)), np.diff(network.minutes.indptr))
    edges = pa.table({"from": row, "to": network.minutes.indices.astype(np.int64), "minutes": network.minutes.data})
    return Reach(found.minutes, "roads", {"mode": options.mode, **lost}, {"nodes": nodes, "edges": edges})

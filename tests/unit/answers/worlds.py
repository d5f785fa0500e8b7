"""Worlds of the made-up town, and the same change computed anew from a changed table of services."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from geointel.answers.actions import ScenarioRequest
from geointel.answers.opening import open_world
from geointel.gaps import for_residents_of, only, straight_minutes
from geointel.gaps.opening import open_in
from geointel.layers.care import catchments

from ..layers.care.town import computed, service, town

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.world import World
    from geointel.model import Layer

NEED = {"estimate": "treatment", "indicator": "people", "substances": ("opiate",)}
PLACES = {"deprivation": "deprivation", "measure": "places"}
WIDE = "mo 09:00-17:00; tu 09:00-20:00; we 09:00-17:00; th 09:00-17:00; fr 09:00-17:00; sa 10:00-13:00; su closed"
LEVELS = pa.table({"level": ["lad", "lad"], "code": ["E", "W"], "name": ["East", "West"]})


@dataclass(frozen=True)
class Kept:
    """What a snapshot keeps of layers, without a snapshot."""

    tables: dict[str, dict[str, pa.Table]]
    layers: dict[str, dict[str, Any]]

    def inputs(self, layer: str) -> dict[str, pa.Table]:
        return self.tables[layer]

    def areas(self) -> pa.Table:
        return LEVELS


def kept(*layers: Layer) -> Any:
    specs = {layer.spec.id: json.loads(json.dumps(layer.spec.to_json())) for layer in layers}
    return Kept({layer.spec.id: dict(layer.inputs) for layer in layers}, specs)


def gap_world(*services: dict[str, Any], **options: Any) -> World:
    """A world of places shared among people in need."""
    return open_world(kept(computed("gap", town(*services), **{**PLACES, **NEED, **options})))


def minutes_world(*services: dict[str, Any], **options: Any) -> World:
    """A world that knows distance only, and residents."""
    layer = computed("access", town(*services), "drug-treatment", deprivation="deprivation", **options)
    return open_world(kept(layer))


def three(**more: Any) -> list[dict[str, Any]]:
    return [service("a", -5, **more), service("b", 0, capacity=40.0, hours=WIDE), service("c", 6, eligible_areas=["E"])]


def asked(*actions: dict[str, Any], **more: Any) -> ScenarioRequest:
    return ScenarioRequest.model_validate({"actions": actions, **more})


def spot(world: World, place: int) -> dict[str, float]:
    """Latitude and longitude of a cell."""
    return {"lat": float(world.spots[0][place]), "lng": float(world.spots[1][place])}


@dataclass
class Listed:
    """A service of a table that somebody has changed by hand."""

    lat: float
    lng: float
    capacity: float
    hours: str | None
    eligible: list[str] | None
    days: int = 5


def table_of(world: World) -> dict[str, Listed]:
    rows = world.services.to_pylist()
    return {
        f"{row['source']}:{row['id']}": Listed(
            row["lat"], row["lng"], row["capacity"] or np.nan, row["hours"], row["eligible_areas"]
        )
        for row in rows
    }


@dataclass(frozen=True)
class Anew:
    """The layer's own functions over a table of services."""

    access: NDArray[np.float64]
    first: NDArray[np.float64]
    then: dict[str, NDArray[np.float64]]
    reached: NDArray[np.bool_]


def anew(world: World, table: dict[str, Listed]) -> Anew:
    """Everything from nothing: times, whom services are for, and places shared as the layer shares them."""
    rows, options = list(table.values()), world.options
    lat, lng = (np.array([getattr(row, name) for row in rows], dtype=float) for name in ("lat", "lng"))
    every = straight_minutes(
        world.spots, (lat, lng), kmh=options["usual_kmh"], detour=options["detour"], limit=options["longest"]
    )
    shares = [None if row.eligible is None else world.eligible(row.eligible) for row in rows]
    minutes = for_residents_of(every, shares)
    capacity = np.array([row.capacity for row in rows])
    access = catchments.shared(
        minutes, world.people, np.nan_to_num(capacity), method=options["sharing"], within=options["within"]
    ).access
    open_now = {slot: open_in([row.hours for row in rows], slot) == 1 for slot in ("evening", "saturday", "sunday")}
    reached = np.array(
        [(world.weight(own.data) @ world.people[own.indices]) > 0 for own in columns_of(minutes)],
        dtype=bool,
    )
    return Anew(
        access,
        least(minutes),
        {slot: least(only(minutes, which[minutes.indices])) for slot, which in open_now.items()},
        reached,
    )


def least(minutes: Any) -> NDArray[np.float64]:
    """Least minutes of each row, one row after another."""
    rows = [minutes.data[a:b] for a, b in zip(minutes.indptr[:-1], minutes.indptr[1:], strict=True)]
    return np.array([row.min() if len(row) else np.nan for row in rows])


def columns_of(minutes: Any) -> list[Any]:
    """Each column of a matrix."""
    turned = minutes.tocsc()
    return [turned[:, [number]] for number in range(minutes.shape[1])]

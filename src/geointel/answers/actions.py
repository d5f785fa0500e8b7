"""What somebody proposes, in the verbs of commissioning."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import pydantic

MOST_ACTIONS = 50
_HOURS = r"^(mo|tu|we|th|fr|sa|su) (closed|\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*)(; (mo|tu|we|th|fr|sa|su) (closed|\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*))*$"
WORKING_WEEK = 5
_TIME = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
LATEST_HOUR, LATEST_MINUTE = 24, 59


def _possible(hours: str) -> str:
    for h1, m1, h2, m2 in _TIME.findall(hours):
        start, end = (int(h1), int(m1)), (int(h2), int(m2))
        if start >= end or int(m1) > LATEST_MINUTE or int(m2) > LATEST_MINUTE or end > (LATEST_HOUR, 0):
            message = f"the hours {h1}:{m1}-{h2}:{m2} are none"
            raise ValueError(message)
    return hours


Hours = Annotated[str, pydantic.Field(pattern=_HOURS, max_length=400), pydantic.AfterValidator(_possible)]
"""Opening hours: ``tu 18:30-20:00; sa 10:00-13:00``."""
Capacity = Annotated[float, pydantic.Field(gt=0, le=100_000, allow_inf_nan=False)]
Cost = Annotated[float, pydantic.Field(ge=0, allow_inf_nan=False)]
Latitude = Annotated[float, pydantic.Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, pydantic.Field(ge=-180, le=180, allow_inf_nan=False)]
Name = Annotated[str, pydantic.Field(min_length=1, max_length=200)]


class _Action(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    cost: Cost | None = None
    """What it costs a year, in pounds."""


class Open(_Action):
    """Open a new service at a place."""

    do: Literal["open"]
    lat: Latitude
    """Latitude in degrees."""
    lng: Longitude
    """Longitude in degrees."""
    name: Name = "New service"
    """What it is called in the answer."""
    capacity: Capacity | None = None
    """How many people it can take; needed where the layer is about places."""
    hours: Hours | None = None
    """When it is open."""
    eligible_areas: tuple[str, ...] | None = None
    """Codes of the areas whose residents it is for; everybody when left out."""


class Close(_Action):
    """Close a service."""

    do: Literal["close"]
    service: Name
    """Its id, as `source:id`."""


class Move(_Action):
    """Move a service to another place."""

    do: Literal["move"]
    service: Name
    """Its id, as `source:id`."""
    lat: Latitude
    """Latitude in degrees."""
    lng: Longitude
    """Longitude in degrees."""


class Resize(_Action):
    """Raise or lower the caseload of a service."""

    do: Literal["resize"]
    service: Name
    """Its id, as `source:id`."""
    capacity: Capacity
    """How many people it can then take."""


class Extend(_Action):
    """Change the hours of a service: add an evening, open on Saturday."""

    do: Literal["hours"]
    service: Name
    """Its id, as `source:id`."""
    hours: Hours
    """When it is then open, the whole week."""


class Outreach(_Action):
    """Hold some of the days of a service at another place: its places go with the days."""

    do: Literal["outreach"]
    service: Name
    """Id of the service that sends its staff, as `source:id`."""
    lat: Latitude
    """Latitude in degrees."""
    lng: Longitude
    """Longitude in degrees."""
    days: int = pydantic.Field(default=1, ge=1, le=WORKING_WEEK - 1)
    """Days a week at the other place, of a week of five."""
    hours: Hours | None = None
    """When it is open there."""
    name: Name = "Outreach"
    """What it is called in the answer."""


class Contract(_Action):
    """Contract a place that is there already, such as a pharmacy, to give this help."""

    do: Literal["contract"]
    service: Name
    """Its id, as `source:id`."""
    capacity: Capacity | None = None
    """How many people it can take; needed where the layer is about places."""
    hours: Hours | None = None
    """When it gives this help; its own hours when left out."""


Action = Annotated[Open | Close | Move | Resize | Extend | Outreach | Contract, pydantic.Field(discriminator="do")]


class ScenarioRequest(pydantic.BaseModel):
    """What would change if several things were done at once."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    layer: str | None = None
    """Layer of the kind `gap` or `access`; the first one of gaps, else of access, when left out."""
    category: str | None = None
    """Group of people in need (gap) or kind of service (access); the layer's default when left out."""
    actions: tuple[Action, ...] = pydantic.Field(min_length=1, max_length=MOST_ACTIONS)
    """What is done."""
    level: str | None = None
    """Level of areas to report; the first when left out."""
    intervals: bool = False
    """Whether the measures of equity come with intervals, which takes longer."""
    cells: Literal["changed", "all", "none"] = "changed"
    """Which hexagons the answer lists."""

"""What somebody proposes, in the verbs of commissioning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import pydantic

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ACTIONS = 50
WORKING_WEEK = 5
LATEST_HOUR, LATEST_MINUTE = 24, 59
_DAY = r"(mo|tu|we|th|fr|sa|su) (closed|\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*)"
_HOURS = rf"^{_DAY}(; {_DAY})*$"


def _possible(hours: str) -> str:
    """Hours as they are. Raises ``ValueError`` for a day named twice, and for times that no day has or that are out of order."""
    days = [day.partition(" ") for day in hours.split("; ")]
    if len({name for name, _, _ in days}) < len(days):
        message = "a day is named twice"
        raise ValueError(message)
    for _, _, spans in days:
        times = [] if spans == "closed" else [_time(text) for text in spans.replace(",", "-").split("-")]
        if any(later <= earlier for earlier, later in zip(times[::2], times[1::2], strict=True)) or times != sorted(
            times
        ):
            message = f"the hours {spans} do not follow one another"
            raise ValueError(message)
    return hours


def _time(text: str) -> tuple[int, int]:
    hour, minute = int(text[:2]), int(text[3:])
    if minute > LATEST_MINUTE or (hour, minute) > (LATEST_HOUR, 0):
        message = f"{text} is not a time of day"
        raise ValueError(message)
    return hour, minute


Hours = Annotated[str, pydantic.Field(pattern=_HOURS, max_length=400), pydantic.AfterValidator(_possible)]
"""Opening hours: ``tu 18:30-20:00; sa 10:00-13:00``."""
Capacity = Annotated[float, pydantic.Field(gt=0, le=100_000, allow_inf_nan=False)]
Cost = Annotated[float, pydantic.Field(ge=0, allow_inf_nan=False)]
Latitude = Annotated[float, pydantic.Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, pydantic.Field(ge=-180, le=180, allow_inf_nan=False)]
Name = Annotated[str, pydantic.Field(min_length=1, max_length=200)]
Codes = Annotated[tuple[Name, ...], pydantic.Field(min_length=1, max_length=1000)]


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
    eligible_areas: Codes | None = None
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


VERBS = ("open", "close", "move", "resize", "hours", "outreach", "contract")


def field_of(location: Sequence[int | str]) -> str:
    """Name of the part of a request at which a fault lies: ``actions.0.lat``. The verb that chose the kind of action is left out."""
    parts = [str(part) for part in location]
    if len(parts) > 3 and parts[0] == "actions" and parts[2] in VERBS:
        del parts[2]
    return ".".join(parts)


class ScenarioRequest(pydantic.BaseModel):
    """What would change if several things were done at once."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    layer: Name | None = None
    """Layer of the kind `gap` or `access`; the first one of gaps, else of access, when left out."""
    category: Name | None = None
    """Group of people in need (gap) or kind of service (access); the layer's default when left out."""
    actions: tuple[Action, ...] = pydantic.Field(min_length=1, max_length=MOST_ACTIONS)
    """What is done."""
    level: Name | None = None
    """Level of areas to report; the first when left out."""
    intervals: bool = False
    """Whether the measures of equity come with intervals, which takes longer."""
    cells: Literal["changed", "all", "none"] = "changed"
    """Which hexagons the answer lists."""

"""A partnership's own travel times to services (``travel-matrix``), in the columns that R5 and r5py write.

Times by public transport come from timetables, so they hold for one day and time of departure, and such a matrix must say
which: https://r5py.readthedocs.io.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal, Self

import pydantic
from pydantic_core import PydanticCustomError

from geointel.sources.base import Origins, TravelKind

Mode = Literal["public-transport", "walk", "cycle", "drive"]
MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_OPTIONS = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _refuse(message: str, remedy: str) -> PydanticCustomError:
    kind, template = "refused", "{message}"
    return PydanticCustomError(kind, template, {"message": message, "remedy": remedy})


def _moment(text: str) -> str:
    try:
        right = bool(MINUTE.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        right = False
    if not right:
        raise _refuse(f"{text!r} is not a day and time.", 'Write local time in quotes, as "2026-03-10T09:00".')
    return text


class OriginsFile(pydantic.BaseModel):
    """Where the origins of a matrix are that are no H3 cells."""

    model_config = _OPTIONS

    file: str
    """CSV or Parquet file under the data folder, one row an origin."""
    id: str = "id"
    """Column with the ids that the matrix uses."""
    lat: str = "lat"
    """Column with the latitude in degrees (WGS 84)."""
    lng: str = "lng"
    """Column with the longitude in degrees (WGS 84)."""


class TravelColumns(pydantic.BaseModel):
    """Names of the columns of a matrix."""

    model_config = _OPTIONS

    origin: str = "from_id"
    """Where people set out: an H3 cell, or an id of the file of `origins`."""
    destination: str = "to_id"
    """Id of a service in its list."""
    minutes: str = "travel_time"
    """Minutes; that of a percentile has the same name with `_p50` behind it."""


class Options(pydantic.BaseModel):
    """Keys of a source of travel times."""

    model_config = _OPTIONS

    mode: Mode
    """How people travel: `public-transport`, `walk`, `cycle` or `drive`."""
    departure: Annotated[str, pydantic.AfterValidator(_moment)] | None = None
    """Local time at which people set out, as "2026-03-10T09:00"; `public-transport` needs it."""
    percentile: Annotated[float, pydantic.Field(gt=0, lt=100, allow_inf_nan=False)] | None = None
    """Which percentile of the departures is used, where the files have several; 50 when left out."""
    services: str | Annotated[tuple[str, ...], pydantic.Field(min_length=1)]
    """Id of the source of services whose ids the destinations are, or several."""
    origins: OriginsFile | None = None
    """Where the origins are; when left out they are H3 cells."""
    columns: TravelColumns = TravelColumns()
    """Names of the columns, where they are others than R5's."""

    @pydantic.model_validator(mode="after")
    def _public_transport_has_a_departure(self) -> Self:
        if self.mode == "public-transport" and self.departure is None:
            message = "Times by public transport hold for one day and time, and none is given."
            raise _refuse(message, 'Say when people set out: departure = "2026-03-10T09:00".')
        return self


def configure(kind: TravelKind, options: Options) -> TravelKind:
    """The kind as the options say."""
    origins = options.origins
    return replace(
        kind,
        mode=options.mode,
        departure=options.departure,
        percentile=options.percentile,
        services=(options.services,) if isinstance(options.services, str) else options.services,
        origins=None
        if origins is None
        else Origins(file=origins.file, id=origins.id, lat=origins.lat, lng=origins.lng),
        origin=options.columns.origin,
        destination=options.columns.destination,
        minutes=options.columns.minutes,
    )


SOURCE = TravelKind(
    kind="travel-matrix",
    title="Travel times, as the partnership modelled them",
    public=True,
    licence="As the partnership states",
    attribution="The partnership's own travel times.",
    caveats=("travel-matrix",),
    options=Options,
    configure=configure,
)

"""The grains of source: what a row of it is, and what a kind must say of its rows.

A kind says what its columns mean; ``ingest`` does the work. Which work depends on the grain:

- ``EventKind``: something that happened at a place in a month; ``OutcomeKind``: what came of it;
- ``ServiceKind``: a place where help is given;
- ``FigureKind``: a figure for an official area and a period;
- ``PostcodeKind``: where postcodes are; ``RasterKind``: a grid of numbers; ``RoadKind``: a road network;
- ``TrafficKind``: how many vehicles pass a point in a year;
- ``TravelKind``: how long it takes from a place to a service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from geointel.model import INCIDENTS, SPECIAL, WEIGHT
from geointel.sources.forms import Door, NoOptions, Package, TextForm, is_csv

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    import pydantic

    from geointel.sources.forms import Outlines, Vintages

PLAIN = TextForm()

Read = Callable[["ir.Table"], "ir.Table"]
"""Rows of files as text columns (with ``file``) → canonical text columns of the grain.

Adds no row and drops none; keeps ``file``. Which columns a grain has is said in its module of ``ingest``.
"""


People = Mapping[tuple[str, str], Mapping[str, float]]
"""Measure and category → area code → share of the residents of the area."""


@dataclass(frozen=True, kw_only=True)
class SourceKind:
    """One kind of source.

    Attributes
    ----------
    kind
        The word in the configuration, such as ``police-uk-street``.
    public
        Whether its rows are already published under an open licence: the default of the
        configuration key ``public``. False is the safe value.
    required
        Columns a file must have; of a tuple with several names, one is enough.
    is_member
        Whether a file of that name inside an archive belongs to the kind.
    form
        How its text files are written.
    categories
        Category slugs of its rows → the words of its files, for a kind whose rows have categories.
    configure
        The kind as the options of one source make it, for a kind that has options.
    package
        An optional package that the source is read from, and the extra that installs it. Such a source may
        do without files.
    """

    grain: ClassVar[str]
    kind: str
    title: str
    public: bool
    licence: str
    attribution: str
    caveats: tuple[str, ...]
    required: tuple[tuple[str, ...], ...] = ()
    is_member: Callable[[str], bool] = is_csv
    form: TextForm = PLAIN
    options: type[pydantic.BaseModel] = NoOptions
    categories: Mapping[str, str] = field(default_factory=dict)
    configure: Callable[[Any, Any], SourceKind] | None = None
    package: Package | None = None

    def configured(self, options: pydantic.BaseModel) -> Self:
        """Return the kind as the options of one source make it."""
        return self if self.configure is None else cast("Self", self.configure(self, options))


@dataclass(frozen=True, kw_only=True)
class TextKind(SourceKind):
    """A kind whose files are tables: ``read`` says what their columns mean.

    A kind with a ``door`` reads a partner's own files, in any format: ``read`` is given what the door lets in.
    """

    read: Read
    door: Door | None = None


@dataclass(frozen=True, kw_only=True)
class EventKind(TextKind):
    """Rows that happened at a place in a month; see ``ingest.incidents``.

    Attributes
    ----------
    snapped
        Whether its points are moved to a fixed list of map points, so that a cell without
        any record ever is not a zero but has no support.
    month_of
        The month (as ``YYYY-MM``) that a file's name gives, or None.
    measures
        Measure → the canonical column that is summed for it. ``weight`` is how many incidents a row stands
        for, one where the kind does not say; ``special`` that number where the row is at a special point.
    area_measures
        Measures among them that are given for areas of the first level and its groups only, never by cell.
    on_roads
        Measures among them that are counted on stretches of road; its rows then say their ``road`` among ``kept``.
    by_code
        Whether a row without coordinates counts in the area whose code it carries.
    fatal
        Faults of a row that make its whole file useless → what to do about it.
    kept
        Text columns that are counted by the owner of a file and go no further.
    tallies
        Indicator → the kept column whose values are its groups, and the least count that is shown: figures by
        owner, never by place.
    rates
        Indicator → canonical columns of its count, its denominator, and of what is not stated: figures by owner.
    owner_of
        Whose records a file holds, by its name: the police force, for one.
    note
        What an operator is told of a category's word that is not known.
    months
        Months that the files stand for, where names and rows cannot say: a month without a row is then a zero.
    """

    grain: ClassVar[str] = "events"

    snapped: bool
    month_of: Callable[[str], str | None]
    months: frozenset[int] = frozenset()
    measures: Mapping[str, str] = field(default_factory=lambda: {INCIDENTS: WEIGHT, SPECIAL: "special"})
    area_measures: frozenset[str] = frozenset()
    on_roads: frozenset[str] = frozenset()
    by_code: bool = False
    fatal: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    tallies: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    rates: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    owner_of: Callable[[str], str | None] | None = None
    note: str = "rows have the crime type {word!r}, which is not known"


@dataclass(frozen=True, kw_only=True)
class OutcomeKind(EventKind):
    """What came of incidents of another source, found by their ID; see ``ingest.outcomes``.

    ``joins`` is the kind of that source. ``measures`` are the groups of outcomes.
    """

    grain: ClassVar[str] = "outcomes"

    joins: str


@dataclass(frozen=True, kw_only=True)
class TrafficKind(EventKind):
    """Traffic of a year at points of roads; see ``build.traffic``.

    A row has the place and the checks of an event, and stands for its year: such a source has no calendar of months.
    """

    grain: ClassVar[str] = "traffic"


@dataclass(frozen=True, kw_only=True)
class ServiceKind(TextKind):
    """Places where help is given; see ``ingest.services``.

    Attributes
    ----------
    once_at
        Categories of which one address holds one service: it may stand in the list under several names.
    as_of, details
        What the options of the source say; see ``sources.service_list``.
    """

    grain: ClassVar[str] = "services"

    once_at: tuple[str, ...] = ()
    as_of: str | None = None
    details: Mapping[str, pydantic.BaseModel] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FigureKind(TextKind):
    """Figures for official areas; see ``ingest.figures``.

    Attributes
    ----------
    measure
        The measure as which the figures are spread to cells, such as ``residents``; None where a
        figure stays with its area.
    reference
        The month (as ``YYYY-MM``) that figures spread to cells are of: their window.
    outlines
        Where the areas are; without any, they are those of the study area's own levels.
    vintages
        Which areas of another vintage became which of these.
    level
        The level of the study area whose codes the files use, where it groups other areas: its codes are names.
    adds
        Whether rows of one area, indicator, period and group are parts of one figure, to be added up.
    people
        From the figures of all areas: measure and category → area → share of its residents whom they count, for figures
        that are not counts themselves. With ``outlines`` these residents are spread to cells.
    check
        What is wrong with the figures of a source as a whole, or None; given columns of ``model.FIGURES``.
    """

    grain: ClassVar[str] = "figures"

    measure: str | None = None
    reference: str | None = None
    outlines: tuple[Outlines, ...] = ()
    vintages: Vintages | None = None
    level: str | None = None
    adds: bool = False
    people: Callable[[pa.Table], People] | None = None
    check: Callable[[pa.Table], str | None] | None = None


@dataclass(frozen=True, kw_only=True)
class PostcodeKind(TextKind):
    """Where postcodes are; see ``ingest.postcodes``."""

    grain: ClassVar[str] = "postcodes"


@dataclass(frozen=True, kw_only=True)
class RasterKind(SourceKind):
    """A grid of numbers; see ``ingest.raster``.

    Attributes
    ----------
    measure
        What is counted, such as ``residents``.
    reference
        The month (as ``YYYY-MM``) that the numbers are of: their window.
    density
        Whether a number is per square kilometre; else it is the count of its pixel.
    crs
        The coordinate system of files that do not say theirs.
    """

    grain: ClassVar[str] = "raster"

    measure: str
    reference: str | None = None
    density: bool = False
    crs: str | None = None


@dataclass(frozen=True, kw_only=True)
class Road:
    """What a way's tags say of it.

    ``forward`` and ``backward`` say which way it may be driven, against the order of its points; ``speed`` is
    the tagged limit in km/h; ``unread`` is a tag that nobody could make sense of.
    """

    road_class: str
    name: str | None
    ref: str | None
    walk: bool
    cycle: bool
    drive: bool
    forward: bool
    backward: bool
    speed: float | None
    unread: str | None = None


@dataclass(frozen=True)
class NoRoad:
    """A way that is tagged like a road and is none: the reason for its row, and the tag."""

    reason: str
    unread: str


@dataclass(frozen=True, kw_only=True)
class RoadKind(SourceKind):
    """A road network; see ``ingest.roads``.

    Attributes
    ----------
    key
        The tag that makes a way a row of the kind.
    read
        Tags of a way → what they mean.
    month_of
        The month (as ``YYYY-MM``) that a file's name gives, or None.
    as_of
        The month of the extract, where the options say it.
    """

    grain: ClassVar[str] = "roads"

    key: str
    read: Callable[[Mapping[str, str]], Road | NoRoad]
    month_of: Callable[[str], str | None]
    as_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Origins:
    """A file that says where the origins of a travel matrix are.

    ``file`` lies under the data folder; ``id``, ``lat`` and ``lng`` (degrees, WGS 84) are its columns.
    """

    file: str
    id: str
    lat: str
    lng: str


@dataclass(frozen=True, kw_only=True)
class TravelKind(SourceKind):
    """Travel times from places to services; see ``ingest.travel``.

    Attributes
    ----------
    mode
        How people travel.
    departure
        When they set out, local time as ``2026-03-10T09:00``; times from timetables always have one.
    percentile
        Of the departures of a window, the share that is at least as quick, in percent; None where the options
        do not say.
    services
        Ids of the sources of services that the destinations belong to, in the order in which they are looked up.
    origins
        Where the origins are; None where they are H3 cells.
    origin, destination, minutes
        Columns of the files; that of a percentile is ``minutes`` with ``_p50``.
    """

    grain: ClassVar[str] = "travel"

    mode: str = ""
    departure: str | None = None
    percentile: float | None = None
    services: tuple[str, ...] = ()
    origins: Origins | None = None
    origin: str = "from_id"
    destination: str = "to_id"
    minutes: str = "travel_time"

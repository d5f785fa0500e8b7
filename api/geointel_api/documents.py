"""Shapes of the answers, for the OpenAPI description. Tests hold real answers against them.

Answers are not built from these classes: rows come straight from columns.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Cell = str
Box = list[float]


class Document(BaseModel):
    """A JSON object whose known members stand here."""

    model_config = ConfigDict(extra="forbid")


class MarkingDocument(Document):
    """What an answer of an edition that is not for everybody is marked with."""

    marking: str
    handling: str
    edition: str
    user: str = Field(description="name of the key or person that asked, else the role of whoever may")
    date: str = Field(description="day of the answer, UTC")


class Answer(Document):
    """A whole answer: of an edition that is not for everybody, it carries its marking."""

    marking: MarkingDocument | None = Field(default=None, description="only in editions that are not for everybody")


class ProblemDocument(Document):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str = Field(description="what happened")
    remedy: str | None = Field(default=None, description="what to do")
    field: str | None = Field(default=None, description="part of a question at fault, such as `actions.0.lat`")


class MeDocument(Answer):
    """Who is signed in, and what they may open."""

    how: Literal["anonymous", "key", "token", "session"]
    person: str | None = Field(description="who acts, in the log of alerts; null for a visitor without a credential")
    name: str
    roles: list[str]
    editions: list[str]


class Named(Document):
    """An id with its name."""

    id: str
    name: str


class Period(Document):
    """Months with data, months that a source did not supply, and the last month (null where there is none)."""

    months: list[str]
    missing: list[str]
    data_through: str | None


class Window(Document):
    """A named run of months."""

    id: str
    kind: Literal["month", "quarter", "year"]
    label: str
    months: list[str]


class Category(Document):
    """A category of records."""

    id: str
    label: str


class Source(Document):
    """Where data comes from. A source without a calendar, such as a census, has no months."""

    id: str
    kind: str
    title: str
    licence: str
    attribution: str
    data_through: str | None
    missing: list[str] | None


class Caveat(Document):
    """What must be said beside a figure."""

    short: str
    long: str


class SnapshotDocument(Answer):
    """The published snapshot, as far as your edition knows it."""

    snapshot: str
    created: str
    version: str
    synthetic: bool
    partnership: Named
    edition: str
    editions: list[str]
    data_through: str | None
    period: Period
    windows: list[Window]
    categories: list[Category]
    area: dict[str, Any]
    grid: dict[str, Any]
    sources: list[Source]
    caveats: dict[str, Caveat]
    names: str


class Style(Document):
    """One class of a layer's key."""

    id: str
    label: str
    colour: str


class ColumnDocument(Document):
    """One column of a layer in words."""

    id: str
    label: str
    unit: str
    digits: int


class DefaultView(Document):
    """What is shown unless asked otherwise."""

    window: str
    category: str
    resolution: int


class LayerDocument(Answer):
    """What a layer says about itself."""

    id: str
    kind: str
    title: str
    question: str
    unit: str
    value_label: str
    method: str
    parameters: dict[str, Any]
    tests: str
    resolutions: list[int]
    windows: list[str]
    categories: list[str]
    default: DefaultView
    classes: list[Style]
    columns: list[ColumnDocument]
    breaks: dict[str, Any]
    notes: dict[str, Any]
    accuracy: dict[str, Any]
    features: bool
    sources: list[str]
    caveats: list[str]


class LayersDocument(Answer):
    """All layers of the edition."""

    layers: list[LayerDocument]


class ViewDocument(Document):
    """The view that an answer is about."""

    snapshot: str
    edition: str
    layer: str
    window: str
    category: str
    resolution: int


class ValuesDocument(ViewDocument, Answer):
    """Every study cell of one map. ``rows`` follow ``columns``; a cell is a 15-character string."""

    unit: str
    accuracy: str | None
    caveats: list[str]
    columns: list[str]
    rows: list[list[str | float | None]]


class Series(Document):
    """Monthly counts; null where a month is missing or not shown."""

    category: str
    measure: str
    months: list[str]
    values: list[float | None]


class AreaName(Document):
    """An official area."""

    level: str
    code: str
    name: str


class CellLayer(Document):
    """One layer's row of a cell, and what it says in plain English."""

    layer: str
    title: str
    unit: str
    row: dict[str, str | float | None]
    sentence: str


class TimeShare(Document):
    """One hour of the day, or one weekday: its share, and the 95 % interval, which holds for all hours, or weekdays, at once.

    ``above`` says whether it has more than an even share by that interval.
    """

    count: float
    share: float
    lower: float
    upper: float
    above: bool


class BusyWindow(Document):
    """One of the busiest windows of the week: it begins on ``weekday``, 0 for Monday, and may run past midnight."""

    weekday: int
    start: str
    end: str
    hours: int
    count: float
    label: str


class TimeRate(Document):
    """One hour of the day, or one weekday: tests, positive ones, and their share with the 95 % interval, which holds for all at once."""

    tests: float
    positives: float
    rate: float | None
    lower: float | None
    upper: float | None


class ProfileDocument(Document):
    """When it happens: counts by weekday (Monday first) and hour, null where one is not shown.

    ``counts`` are of ``measure``: incidents, or tests, beside which stand ``positives`` by weekday and hour and their rates; of
    tests there are no windows, because they are made when the police are out. ``timed`` is their sum; ``untimed`` are incidents of which only the day is known. ``windows`` are the busiest of the week, empty
    where none stands out, null where there are too few records, as is all that follows; ``held_out`` is their share of records
    that did not choose them (``judged_by``: the two ``halves`` each other, or the ``year-before`` by this one), with its 95 %
    interval; ``held_in`` of those that did, which is too high; ``p_flat`` the chance that as many records of a week in which
    all hours are alike lie as close together.
    """

    source: str
    category: str
    measure: str
    window: str
    counts: list[list[float | None]]
    timed: float | None
    untimed: float | None
    positives: list[list[float | None]] | None
    rate_by_hour: list[TimeRate] | None
    rate_by_weekday: list[TimeRate] | None
    by_hour: list[TimeShare] | None
    by_weekday: list[TimeShare] | None
    windows: list[BusyWindow] | None
    held_out: float | None
    out_lower: float | None
    out_upper: float | None
    held_in: float | None
    judged_by: str | None
    p_flat: float | None
    sentence: str
    caveat: str | None


class CellDocument(Answer):
    """Everything about one cell."""

    cell: Cell
    resolution: int
    name: str | None
    district: str | None
    areas: list[AreaName]
    window: str
    category: str
    layers: list[CellLayer]
    series: Series
    profile: list[ProfileDocument]
    special_share: float | None
    caveats: list[str]
    centre: list[float]


class AreaBox(AreaName):
    """An area and its box."""

    bbox: Box


class AreasDocument(Answer):
    """Areas with their boxes."""

    areas: list[AreaBox]


class FigureDocument(Document):
    """A figure as its publisher gives it. Figures of different periods or methods are never compared."""

    source: str
    indicator: str
    label: str
    period: str
    group: str | None
    value: float | None
    lower: float | None
    upper: float | None
    count: float | None
    denominator: float | None
    unit: str | None
    method: str | None
    status: str
    caveat: str | None


class OutcomeGroup(Document):
    """One group of outcomes, its share of all and the 95 % interval of the share (Wilson)."""

    group: str
    label: str
    count: float | None
    share: float | None
    lower: float | None
    upper: float | None


class OutcomesDocument(Document):
    """What came of crimes: outcomes recorded in the window, those of crimes of earlier months too."""

    category: str
    window: str
    total: float | None
    groups: list[OutcomeGroup]
    caveat: str


class AreaDocument(AreaBox, Answer):
    """Published counts and figures of one area. ``cells`` are those of ``resolution`` that belong to it."""

    layer: str
    rows: list[dict[str, str | float | None]]
    series: Series
    figures: list[FigureDocument]
    profile: list[ProfileDocument]
    outcomes: list[OutcomesDocument]
    resolution: int
    cells: int


class SummaryRequest(Document):
    """A drawn area or a list of cells, and which counts to add up."""

    polygon: dict[str, Any] | None = Field(default=None, description="GeoJSON Polygon or MultiPolygon, degrees")
    cells: list[Cell] | None = Field(default=None, description="15-character H3 indexes of one resolution")
    layer: str | None = Field(default=None, description="a layer of kind count; default: the first")
    window: str | None = None
    category: str | None = None
    resolution: int | None = None


class SummaryDocument(ViewDocument, Answer):
    """A sum over published cells. ``value`` is null when no cell has a value."""

    value: float | None
    unit: str
    cells: int
    cells_with_value: int
    cells_by_status: dict[str, int]
    basis: str
    caveats: list[str]
    unknown_cells: list[Cell]


class PlaceDocument(Document):
    """A place that was found."""

    name: str
    kind: Literal["area", "cell-group"]
    level: str | None
    code: str | None
    district: str | None = None
    bbox: Box
    centre: list[float]


class PlacesDocument(Answer):
    """Places that were found, best first."""

    places: list[PlaceDocument]


class HealthDocument(Document):
    """Whether the service works, and on what."""

    status: Literal["ok", "not ready"]
    snapshot: str
    created: str
    trouble: str = ""

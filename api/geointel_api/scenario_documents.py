"""Shape of the answer to a scenario, for the OpenAPI description. Tests hold real answers against it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from geointel_api.documents import Answer, Cell, Document


class Ranged(Document):
    """Mean over the draws of need, and the ends between which 95 % of them lie."""

    value: float
    lower: float
    upper: float


class Counted(Document):
    """People. Without an estimate of need its draws are ``weighted_residents``: residents weighted by deprivation."""

    residents: float
    in_need: Ranged | None = None
    weighted_residents: Ranged | None = None


class Compared(Document):
    """People before and after; the interval of the change is that of its own draws."""

    before: Counted
    after: Counted
    change: Counted


class WithinStandard(Compared):
    """People whose nearest service is within the standard."""

    minutes: float


class GapClosed(Document):
    """Share of those who were short who no longer are; below 0 where the gap widens. Ends where need has draws."""

    value: float
    lower: float | None = None
    upper: float | None = None


class GapChange(Compared):
    """People short of help: without a place where places are shared among people in need, else beyond the standard."""

    closed: GapClosed | None


class JourneyChange(Document):
    """Mean minutes to the nearest service, over the residents who have one both before and after."""

    before: float | None
    after: float | None
    residents: float


class CrowdingChange(Document):
    """People for each place of a service; null where it is not there before or after."""

    service: str
    name: str
    before: float | None
    after: float | None


class EquityEnds(Document):
    """Measures of one map; poverty of access only where one place for each person in need is the line."""

    gini: float | None
    palma: float | None
    concentration: float | None
    concentration_corrected: float | None
    theil: float | None
    theil_within: float | None
    theil_between: float | None
    below: float | None = None
    below_gap: float | None = None
    below_severity: float | None = None
    mean_by_decile: list[float | None] = Field(description="most deprived first")
    within_standard_by_decile: list[float | None] | None = None


class EquityOfMap(Document):
    """Measures, and the ends of their 95 % intervals where these were asked for."""

    value: EquityEnds
    lower: EquityEnds | None = None
    upper: EquityEnds | None = None


class EquityChange(Document):
    """Equity before, after, and its change."""

    favours_less_deprived: Literal["above", "below"] = Field(
        description="side of 0 (concentration) and of 1 (palma) on which the less deprived are better off"
    )
    before: EquityOfMap
    after: EquityOfMap
    change: EquityOfMap


class AreaChange(Document):
    """One area: mean of the layer's value over residents who have one both before and after, and who gains and loses."""

    code: str
    name: str
    before: float | None
    after: float | None
    gaining: Counted
    losing: Counted


class Alternative(Document):
    """Another service for those whom a closed one was nearest to. Spare places are those that nobody would come for."""

    service: str
    name: str
    minutes: float
    people_who_reach_it: float
    spare_places: float | None


class ClosureEffect(Document):
    """What a closure leaves behind."""

    service: str
    nearest_for: Counted
    left_beyond_standard: Counted
    alternatives: list[Alternative]
    with_places: Alternative | None = Field(description="the nearest that has places to spare")


class CellChanges(Document):
    """Hexagons and the layer's value, column by column; null where it is not known, such as where nothing is in reach."""

    cell: list[Cell]
    before: list[float | None]
    after: list[float | None]
    difference: list[float | None]


class OpenThen(Document):
    """People within the standard of a service that is known to be open then."""

    evening: Compared
    saturday: Compared
    sunday: Compared


class ScenarioDocument(Answer):
    """Who would gain and lose, and what else would change. Counts have residents, and people in need with their interval."""

    snapshot: str
    edition: str
    layer: str
    category: str
    help: str
    measure: Literal["places", "minutes"]
    actions: list[dict[str, Any]]
    cost: float | None
    changes: bool = Field(description="whether anything that the layer measures is another than before")
    gaining: Counted
    losing: Counted
    within_standard: WithinStandard
    gap: GapChange
    open: OpenThen | None = Field(description="null where the hours of no service are known")
    journeys: JourneyChange
    crowding: list[CrowdingChange] | None
    equity: EquityChange | None
    level: str | None
    areas: list[AreaChange]
    closures: list[ClosureEffect]
    cells: CellChanges
    words: dict[str, str]
    caveats: dict[str, str]
    not_supplied: list[str]

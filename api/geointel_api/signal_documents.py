"""Shapes of the answers about signals, for the OpenAPI description. Tests hold real answers against them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from geointel_api.documents import Answer, AreaName, Document


class SignalPlace(Document):
    """Where a signal is. ``code`` is that of the area, the hexagon, or the id of the cluster's outline among the layer's items."""

    kind: Literal["area", "cell", "cluster"]
    level: str | None
    code: str
    name: str | None
    areas: list[AreaName] = Field(description="areas that it lies in")


class NextDoor(Document):
    """Sum over hexagons beyond the border within 20 km: observed in the same month, and the mean of up to 12 months before."""

    cells: float
    observed: float
    expected: float


class Signal(Document):
    """More than the months before lead one to expect. A person grades it: it is not a finding."""

    id: str = Field(description="stays the same from build to build")
    place: SignalPlace
    category: str
    window: str
    label: str
    months: float = Field(description="months that are counted, the last of them `window`")
    observed: float
    expected: float
    upper: float | None = Field(description="up to so many are usual; null for clusters")
    value: float | None = Field(description="observed divided by expected; null where nothing was expected")
    p: float = Field(description="of this one place and month, by its method")
    method: Literal["count", "farrington", "ears", "scan"]
    latency: float = Field(description="months between the window and the newest data of the edition")
    beyond: NextDoor | None = Field(description="beyond the border; null where nothing lies near, or may be known")
    caveat: str


class BudgetDocument(Document):
    """False signals a year: accepted, expected by simulation, in nine years of ten; and signals found, true or false."""

    accepted: float
    expected: float | None
    usual: list[float] | None
    found_in_all: int
    found_in_months: int


class Watching(Document):
    """What stands above every list of signals."""

    snapshot: str
    edition: str
    layer: str
    budget: BudgetDocument
    latency: dict[str, Any]
    statements: list[str]
    caveats: list[str]


class SignalsDocument(Watching, Answer):
    """Signals, the newest month first, then the smallest p."""

    signals: list[Signal]


class Onset(AreaName):
    """First month of a lasting rise in an area. ``order`` is its rank among the areas of its level, 1 the first."""

    name: str | None  # type: ignore[assignment]
    category: str
    window: str
    label: str
    order: int
    observed: float = Field(description="in the first three months")
    expected: float
    value: float | None
    p: float


class SpreadDocument(Watching, Answer):
    """In which order a lasting rise reached areas. ``needs`` months of history are needed."""

    needs: int
    spread: list[Onset]

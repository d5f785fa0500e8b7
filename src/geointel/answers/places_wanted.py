"""What somebody wants to know of new services: how many, where they may be, and what makes a plan good."""

from __future__ import annotations

from typing import Literal

import pydantic

from geointel.answers.actions import Capacity, Name

MOST_NEW = 20
MOST_SECONDS = 120.0
Model = Literal["most-people", "everybody", "shortest-journeys", "shortest-longest"]


class SitesRequest(pydantic.BaseModel):
    """Where to open new services."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    layer: str | None = None
    """Layer of the kind `gap` or `access`; the first one of gaps, else of access, when left out."""
    category: str | None = None
    """Group of people in need (gap) or kind of service (access); the layer's default when left out."""
    new: int = pydantic.Field(default=1, ge=1, le=MOST_NEW)
    """How many new services at most."""
    model: Model = "most-people"
    """`most-people` within the minutes, `everybody` within them with as few as possible, `shortest-journeys` on the whole, or \
the `shortest-longest` journey."""
    minutes: float | None = pydantic.Field(default=None, gt=0, le=240, allow_inf_nan=False)
    """Minutes that count as reached; the layer's standard when left out."""
    among: Literal["cells", "services"] = "cells"
    """Whether a service may be opened anywhere, or only at places that are there already, such as pharmacies."""
    kind: Name | None = None
    """Kind of the places, with `among` services; every kind when left out."""
    cells: tuple[str, ...] | None = pydantic.Field(default=None, max_length=2000)
    """Hexagons to choose among, in place of all."""
    keep_existing: bool = True
    """Whether the services of today stay where they are."""
    for_whom: Literal["need", "residents"] = "need"
    """Whose journeys count: people in need where the layer knows them, or residents."""
    capacity: Capacity | None = None
    """How many people each new service can take; today's keep theirs where they are known."""
    costs: tuple[float, ...] | None = None
    """What each candidate costs, in the order of `cells`, in pounds."""
    budget: float | None = pydantic.Field(default=None, ge=0, allow_inf_nan=False)
    """What all new services together may cost."""
    fair: bool = False
    """Whether people in the two most deprived tenths must be reached at least as often as all."""
    prove: bool = False
    """Whether to prove how good a plan can be at most, which takes longer."""
    plans: int = pydantic.Field(default=1, ge=1, le=5)
    """How many nearly as good plans to list, with `prove`."""
    seconds: float = pydantic.Field(default=30.0, gt=0, le=MOST_SECONDS)
    """Time that each proof may take."""

"""What a partnership says about its signals."""

from __future__ import annotations

from typing import Literal

import pydantic


class WatchOptions(pydantic.BaseModel):
    """How many false signals are accepted, and how rises are looked for."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    false_alarms_a_year: float = pydantic.Field(default=12.0, gt=0, le=1000)
    """How many signals a year may be false, over all categories, areas and hexagons together. The thresholds follow from it."""
    delay_days: int | None = pydantic.Field(default=None, ge=0, le=730)
    """Days from the end of a month until the source has nearly all of its records, as its supplier says. "Not supplied" when left out."""
    latest: int = pydantic.Field(default=12, ge=1, le=120)
    """How many of the last months are judged."""
    finest: int = pydantic.Field(default=7, ge=0, le=15)
    """Finest resolution at which hexagons are watched: smaller ones have too few records in a month."""
    ears: Literal["C1", "C2", "C3"] = "C1"
    """Form of EARS for series with too short a past for Farrington."""
    clusters: tuple[str, ...] = ("drugs",)
    """Categories in which clusters that no border contains are looked for, as far as the layer has them: each takes seconds."""
    longest: int = pydantic.Field(default=3, ge=1, le=11)
    """Most months that such a cluster may have lasted."""
    replicas: int = pydantic.Field(default=499, ge=99, le=9999)
    """Simulated maps that clusters are compared with; more where the threshold needs them."""
    simulated_years: int = pydantic.Field(default=40, ge=10, le=1000)
    """Years without a rise that are simulated for the thresholds."""
    seed: int = 1
    """Of everything that is simulated."""

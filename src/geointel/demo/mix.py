"""What is recorded, where, when and how it ends: shares like those of a northern English county."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geointel.model.period import YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

DRUGS = "drugs"
ANTI_SOCIAL = "anti-social-behaviour"


@dataclass(frozen=True)
class Category:
    """How often a category is recorded.

    ``share`` of all records; ``swing`` of the seasons around it, highest in the month ``peak``
    (0 = January); ``spread`` is the shape of the gamma factors of map points: the smaller, the
    more the records gather at few points.
    """

    slug: str
    share: float
    swing: float
    peak: int
    spread: float

    def season(self, month: int) -> float:
        """Factor of a month number, with mean 1 over a year."""
        return 1 + self.swing * math.cos(2 * math.pi * (month % YEAR - self.peak) / YEAR)


CATEGORIES = (
    Category(ANTI_SOCIAL, 0.290, 0.22, 6, 1.2),
    Category("bicycle-theft", 0.005, 0.30, 6, 0.6),
    Category("burglary", 0.034, 0.05, 11, 1.5),
    Category("criminal-damage-arson", 0.071, 0.10, 5, 1.5),
    Category(DRUGS, 0.0235, 0.05, 10, 0.7),
    Category("other-crime", 0.025, 0.04, 6, 1.0),
    Category("other-theft", 0.052, 0.04, 6, 0.8),
    Category("possession-of-weapons", 0.010, 0.12, 6, 1.0),
    Category("public-order", 0.047, 0.18, 6, 1.2),
    Category("robbery", 0.007, 0.08, 10, 0.8),
    Category("shoplifting", 0.053, 0.08, 4, 0.1),
    Category("theft-from-the-person", 0.004, 0.08, 10, 0.5),
    Category("vehicle-crime", 0.037, 0.06, 9, 1.0),
    Category("violent-crime", 0.3415, 0.08, 6, 1.4),
)
"""In the order of the words in the files, as the files are."""


@dataclass(frozen=True)
class SpecialPoint:
    """A kind of map point: ``share`` of all points, ``pull`` on records, ``affinity`` by category."""

    name: str
    share: float
    pull: float
    affinity: Mapping[str, float] = field(default_factory=dict)


SPECIAL_POINTS = (
    SpecialPoint("Parking Area", 0.024, 1.5, {"vehicle-crime": 2.0}),
    SpecialPoint("Sports/Recreation Area", 0.0075, 0.8),
    SpecialPoint("Petrol Station", 0.0065, 1.5, {"other-theft": 6.0}),
    SpecialPoint("Supermarket", 0.0055, 2.5, {"shoplifting": 12.0}),
    SpecialPoint("Park/Open Space", 0.005, 0.6, {ANTI_SOCIAL: 2.0}),
    SpecialPoint("Shopping Area", 0.004, 2.5, {"shoplifting": 10.0}),
    SpecialPoint("Nightclub", 0.0012, 4.0, {DRUGS: 2.5, "violent-crime": 1.4}),
    SpecialPoint("Police Station", 0.001, 2.5, {DRUGS: 5.0}),
    SpecialPoint("Theatre/Concert Hall", 0.001, 1.8),
    SpecialPoint("Hospital", 0.0008, 2.5, {"violent-crime": 1.6, DRUGS: 1.5}),
    SpecialPoint("Bus/Coach Station", 0.0008, 2.0, {ANTI_SOCIAL: 1.5}),
    SpecialPoint("Conference/Exhibition Centre", 0.0003, 1.0),
    SpecialPoint("Prison", 0.0001, 2.0, {DRUGS: 10.0}),
)
"""Names as the police files have them."""

STREETS = tuple(
    f"Demonstration {word}"
    for word in (
        "Street", "Road", "Lane", "Avenue", "Close", "Drive", "Grove", "Way", "Crescent", "Terrace",
        "Place", "Gardens", "Court", "Walk", "Mews", "Square", "Hill", "Green", "View", "Row",
    )
)  # fmt: skip
"""Streets that nobody lives in: no record may seem to be about a real one."""

OUTCOMES_OF_DRUGS = {
    "Local resolution": 0.35,
    "Status update unavailable": 0.18,
    "Court result unavailable": 0.13,
    "Offender given penalty notice": 0.08,
    "Awaiting court outcome": 0.07,
    "Unable to prosecute suspect": 0.07,
    "Offender given a caution": 0.06,
    "Further investigation is not in the public interest": 0.04,
    "Investigation complete; no suspect identified": 0.02,
}
OUTCOMES = {
    "Unable to prosecute suspect": 0.44,
    "Investigation complete; no suspect identified": 0.30,
    "Status update unavailable": 0.08,
    "Court result unavailable": 0.07,
    "Local resolution": 0.05,
    "Awaiting court outcome": 0.03,
    "Offender given a caution": 0.02,
    "Action to be taken by another organisation": 0.01,
}
UNDER_INVESTIGATION = "Under investigation"
OPEN_SHARE = (0.5, 0.3, 0.15)
"""Share still under investigation in the latest month, the one before, and the one before that."""

NO_LOCATION_SHARE = {DRUGS: 0.065}
USUAL_NO_LOCATION_SHARE = 0.03
OUTSIDE_SHARE = 0.003
PLACEHOLDER_SHARE = 0.1
"""How many months have the one row at the point that stands for "unknown"."""
REPEATED_SHARE = 0.0005
"""Rows whose Crime ID was there in the month before."""

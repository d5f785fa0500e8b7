"""The vehicles and casualties of a made-up collision, as rows of the STATS19 tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.demo.formats.stats19_columns import CASUALTY, CASUALTY_DEFAULTS, VEHICLE, VEHICLE_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FATAL, SERIOUS, SLIGHT = 1, 2, 3
SEVERITIES = {FATAL: 0.01, SERIOUS: 0.27, SLIGHT: 0.72}
FINER = {FATAL: 1, SERIOUS: 7, SLIGHT: 3}
"""Severity → its code in the finer list."""
CAR = 9
VEHICLES = {CAR: 0.78, 1: 0.07, 19: 0.06, 5: 0.04, 3: 0.03, 11: 0.02}
"""Cars, bicycles, vans, motorcycles, buses."""
MODEL = "DEMONSTRATION VEHICLE (SYNTHETIC)"
AGE_BANDS = (5, 10, 15, 20, 25, 35, 45, 55, 65, 75)
"""Last age of each band but the last."""
DRIVER, PASSENGER, PEDESTRIAN = 1, 2, 3


@dataclass(frozen=True)
class Collision:
    """One collision: its index, when, its row, and how many vehicles and casualties are still to be written."""

    index: str
    when: datetime
    severity: int
    vehicles: int
    casualties: int

    @property
    def key(self) -> list[object]:
        """The three columns that every table begins with."""
        return [self.index, self.when.year, self.index[4:]]


def people(collision: Collision, rng: np.random.Generator) -> tuple[list[list[object]], list[list[object]]]:
    """Rows of a collision's vehicles and casualties. No casualty is hurt more than the collision says."""
    kinds = [pick(rng, VEHICLES) for _ in range(collision.vehicles)]
    vehicles = [_vehicle(collision, number, kind, rng) for number, kind in enumerate(kinds, 1)]
    casualties = []
    for number in range(1, collision.casualties + 1):
        vehicle = int(rng.integers(collision.vehicles))
        severity = collision.severity if number == 1 else max(collision.severity, pick(rng, SEVERITIES))
        casualties.append(_casualty(collision, (number, vehicle + 1), (kinds[vehicle], severity), rng))
    return vehicles, casualties


def _vehicle(collision: Collision, number: int, kind: int, rng: np.random.Generator) -> list[object]:
    age = int(rng.integers(17, 85))
    values = {
        **VEHICLE_DEFAULTS,
        "vehicle_reference": number,
        "vehicle_type": kind,
        "first_point_of_impact": int(rng.integers(1, 5)),
        "sex_of_driver": int(rng.choice([1, 2], p=[0.68, 0.32])),
        "age_of_driver": age,
        "age_band_of_driver": age_band(age),
        "generic_make_model": MODEL,
    }
    return [*collision.key, *(values[name] for name in VEHICLE[3:])]


def _casualty(
    collision: Collision, numbers: tuple[int, int], what: tuple[int, int], rng: np.random.Generator
) -> list[object]:
    number, vehicle = numbers
    kind, severity = what
    group = int(rng.choice([DRIVER, PASSENGER, PEDESTRIAN], p=[0.6, 0.22, 0.18]))
    age = int(rng.integers(17 if group == DRIVER else 4, 85))
    walks = group == PEDESTRIAN
    values = {
        **CASUALTY_DEFAULTS,
        "vehicle_reference": vehicle,
        "casualty_reference": number,
        "casualty_class": group,
        "sex_of_casualty": int(rng.choice([1, 2], p=[0.6, 0.4])),
        "age_of_casualty": age,
        "age_band_of_casualty": age_band(age),
        "casualty_severity": severity,
        "pedestrian_location": 5 if walks else 0,
        "pedestrian_movement": 1 if walks else 0,
        "car_passenger": 1 if group == PASSENGER and kind == CAR else 0,
        "casualty_type": 0 if walks else kind,
        **severity_columns("casualty", severity),
    }
    return [*collision.key, *(values[name] for name in CASUALTY[3:])]


def severity_columns(of: str, severity: int) -> dict[str, object]:
    """The columns that follow from a severity."""
    finer = "enhanced_severity_collision" if of == "collision" else "enhanced_casualty_severity"
    return {
        finer: FINER[severity],
        f"{of}_adjusted_severity_serious": "1.0" if severity == SERIOUS else "0.0",
        f"{of}_adjusted_severity_slight": "1.0" if severity == SLIGHT else "0.0",
    }


def age_band(age: int) -> int:
    """The number of the age band: 1 is 0 to 5, 11 is over 75."""
    return int(np.searchsorted(AGE_BANDS, age)) + 1


def pick(rng: np.random.Generator, shares: Mapping[int, float]) -> int:
    """One of the codes, by their shares."""
    codes = list(shares)
    return codes[int(rng.choice(len(codes), p=list(shares.values())))]

"""Indicators of health: by district as Fingertips gives them, by drug partnership with substances and methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geointel.demo import table
from geointel.demo.scene import Written
from geointel.demo.texts import drug_partnerships

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geointel.demo.scene import Scene

COLUMNS = (
    "area_code", "area_name", "indicator", "label", "period", "value", "unit", "count", "ci_lower", "ci_upper",
    "england_value", "north_west_value", "compared_to_england",
)  # fmt: skip
BY_SUBSTANCE = (
    "area_code", "area_name", "indicator", "label", "substance", "method", "period", "value", "unit", "ci_lower",
    "ci_upper",
)  # fmt: skip
PATHS = ("health/demo-indicators.csv", "health/demo-treatment.csv")
RATES = {
    "drug_misuse_deaths": ("Deaths from drug misuse", 6.0, 3),
    "alcohol_mortality": ("Alcohol-related mortality", 40.0, 1),
    "self_harm_admissions": ("Self-harm hospital admissions", 150.0, 1),
}
"""Indicator → label, usual rate per 100,000 a year, and years in a period."""
PERIODS = {3: ("2022 - 24", "2019 - 21"), 1: ("2024/25", "2022/23")}
"""Years in a period → the latest period, and the older one that stands for a district with small counts."""
LEAST = 10
"""A smaller count is withheld."""
SPREAD = 0.35
USE = {"Opiates": 0.0075, "Crack": 0.0050, "Opiates and crack": 0.0085}
"""Substance → share of residents of 15 to 64 who use it."""
OLD_METHOD, NEW_METHOD = "capture-recapture (to 2016/17)", "linked treatment and mortality (from 2018/19)"
METHODS = {"2016/17": (OLD_METHOD, 1.15), "2018/19": (NEW_METHOD, 1.0), "2019/20": (NEW_METHOD, 1.03)}
"""Period → how use was estimated, and the estimate against that of 2018/19: a step that is none."""
TREATED = {"Opiate": 0.0045, "Non-opiate": 0.0012, "Non-opiate and alcohol": 0.0012, "Alcohol": 0.0028}
UNDER_18 = 0.0005
WITHHELD = "*"
TREATMENT_PERIODS = ("2023/24", "2024/25")


def write(scene: Scene) -> tuple[Written, ...]:
    """Write both tables."""
    rng = scene.rng("indicators")
    first = table.write(scene.directory / PATHS[0], COLUMNS, _by_district(scene, rng))
    second = table.write(scene.directory / PATHS[1], BY_SUBSTANCE, _by_partnership(scene, rng))
    planted = {"method_changes_in": "2018/19", "withheld_below": LEAST}
    what = "made-up rates by district with intervals; small counts are blank, or of an older period, as in Fingertips"
    other = "made-up estimates of opiate and crack use with intervals, by two methods, and numbers in treatment"
    return Written(PATHS[0], what, first, planted), Written(PATHS[1], other, second)


def _by_district(scene: Scene, rng: np.random.Generator) -> Iterator[list[object]]:
    geography = scene.copy.geography
    people = np.bincount(scene.areas.district, weights=scene.areas.residents.sum(axis=1))
    for indicator, (label, usual, years) in RATES.items():
        rates = usual * rng.lognormal(sigma=SPREAD, size=len(people))
        latest, older = PERIODS[years]
        for i, code in enumerate(geography.codes):
            start = [code, f"{geography.names[i]} (synthetic)", indicator, f"{label} (synthetic)"]
            count = int(rng.poisson(rates[i] * people[i] * years / 1e5))
            # The last district with few residents has no figure at all, the others an older one.
            small = count < LEAST or (indicator == "drug_misuse_deaths" and people[i] < np.median(people))
            if small and i == int(np.argmin(people)):
                yield [*start, latest, None, "per 100,000", None, None, None, usual, usual, "Not compared"]
                continue
            count = max(count, LEAST)
            value, lower, upper = rate(count, people[i] * years)
            against = "Worse" if lower > usual else "Better" if upper < usual else "Similar"
            figures = [f"{value:.1f}", "per 100,000", count, f"{lower:.1f}", f"{upper:.1f}", usual, usual, against]
            yield [*start, older if small else latest, *figures]


def rate(count: int, people: float) -> tuple[float, float, float]:
    """Rate per 100,000 and its 95 % interval by Byar's approximation (Breslow and Day 1987)."""
    below = count * (1 - 1 / (9 * count) - 1.96 / (3 * count**0.5)) ** 3
    more = count + 1
    above = more * (1 - 1 / (9 * more) + 1.96 / (3 * more**0.5)) ** 3
    return count / people * 1e5, below / people * 1e5, above / people * 1e5


def _by_partnership(scene: Scene, rng: np.random.Generator) -> Iterator[list[object]]:
    people = _partnerships(scene)
    for name, bands in people.items():
        start = [name, f"{name} (synthetic)"]
        adults, young = float(bands[1:6].sum()), float(bands[0])
        extra = rng.lognormal(sigma=SPREAD)
        for substance, share in USE.items():
            for period, (method, step) in METHODS.items():
                value = adults * share * extra * step
                low, high = value * rng.uniform(0.82, 0.92), value * rng.uniform(1.08, 1.22)
                what = ["people_who_use", "Estimated number of people who use opiates or crack (synthetic)"]
                yield [*start, *what, substance, method, period, round(value), "people", round(low), round(high)]
        for period in TREATMENT_PERIODS:
            what = ["in_treatment", "People in treatment (synthetic)"]
            for substance, share in TREATED.items():
                count = int(rng.poisson(adults * share * extra))
                yield [*start, *what, substance, None, period, count, "people", None, None]
            count = int(rng.poisson(young * UNDER_18))
            yield [*start, *what, "Under-18", None, period, count if count >= 5 else WITHHELD, "people", None, None]


def _partnerships(scene: Scene) -> dict[str, NDArray[np.int64]]:
    """Residents by age band of each drug partnership."""
    geography, areas = scene.copy.geography, scene.areas
    members = drug_partnerships(geography.codes, geography.names)
    codes = np.array(geography.codes)[areas.district]
    return {name: areas.residents[np.isin(codes, districts)].sum(axis=0) for name, districts in members.items()}

"""How many people may need help, and where: an authority's estimate, shared out by several weightings.

Nobody knows where in an authority people who need help live. Its estimate comes with an interval, and each way of sharing it out
gives another map: both are drawn from together, and the map's interval holds what they disagree about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pydantic
from scipy.sparse import csr_array

from geointel.errors import MethodError
from geointel.gaps import need_draws, unmet_draws
from geointel.layers.base import refuse
from geointel.layers.care.estimates import authorities_of, latest_figures
from geointel.model import ALL, INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geointel.gaps import NeedDraws
    from geointel.layers.care.estimates import Authorities
    from geointel.layers.care.ground import Ground
    from geointel.layers.cube import Cube

USUAL_DRAWS = 200
CRIME = "recorded crime"
ENDS = (2.5, 97.5)
"""Percentiles of the draws between which a figure is likely to be."""


class DemandOptions(pydantic.BaseModel):
    """Whose need, from which estimate, and how it is shared out."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    residents: str = pydantic.Field(min_length=1)
    """Id of the source of residents."""
    ages: tuple[str, ...] = ()
    """Age bands of the residents who count; everybody when left out."""
    deprivation: str = ""
    """Id of a source of the kind `area-index` with outlines: need is then shared out by income deprivation too."""
    evidence: str = ""
    """Id of a source of the kind `area-indicator` with local health evidence, by which need is shared out too."""
    evidence_indicator: str = ""
    """Indicator of that source."""
    estimate: str = ""
    """Id of a source of the kind `area-indicator` with the estimated number of people who need help."""
    indicator: str = ""
    """Indicator of the estimate."""
    method: str = ""
    """Method of the estimate, where the source has several: they are never one series."""
    period: str = ""
    """Period of the estimate; the last when left out."""
    substances: tuple[str, ...] = ()
    """Groups of the estimate: `opiate-and-crack`, `non-opiate`, `alcohol`, `under-18` …"""
    treated: str = ""
    """Id of the source with the number of people in treatment, for unmet need."""
    treated_indicator: str = ""
    """Indicator of the number in treatment."""
    treated_groups: dict[str, str] = pydantic.Field(default_factory=dict)
    """Group of the estimate → group of the people in treatment, where their names differ."""
    crime: str = ""
    """Id of a source of recorded crime by which need is shared out too. Crime follows policing: left out unless asked for."""
    crime_categories: tuple[str, ...] = ("drugs",)
    """Categories of that source."""
    draws: int = pydantic.Field(default=USUAL_DRAWS, ge=50, le=2000)
    """How often estimate and weighting are drawn."""
    seed: int = pydantic.Field(default=1, ge=0)
    """Seed of the draws."""

    @pydantic.model_validator(mode="after")
    def _whole(self) -> Self:
        for given, needed in (
            ("estimate", "indicator"),
            ("estimate", "substances"),
            ("treated", "treated_indicator"),
            ("evidence", "evidence_indicator"),
            ("treated", "estimate"),
        ):
            if getattr(self, given) and not getattr(self, needed):
                refuse(f"The layer names `{given}` and not `{needed}`.", f"Write `{needed}`, or leave `{given}` out.")
        if self.substances and not self.estimate:
            refuse(
                "Substances are groups of an estimate, and none is named.",
                "Write `estimate`, or leave `substances` out.",
            )
        return self

    @property
    def groups(self) -> tuple[str, ...]:
        """Categories of a layer of need: substances, or ``all`` without an estimate."""
        return self.substances or (ALL,)

    @property
    def beside(self) -> tuple[str, ...]:
        """Sources that the need cannot be computed without."""
        return tuple(
            name for name in (self.residents, self.deprivation, self.evidence, self.estimate, self.crime) if name
        )


@dataclass(frozen=True)
class Demand:
    """People who may need help, by draw: of each finest cell.

    ``people`` has shape ``(d, n)``; ``unmet`` are those of them beyond the number in treatment, None where that is not supplied;
    ``plain`` is the same as ``people`` without recorded crime, None unless that was asked for. Cells of authorities without an estimate
    are NaN. ``facts`` is what must be said of the numbers.
    """

    people: NDArray[np.float64]
    unmet: NDArray[np.float64] | None
    plain: NDArray[np.float64] | None
    facts: Mapping[str, Any]


def demand_of(cube: Cube, ground: Ground, options: DemandOptions, group: str) -> Demand:
    """Draws of one group. Raises ``MethodError`` where a source has not what the layer asks for."""
    weightings = _weightings(cube, ground, options)
    own = authorities_of(cube, ground, options, group)
    drawn = _draw(weightings, own, options)
    people = own.only_known(drawn.cells(), own.value)
    unmet = None
    if own.treated is not None:
        estimated = own.treated[~np.isnan(own.value)]
        unmet = own.only_known(unmet_draws(drawn, np.nan_to_num(estimated)).cells(), own.treated + own.value)
    plain = None
    if options.crime:
        without = {name: weights for name, weights in weightings.items() if name != CRIME}
        plain = own.only_known(_draw(without, own, options).cells(), own.value)
    facts = {**own.facts, "weightings": list(weightings), "draws": options.draws, "not_supplied": _missing(options)}
    return Demand(people, unmet, plain, facts)


def _draw(weightings: Mapping[str, NDArray[np.float64]], own: Authorities, options: DemandOptions) -> NeedDraws:
    """Draws of the authorities that have an estimate."""
    there = np.flatnonzero(~np.isnan(own.value))
    return need_draws(
        np.stack(list(weightings.values())),
        csr_array(own.share[:, there]),
        estimate=own.value[there],
        lower=own.lower[there],
        upper=own.upper[there],
        draws=options.draws,
        seed=options.seed,
    )


def _weightings(cube: Cube, ground: Ground, options: DemandOptions) -> dict[str, NDArray[np.float64]]:
    """Ways of sharing an authority's total out among its cells.

    Income deprivation counts twice, in proportion and squared: treatment data show a gradient somewhere between.
    """
    found = {"residents": ground.residents}
    if ground.income is not None:
        found["income deprivation"] = ground.residents * ground.income
        found["income deprivation, steep"] = ground.residents * ground.income**2
    elif ground.by_decile is not None:
        steps = np.arange(len(ground.by_decile[0]), 0, -1)
        people = ground.by_decile.sum(axis=1)
        tilt = np.divide(ground.by_decile @ steps, people, out=np.zeros(len(people)), where=people > 0) / len(steps)
        found["deprivation"] = ground.residents * tilt
        found["deprivation, steep"] = ground.residents * tilt**2
    if options.evidence:
        found["health evidence"] = ground.residents * _evidence(cube, ground, options)
    if options.crime:
        found[CRIME] = _crime(cube, ground, options)
    return found


def _evidence(cube: Cube, ground: Ground, options: DemandOptions) -> NDArray[np.float64]:
    """Published figure of the area of each cell."""
    level, _, rows = latest_figures(cube, options.evidence, options.evidence_indicator)
    value = dict(zip(rows["code"].to_pylist(), rows["value"].to_pylist(), strict=True))
    each = np.array([value.get(code) or 0.0 for code in ground.codes[level]])
    return np.asarray(ground.areas[level].T @ each)


def _crime(cube: Cube, ground: Ground, options: DemandOptions) -> NDArray[np.float64]:
    facts = cube.beside.get(options.crime)
    counts = None if facts is None else facts.cells[ground.resolution]
    years = [] if facts is None else [window for window in facts.windows if window.kind == "year"]
    if counts is None or not years:
        message = f"The source {options.crime!r} has no twelve months of records by which need could be shared out."
        raise MethodError(message, remedy="Leave `crime` out of the layer.")
    window = max(years, key=lambda one: one.months).id
    return sum((counts.dense(INCIDENTS, window, name) for name in options.crime_categories), np.zeros(counts.size))


def _missing(options: DemandOptions) -> list[str]:
    """What a partnership could supply and did not."""
    return [name for name in ("estimate", "treated", "deprivation", "evidence") if not getattr(options, name)]


def summed(up: csr_array, people: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draws of coarser places, shape ``(d, p)``; NaN where every finest cell of a place is."""
    known = ~np.isnan(people)
    total = np.asarray(up @ np.where(known, people, 0.0).T).T
    some = np.asarray(up @ known[0].astype(np.float64)) > 0
    found: NDArray[np.float64] = np.where(some, total, np.nan)
    return found


def expected(people: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean over the draws, and the ends between which 95 % of them lie; shape ``(p,)`` each."""
    lower, upper = np.percentile(people, ENDS, axis=0)
    return people.mean(axis=0), lower, upper

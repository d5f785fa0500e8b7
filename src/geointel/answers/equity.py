"""Is access fairer after than before? Measures of both maps, and of the change between them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.answers.tally import rounded
from geointel.gaps import equity_summary
from geointel.gaps.by_group import share_within
from geointel.gaps.draws import interval_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.answers.outcome import Outcome
    from geointel.answers.world import World
    from geointel.gaps.equity import EquityMeasures

RESAMPLES = 200
SEED = 1
DIGITS = 6
OF_POVERTY = ("below", "below_gap", "below_severity")
BY_DECILE, MEANS = "within_standard_by_decile", "mean_by_decile"


@dataclass(frozen=True)
class Equity:
    """Measures of one map and draws of them; ``within`` is the share of each decile within the standard, shape ``(10,)``."""

    value: EquityMeasures
    draws: EquityMeasures
    within: NDArray[np.float64]


def equity_of(
    world: World, first: NDArray[np.float64], access: NDArray[np.float64] | None, *, draws: int = RESAMPLES
) -> Equity | None:
    """Equity of one map, with intervals by resampling its cells; None where deprivation was not supplied or nobody lives.

    A cell from which no service is found counts with the longest journey that was looked for.
    """
    if world.deciles is None or not world.deciles.any():
        return None
    values = np.where(np.isnan(first), float(world.options["longest"]), first) if access is None else access
    found = equity_summary(values, world.deciles, line=1.0, seed=SEED, draws=draws)
    known = np.where(np.isnan(first), np.inf, first)
    return Equity(
        found.value, found.draws, share_within(known, world.deciles, standard=float(world.options["standard"]))
    )


def equity(outcome: Outcome, *, intervals: bool) -> dict[str, Any] | None:
    """Measures before, after, and their change; None where deprivation was not supplied.

    ``favours_less_deprived`` says on which side of 0 (concentration) and of 1 (Palma) the less deprived are better off: above it for
    places, below it for minutes. Poverty of access (FGT) is measured where one place for each person in need is the line, and nowhere
    else: minutes and places for residents have none.
    """
    world, was = outcome.world, outcome.world.before
    before = was.equity_drawn if intervals else was.equity
    after = equity_of(world, outcome.first, outcome.access_or_none, draws=RESAMPLES if intervals else 1)
    if before is None or after is None:
        return None
    names = [one.name for one in fields(before.value)]
    if not (world.shares_places and world.estimated):
        names = [name for name in names if name not in OF_POVERTY]
    spelt: dict[str, Any] = {"favours_less_deprived": "above" if world.shares_places else "below"}
    for when, one in (("before", before), ("after", after)):
        spelt[when] = _values(one, names, per=outcome.per)
        if intervals:
            spelt[when] |= _intervals({name: getattr(one.draws, name) for name in names}, per=outcome.per)
    return spelt | {"change": _change(before, after, names, intervals=intervals, per=outcome.per)}


def _change(before: Equity, after: Equity, names: list[str], *, intervals: bool, per: float) -> dict[str, Any]:
    """Cells are resampled in the same way before and after, so that draws can be taken from one another."""
    moved = {name: getattr(after.value, name) - getattr(before.value, name) for name in names}
    found = {"value": _plain(moved, per=per) | {BY_DECILE: _spelt(after.within - before.within)}}
    if intervals:
        found |= _intervals({name: getattr(after.draws, name) - getattr(before.draws, name) for name in names}, per=per)
    return found


def _values(one: Equity, names: list[str], *, per: float) -> dict[str, Any]:
    return {
        "value": _plain({name: getattr(one.value, name) for name in names}, per=per) | {BY_DECILE: _spelt(one.within)}
    }


def _intervals(draws: dict[str, Any], *, per: float) -> dict[str, Any]:
    ends = {name: interval_over(drawn) for name, drawn in draws.items()}
    return {
        end: _plain({name: both[number] for name, both in ends.items()}, per=per)
        for number, end in enumerate(("lower", "upper"))
    }


def _plain(measures: dict[str, Any], *, per: float) -> dict[str, Any]:
    """Measures as they are told; means of the layer's values in its unit."""
    return {name: _spelt(values * (per if name == MEANS else 1.0)) for name, values in measures.items()}


def _spelt(values: Any) -> Any:
    flat = np.asarray(values, dtype=np.float64)
    return [rounded(one, DIGITS) for one in flat.tolist()] if flat.ndim else rounded(float(flat), DIGITS)

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
BY_DECILE = "within_standard_by_decile"


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
    scale = {"mean_by_decile": outcome.per}
    spelt = {
        when: _spelt({name: _measure(one, name, scale.get(name, 1.0)) for name in names}, one, intervals=intervals)
        for when, one in (("before", before), ("after", after))
    }
    change = {name: _change(before, after, name, scale.get(name, 1.0)) for name in names}
    moved = {"value": {**_ends(change, 0), BY_DECILE: _plain(after.within - before.within)}}
    if intervals:
        moved |= {end: _ends(change, number) for number, end in ((1, "lower"), (2, "upper"))}
    return {"favours_less_deprived": "above" if world.shares_places else "below", **spelt, "change": moved}


def _measure(one: Equity, name: str, scale: float) -> tuple[Any, Any, Any]:
    lower, upper = interval_over(getattr(one.draws, name))
    return scale * getattr(one.value, name), scale * lower, scale * upper


def _change(before: Equity, after: Equity, name: str, scale: float) -> tuple[Any, Any, Any]:
    """Cells are resampled in the same way before and after, so that draws can be taken from one another."""
    lower, upper = interval_over(getattr(after.draws, name) - getattr(before.draws, name))
    return scale * (getattr(after.value, name) - getattr(before.value, name)), scale * lower, scale * upper


def _spelt(measured: dict[str, tuple[Any, Any, Any]], one: Equity, *, intervals: bool) -> dict[str, Any]:
    found = {"value": {**_ends(measured, 0), BY_DECILE: _plain(one.within)}}
    if intervals:
        found |= {end: _ends(measured, number) for number, end in ((1, "lower"), (2, "upper"))}
    return found


def _ends(measured: dict[str, tuple[Any, Any, Any]], which: int) -> dict[str, Any]:
    return {name: _plain(values[which]) for name, values in measured.items()}


def _plain(values: Any) -> Any:
    flat = np.asarray(values, dtype=np.float64)
    return [rounded(one, DIGITS) for one in flat.tolist()] if flat.ndim else rounded(float(flat), DIGITS)

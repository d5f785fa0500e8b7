"""Is access as good where people are poorer? Measures of a whole map, by tenths of deprivation, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geointel.gaps import equity_summary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geointel.gaps import Equity

RESAMPLES = 200
SEED = 1
DIGITS = 4
OF_PLACES = ("gini", "palma", "concentration", "concentration_corrected", "theil", "theil_within", "theil_between")
"""Measures that have a meaning where more is better. Of minutes, where less is, means and shares by tenth are given alone."""


def fairness(
    values: NDArray[np.float64], within: NDArray[np.float64], by_decile: NDArray[np.float64], *, places: bool
) -> dict[str, Any]:
    """What ``notes.equity`` of a layer of access says.

    Parameters
    ----------
    values
        Minutes or places of each finest cell, shape ``(n,)``; cells without any are left out.
    within
        Share of each cell within the standard, shape ``(n,)``.
    by_decile
        Residents by tenth, the most deprived first, shape ``(n, 10)``.
    places
        Whether the values are places.

    Returns
    -------
    ``mean_by_decile`` and ``within_by_decile`` from the most deprived tenth to the least, and of places the measures of inequality, each with
    ``value``, ``lower`` and ``upper``: the ends by resampling cells, which says how much hangs on a few of them.
    """
    known = ~np.isnan(values)
    found, reached = (
        equity_summary(of, by_decile[known], line=1.0, seed=SEED, draws=RESAMPLES)
        for of in (values[known], within[known])
    )
    told = {"mean_by_decile": _spread(found, "mean_by_decile"), "within_by_decile": _spread(reached, "mean_by_decile")}
    return told | ({name: _spread(found, name) for name in OF_PLACES} if places else {})


def _spread(found: Equity, name: str) -> dict[str, Any]:
    return {end: _plain(getattr(getattr(found, end), name)) for end in ("value", "lower", "upper")}


def _plain(values: Any) -> Any:
    """Numbers for JSON, null where there is none."""
    flat = np.asarray(values, dtype=np.float64)
    spelt = [None if np.isnan(one) else round(one, DIGITS) for one in flat.ravel().tolist()]
    return spelt if flat.ndim else spelt[0]

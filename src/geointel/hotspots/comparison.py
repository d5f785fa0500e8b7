"""With what is a place compared where something was done? Controls, their weight, and how far the two usually drift apart.

Places are treated because they were high, so they fall by themselves (regression to the mean), and counts come in bursts. The
plain weighted displacement difference calls that a success (``docs/validation/null-interventions.md``). Controls that were
as high fall in the same way; brought to the treated places' size, they share trend and season; and the history of the
difference shows its true spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geointel.errors import MethodError
from geointel.hotspots.displacement import Adjustment
from geointel.hotspots.tails import whole_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

FEWEST = 4
"""Periods of history: fewer show next to nothing of the spread."""


@dataclass(frozen=True)
class Comparison:
    """``controls`` are positions of places, one for each treated; ``adjustment`` is for ``displacement_difference``."""

    controls: NDArray[np.int64]
    adjustment: Adjustment


def comparison(
    before: ArrayLike, treated: ArrayLike, *, history: ArrayLike, apart: ArrayLike | None = None
) -> Comparison:
    """Choose controls for treated places and learn from history how the two differ when nothing is done.

    Parameters
    ----------
    before
        Counts of every place in the period before, by which the treated ones may have been chosen, shape ``(n,)``.
    treated
        Positions of the treated places.
    history
        Counts of earlier periods, shape ``(periods, n)``, without ``before``: a period that places were chosen by is no
        sample of them. Periods may be shorter than ``before``, such as months.
    apart
        Positions that are no control either, such as the neighbours of the treated places.

    Notes
    -----
    Each treated place, from the highest, gets the free place nearest in the count before, among those the nearest in history.

    Raises
    ------
    MethodError
        If there are too few places, events or periods, or counts are not whole numbers from 0.
    """
    x, past = whole_numbers(before, "count"), whole_numbers(history, "count")
    chosen = np.unique(np.asarray(treated, dtype=np.int64))
    if past.ndim != 2 or past.shape[1:] != x.shape or len(past) < FEWEST:
        message = f"A comparison needs {FEWEST} earlier periods of every place or more."
        raise MethodError(message, remedy="Pass counts of shape (periods, places), without the period before.")
    never = np.union1d(chosen, np.asarray([] if apart is None else apart, dtype=np.int64))
    free = np.setdiff1d(np.arange(len(x)), never)
    if not len(chosen) or len(free) < len(chosen):
        message = f"{len(free)} places are left as controls of {len(chosen)}."
        raise MethodError(message, remedy="Name treated places, and leave as many others to compare them with.")
    controls = _nearest(x, past.sum(axis=0), chosen, free.tolist())
    if min(x[controls].sum(), x[chosen].sum()) == 0:
        message = "No treated place, or no control, had an event in the period before."
        raise MethodError(message, remedy="Compare over a longer period.")
    weight = float(x[chosen].sum() / x[controls].sum())
    dispersion, freedom = _spread(past[:, chosen].sum(axis=1), past[:, controls].sum(axis=1), weight)
    return Comparison(controls, Adjustment(weight, dispersion, freedom))


def _nearest(
    before: NDArray[np.int64], past: NDArray[np.int64], chosen: NDArray[np.int64], free: Iterable[int]
) -> NDArray[np.int64]:
    left, found = dict.fromkeys(free), []
    for place in chosen[np.argsort(-before[chosen], kind="stable")].tolist():
        others = np.fromiter(left, dtype=np.int64)
        order = np.lexsort((np.abs(past[others] - past[place]), np.abs(before[others] - before[place])))
        found.append(int(others[order[0]]))
        del left[found[-1]]
    return np.array(found, dtype=np.int64)


def _spread(treated: NDArray[np.int64], control: NDArray[np.int64], weight: float) -> tuple[float, float]:
    """Variance of the difference's changes over that of Poisson counts, and the differences that it is worth.

    Changes of n + 1 periods next to each other share a period (correlation −1/2), so n of them are worth n²/(n + (n − 1)/2).
    """
    changes = np.diff(treated) - weight * np.diff(control)
    variance = treated[1:] + treated[:-1] + weight**2 * (control[1:] + control[:-1])
    n = len(changes)
    dispersion = max(1.0, float(np.square(changes).sum() / variance.sum())) if variance.sum() else 1.0
    return dispersion, n**2 / (n + (n - 1) / 2)

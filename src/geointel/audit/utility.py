"""How useful changed counts still are: the same map before and after the gate, as figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TOP = 20


@dataclass(frozen=True)
class Utility:
    """One map against the true one.

    ``overlap`` is the share of the ``TOP`` places of the true map that are among those of the shown one, ``rank`` Spearman's
    correlation over all places, ``error`` the mean size of the error, ``gini`` how much the Gini coefficient of the places moved, ``hidden``
    the share of incidents in places that are not shown, whose shown value is an equal part of the total of the shown place in which they lie.
    """

    overlap: float
    rank: float
    error: float
    gini: float
    hidden: float


def utility(true: Floats, shown: Floats, *, hidden: NDArray[np.bool_]) -> Utility:
    """Compare maps of ``n`` places, each of shape ``(n,)``. Ties at the last top place are broken in favour of neither: each of them counts in part."""
    return Utility(
        overlap=float((_top(true) * _top(shown)).sum() / _top(true).sum()),
        rank=float(stats.spearmanr(true, shown).statistic),
        error=float(np.abs(true - shown).mean()),
        gini=gini(shown) - gini(true),
        hidden=float(true[hidden].sum() / true.sum()),
    )


def gini(values: Floats) -> float:
    """Gini coefficient of values that are not negative, from 0 (all alike) to near 1."""
    ordered = np.sort(values)
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def _top(values: Floats) -> Floats:
    """1 for the largest ``TOP`` values; those that tie for the last of these places share them."""
    last = np.sort(values)[-min(TOP, len(values))]
    over, tied = values > last, values == last
    return np.asarray(over + tied * (TOP - over.sum()) / tied.sum())

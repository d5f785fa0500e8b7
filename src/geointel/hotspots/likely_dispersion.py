"""How alike the records of one cell are: beta-binomial likelihood, with an upper limit.

The likelihood weighs each cell by what it can tell. The estimate by moments (``excess.dispersion``) lets the few cells with
most records decide; its error on the maps of ``docs/validation/noise-cluster.md`` is up to four times as large.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit, gammaln, ndtri

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LOGITS = np.linspace(-14.0, 14.0, 57)
"""Where the likelihood is looked at first, as logits of the correlation: from a millionth to all but that."""

PRECISION = 1e-4
"""Of the logit, so a ten-thousandth of the correlation."""


@dataclass(frozen=True)
class LikelyDispersion:
    """Correlation between records of one cell: the ``likeliest``, and the ``upper`` end of what the map allows."""

    likeliest: float
    upper: float


NOTHING_SHOWN = LikelyDispersion(0.0, 0.0)


def likely_dispersion(events: NDArray[np.int64], exposure: NDArray[np.int64], *, confidence: float) -> LikelyDispersion:
    """Likeliest correlation between records of one cell, and its upper limit.

    Parameters
    ----------
    events, exposure
        Records of the category, and all records, of each cell, ``events ≤ exposure``, shape ``(n,)``.
    confidence
        How often the limit is above the truth, from .5; one-sided, by the profile of the likelihood.

    Returns
    -------
    Both 0 where no cell has two records, or none or all records are of the category: such a map shows nothing of it.

    Notes
    -----
    Skellam (1948), doi:10.1111/j.2517-6161.1948.tb00014.x, with the share of the whole map kept. The upper limit is the
    highest correlation with 2(l(likeliest) − l(ρ)) ≤ z², z the normal quantile of ``confidence``.
    """
    several = exposure > 1
    x, e = (values[several].astype(np.float64) for values in (events, exposure))
    share = float(events.sum()) / max(float(exposure.sum()), 1.0)
    if not x.size or not 0 < share < 1:
        return NOTHING_SHOWN

    def unlikely(logit: float) -> float:
        return -_log_likelihood(x, e, share=share, scale=float(np.exp(-logit)))

    values = np.array([unlikely(logit) for logit in LOGITS])
    best = int(values.argmin())
    peak, least = float(LOGITS[best]), float(values[best])
    if 0 < best < len(LOGITS) - 1:
        within = (LOGITS[best - 1], LOGITS[best + 1])
        found = minimize_scalar(unlikely, bounds=within, method="bounded", options={"xatol": PRECISION})
        peak, least = min((float(found.x), float(found.fun)), (peak, least), key=lambda point: point[1])
    limit = _last_allowed(unlikely, values, peak=peak, bar=least + float(ndtri(confidence)) ** 2 / 2)
    return LikelyDispersion(float(expit(peak)) if best else 0.0, float(expit(limit)))


def _log_likelihood(x: NDArray[np.float64], e: NDArray[np.float64], *, share: float, scale: float) -> float:
    """Of ``x`` out of ``e``, but for what does not depend on ``scale`` = 1/correlation − 1."""
    a, b = share * scale, (1 - share) * scale
    of_events, of_others, of_all = gammaln(x + a) - gammaln(a), gammaln(e - x + b) - gammaln(b), gammaln(e + scale)
    return float((of_events + of_others - of_all + gammaln(scale)).sum())


def _last_allowed(unlikely: Callable[[float], float], values: NDArray[np.float64], *, peak: float, bar: float) -> float:
    """Where ``unlikely``, with these values at ``LOGITS``, last rises above the bar."""
    allowed = np.flatnonzero(values <= bar)
    start = max(peak, float(LOGITS[allowed[-1]])) if allowed.size else peak
    after = LOGITS[start < LOGITS]
    if not after.size:
        return start
    return float(brentq(lambda logit: unlikely(logit) - bar, start, float(after[0]), xtol=PRECISION))

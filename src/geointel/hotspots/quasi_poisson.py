"""Log-linear quasi-Poisson models of many series with one design.

Iteratively reweighted least squares (McCullagh and Nelder 1989) for all series at once, with the starting
values and the convergence rule of R ``glm``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import xlogy

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDS, CLOSE = 25, 1e-8
"""At most so many rounds, until the deviance changes by less than this part of itself."""

WELL_APART = 1e-6
"""Determinant of a normal matrix scaled to a diagonal of 1, above which it can be inverted as it stands."""

LOWEST = -700.0
"""Logarithms of means are kept above this, where a season without any event would send them to −∞."""


@dataclass(frozen=True)
class Fit:
    """Models of n series with p columns.

    ``coefficients`` (n, p); ``covariance`` (n, p, p) is that of dispersion 1; ``mean`` and ``work``, the
    working weights of the last round, (n, steps); ``dispersion`` is Pearson's and ``scale`` the one for
    standard errors, both (n,); ``freedom`` is the number of steps less p.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    mean: NDArray[np.float64]
    work: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    scale: NDArray[np.float64]
    converged: NDArray[np.bool_]
    freedom: int

    def replaced(self, other: Fit, where: NDArray[np.bool_]) -> Fit:
        """These models, those of ``other`` in some rows, whose coefficients beyond the first are dropped."""
        columns = {}
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if field.name in {"coefficients", "covariance"}:
                mine, theirs = (values[(slice(None),) + (slice(1),) * (values.ndim - 1)] for values in (mine, theirs))
            if field.name != "freedom":
                mine = np.where(where.reshape(-1, *(1,) * (mine.ndim - 1)), theirs, mine)
            columns[field.name] = mine
        return Fit(**columns)

    def reweighted(self, y: NDArray[np.float64], weights: NDArray[np.float64], before: NDArray[np.bool_]) -> Fit:
        """Keep the fit, with standard errors as the reference makes them after giving steps other weights.

        R surveillance puts the prior weights in the place of the working ones, so relative residuals are
        squared without the mean as a factor. Its published answers hold that, and so do ours.
        """
        relative = np.square((y - self.mean) / self.mean)
        scale = (weights * relative).sum(axis=1) / self.freedom
        return replace(self, scale=scale, converged=self.converged & before)


def fit(y: NDArray[np.float64], design: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Fit:
    """Fit E(y) = exp(design · coefficients) to each row of ``y``, shape ``(n, steps)``.

    ``design`` has shape ``(steps, p)``, ``weights`` that of ``y``.
    """
    prior = np.ones(y.shape) if weights is None else weights
    eta = np.log(y + 0.1)
    deviance = np.full(len(y), np.inf)
    converged = np.zeros(len(y), dtype=bool)
    coefficients, last = np.zeros((len(y), design.shape[1])), np.empty(y.shape)
    for _ in range(ROUNDS):
        active = ~converged
        if not active.any():
            break
        mean = np.exp(eta[active])
        work = prior[active] * mean
        response = eta[active] + (y[active] - mean) / mean
        found = _solve(work, response, design)
        eta[active] = np.maximum(found @ design.T, LOWEST)
        coefficients[active], last[active] = found, work
        now = _deviance(y[active], np.exp(eta[active]), prior[active])
        with np.errstate(invalid="ignore"):
            converged[active] = np.abs(now - deviance[active]) / (np.abs(now) + 0.1) < CLOSE
        deviance[active] = now
    mean = np.exp(eta)
    freedom = y.shape[1] - design.shape[1]
    # As in R, errors come from the weights with which the last round began.
    dispersion = (last * np.square((y - mean) / mean)).sum(axis=1) / freedom
    return Fit(coefficients, _covariance(last, design), mean, last, dispersion, dispersion, converged, freedom)


def anscombe(
    model: Fit, y: NDArray[np.float64], design: NDArray[np.float64], phi: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Anscombe residual of each step, standardised by its leverage: 3/2·(y^⅔·μ^−⅙ − μ^½)/√(φ(1 − h))."""
    leverage = model.work * np.einsum("ij,njk,ik->ni", design, model.covariance, design)
    raw = 1.5 * (np.cbrt(y) ** 2 * model.mean ** (-1.0 / 6.0) - np.sqrt(model.mean))
    return np.asarray(raw / np.sqrt(phi[:, None] * np.maximum(1.0 - leverage, 1e-12)))


def _normal_matrix(work: NDArray[np.float64], design: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ni,ij,ik->njk", work, design, design, optimize=True))


def _solve(
    work: NDArray[np.float64], response: NDArray[np.float64], design: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted least squares of each row."""
    right = np.einsum("ni,ni,ij->nj", work, response, design, optimize=True)
    return np.asarray(np.einsum("njk,nk->nj", _covariance(work, design), right))


def _covariance(work: NDArray[np.float64], design: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of the normal matrices; columns without weight get no say rather than an error."""
    matrix = _normal_matrix(work, design)
    # Scaled to a diagonal of 1, a season with hardly any weight does not drown.
    size = np.sqrt(np.maximum(np.einsum("njj->nj", matrix), 1e-300))
    scaled = matrix / size[:, :, None] / size[:, None, :]
    # Plain inverses are three times as fast, and as good as pseudo-inverses where columns are not nearly the same.
    apart = np.linalg.det(scaled) > WELL_APART
    inverse = np.empty_like(scaled)
    inverse[apart] = np.linalg.inv(scaled[apart])
    inverse[~apart] = np.linalg.pinv(scaled[~apart], rcond=1e-13, hermitian=True)
    return np.asarray(inverse / size[:, :, None] / size[:, None, :])


def _deviance(y: NDArray[np.float64], mean: NDArray[np.float64], prior: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(2.0 * (prior * (xlogy(y, y / mean) - (y - mean))).sum(axis=1))

"""Made-up demand, services and travel times, and the same sums written out pair by pair."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array


def made(seed: int, *, n: int = 25, m: int = 6, density: float = 0.5) -> tuple[np.ndarray, np.ndarray, csr_array]:
    """Demand with zeros, supply with zeros, and times with zeros; some origins and services without any pair."""
    random = np.random.default_rng(seed)
    demand = random.poisson(40, n) * (random.random(n) < 0.8).astype(float)
    supply = random.poisson(6, m) * (random.random(m) < 0.8).astype(float)
    there = (random.random((n, m)) < density) & (random.random(n) < 0.9)[:, None] & (random.random(m) < 0.9)[None]
    row, column = np.nonzero(there)
    times = np.round(random.uniform(0, 45, len(row)), 1) * (random.random(len(row)) < 0.95)
    return demand, supply, csr_array((times, (row, column)), shape=(n, m))


def dense(pairs: csr_array, *, missing: float = 0.0) -> np.ndarray:
    """Every pair, one that is not stored as ``missing``."""
    full = np.full(pairs.shape, float(missing))
    row = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    full[row, pairs.indices] = pairs.data
    return full


def over(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotients, 0 where there is nothing to divide by."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    return np.divide(numerator, denominator, out=np.zeros(numerator.shape), where=denominator > 0)


def hand() -> tuple[np.ndarray, np.ndarray, csr_array]:
    """Two services and three origins; the third reaches nothing, and the pair (0, 1) takes no time at all."""
    times = csr_array((np.array([5.0, 0.0, 25.0]), np.array([0, 1, 1]), np.array([0, 2, 3, 3])), shape=(3, 2))
    return np.array([100.0, 50.0, 10.0]), np.array([10.0, 22.2]), times
